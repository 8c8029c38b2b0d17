"""The calendar feed: whole days that concern its owner, at an address that nobody guesses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from icalendar import Calendar

from grants.calendar_feed import address_of, renew
from grants.models import Application, CalendarAddress, Call, CompletionRequest
from grants.own_dates import own_dates
from grants.received import completion
from grants.received.completion import Asking, Wanted
from portal.people.models import Role, User
from portal.registry.models import declare
from tests.factories import ApplicationFactory, AssociationFactory, person_of, sent_application, staff

pytestmark = pytest.mark.django_db


def sv(text: str, **values: str) -> str:
    """The text as the feed writes it, in Swedish."""
    with translation.override("sv"):
        return gettext(text) % values


def read(person: User) -> dict[str, date]:
    """Summary → day of the person's feed, as the library reads it back."""
    answer = Client().get(reverse("grants:calendar-feed", args=[address_of(person).token]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    assert calendar["X-WR-TIMEZONE"] == "Europe/Stockholm"
    events = calendar.walk("VEVENT")
    assert len({event["UID"] for event in events}) == len(events)
    for event in events:
        assert event["DTSTART"].params["VALUE"] == "DATE"
        assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(days=1)
        assert "DTSTAMP" in event
    return {str(event["SUMMARY"]): event.decoded("DTSTART") for event in events}


@pytest.fixture
def sent() -> Application:
    return sent_application()


@pytest.fixture
def waiting(sent: Application) -> CompletionRequest:
    officer = staff(Role.CASE_OFFICER)
    declare(sent.received_case, officer, has_conflict=False)
    asking = Asking(
        [Wanted("answer_purpose", "Syfte", "Mer.")], "", timezone.localdate() + timedelta(days=9), "Nej."
    )
    return completion.ask(sent.pk, asking, officer)


def test_an_association_finds_its_own_days(sent: Application, waiting: CompletionRequest) -> None:
    Call.objects.update(decision_day=date(2099, 12, 15))
    number = sent.received_case.registry_number
    days = read(sent.created_by)
    assert days[sv("Last day to complete %(number)s", number=number)] == waiting.last_day
    assert days[sv("Decision expected: %(number)s", number=number)] == date(2099, 12, 15)
    assert days[sv("Last day: %(call)s", call=sent.call.title)] == sent.call.last_day
    assert days[sv("Opens: %(call)s", call=sent.call.title)] == timezone.localtime(sent.call.opens_at).date()


def test_others_find_only_what_is_public(sent: Application, waiting: CompletionRequest) -> None:
    draft = ApplicationFactory.create(title="Hemlig dröm", call=sent.call)
    for person in (
        person_of(AssociationFactory.create()),
        staff(Role.SECRETARY),
        staff(Role.MEMBER),
        staff(Role.CASE_OFFICER),
        draft.created_by,
    ):
        text = " ".join(read(person))
        assert sent.received_case.registry_number not in text
        assert "Hemlig" not in text


def test_an_officer_finds_the_completions_of_own_cases_unless_there_is_a_conflict(
    sent: Application, waiting: CompletionRequest
) -> None:
    title = sv("Last day to complete %(number)s", number=sent.received_case.registry_number)
    assert read(waiting.asked_by)[title] == waiting.last_day
    declare(sent.received_case, waiting.asked_by, has_conflict=True)
    assert title not in read(waiting.asked_by)


def test_a_moved_day_keeps_its_identity(sent: Application, waiting: CompletionRequest) -> None:
    before = {one.key for one in own_dates(sent.created_by)}
    completion.extend(waiting.pk, waiting.last_day + timedelta(days=5), waiting.asked_by)
    assert {one.key for one in own_dates(sent.created_by)} == before


def test_a_wrong_or_renewed_address_is_nobodys(sent: Application, client: Client) -> None:
    old = address_of(sent.created_by).token
    assert client.get(reverse("grants:calendar-feed", args=["gissning"])).status_code == 404
    client.force_login(sent.created_by)
    client.post(reverse("grants:renew-calendar"))
    new = address_of(sent.created_by).token
    assert new != old
    assert len(new) >= 43
    assert Client().get(reverse("grants:calendar-feed", args=[old])).status_code == 404
    assert Client().get(reverse("grants:calendar-feed", args=[new])).status_code == 200


def test_who_has_left_has_no_feed(sent: Application) -> None:
    token = renew(sent.created_by).token
    User.objects.filter(pk=sent.created_by.pk).update(is_active=False)
    assert Client().get(reverse("grants:calendar-feed", args=[token])).status_code == 404


def test_nobody_else_sees_the_address(sent: Application) -> None:
    address_of(sent.created_by)
    assert not CalendarAddress.objects.visible_to(staff(Role.CASE_OFFICER)).exists()


def test_the_page_keeps_what_is_chosen(sent: Application, client: Client) -> None:
    client.force_login(sent.created_by)
    url = reverse("grants:reminders")
    page = client.get(url)
    assert address_of(sent.created_by).token in page.content.decode()
    assert "completion_overdue" not in page.content.decode()
    client.post(url, {"wanted": ["call_opens"], "watched": ["utvecklingsbidrag"]})
    form = client.get(url).context["form"]
    assert form.initial == {"wanted": ["call_opens"], "watched": ["utvecklingsbidrag"]}
    client.post(url, {})
    assert client.get(url).context["form"].initial == {"wanted": [], "watched": []}
