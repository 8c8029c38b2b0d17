"""Who may open the routes of `iop.running_urls`: name → (roles, arguments from the world).

All of one partnership in force of the world's association; its unit's contact is the world's, and those with
a conflict of interest in the world's application have declared one in the partnership's case too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from iop import addenda
from iop.models import Delivery
from portal.people.models import UnitContact, User
from portal.registry.models import declare
from tests.iop.building import Partnership
from tests.iop.building_running import running
from tests.world import World

READERS = frozenset({"own", "unit_contact", "case_officer", "secretary", "head"})
WRITERS = frozenset({"own", "unit_contact", "case_officer"})
#: A party's own word: nobody says it for a party but who acts for it.
PARTIES = frozenset({"own", "unit_contact"})


def known(world: World, key: str) -> User:
    person = world.people[key]
    assert person is not None
    return person


def of_world(world: World) -> Partnership:
    made = running(association=world.application.association, own=known(world, "own"))
    for key in ("unit_contact", "conflicted unit_contact"):
        UnitContact.objects.create(unit=made.unit, user=known(world, key))
    for key in ("case_officer", "unit_contact", "head"):
        declare(made.agreement.case, known(world, key), has_conflict=False)
    for key, person in world.people.items():
        if person and key.startswith("conflicted"):
            declare(made.agreement.case, person, has_conflict=True)
    return made


def agreement(world: World) -> list[Any]:
    return [of_world(world).agreement.pk]


def with_row(make: Callable[[Partnership], int]) -> Callable[[World], list[Any]]:
    """The agreement and one row of it."""

    def args(world: World) -> list[Any]:
        made = of_world(world)
        return [made.agreement.pk, make(made)]

    return args


def _check_in(made: Partnership) -> int:
    return made.agreement.check_ins.create(planned_on=date(2027, 4, 1), planned_by=made.officer).pk


def _delivery(made: Partnership) -> int:
    return Delivery.objects.create(
        agreement=made.agreement, party=made.unit_party, kind="lokal", on=date(2027, 4, 1), text="Lokal",
        written_by=made.officer,
    ).pk  # fmt: skip


def _follow_up(made: Partnership) -> int:
    return made.agreement.follow_ups.earliest("due_on").pk


def _addendum(made: Partnership) -> int:
    data = addenda.Written("Längre", "Vi hinner inte klart.", date(2030, 6, 30))
    return addenda.begin(made.agreement, data, made.officer).number


def _addendum_and(number: int) -> Callable[[World], list[Any]]:
    def args(world: World) -> list[Any]:
        made = of_world(world)
        return [made.agreement.pk, _addendum(made), number]

    return args


ROUTES: dict[str, tuple[frozenset[str], Callable[[World], list[Any]]]] = {
    "iop:running": (READERS, agreement),
    "iop:promises": (READERS, agreement),
    "iop:deliveries": (READERS, agreement),
    "iop:deliver": (WRITERS, agreement),
    "iop:take-back-delivery": (frozenset({"unit_contact", "case_officer"}), with_row(_delivery)),
    "iop:check-ins": (READERS, agreement),
    "iop:plan-check-ins": (WRITERS, agreement),
    "iop:check-in": (READERS, with_row(_check_in)),
    "iop:write-check-in": (WRITERS, with_row(_check_in)),
    "iop:cancel-check-in": (WRITERS, with_row(_check_in)),
    "iop:follow-up": (READERS, with_row(_follow_up)),
    "iop:write-follow-up": (WRITERS, with_row(_follow_up)),
    "iop:write-own-view": (PARTIES, with_row(_follow_up)),
    "iop:agree-to-follow-up": (PARTIES, with_row(_follow_up)),
    "iop:ask-renegotiation": (WRITERS, agreement),
    "iop:pause": (WRITERS, agreement),
    "iop:resume": (WRITERS, agreement),
    "iop:give-notice": (WRITERS, agreement),
    "iop:renew": (WRITERS, agreement),
    "iop:begin-addendum": (WRITERS, agreement),
    "iop:addendum": (READERS, with_row(_addendum)),
    "iop:write-addendum": (WRITERS, with_row(_addendum)),
    "iop:change-clause": (WRITERS, _addendum_and(7)),
    "iop:change-contribution": (WRITERS, with_row(_addendum)),
    "iop:keep-contribution": (WRITERS, _addendum_and(1)),
    "iop:change-parties": (WRITERS, with_row(_addendum)),
    "iop:ready-addendum": (WRITERS, with_row(_addendum)),
    "iop:reopen-addendum": (WRITERS, with_row(_addendum)),
    "iop:drop-addendum": (WRITERS, with_row(_addendum)),
    "iop:sign-addendum": (WRITERS, with_row(_addendum)),
}
