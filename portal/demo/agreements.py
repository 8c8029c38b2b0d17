"""The demo's partnerships: one being written, with comments and yes, and one that runs. Through the acts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from iop import advising, beginning, check_ins, deliveries, lists_file, market, promising, signing, wording
from iop.beginning import Facts, Parties, begin_agreement
from iop.days import working_day
from iop.models import (
    Agreement,
    Area,
    ClauseComment,
    Party,
    SteeringSeat,
    SuitabilityQuestion,
    TargetGroup,
    UnitSignatory,
)
from iop.promising import Line, Promise
from iop.proposing import send_to_committee
from portal.committee import minutes, proposals
from portal.committee.agenda import put_on_agenda
from portal.committee.models import AgendaItem, Meeting, Outcome
from portal.committee.report_review import approve
from portal.demo.register import Registered
from portal.people.models import Unit, UnitContact, User
from portal.registry.models import declare

AREA = "ifo"
TARGET_GROUP = "barn_unga"
METHOD = "ersattningskostnad"


@cache
def _told() -> dict[str, Any]:
    file = Path(__file__).parent / "data" / "agreements.json"
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return told


class Written:
    """An agreement of the demo, and who acts for its two parties."""

    def __init__(
        self, told: dict[str, Any], days: tuple[date, date], registered: Registered, staff: dict[str, User]
    ):
        self.told, self.staff = told, staff
        self.officer, self.contact, self.chair = staff["handlaggare"], staff["verksamhet"], registered.chair
        needed = registered.association.signatures_needed
        self.signatories = (self.contact, *registered.signatories[:needed])
        unit = unit_with_signatory(told["unit"], self.contact, self.officer)
        facts = Facts(
            title=told["title"],
            area=Area.objects.get(code=AREA),
            summary=told["summary"],
            target_groups=list(TargetGroup.objects.filter(code=TARGET_GROUP)),
            starts_on=days[0],
            ends_on=days[1],
        )
        self.agreement = begin_agreement(facts, Parties([registered.association], [unit]), self.officer)
        declare(self.agreement.case, self.contact, has_conflict=False)
        self._write()

    @property
    def parties(self) -> dict[str, tuple[Party, User]]:
        association, unit = self.agreement.parties.all()
        return {"association": (association, self.chair), "unit": (unit, self.contact)}

    def _write(self) -> None:
        told, agreement = self.told, self.agreement
        for party, person in self.parties.values():
            beginning.choose_process_leader(agreement, party, person, person)
        for key, (reply, text) in told["answers"].items():
            question = SuitabilityQuestion.objects.get(key=key, is_active=True)
            advising.save_answer(agreement, question, reply, text, 0, self.chair)
        for key, text in told["clauses"].items():
            clause = agreement.clauses.get(key=key)
            wording.save_text(clause, text, clause.version, self.chair)
        for side, kinds in told["contributions"].items():
            party, person = self.parties[side]
            promises = [_promise(kind, row, agreement) for kind, row in kinds.items()]
            promising.promise(party, promises, promising.contributions_seen(party), person)
        self._write_budget()
        for row in told["goals"]:
            goal = promising.add_goal(agreement, row["level"], row["text"], self.chair)
            for indicator in row["indicators"]:
                promising.add_indicator(goal, self.contact, **indicator)
        for row in told["comments"]:
            _party, person = self.parties[row["by"]]
            wording.comment(agreement.clauses.get(key=row["clause"]), row["text"], row["suggestion"], person)

    def _write_budget(self) -> None:
        """The first year takes the whole sum where the time is shorter than a year."""
        years = list(self.agreement.years)
        shared = years[:1] if self.agreement.is_short else years
        lines = [
            Line("kostnad", text, dict.fromkeys(shared, kronor))
            for text, kronor in self.told["budget"].items()
        ]
        promising.write_budget(self.agreement, lines, promising.budget_seen(self.agreement), self.contact)

    def say_yes_to(self, side: str, keys: list[str]) -> None:
        _party, person = self.parties[side]
        for clause in self.agreement.clauses.filter(key__in=keys):
            wording.say_yes(clause, clause.version, person)

    def say_yes_to_all(self) -> None:
        versions = dict(self.agreement.clauses.values_list("pk", "version"))
        for _party, person in self.parties.values():
            wording.say_yes_to_all(self.agreement, versions, person)


def _promise(kind: str, row: dict[str, Any], agreement: Agreement) -> Promise:
    amount = row.get("hours", row.get("kronor"))
    years = list(agreement.years)[:1] if agreement.is_short else agreement.years
    amounts = dict.fromkeys(years, amount) if amount is not None else {}
    return Promise(kind, amounts, row["text"], METHOD if "hours" in row else "")


def unit_with_signatory(name: str, contact: User, officer: User) -> Unit:
    """The unit, with the demo's contact as its contact and signatory."""
    unit, _created = Unit.objects.get_or_create(name=name)
    UnitContact.objects.get_or_create(unit=unit, user=contact)
    UnitSignatory.objects.get_or_create(
        unit=unit, user=contact, valid_from=date(2020, 1, 1), defaults={"given_by": officer}
    )
    return unit


def begin_partnership(by_number: dict[int, Registered], staff: dict[str, User], today: date) -> Agreement:
    """One agreement in preparation: three years, some clauses agreed, comments open."""
    lists_file.install_shipped()
    told = _told()["in_preparation"]
    first, last, years = told["days"]["first"], told["days"]["last"], told["days"]["years"]
    days = (
        date.fromisoformat(f"{today.year + 1}-{first}"),
        date.fromisoformat(f"{today.year + years}-{last}"),
    )
    written = Written(told, days, by_number[told["association"]], staff)
    for side, keys in told["yes"].items():
        written.say_yes_to(side, keys)
    return written.agreement


def propose_partnership(
    by_number: dict[int, Registered], staff: dict[str, User], meeting: Meeting, today: date
) -> tuple[Written, AgendaItem]:
    """A short agreement, written whole and put on the agenda of the past meeting."""
    lists_file.install_shipped()
    told = _told()["running"]
    first = today - timedelta(days=told["days"]["started_days_ago"])
    days = (first, first + timedelta(days=told["days"]["length_days"]))
    written = Written(told, days, by_number[told["association"]], staff)
    agreement, officer = written.agreement, written.officer
    _plan(agreement, written, days)
    for remark in agreement.clauses.get(key="verksamhet").comments.all():
        wording.settle(remark, ClauseComment.Fate.DONE, written.contact)
    assessment = market.save(agreement, told["market"], market.assessment_of(agreement).version, officer)
    market.sign(agreement, assessment.version, officer)
    written.say_yes_to_all()
    matter = send_to_committee(agreement, officer)
    approve(matter, staff["chef"])
    proposals.adopt(matter, staff["ordforande"])
    return written, put_on_agenda(matter, meeting, staff["sekreterare"])


def let_it_run(written: Written, item: AgendaItem, staff: dict[str, User]) -> None:
    """The committee approves, all parties sign, and the partnership runs; they have met once."""
    minutes.record_decision(item, Outcome.GRANTED, staff["sekreterare"])
    written.agreement.refresh_from_db()
    text = written.agreement.text_to_sign
    assert text is not None  # it was approved as it stands
    for person in written.signatories:
        signing.sign(written.agreement, text.content_sha256, person)
    _meet_and_contribute(written)


def _meet_and_contribute(written: Written) -> None:
    """The first check-in, with what the parties had contributed by then."""
    told, agreement = written.told, written.agreement
    check_in = agreement.check_ins.earliest("planned_on")
    for row in told["deliveries"]:
        party, person = written.parties[row["by"]]
        what = {name: value for name, value in row.items() if name not in ("by", "after_days")}
        on = agreement.first_day + timedelta(days=row["after_days"])
        deliveries.register(party, deliveries.Written(on=on, **what), person, check_in)
    noted = replace(check_ins.written(check_in), held_on=check_in.planned_on, **told["first_check_in"])
    check_ins.save(check_in, noted, check_in.version, written.contact)


def _plan(agreement: Agreement, written: Written, days: tuple[date, date]) -> None:
    first, last = days
    planned = written.told["check_ins"]
    for after in planned["after_days"]:
        day = working_day(first + timedelta(days=after))
        promising.plan_check_in(agreement, day, planned["place"], written.contact)
    promising.plan_follow_up(agreement, "utvardering", last, written.chair)
    roles = {"association": "Ungdomsledare", "unit": "Fältsekreterare"}
    for side, (party, person) in written.parties.items():
        promising.add_seat(agreement, SteeringSeat.Group.WORKING, party, roles[side], person)
