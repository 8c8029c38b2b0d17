"""Statements in lists: what a unit is asked, what officers wait for, and what a case holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from assessments.models import Statement
from grants.models import Application
from portal.people import rules
from portal.people.front_page import Waiting
from portal.registry.models import ConflictOfInterest

#: As many rows as one page shows of each list.
MOST_ROWS = 200
MOST_DONE = 50


def asked_of(user: Any) -> list[Statement]:
    """What the person's units are asked, the first to answer on top, then what they answered; two queries."""
    declared = ConflictOfInterest.objects.filter(
        case=OuterRef("application__case"), user=user.pk, has_conflict=False
    )
    own = (
        Statement.objects.asked_of(user)
        .select_related("unit", "application__association", "application__case")
        .annotate(is_declared=Exists(declared))
    )
    waiting = own.open().order_by("due_on", "pk")
    done = own.exclude(answered_at=None).order_by("-answered_at")
    return [*waiting[:MOST_ROWS], *done[:MOST_DONE]]


def awaited_by(user: Any) -> list[Statement]:
    """What officers wait for, in the cases they see: `has_contact` tells who cannot answer; one query."""
    if not rules.case_officer(user):
        return []
    rows = _open_to_officers(user).select_related("unit", "application__association", "application__case")
    return list(rows.with_contacts().order_by("due_on", "pk")[:MOST_ROWS])


def of_case(application: Application, user: Any) -> list[Statement]:
    """All statements of a case as an officer reads them, the newest last; one query."""
    rows = Statement.objects.visible_to(user).filter(application=application)
    return list(rows.select_related("unit", "asked_by", "answered_by").with_contacts())


def given(application: Application, user: Any) -> list[Statement]:
    """The statements that were handed in on a case, for who assesses it; one query."""
    rows = Statement.objects.visible_to(user).filter(application=application)
    return list(rows.exclude(answered_at=None).select_related("unit"))


def waiting(user: Any) -> Iterable[Waiting]:
    """What the start page tells a unit's contact, and an officer whose question is late or has no one."""
    if rules.unit_contact(user) and (own := Statement.objects.asked_of(user).open().count()):
        text = ngettext("question for your statement", "questions for your statement", own)
        yield Waiting(own, text, reverse("assessments:statements"))
    if rules.case_officer(user):
        stuck = _open_to_officers(user).with_contacts()
        late = stuck.filter(Q(has_contact=False) | Q(due_on__lt=timezone.localdate())).count()
        if late:
            text = ngettext(
                "statement is overdue or needs another contact",
                "statements are overdue or need another contact",
                late,
            )
            yield Waiting(late, text, reverse("assessments:statements"))


def _open_to_officers(user: Any) -> Any:
    """Unanswered questions in the cases that an officer sees."""
    found: QuerySet[Any] = Statement.objects.visible_to(user)
    return found.filter(application__in=Application.objects.visible_to(user)).open()  # type: ignore[attr-defined]
