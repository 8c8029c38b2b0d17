"""Reminders: found by date, sent once to the right people, turned off by those who do not want them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import Email

from grants import reminders
from grants.models import Application, Call, CallWatch, Reminder, UnwantedReminder
from grants.reminders import Due, Kind, remind
from grants.tasks import send_reminders
from portal.people.models import Role
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    CallFactory,
    UserFactory,
    person_of,
    sent_application,
    staff,
)

pytestmark = pytest.mark.django_db


def recipients() -> list[str]:
    return sorted(address for mail in Email.objects.all() for address in mail.to)


@pytest.fixture
def draft() -> Application:
    return ApplicationFactory.create(
        title="Hemlig plan", call=CallFactory.create(closes_at=timezone.now() + timedelta(days=6))
    )


def test_an_unsent_draft_is_reminded_of_a_week_before_close_and_once(draft: Application) -> None:
    colleague = person_of(draft.association, "writer")
    person_of(AssociationFactory.create())
    send_reminders()
    send_reminders()

    assert recipients() == sorted([draft.created_by.email, colleague.email])
    assert Reminder.objects.exclude(sent_at=None).count() == 2
    mail = Email.objects.first()
    assert mail is not None
    assert draft.call.title in mail.subject
    assert "Hemlig plan" not in mail.subject + mail.message


def test_the_text_is_whole_sentences_and_says_where_to_turn_it_off(draft: Application) -> None:
    remind()
    mail = Email.objects.get()
    assert mail.message.startswith("Hej!\n\nAnsökningsomgången Verksamhetsbidrag 2027 stänger inom en vecka.")
    assert "Påminnelser och kalender" in mail.message


@pytest.mark.parametrize("days", [8, -1])
def test_no_draft_is_reminded_of_earlier_or_after_close(days: int) -> None:
    ApplicationFactory.create(
        call=CallFactory.create(
            opens_at=timezone.now() - timedelta(days=60), closes_at=timezone.now() + timedelta(days=days)
        )
    )
    assert remind() == 0


def test_nobody_is_reminded_of_a_sent_or_discarded_application(draft: Application) -> None:
    Application.objects.update(discarded_at=timezone.now())
    sent_application(call=draft.call)
    Email.objects.all().delete()
    assert remind() == 0


def test_a_broker_that_is_gone_costs_no_reminder(
    draft: Application, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert remind() == 1
    assert Email.objects.count() == 1


def test_who_turned_a_reminder_off_gets_none_and_others_do(draft: Application) -> None:
    colleague = person_of(draft.association)
    reminders.choose(colleague, wanted=["call_opens"], watched=[])

    remind()
    assert recipients() == [draft.created_by.email]
    assert reminders.unwanted_by(colleague) >= {"draft_before_close"}


def test_reminders_of_completions_cannot_be_turned_off() -> None:
    person = UserFactory.create()
    reminders.choose(person, wanted=[], watched=[])
    turned_off = set(UnwantedReminder.objects.values_list("kind", flat=True))
    assert {"call_opens", "draft_before_close"} <= turned_off
    assert not {"completion_soon_due", "completion_overdue"} & turned_off


def a_call_that_opened() -> Call:
    return CallFactory.create(
        title="Verksamhetsbidrag 2028", first_year=2028, opens_at=timezone.now() - timedelta(hours=1)
    )


def test_a_call_that_opens_is_told_to_who_applied_earlier_or_asked() -> None:
    earlier = sent_application()
    ApplicationFactory.create()  # only a draft: nobody has applied
    asked = UserFactory.create()
    CallWatch.objects.create(user=asked, grant_type="verksamhetsbidrag")
    CallWatch.objects.create(user=UserFactory.create(), grant_type="utvecklingsbidrag")
    Email.objects.all().delete()
    a_call_that_opened()

    remind()
    remind()
    told = [mail for mail in Email.objects.all() if "2028" in mail.subject]
    assert sorted(address for mail in told for address in mail.to) == sorted(
        [earlier.created_by.email, asked.email]
    )


def test_somebody_who_cannot_sign_in_any_more_is_left_alone(draft: Application) -> None:
    type(draft.created_by).objects.update(is_active=False)
    assert remind() == 0


def test_a_round_with_nothing_new_takes_as_many_queries_whatever_there_is(draft: Application) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert remind() == 0
        return len(captured)

    remind()
    few = queries()
    for _n in range(10):
        ApplicationFactory.create(call=draft.call)
    remind()
    assert queries() == few


def test_staff_see_no_reminder(draft: Application) -> None:
    remind()
    for role in Role:
        assert not Reminder.objects.visible_to(staff(role)).exists()
    assert Reminder.objects.visible_to(draft.created_by).count() == 1


@pytest.fixture
def another_kind() -> Iterator[Kind]:
    def find(now: datetime) -> list[Due]:
        return [Due(user.pk, "same", "Sak\nmed radbrytning") for user in watched]

    watched = [UserFactory.create()]
    kind = Kind("prov", "Prov", "Om {what}", "mail/reminders/call_opens.txt", find)
    reminders.register(kind)
    yield kind
    reminders._kinds.pop("prov")


@pytest.mark.rule(13)
def test_other_modules_add_kinds_of_their_own(another_kind: Kind) -> None:
    remind()
    remind()
    mail = Email.objects.get()
    assert mail.subject == "Om Sak med radbrytning"
