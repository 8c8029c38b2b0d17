"""Changing the amounts of one application on the board: in the proposal, or in a scenario made by hand.

Each change names what the page showed. What a colleague changed meanwhile is never overwritten in silence,
and what would pass a limit is stopped with an explanation. Locks are taken in the order frames, scenario,
assessments, applications, here and in `scenarios` and `matters`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from assessments.assessing import above_sought
from assessments.board import hindrance
from assessments.frame_use import frame_uses, hold_frames
from assessments.models import AmountChange, Assessment, Scenario, ScenarioAmount
from grants.models import Application, Call, TermsStage, YearAmount
from grants.states import State
from portal.documents.templatetags.swedish_text import kronor
from portal.registry.models import Event

#: Year → whole kronor; 0 for nothing.
Amounts = Mapping[int, int]


class Refused(Exception):
    """The money cannot be distributed like that, or not by this officer; the message says why."""


class Stopped(Refused):
    """An amount passes a limit; `by_year` has the explanation of each year."""

    def __init__(self, by_year: Mapping[int, str]) -> None:
        super().__init__(" ".join(by_year.values()))
        self.by_year = by_year


@dataclass(frozen=True)
class Clash:
    """Two amounts for the same year, whole kronor: what the officer wrote and what now stands."""

    year: int
    mine: int
    theirs: int


class ChangedMeanwhile(Exception):
    """Somebody else changed the same amounts since the page was read; nothing was written."""

    def __init__(self, clashes: Sequence[Clash], last: AmountChange | None) -> None:
        super().__init__(", ".join(str(clash) for clash in clashes))
        self.clashes = clashes
        #: Who changed last and when; None when it was not changed on the board.
        self.who: Any = last.by if last else None
        self.when: datetime | None = last.at if last else None


def change(
    call: Call,
    application_id: int,
    *,
    wanted: Amounts,
    seen: Amounts,
    by: Any,
    scenario: Scenario | None = None,
) -> None:
    """Write the amounts of the years where `wanted` differs from what the page showed in `seen`.

    Raises ChangedMeanwhile, Stopped and Refused; Application.DoesNotExist for what `by` may not see.
    """
    with transaction.atomic():
        if text := hindrance(call, by):
            raise Refused(text)
        hold_frames(call.authority_id)
        book: _Book = (
            _Proposal(call, application_id, by) if scenario is None else _ByHand(scenario, application_id, by)
        )
        written = {year: amount for year, amount in wanted.items() if amount != seen.get(year, 0)}
        _refuse_overwriting(book, written, seen)
        changed = {year: amount for year, amount in written.items() if amount != book.amounts.get(year, 0)}
        if not changed:
            return
        merged = {year: amount for year, amount in {**book.amounts, **changed}.items() if amount}
        _stop(call, book, merged, changed)
        book.write(merged)
        AmountChange.objects.bulk_create(
            AmountChange(
                application=book.application,
                scenario=scenario,
                year=year,
                before=book.amounts.get(year, 0),
                after=amount,
                by=by,
            )
            for year, amount in sorted(changed.items())
        )
        book.log(changed)


class _Book:
    """Where one application's amounts stand, locked, and how they are written."""

    application: Application
    amounts: dict[int, int]
    scenario: Scenario | None = None

    def total(self) -> dict[int, int]:
        """Whole kronor by year of everything that shares the frame here."""
        raise NotImplementedError

    def write(self, amounts: Amounts) -> None:
        raise NotImplementedError

    def log(self, changed: Amounts) -> None:
        """Write it into the case, where it belongs there."""


class _Proposal(_Book):
    """The officers' proposal of an assessed application."""

    def __init__(self, call: Call, application_id: int, by: Any) -> None:
        self.by = by
        self.call = call
        held = Assessment.objects.select_for_update().filter(application_id=application_id)
        self.assessment = held.first()
        self.application = _locked(Application.objects.visible_to(by).filter(call=call), application_id)
        self.application.call = call
        self.terms = self.application.terms_at(TermsStage.PROPOSED)
        if self.application.state != State.ASSESSED or self.assessment is None or self.terms is None:
            raise Refused(
                _(
                    "%(association)s is not waiting as assessed: the assessment is open, or it has gone to "
                    "the committee. Nothing was changed."
                )
                % {"association": self.application.association}
            )
        if self.terms.referral:
            raise Refused(
                _(
                    "%(association)s is proposed to be referred. Open the assessment if you want to propose "
                    "money instead."
                )
                % {"association": self.application.association}
            )
        self.amounts = self.terms.amounts

    def total(self) -> dict[int, int]:
        return proposed_by_year(self.call)

    def write(self, amounts: Amounts) -> None:
        assert self.terms is not None
        assert self.assessment is not None
        self.terms.set_amounts(dict(amounts))
        # A desk that is open somewhere must notice that what it shows is old.
        Assessment.objects.filter(pk=self.assessment.pk).update(version=F("version") + 1)

    def log(self, changed: Amounts) -> None:
        self.application.received_case.log(
            Event.Kind.AMOUNT_CHANGED, by=self.by, detail=in_words(self.amounts, changed)
        )


class _ByHand(_Book):
    """A scenario's amounts, changed by hand."""

    def __init__(self, scenario: Scenario, application_id: int, by: Any) -> None:
        self.scenario = Scenario.objects.select_for_update().get(pk=scenario.pk)
        if self.scenario.method != Scenario.Method.BY_HAND:
            raise Refused(
                _("Only a scenario made by hand can be changed. Copy this one to a scenario by hand.")
            )
        shared = Application.objects.visible_to(by).filter(pk__in=self.scenario.parameters["applications"])
        self.application = (
            shared.select_related("association", "case")
            .prefetch_related("terms__year_amounts")
            .get(pk=application_id)
        )
        rows = ScenarioAmount.objects.filter(scenario=scenario, application=application_id)
        self.amounts = dict(rows.values_list("year", "amount"))

    def total(self) -> dict[int, int]:
        return shared_by_year(self.scenario)

    def write(self, amounts: Amounts) -> None:
        ScenarioAmount.objects.filter(scenario=self.scenario, application=self.application).delete()
        ScenarioAmount.objects.bulk_create(
            ScenarioAmount(scenario=self.scenario, application=self.application, year=year, amount=amount)
            for year, amount in amounts.items()
        )


def _locked(applications: Any, application_id: int) -> Application:
    found: Application = (
        applications.select_for_update(of=("self",))
        .select_related("association", "case")
        .prefetch_related("terms__year_amounts")
        .get(pk=application_id)
    )
    return found


def _refuse_overwriting(book: _Book, written: Amounts, seen: Amounts) -> None:
    clashes = [
        Clash(year, amount, stands)
        for year, amount in sorted(written.items())
        for stands in [book.amounts.get(year, 0)]
        if stands not in (seen.get(year, 0), amount)
    ]
    if clashes:
        last = AmountChange.objects.filter(application=book.application, scenario=book.scenario)
        raise ChangedMeanwhile(clashes, last.select_related("by").first())


def _stop(call: Call, book: _Book, merged: Amounts, changed: Amounts) -> None:
    """Explain what passes a limit. What is lowered is never stopped for what was too much before."""
    raised = {year: amount for year, amount in changed.items() if amount > book.amounts.get(year, 0)}
    stops = {
        **_over_frame(call, book, raised),
        **above_sought(book.application, raised),
        **gaps(book.application, merged),
    }
    if stops:
        raise Stopped(dict(sorted(stops.items())))


def _over_frame(call: Call, book: _Book, raised: Amounts) -> dict[int, str]:
    if not raised:
        return {}
    uses, total = frame_uses(call.authority_id, raised), book.total()
    stops = {}
    for year, amount in raised.items():
        left = uses[year].left
        over = total.get(year, 0) - book.amounts.get(year, 0) + amount - (left or 0)
        if left is not None and over > 0:
            stops[year] = _(
                "With %(amount)s for %(year)s the frame is passed by %(over)s, counted with the reserve, "
                "what is bound and what lies before the committee."
            ) % {"amount": kronor(amount), "year": year, "over": kronor(over)}
    return stops


def gaps(application: Application, amounts: Amounts) -> dict[int, str]:
    """The years without money between two with money, of those that were sought."""
    granted = sorted(amounts)
    sought = application.applied.years if application.applied else []
    return {
        year: _("Propose an amount for %(year)s too, or none for the years after it.") % {"year": year}
        for year in sought
        if granted and granted[0] < year < granted[-1] and year not in amounts
    }


def proposed_by_year(call: Call) -> dict[int, int]:
    """Whole kronor by year of the call's assessed applications, which have not gone to the committee."""
    return YearAmount.objects.filter(
        terms__stage=TermsStage.PROPOSED,
        terms__application__call=call,
        terms__application__state=State.ASSESSED,
    ).by_year()


def shared_by_year(scenario: Scenario | None) -> dict[int, int]:
    """Whole kronor by year of a scenario."""
    rows = ScenarioAmount.objects.filter(scenario=scenario).order_by()
    return dict(rows.values_list("year").annotate(Sum("amount")))


def in_words(before: Amounts, after: Amounts) -> str:
    """ "2027: 80 000 kr → 75 000 kr; 2028: 80 000 kr → 0 kr", for the case's events."""
    return "; ".join(
        f"{year}: {kronor(before.get(year, 0))} → {kronor(amount)}" for year, amount in sorted(after.items())
    )
