"""Who may open the routes of `iop.agreement_urls`: name → (roles, arguments from the world).

All of one agreement of the world's association; its unit's contact is the world's, and those with a conflict
of interest in the world's application have declared one in the agreement's case too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from iop import lists_file
from iop.beginning import copy_standard_clauses
from iop.models import (
    Agreement,
    CheckIn,
    ClauseComment,
    DeMinimisAid,
    Goal,
    Indicator,
    SteeringSeat,
    SuitabilityQuestion,
)
from iop.models.running import FollowUp
from iop.proposing import send_to_committee
from portal.people.models import UnitContact, User
from portal.registry.models import declare
from tests.iop.agreeing import all_say_yes, assess_market, decide, written_partnership
from tests.iop.building import Partnership, partnership
from tests.world import World, stand_in_for_worker

OF_THE_PARTIES = frozenset({"own", "unit_contact", "case_officer", "secretary", "head"})
OFFICER = frozenset({"case_officer"})
#: Who may open the list, which shows each their own.
PARTNERS = frozenset(
    {"own", "other"}
    | {"unit_contact", "case_officer", "secretary"}
    | {"conflicted unit_contact", "conflicted case_officer", "conflicted secretary"}
    | {"head", "conflicted head"}
)
OFFICERS = frozenset({"case_officer", "conflicted case_officer"})


def known(world: World, key: str) -> User:
    person = world.people[key]
    assert person is not None
    return person


def of_world(world: World) -> Partnership:
    """An agreement in writing of the world's association and a unit that the world's contact answers for."""
    own = known(world, "own")
    made = partnership(association=world.application.association, own=own)
    _take_part(made, world)
    lists_file.install_shipped()
    copy_standard_clauses(made.agreement, made.officer)
    return made


def _take_part(made: Partnership, world: World) -> None:
    contact = known(world, "unit_contact")
    for person in (contact, known(world, "conflicted unit_contact")):
        UnitContact.objects.create(unit=made.unit, user=person)
    for key in ("case_officer", "unit_contact", "head"):
        declare(made.agreement.case, known(world, key), has_conflict=False)
    for key, conflicted in world.people.items():
        if conflicted and key.startswith("conflicted"):
            declare(made.agreement.case, conflicted, has_conflict=True)


def agreement(world: World) -> list[Any]:
    return [of_world(world).agreement.pk]


def with_row(make: Callable[[Partnership], int]) -> Callable[[World], list[Any]]:
    """The agreement and one row of it."""

    def args(world: World) -> list[Any]:
        made = of_world(world)
        return [made.agreement.pk, make(made)]

    return args


def _question(made: Partnership) -> int:
    return SuitabilityQuestion.objects.earliest("position").pk


def _aid(made: Partnership) -> int:
    return DeMinimisAid.objects.create(
        agreement=made.agreement, party=made.association_party, decided_on=date(2026, 1, 1), giver="Staden",
        euros=1000, written_by=made.officer,
    ).pk  # fmt: skip


def _goal(made: Partnership) -> Goal:
    return Goal.objects.create(agreement=made.agreement, level="effektmal", text="Fler kommer")


def _seat(made: Partnership) -> int:
    return SteeringSeat.objects.create(
        agreement=made.agreement, group="arbetsgrupp", party=made.unit_party, role="Enhetschef"
    ).pk


def _check_in(made: Partnership) -> int:
    return CheckIn.objects.create(
        agreement=made.agreement, planned_on=date(2027, 8, 1), planned_by=made.officer
    ).pk


def _follow_up(made: Partnership) -> int:
    return FollowUp.objects.create(
        agreement=made.agreement, kind="utvardering", year=2027, due_on=date(2027, 10, 31)
    ).pk


def _comment(world: World) -> list[Any]:
    made = of_world(world)
    clause = made.agreement.clauses.get(number=2)
    remark = ClauseComment.objects.create(
        clause=clause, text="Hur då?", on_version=1, written_by=made.officer
    )
    return [made.agreement.pk, 2, remark.pk]


def to_sign(world: World) -> Agreement:
    """An agreement that the committee has approved."""
    made = written_partnership(association=world.application.association, own=known(world, "own"))
    assess_market(made)
    all_say_yes(made)
    decide(send_to_committee(made.agreement, made.officer))
    _take_part(made, world)
    stand_in_for_worker()
    made.agreement.refresh_from_db()
    return made.agreement


ROUTES: dict[str, tuple[frozenset[str], Callable[[World], list[Any]]]] = {
    "iop:agreements": (PARTNERS, lambda world: []),
    "iop:agreement-begin": (OFFICERS, lambda world: []),
    "iop:agreement": (OF_THE_PARTIES, agreement),
    "iop:agreement-declare": (frozenset({"case_officer", "unit_contact", "head"}), agreement),
    "iop:agreement-drop": (OFFICER, agreement),
    "iop:agreement-facts": (OF_THE_PARTIES, agreement),
    "iop:parties": (OF_THE_PARTIES, agreement),
    "iop:process-leader": (OF_THE_PARTIES, with_row(lambda made: made.unit_party.pk)),
    "iop:suitability": (OF_THE_PARTIES, agreement),
    "iop:suitability-question": (OF_THE_PARTIES, with_row(_question)),
    "iop:market": (OF_THE_PARTIES, agreement),
    "iop:market-sign": (OFFICER, agreement),
    "iop:de-minimis": (OF_THE_PARTIES, agreement),
    "iop:de-minimis-remove": (OF_THE_PARTIES, with_row(_aid)),
    "iop:clauses-yes": (OF_THE_PARTIES, agreement),
    "iop:clause": (OF_THE_PARTIES, with_row(lambda made: 8)),
    "iop:clause-yes": (OF_THE_PARTIES, with_row(lambda made: 2)),
    "iop:clause-comment": (OF_THE_PARTIES, with_row(lambda made: 2)),
    "iop:clause-settle": (OF_THE_PARTIES, _comment),
    "iop:contributions": (OF_THE_PARTIES, agreement),
    "iop:party-contributions": (OF_THE_PARTIES, with_row(lambda made: made.unit_party.pk)),
    "iop:budget": (OF_THE_PARTIES, agreement),
    "iop:take-over": (OFFICER, agreement),
    "iop:goals": (OF_THE_PARTIES, agreement),
    "iop:goal": (OF_THE_PARTIES, with_row(lambda made: _goal(made).pk)),
    "iop:goal-remove": (OF_THE_PARTIES, with_row(lambda made: _goal(made).pk)),
    "iop:indicator-remove": (
        OF_THE_PARTIES,
        with_row(lambda made: Indicator.objects.create(goal=_goal(made), text="Antal").pk),
    ),
    "iop:groups": (OF_THE_PARTIES, agreement),
    "iop:seat-remove": (OF_THE_PARTIES, with_row(_seat)),
    "iop:plan": (OF_THE_PARTIES, agreement),
    "iop:plan-remove": (OF_THE_PARTIES, with_row(_check_in)),
    "iop:plan-remove-follow-up": (OF_THE_PARTIES, with_row(_follow_up)),
    "iop:to-committee": (OF_THE_PARTIES, agreement),
    "iop:to-signing": (OFFICER, agreement),
    "iop:write-again": (OFFICER, agreement),
    "iop:sign": (OF_THE_PARTIES, lambda world: [to_sign(world).pk]),
    "iop:agreement-text": (OF_THE_PARTIES, lambda world: [to_sign(world).pk, 1]),
}
