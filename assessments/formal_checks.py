"""The formal check (formaliakontroll): a call's list of points, and what officers find on each.

The list a call starts with follows the city's conditions for grants and the papers asked for; it is rows,
to be changed per call. Nothing is refused by the list: a human decides what a point that is not in order
leads to (kommunallagen 6:38).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import CheckOutcome, FormalCheck
from grants.models import Application, Call
from portal.registry.models import Event

Outcome = CheckOutcome.Outcome


class Point(NamedTuple):
    key: str
    swedish: str
    english: str


#: What a new call's list holds.
STANDARD = (
    Point(
        "in_time",
        "Ansökan kom in medan ansökan var öppen",
        "The application came in while the call was open",
    ),
    Point(
        "organisation_number",
        "Organisationsnumret och namnet stämmer med registreringsbeviset",
        "The organisation number and name agree with the certificate of registration",
    ),
    Point(
        "eligible",
        "Föreningen är registrerad och bidragsberättigad",
        "The association is registered and eligible for grants",
    ),
    Point(
        "account",
        "Bankgiro eller plusgiro står i föreningens namn",
        "The bank giro or plus giro is in the association's name",
    ),
    Point(
        "signatory",
        "Ansökan är underskriven av den som får teckna föreningens namn",
        "The application is signed by those who may sign for the association",
    ),
    Point(
        "statutes",
        "Stadgarna säger vem som kan bli medlem och hur, och hur medlemmarna beslutar",
        "The statutes say who can become a member and how, and how the members decide",
    ),
    Point(
        "annual_meeting",
        "Årsmötets protokoll är underskrivet och från det senaste årsmötet",
        "The minutes of the annual meeting are signed and of the latest annual meeting",
    ),
    Point(
        "activity_report",
        "Verksamhetsberättelsen är fastställd",
        "The activity report is adopted",
    ),
    Point(
        "accounts",
        "Resultaträkning och balansräkning gäller det senast avslutade året",
        "The accounts are those of the last closed year",
    ),
    Point(
        "audit",
        "Revisionsberättelsen är underskriven",
        "The auditor's report is signed",
    ),
    Point(
        "plan_and_budget",
        "Verksamhetsplan och budget för bidragsåret finns, och budgeten går ihop",
        "There is an activity plan and a budget for the grant year, and the budget balances",
    ),
    Point(
        "local",
        "Siffrorna gäller verksamheten här, inte riksorganisationen",
        "The figures concern the activity here, not the national organisation",
    ),
    Point(
        "democracy",
        "Föreningen följer stadens demokrativillkor",
        "The association follows the city's democracy conditions",
    ),
    Point(
        "debts",
        "Inga skatteskulder, och ingen konkurs eller likvidation",
        "No tax debts, no bankruptcy or liquidation",
    ),
    Point(
        "reported",
        "Tidigare bidrag är redovisade",
        "Earlier grants are reported",
    ),
)


def install(call: Call) -> None:
    """Give a call the standard list; doing so again changes nothing."""
    FormalCheck.objects.bulk_create(
        [
            FormalCheck(
                call=call, key=point.key, text_sv=point.swedish, text_en=point.english, position=place
            )
            for place, point in enumerate(STANDARD, start=1)
        ],
        ignore_conflicts=True,
    )


def install_for_new(sender: type[Call], instance: Call, created: bool, raw: bool, **kwargs: Any) -> None:
    """Signal: a new call gets its list."""
    if created and not raw:
        install(instance)


@dataclass(frozen=True)
class Progress:
    """How far the check has come."""

    done: int
    points: int
    not_ok: int = 0

    @property
    def is_done(self) -> bool:
        return 0 < self.points <= self.done


@dataclass(frozen=True)
class Tried:
    """One point with what was found, if anybody has looked."""

    point: FormalCheck
    found: CheckOutcome | None


def tried(application: Application) -> list[Tried]:
    """The points of the application's call in order, with what was found; two queries."""
    found = {row.check_point_id: row for row in application.check_outcomes.select_related("officer")}
    points = FormalCheck.objects.filter(call=application.call_id)
    return [Tried(point, found.get(point.pk)) for point in points]


def progress(rows: Iterable[Tried]) -> Progress:
    listed = list(rows)
    found = [row.found.outcome for row in listed if row.found]
    return Progress(len(found), len(listed), found.count(Outcome.NOT_OK))


def progress_of(application: Application) -> Progress:
    """How far the check of an application has come; one query."""
    found = CheckOutcome.objects.filter(application=application, check_point=OuterRef("pk")).values("outcome")
    listed = FormalCheck.objects.filter(call=application.call_id).annotate(found=Subquery(found))
    outcomes = list(listed.order_by().values_list("found", flat=True))
    return Progress(len(outcomes) - outcomes.count(None), len(outcomes), outcomes.count(Outcome.NOT_OK))


class Finding(NamedTuple):
    """What an officer says of one point; an empty outcome takes back what was said."""

    outcome: str
    note: str


def save(application: Application, findings: Mapping[int, Finding], by: Any) -> Progress:
    """Keep what the officer found on each point (by the point's primary key), and how far it came.

    Only what differs from what is there is written, so that each point says who looked last. When the
    last point gets its outcome, an event tells so; saving the same again tells nothing.
    """
    with transaction.atomic():
        # The lock makes two officers' saves follow each other, so that one of them completes the list.
        Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        before = tried(application)
        changed = [
            (row, finding)
            for row in before
            if (finding := findings.get(row.point.pk)) is not None and _differs(row.found, finding)
        ]
        CheckOutcome.objects.filter(
            application=application,
            check_point__in=[row.point for row, finding in changed if not finding.outcome],
        ).delete()
        CheckOutcome.objects.bulk_create(
            [
                CheckOutcome(
                    application=application,
                    check_point=row.point,
                    outcome=finding.outcome,
                    note=finding.note,
                    officer=by,
                    at=timezone.now(),
                )
                for row, finding in changed
                if finding.outcome
            ],
            update_conflicts=True,
            unique_fields=["application", "check_point"],
            update_fields=["outcome", "note", "officer", "at"],
        )
        now = progress(tried(application))
        if changed and now.is_done:
            application.received_case.log(Event.Kind.CHECKED, by=by, detail=in_words(now))
    return now


def _differs(found: CheckOutcome | None, finding: Finding) -> bool:
    return ((found.outcome, found.note) if found else ("", "")) != (
        finding.outcome,
        finding.note if finding.outcome else "",
    )


def in_words(state: Progress) -> str:
    """What came out, for the case's story."""
    if not state.not_ok:
        return _("everything is in order")
    return ngettext(
        "%(number)s point is not in order", "%(number)s points are not in order", state.not_ok
    ) % {"number": state.not_ok}
