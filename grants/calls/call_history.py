"""Who changed what in a call and when, from the acts and from the log of changed rows."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from auditlog.models import LogEntry
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from grants.models import Call, CallEvent
from portal.documents.templatetags.swedish_text import swedish_moment

#: Shown on the history page; what is older is still in the log.
NEWEST = 300
#: What says nothing to a reader.
_HIDDEN = frozenset({"id", "call", "form_version", "position", "published", "frozen_at"})


@dataclass(frozen=True)
class Change:
    """One field before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """What one person did at one time."""

    when: datetime
    who: str
    text: str
    changes: tuple[Change, ...] = ()


def history(call: Call) -> list[Entry]:
    """The newest first; two queries however long it is."""
    entries = [
        Entry(
            event.at,
            str(event.actor),
            f"{event.get_kind_display()}: {event.detail}" if event.detail else event.get_kind_display(),
        )
        for event in CallEvent.objects.filter(call=call).select_related("actor")[:NEWEST]
    ]
    logged = (
        LogEntry.objects.filter(
            Q(additional_data__call=call.pk) | Q(_of(Call), object_id=call.pk), action__in=_WORDS
        )
        .select_related("actor", "content_type")
        .order_by("-timestamp")[:NEWEST]
    )
    entries += [entry for row in logged if (entry := _entry(row)) is not None]
    return sorted(entries, key=lambda entry: entry.when, reverse=True)[:NEWEST]


def history_of(row: Model) -> list[Entry]:
    """What the log of changed rows says of any row that is logged; the newest first, one query."""
    logged = (
        LogEntry.objects.get_for_object(row)
        .filter(action__in=_WORDS)
        .select_related("actor", "content_type")
        .order_by("-timestamp")[:NEWEST]
    )
    return [entry for one in logged if (entry := _entry(one)) is not None]


def _of(model: type[Model]) -> Q:
    return Q(content_type__app_label=model._meta.app_label, content_type__model=model._meta.model_name)


_WORDS = (LogEntry.Action.CREATE, LogEntry.Action.UPDATE, LogEntry.Action.DELETE)


def _entry(row: Any) -> Entry | None:
    model = row.content_type.model_class()
    if model is None or (model is Call and row.action != LogEntry.Action.UPDATE):
        return None
    who = str(row.actor) if row.actor else ""
    if row.action == LogEntry.Action.CREATE:
        return Entry(row.timestamp, who, _("Added: %(what)s") % {"what": row.object_repr})
    if row.action == LogEntry.Action.DELETE:
        return Entry(row.timestamp, who, _("Removed: %(what)s") % {"what": row.object_repr})
    changes = tuple(
        Change(_field_name(model, name), _in_words(before), _in_words(after))
        for name, (before, after) in row.changes_dict.items()
        if name not in _HIDDEN
    )
    if not changes:
        return None
    return Entry(row.timestamp, who, _("Changed: %(what)s") % {"what": row.object_repr}, changes)


def _field_name(model: type[Model], name: str) -> str:
    try:
        return str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except LookupError:
        return name


def _in_words(value: Any) -> str:
    """A value as the log keeps it, for a reader: yes and no, local time, the words of a list."""
    text = str(value)
    if text in ("True", "False"):
        return _("Yes") if text == "True" else _("No")
    if text in ("None", ""):
        return "–"
    if text.startswith("[{"):
        return _listed(text)
    moment = parse_datetime(text) if len(text) > len("2027-01-01") else None
    if moment is not None:
        return swedish_moment(moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC))
    return text


def _listed(text: str) -> str:
    """Options or columns by their Swedish words; what cannot be read is shown as it is."""
    try:
        rows = ast.literal_eval(text)
        return "; ".join(row["sv"] for row in rows)
    except (ValueError, SyntaxError, KeyError, TypeError):
        return text
