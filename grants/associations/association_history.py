"""Who changed what of an association and when, in words, from the log of changed rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from auditlog.models import LogEntry
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from grants.calls.call_history import Change, Entry
from grants.models import Association, Membership, OfficeHolder, YearlyFigures
from portal.documents.templatetags.swedish_text import swedish_date

#: What says nothing to a reader.
_HIDDEN = frozenset({
    "id", "association", "user", "created_at", "given_by", "ended_by", "number_verified_by", "saved_at",
})  # fmt: skip


def log_of(association: Association) -> QuerySet[LogEntry]:
    """The log's rows of the association, its people, office holders and figures; the newest first."""
    own = Q(
        content_type__app_label="grants",
        content_type__model=Association._meta.model_name,
        object_id=association.pk,
    )
    of_it = Q(
        content_type__app_label="grants",
        content_type__model__in=[
            model._meta.model_name for model in (Membership, OfficeHolder, YearlyFigures)
        ],
        additional_data__association=association.pk,
    )
    rows = LogEntry.objects.filter(own | of_it).exclude(action=LogEntry.Action.ACCESS)
    return rows.select_related("actor", "content_type").order_by("-timestamp", "-pk")


def in_words(rows: list[LogEntry]) -> list[Entry]:
    """A page of the log as people read it; one query more however many rows."""
    memberships = {
        row.pk: row
        for row in Membership.objects.filter(
            pk__in=[row.object_id for row in rows if row.content_type.model == Membership._meta.model_name]
        ).select_related("user")
    }
    return [_entry(row, memberships) for row in rows]


def _entry(row: Any, memberships: dict[int, Membership]) -> Entry:
    model: type[models.Model] = row.content_type.model_class()
    what = _what(row, model, memberships)
    is_update = row.action == LogEntry.Action.UPDATE
    ended = "ended_at" in row.changes_dict and is_update
    text = {
        LogEntry.Action.CREATE: _("Added: %(what)s"),
        LogEntry.Action.UPDATE: _("Ended: %(what)s") if ended else _("Changed: %(what)s"),
        LogEntry.Action.DELETE: _("Removed: %(what)s"),
    }[row.action] % {"what": what}
    changes: tuple[Change, ...] = ()
    if is_update and not ended:
        changes = tuple(
            Change(_label(model, name), _value(model, name, before), _value(model, name, after))
            for name, (before, after) in row.changes_dict.items()
            if name not in _HIDDEN
        )
    return Entry(row.timestamp, str(row.actor) if row.actor else "", text, changes)


def _what(row: Any, model: type[models.Model], memberships: dict[int, Membership]) -> str:
    if model is Membership:
        held = memberships.get(row.object_id)
        return f"{held.user}, {held.get_role_display().lower()}" if held else _("a person")
    if model is YearlyFigures:
        return _("members and board, %(year)s") % {"year": row.object_repr.rsplit(" ", 1)[-1]}
    return _("the association's facts") if model is Association else row.object_repr


def _field(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _label(model: type[models.Model], name: str) -> str:
    field = _field(model, name)
    return str(field.verbose_name) if field is not None else name


def _value(model: type[models.Model], name: str, text: Any) -> str:
    """The log keeps texts: "None", "True", "2026-03-01"."""
    if text in (None, "None", ""):
        return _("nothing")
    field = _field(model, name)
    if isinstance(field, models.BooleanField):
        return _("Yes") if text == "True" else _("No")
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(text, text))
    if isinstance(field, models.DateField):
        day: date | None = parse_date(str(text)[:10])
        return swedish_date(day) if day else str(text)
    return str(text)
