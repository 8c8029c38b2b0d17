"""The lists of partnerships that staff edit: which there are, which fields a row has, and how it changes.

A row of a plain list is edited where it stands; its code stays, since others refer to it. A dated row is
kept once its day has come: a new wording is a row from a later day, so that what was agreed, counted or
answered under the earlier one stays as it was. A replaced row is put aside by its new wording at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from iop.models import (
    AdviceText,
    Area,
    FollowUpRule,
    HourlyRate,
    IndicatorKind,
    Level,
    StandardClause,
    SuitabilityQuestion,
    SurveyQuestion,
    TargetGroup,
    UnitProfile,
    UnitSignatory,
)
from portal.people.models import Unit


class Changes(Enum):
    """How a row of a list changes."""

    IN_PLACE = "in place"
    FROM_A_DAY = "from a day"
    REPLACED = "replaced"


#: Fields whose models give them no name for people.
_LABELS = {"unit": _("Unit"), "user": _("Person")}

#: What a column is called that shows the reader's language of two fields.
_IN_EITHER_LANGUAGE = {
    "name": _("Name"),
    "text": _("Question"),
    "title": _("Advice"),
    "description": _("What it means"),
}


@dataclass(frozen=True)
class ListPage:
    """One list: `keys` are the fields that a row keeps for good, `columns` what its table shows."""

    slug: str
    title: str | Promise
    lead: str | Promise
    model: type[Model]
    fields: tuple[str, ...]
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    changes: Changes = Changes.IN_PLACE
    related: tuple[str, ...] = ()

    def rows(self, user: Any) -> QuerySet[Any]:
        """The rows that the person sees."""
        rows: Any = self.model._default_manager
        return rows.visible_to(user).select_related(*self.related) if self.related else rows.visible_to(user)

    def label(self, name: str) -> str:
        """What a field is called on pages."""
        if self.model in (UnitProfile, UnitSignatory) and name in _LABELS:
            return str(_LABELS[name])
        if name in _IN_EITHER_LANGUAGE and name not in self.fields:
            return str(_IN_EITHER_LANGUAGE[name])
        return str(self.model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]

    def may_edit(self, row: Any) -> bool:
        """Whether the row itself may change; else a new wording takes over from a day."""
        return self.changes != Changes.FROM_A_DAY or not has_begun(row.valid_from)

    @property
    def has_use(self) -> bool:
        return "is_active" in self.fields


def has_begun(valid_from: date | int) -> bool:
    """Whether a day, or a year, has come."""
    today = timezone.localdate()
    return valid_from <= today.year if isinstance(valid_from, int) else valid_from <= today


_CODED = ("code", "name_sv", "name_en", "position", "is_active")

PAGES: dict[str, ListPage] = {
    page.slug: page
    for page in (
        ListPage(
            "omraden", _("Areas"), _("The parts that needs, ideas and reports belong to."),
            Area, _CODED, ("code",), ("name", "code"),
        ),
        ListPage(
            "malgrupper", _("Target groups"),
            _("The same codes as in the questions of calls, so that applications and needs can meet."),
            TargetGroup, _CODED, ("code",), ("name", "code"),
        ),
        ListPage(
            "nivaer", _("Levels of co-operation"),
            _("What an entry in a log can be about, the least first. No level is better than another."),
            Level,
            ("code", "name_sv", "name_en", "description_sv", "description_en", "counts_as",
             "begins_dialogue", "position", "is_active"),
            ("code",), ("name", "description", "get_counts_as_display"),
        ),
        ListPage(
            "enheter", _("Units"), _("The units of the administration."),
            Unit, ("name", "is_active"), (), ("name",),
        ),
        ListPage(
            "enhetsprofiler", _("Contacts of units"),
            _("What each unit does and whom to ask for: everyone reads it. Roles, never names."),
            UnitProfile, ("unit", "area", "target_groups", "about", "contact_role", "email", "phone"),
            ("unit",), ("unit", "area", "contact_role", "phone"), related=("unit", "area"),
        ),
        ListPage(
            "undertecknare", _("Who signs for units"),
            _("Who signs partnerships for a unit, by the city's order of delegation."),
            UnitSignatory, ("unit", "user", "valid_from", "valid_until"), ("unit", "user", "valid_from"),
            ("unit", "user", "valid_from", "valid_until"), related=("unit", "user"),
        ),
        ListPage(
            "uppfoljning-av-ideer", _("Days until ideas are followed up"),
            _("How long an idea waits at most before its owner gets in touch."),
            FollowUpRule, ("valid_from", "days"), (), ("valid_from", "days"), Changes.FROM_A_DAY,
        ),
        ListPage(
            "timvarden", _("What an hour counts as"),
            _("Hours stay the primary figure; a value in money is derived by a named method."),
            HourlyRate, ("method", "kronor", "valid_from", "source", "is_active"), ("method",),
            ("get_method_display", "kronor", "valid_from", "source"), Changes.FROM_A_DAY,
        ),
        ListPage(
            "standardtexter", _("Standard clauses"),
            _("The city's texts to begin an agreement from. The parties write their own from them."),
            StandardClause,
            ("number", "key", "heading", "text", "help_sv", "help_en", "is_compulsory", "is_active",
             "valid_from"),
            ("number", "key"), ("heading", "number", "valid_from"), Changes.FROM_A_DAY,
        ),
        ListPage(
            "lamplighetsfragor", _("Questions of the suitability test"),
            _("What the parties ask themselves first. A new wording replaces the old."),
            SuitabilityQuestion,
            ("key", "position", "text_sv", "text_en", "help_sv", "help_en", "yes_speaks_for", "no_speaks_for",
             "why_yes_sv", "why_yes_en", "why_no_sv", "why_no_en", "is_active"),
            ("key",), ("text", "position"), Changes.REPLACED,
        ),
        ListPage(
            "rad", _("What the suitability test advises"),
            _("What each kind of advice is called and says. The reasons stand with the questions."),
            AdviceText, ("advice", "title_sv", "title_en", "text_sv", "text_en"), ("advice",),
            ("title", "get_advice_display"),
        ),
        ListPage(
            "indikatorer", _("Indicators to start from"),
            _("The library that parties choose from when they write goals."),
            IndicatorKind, ("code", "name_sv", "name_en", "unit", "position", "is_active"), ("code",),
            ("name", "unit"),
        ),
        ListPage(
            "samverkansfragor", _("Questions of the yearly report"),
            _("The county board's six questions. Wording and law change from a year on."),
            SurveyQuestion,
            ("number", "text_sv", "text_en", "reference", "evidence", "valid_from", "is_active"), ("number",),
            ("text", "number", "reference", "valid_from"), Changes.FROM_A_DAY,
        ),
    )
}  # fmt: skip
