"""A call from copy to publication, and the way to the right grant, in a browser that runs no script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from grants.calls.standard_rows import add_standard_rows
from grants.models import Call, GrantType
from portal.people.models import Role
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import CallFactory, staff

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]


def last_years_call() -> Call:
    now = timezone.now()
    call = CallFactory.create(
        title_en="Operating grant 2027",
        intro="För er.",
        intro_en="For you.",
        decision_expected_en="December",
        opens_at=now - timedelta(days=300),
        closes_at=now - timedelta(days=240),
    )
    add_standard_rows(call)
    return call


def test_an_officer_copies_changes_and_publishes_next_years_call(
    person: Callable[..., Person], transactional_db: None
) -> None:
    source = last_years_call()
    officer = person(scripted=False)
    officer.sign_in(staff(Role.CASE_OFFICER).email)
    officer.follow(say("Calls"))
    officer.follow(source.title)
    officer.follow(say("Copy to a new call"))
    officer.press(say("Copy to a draft"))
    copy = Call.objects.exclude(pk=source.pk).get()
    officer.sees(copy.title)

    officer.follow(say("Questions"))
    officer.follow(copy.questions.get(key="need").label)
    officer.fill(label_sv="Vilket behov ser ni?")
    officer.press(say("Save"))
    officer.sees("Vilket behov ser ni?")
    officer.follow(copy.title)
    officer.follow(say("Report dates"))
    officer.page.fill("[name=rad-0-what_sv]", "Första redovisningen")
    officer.press(say("Save"))
    officer.follow(copy.title)
    officer.press(say("Publish"))

    copy.refresh_from_db()
    assert copy.published
    assert copy.form_version == 3
    assert copy.report_dates.first().what_sv == "Första redovisningen"  # type: ignore[union-attr]
    assert source.questions.get(key="need").label != "Vilket behov ser ni?"


def test_anybody_finds_the_right_grant(person: Callable[..., Person], transactional_db: None) -> None:
    call = CallFactory.create(grant_type=GrantType.UTVECKLINGSBIDRAG, closes_at=None)
    visitor = person(scripted=False)
    visitor.open("/hitta-ratt/")
    for answer in (
        say("An association, foundation or faith community"),
        say("People who need social support, or are at risk"),
        say("Run an activity of our own, with support from the city"),
        say("New, or something that we want to try or develop"),
        say("This year"),
    ):
        visitor.page.get_by_label(answer, exact=True).check()
        visitor.press(say("Continue"))
    visitor.sees(say("A development grant (utvecklingsbidrag) seems right"))
    visitor.follow(call.title)
    visitor.sees(say("What the support is for"))
