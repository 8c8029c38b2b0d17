"""An agreement that is ready for the committee, written through the acts that people use."""

from __future__ import annotations

from typing import Any

from grants.models import Frame
from iop import lists_file, market, promising, wording
from iop.beginning import copy_standard_clauses
from iop.models import Agreement, ContributionKind, GoalLevel, Party
from iop.promising import Line, Promise
from iop.proposing import send_to_committee
from portal.committee import proposals, report_review
from portal.committee.agenda import put_on_agenda
from portal.committee.minutes import Decided, record
from portal.committee.models import AgendaItem, Matter, Outcome, awaiting_heads
from portal.people.models import Role, User
from portal.registry.models import declare
from tests.factories import MeetingFactory, staff
from tests.iop.building import Partnership, partnership

ANSWERS: dict[str, Any] = {
    "market": "Ingen annan erbjuder detta.",
    "co_financing": "Föreningen ger ideell tid, staden pengar och personal.",
    "no_ordered_service": "Parterna bestämmer tillsammans.",
    "initiative": "Föreningen tog initiativet.",
    "procurement_conclusion": "Det är ingen tjänst som köps.",
    "supports_economic_activity": False,
    "state_aid_reason": "",
}


def written_partnership(money: int = 150_000, **who: Any) -> Partnership:
    """A partnership of four months, written whole, but without any yes and without the signed assessment."""
    lists_file.install_shipped()
    made = partnership(**who)
    agreement = made.agreement
    declare(agreement.case, made.of_unit, has_conflict=False)
    copy_standard_clauses(agreement, made.officer)
    Frame.objects.get_or_create(authority=agreement.case.authority, year=2027, defaults={"amount": 1_000_000})
    for clause in agreement.clauses.filter(text=""):
        wording.save_text(clause, "Vi ser samma behov.", clause.version, made.of_association)
    promise(made.unit_party, made.of_unit, Promise(ContributionKind.PENGAR, {2027: money}))
    promise(
        made.association_party,
        made.of_association,
        Promise(ContributionKind.IDEELL_TID, {2027: 400}, "Ledare", "ersattningskostnad"),
    )
    promising.write_budget(
        agreement, [Line("kostnad", "Lokal", {2027: money})], promising.budget_seen(agreement), made.of_unit
    )
    goal = promising.add_goal(agreement, GoalLevel.VERKSAMHET, "Sju kvällar för unga", made.of_association)
    promising.add_indicator(goal, made.of_unit, text="Kvällar", unit="antal", target="7")
    agreement.refresh_from_db()
    return made


def promise(party: Party, by: User, *promises: Promise) -> None:
    promising.promise(party, promises, promising.contributions_seen(party), by)


def assess_market(made: Partnership) -> None:
    current = market.assessment_of(made.agreement)
    saved = market.save(made.agreement, ANSWERS, current.version, made.officer)
    market.sign(made.agreement, saved.version, made.officer)


def all_say_yes(made: Partnership) -> None:
    versions = dict(made.agreement.clauses.values_list("pk", "version"))
    for person in (made.of_association, made.of_unit):
        wording.say_yes_to_all(made.agreement, versions, person)


def ready_partnership(money: int = 150_000) -> Partnership:
    """A partnership from which nothing is missing."""
    made = written_partnership(money)
    assess_market(made)
    all_say_yes(made)
    return made


def on_agenda(matter: Matter) -> AgendaItem:
    chair = staff(Role.CHAIR)
    if Matter.objects.filter(awaiting_heads(), pk=matter.pk).exists():  # where the world has a head
        report_review.approve(matter, staff(Role.HEAD))
    if not matter.has_chairs_proposal:
        proposals.adopt(matter, chair)
    return put_on_agenda(matter, MeetingFactory.create(), staff(Role.SECRETARY))


def decide(matter: Matter, outcome: str = Outcome.GRANTED, **fields: Any) -> None:
    """Put the matter on an agenda and record what the committee decided."""
    record(on_agenda(matter), Decided(outcome, **fields), staff(Role.SECRETARY))


def decided_partnership(money: int = 150_000) -> Partnership:
    """A partnership that the committee has approved as it stands: it waits for signatures."""
    made = ready_partnership(money)
    decide(send_to_committee(made.agreement, made.officer))
    made.agreement.refresh_from_db()
    return made


def reloaded(agreement: Agreement) -> Agreement:
    return Agreement.objects.get(pk=agreement.pk)
