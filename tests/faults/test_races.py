"""Two people at the same moment: one case, one number, one paragraph, and nothing overwritten in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from assessments import assessing
from assessments.models import Assessment
from portal.committee import minutes
from portal.committee.models import Decision, Outcome
from portal.people.models import Role
from portal.registry.models import Case, declare
from tests.assessments.building import written
from tests.committee.building import on_agenda
from tests.factories import AuthorityFactory, MeetingFactory, sent_application, staff

pytestmark = [pytest.mark.fault, pytest.mark.rule(16), pytest.mark.django_db(transaction=True)]


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of them at the same moment, each on a connection of its own; what each gave or raised."""
    start = Barrier(len(acts))

    def do(act: Callable[[], Any]) -> Any:
        try:
            start.wait(30)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(do, acts))


class Regretted(Exception):
    """Whatever goes wrong after a number was taken."""


def test_registry_numbers_taken_at_once_and_given_back_have_no_gaps() -> None:
    authority = AuthorityFactory.create()

    def open_three(regrets: bool) -> None:
        for _case in range(3):
            authority.open_case(public_title="Ansökan")
        if regrets:
            with transaction.atomic():
                authority.open_case(public_title="Ångrad")
                raise Regretted

    answers = at_once([partial(open_three, regrets) for regrets in [True, False] * 4])
    assert [type(answer) for answer in answers] == [Regretted, type(None)] * 4
    assert sorted(Case.objects.values_list("number", flat=True)) == list(range(1, 25))
    assert Case.objects.values("registry_number").distinct().count() == 24
    assert not Case.objects.filter(public_title="Ångrad").exists()


def test_secretaries_who_record_at_once_take_paragraphs_one_after_another() -> None:
    meeting = MeetingFactory.create()
    items = [on_agenda(meeting, title=f"Ärende {number}") for number in range(4)]
    secretaries = [staff(Role.SECRETARY), staff(Role.SECRETARY)]
    made = at_once(
        [
            partial(minutes.record_decision, item, Outcome.GRANTED, secretaries[place % 2])
            for place, item in enumerate(items)
        ]
    )
    assert [type(one) for one in made] == [Decision] * 4
    assert sorted(Decision.objects.values_list("paragraph", flat=True)) == [1, 2, 3, 4]


def test_two_secretaries_who_record_the_same_item_give_one_paragraph() -> None:
    item = on_agenda(MeetingFactory.create())
    secretaries = [staff(Role.SECRETARY), staff(Role.SECRETARY)]
    made = at_once([partial(minutes.record_decision, item, Outcome.GRANTED, by) for by in secretaries])
    assert sorted(type(one).__name__ for one in made) == ["CannotRecord", "Decision"]
    assert Decision.objects.get().paragraph == 1


def test_of_two_officers_who_save_at_once_one_is_told_and_shown_the_other_s() -> None:
    application = sent_application()
    officers = [staff(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)]
    for officer in officers:
        declare(application.received_case, officer, has_conflict=False)
    assessment = assessing.begin(application, officers[0])
    reasons = ["Den enas skäl.", "Den andras skäl."]
    opened = [Assessment.objects.get(pk=assessment.pk) for _officer in officers]
    saved = at_once(
        [
            partial(assessing.save, page, written(reason=reason), assessment.version, by)
            for page, reason, by in zip(opened, reasons, officers, strict=True)
        ]
    )
    (conflict,) = (one for one in saved if isinstance(one, Exception))
    assert isinstance(conflict, assessing.Conflict)
    stands = Assessment.objects.get().reason
    assert stands in reasons
    assert conflict.assessment.reason == stands
