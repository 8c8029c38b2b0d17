"""Who may open the routes of `iop.dialogue_urls`: name → (roles, arguments from the world)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from iop import cooperating, lists_file, survey
from iop.leaving_ideas import Thought, leave
from iop.models import Idea, Need, NeedAnswer, TargetGroup
from portal.people.models import Role, Unit, UnitContact, User
from portal.registry.models import declare
from tests.iop.building import area
from tests.world import World, stand_in_for_worker

_ALL_ROLES = frozenset(f"{conflict}{role}" for conflict in ("", "conflicted ") for role in Role.values)
ALL = frozenset({"anonymous", "own", "other"}) | _ALL_ROLES
APPLICANTS = frozenset({"own", "other"})
OFFICERS = frozenset({"case_officer", "conflicted case_officer"})
SECRETARIES = frozenset({"secretary", "conflicted secretary"})
CONTACTS = frozenset({"unit_contact", "conflicted unit_contact"})
HEADS = frozenset({"head", "conflicted head"})
PARTNERS = APPLICANTS | OFFICERS | SECRETARIES | CONTACTS | HEADS
CITY_READERS = OFFICERS | SECRETARIES | CONTACTS | HEADS
KEEPERS = OFFICERS | {"administrator", "conflicted administrator"}


def _known(world: World, key: str) -> User:
    person = world.people[key]
    assert person is not None
    return person


def idea(world: World) -> Idea:
    """An idea of the world's association, in whose case the conflicted have declared their conflict."""
    left = leave(world.application.association, Thought("Ett kafé"), _known(world, "own"))
    for key, person in world.people.items():
        if person and key.startswith("conflicted"):
            declare(left.case, person, has_conflict=True)
    return left


def unit(world: World) -> Unit:
    """A unit that the unit's contact answers for, and the other contact does not."""
    made = Unit.objects.create(name="Enheten för kaféer")
    UnitContact.objects.create(unit=made, user=_known(world, "unit_contact"))
    return made


def need(world: World, *, published: bool = True) -> Need:
    group = TargetGroup.objects.get_or_create(
        code="aldre", defaults={"name_sv": "Äldre", "name_en": "Elderly"}
    )
    made = Need.objects.create(
        unit=unit(world),
        area=area(),
        title="Kafé",
        text="Det saknas ett kafé.",
        written_by=_known(world, "unit_contact"),
        published_at=timezone.now() if published else None,
    )
    made.target_groups.add(group[0])
    return made


def need_answer(world: World) -> NeedAnswer:
    return NeedAnswer.objects.create(
        need=need(world),
        association=world.application.association,
        role="innovator",
        text="Vi kan öppna ett kafé.",
        answered_by=_known(world, "own"),
    )


def cooperation(world: World) -> list[Any]:
    return [cooperating.between(world.application.association, unit(world)).pk]


def year(world: World) -> list[Any]:
    return [timezone.localdate().year]


def printed(world: World) -> list[Any]:
    lists_file.install_shipped()
    made = survey.order_print(timezone.localdate().year, _known(world, "case_officer"))
    stand_in_for_worker()
    return [made.pk]


def survey_area(world: World) -> list[Any]:
    return [*year(world), area().code]


def list_row(world: World) -> list[Any]:
    return ["omraden", area().pk]


def of_idea(world: World) -> list[Any]:
    return [idea(world).pk]


def of_need(world: World) -> list[Any]:
    return [need(world).pk]


OWN_UNIT = frozenset({"case_officer", "conflicted case_officer", "unit_contact"})
#: Nobody has a conflict of interest with a co-operation: it is no case.
OF_PAIR = frozenset({"own", "unit_contact"}) | OFFICERS | SECRETARIES | HEADS

ROUTES: dict[str, tuple[frozenset[str], Callable[[World], list[Any]]]] = {
    "iop:home": (PARTNERS, lambda world: []),
    "iop:whom": (ALL, lambda world: []),
    "iop:ideas": (APPLICANTS | OFFICERS | SECRETARIES | HEADS, lambda world: []),
    "iop:new-idea": (APPLICANTS, lambda world: []),
    "iop:idea": (frozenset({"own", "case_officer", "secretary", "head"}), of_idea),
    "iop:idea-day": (frozenset({"case_officer"}), of_idea),
    "iop:idea-owner": (frozenset({"case_officer"}), of_idea),
    "iop:idea-conflict": (frozenset({"case_officer"}), of_idea),
    "iop:idea-answer": (frozenset({"case_officer"}), of_idea),
    "iop:needs": (ALL, lambda world: []),
    "iop:new-need": (OFFICERS | CONTACTS, lambda world: []),
    "iop:inventory": (CITY_READERS, lambda world: []),
    "iop:inventory-sheet": (CITY_READERS, lambda world: ["csv"]),
    "iop:need": (ALL, of_need),
    "iop:need-edit": (OWN_UNIT, of_need),
    "iop:need-publish": (OWN_UNIT, of_need),
    "iop:need-close": (OWN_UNIT, of_need),
    "iop:need-answer": (APPLICANTS, of_need),
    "iop:need-reply": (OWN_UNIT, lambda world: [need_answer(world).pk]),
    "iop:cooperations": (PARTNERS, lambda world: []),
    "iop:new-cooperation": (APPLICANTS | OFFICERS | CONTACTS, lambda world: []),
    "iop:cooperation": (OF_PAIR, cooperation),
    "iop:cooperation-of-association": (
        OF_PAIR,
        lambda world: [cooperation(world) and world.application.association_id],
    ),
    "iop:cooperation-of-unit": (PARTNERS, lambda world: [unit(world).pk]),
    "iop:survey-now": (ALL, lambda world: []),
    "iop:survey": (ALL, year),
    "iop:survey-print": (CITY_READERS, year),
    "iop:survey-sheet": (ALL, lambda world: [*year(world), "xlsx"]),
    "iop:survey-file": (ALL, printed),
    "iop:survey-answers": (OFFICERS, survey_area),
    "iop:lists": (KEEPERS, lambda world: []),
    "iop:list": (KEEPERS, lambda world: ["omraden"]),
    "iop:list-new": (KEEPERS, lambda world: ["omraden"]),
    "iop:list-row": (KEEPERS, list_row),
}
