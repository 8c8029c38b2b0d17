"""Who sees which rows: what is everybody's is listed here by hand, and of all else an outsider sees none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import models

from portal.people.models import Role, User
from tests.access.mutation import QUERYSETS, defining_class, loosened_queryset, models_of_ours
from tests.factories import staff
from tests.world import build_world

pytestmark = [pytest.mark.django_db, pytest.mark.rule(7)]

#: Rules, dates, lists and names of the city. Nothing in them belongs to a person or a case.
PUBLIC = {
    *("people.Unit", "registry.Authority", "registry.RetentionRule", "committee.Committee"),
    *("grants.ConditionsStatement", "grants.Contact", "grants.Frame", "grants.GrantProgramme"),
    *("grants.PaperType", "assessments.CriterionQuestion"),
    *("iop.AdviceText", "iop.Area", "iop.FollowUpRule", "iop.HourlyRate", "iop.IndicatorKind", "iop.Level"),
    *("iop.StandardClause", "iop.SuitabilityQuestion", "iop.SurveyAnswer", "iop.SurveyPrint"),
    *("iop.SurveyQuestion", "iop.TargetGroup", "iop.UnitProfile"),
}
#: What an administrator sees all of; the test looks at these as somebody else.
ADMINISTRATORS = {"people.User", "people.RoleAssignment", "operations.StuckReport"}
#: Public once they are published: calls with what is asked in them, and needs.
PUBLISHED = {
    *("grants.Call", "grants.Question", "grants.AskedPaper", "grants.BudgetHeading", "iop.Need"),
    "assessments.LevelAnchor",
}


@pytest.fixture
def administrator() -> User:
    return staff(Role.ADMINISTRATOR)


@pytest.fixture
def reader() -> User:
    return staff(Role.SECOND_READER)


def is_unrestricted(rows: models.QuerySet[Any]) -> bool:
    """Whether a query asks for all there is."""
    return not rows.query.is_empty() and not rows.query.where


def unrestricted(models_asked: Iterable[type[models.Model]], administrator: User, reader: User) -> set[str]:
    """Those of the models of which an outsider sees every row."""
    found = set()
    for model in models_asked:
        outsider = reader if model._meta.label in ADMINISTRATORS else administrator
        manager: Any = model._default_manager
        if is_unrestricted(manager.visible_to(outsider)):
            found.add(model._meta.label)
    return found


def test_what_is_everybodys_is_in_the_list(administrator: User, reader: User) -> None:
    assert unrestricted(models_of_ours(), administrator, reader) == PUBLIC


def test_rows_that_everybody_sees_turn_the_list_wrong(administrator: User, reader: User) -> None:
    """Each `visible_to` in turn shows everything to who has signed in, whether or not there are rows."""
    of_class: dict[type, list[type[models.Model]]] = defaultdict(list)
    for model in models_of_ours():
        of_class[defining_class(model)].append(model)
    assert list(of_class) == QUERYSETS
    green = set()
    for queryset, its_models in of_class.items():
        with loosened_queryset(queryset):
            if unrestricted(its_models, administrator, reader) <= PUBLIC:
                green.add(queryset)
    everybodys = {defining_class(model) for model in models_of_ours() if model._meta.label in PUBLIC}
    assert green == everybodys


def test_an_administrator_sees_nothing_of_a_case() -> None:
    world = build_world()
    person = world.people["administrator"]
    seen = set()
    for model in models_of_ours():
        manager: Any = model._default_manager
        if manager.visible_to(person).exists():
            seen.add(model._meta.label)
    assert seen <= PUBLIC | ADMINISTRATORS | PUBLISHED
