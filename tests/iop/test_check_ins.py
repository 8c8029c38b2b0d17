"""Check-ins: a suggested rhythm, days planned at once, texts that two people wrote, mail and calendar."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from grants import own_dates, reminders
from grants.calendar_feed import address_of
from grants.models import Reminder
from iop import check_ins, running_page
from iop.models import CheckIn
from iop.writing import Conflict, Refused
from portal.people.models import User
from portal.registry.models import Event, declare
from tests.iop.building import Partnership
from tests.iop.building_running import LONG, SHORT, running

pytestmark = pytest.mark.django_db

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=STOCKHOLM)


def test_a_short_partnership_is_met_monthly_and_a_long_one_quarterly() -> None:
    short, long = running(SHORT), running(LONG)
    # 1 August 2027 is a Sunday.
    assert check_ins.suggested_days(short.agreement, date(2027, 6, 1)) == [
        date(2027, 8, 2), date(2027, 9, 1), date(2027, 10, 1)
    ]  # fmt: skip
    days = check_ins.suggested_days(long.agreement, date(2027, 1, 1))
    assert len(days) == 11
    assert days[:3] == [date(2027, 4, 1), date(2027, 7, 1), date(2027, 10, 1)]
    assert all(day.weekday() < 5 for day in days)


def test_what_is_planned_near_a_day_is_not_suggested_again() -> None:
    one = running(SHORT)
    check_ins.plan(one.agreement, [date(2027, 8, 9)], "", one.officer)
    assert date(2027, 8, 2) not in check_ins.suggested_days(one.agreement, date(2027, 6, 1))


def test_all_suggested_days_are_planned_in_one_form_and_one_can_be_moved_or_emptied() -> None:
    one = running(SHORT)
    url = reverse("iop:plan-check-ins", args=[one.agreement.pk])
    with time_machine.travel(at(date(2027, 7, 2)), tick=False):
        client = signed_in(one.of_association)
        form = client.get(url).context["form"]
        assert [form[name].value() for name in form.day_names] == [
            date(2027, 8, 2), date(2027, 9, 1), date(2027, 10, 1)
        ]  # fmt: skip
        posted = {"day_1": "2027-08-03", "day_2": "", "day_3": "2027-10-01", "place": "Fyren"}
        assert client.post(url, posted).status_code == 302
        # The same form sent twice plans nothing twice.
        client.post(url, posted)
    assert list(CheckIn.objects.values_list("planned_on", "place")) == [
        (date(2027, 8, 3), "Fyren"), (date(2027, 10, 1), "Fyren")
    ]  # fmt: skip


def test_a_day_outside_the_agreement_is_told_and_nothing_typed_is_lost() -> None:
    one = running(SHORT)
    url = reverse("iop:plan-check-ins", args=[one.agreement.pk])
    answer = signed_in(one.of_unit).post(url, {"day_1": "2029-01-01", "place": "Fyren"})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == ["day_1"]
    assert form["place"].value() == "Fyren"
    assert not CheckIn.objects.exists()


def planned(one: Partnership, day: date = date(2027, 4, 1)) -> CheckIn:
    [check_in] = check_ins.plan(one.agreement, [day], "", one.officer)
    return check_in


def fields(check_in: CheckIn, **changes: str) -> dict[str, str]:
    return {
        "version": str(check_in.version),
        "planned_on": check_in.planned_on.isoformat(),
        "place": check_in.place,
        "agenda": check_in.agenda,
        "held_on": "",
        "present": "",
        "notes": check_in.notes,
        "learned": check_in.learned,
        "changes": check_in.changes,
    } | changes


def test_of_two_who_write_the_second_sees_both_texts_and_chooses() -> None:
    one = running()
    check_in = planned(one)
    url = reverse("iop:write-check-in", args=[one.agreement.pk, check_in.pk])
    first, second = fields(check_in, agenda="Lokalen"), fields(check_in, agenda="Sommaren")
    assert signed_in(one.of_association).post(url, first).status_code == 302
    answer = signed_in(one.of_unit).post(url, second)
    assert answer.status_code == 409
    [difference] = answer.context["differences"]
    assert (difference.name, difference.theirs, difference.mine) == ("agenda", "Lokalen", "Sommaren")
    check_in.refresh_from_db()
    assert check_in.agenda == "Lokalen"
    chosen = second | {"version": str(answer.context["version"]), "asked": "agenda", "choose_agenda": "mine"}
    assert signed_in(one.of_unit).post(url, chosen).status_code == 302
    check_in.refresh_from_db()
    assert (check_in.agenda, check_in.version) == ("Sommaren", 3)


def test_the_same_form_sent_twice_is_no_conflict() -> None:
    one = running()
    check_in = planned(one)
    url = reverse("iop:write-check-in", args=[one.agreement.pk, check_in.pk])
    client = signed_in(one.of_unit)
    assert [client.post(url, fields(check_in, agenda="Lokalen")).status_code for _ in range(2)] == [302, 302]


def test_a_held_check_in_is_an_event_once_and_is_not_cancelled() -> None:
    one = running()
    check_in = planned(one)
    data = check_ins.Written(date(2027, 4, 1), "", "", date(2027, 4, 1), "Processledare", "N", "L", "Ä")
    held = check_ins.save(check_in, data, 1, one.of_unit)
    check_ins.save(check_in, data, held.version, one.of_unit)
    assert one.agreement.case.events.filter(kind=Event.Kind.CHECK_IN_HELD).count() == 1
    with pytest.raises(Refused):
        check_ins.cancel(check_in, one.of_unit)
    with pytest.raises(Conflict):
        check_ins.save(check_in, data, 1, one.of_unit)
    learned = running_page.context(one.agreement, one.of_unit, date(2027, 5, 1))["learned"]
    assert learned == [{"day": date(2027, 4, 1), "text": "L", "changes": "Ä"}]


def test_a_cancelled_check_in_leaves_list_calendar_and_reminders() -> None:
    one = running()
    check_in = planned(one)
    url = reverse("iop:cancel-check-in", args=[one.agreement.pk, check_in.pk])
    signed_in(one.of_association).post(url)
    with time_machine.travel(at(date(2027, 3, 28)), tick=False):
        assert not [row for row in own_dates.own_dates(one.of_unit) if row.key.startswith("check-in")]
        reminders.remind()
    assert not Reminder.objects.filter(kind="check_in_near").exists()


def test_all_who_act_are_reminded_once_and_again_when_the_day_moves() -> None:
    one = running()
    outsider = running()
    declare(outsider.agreement.case, outsider.of_unit, has_conflict=True)
    check_in = planned(one)
    with time_machine.travel(at(date(2027, 3, 20)), tick=False):
        reminders.remind()
        assert not Email.objects.exists()
    with time_machine.travel(at(date(2027, 3, 28)), tick=False):
        reminders.remind()
        reminders.remind()
    people = {one.of_association.email, one.of_unit.email, one.officer.email}
    assert sorted(mail.to[0] for mail in Email.objects.all()) == sorted(people)
    assert {mail.subject for mail in Email.objects.all()} == {
        f"Avstämning inom en vecka: {one.agreement.case.registry_number}"
    }
    CheckIn.objects.filter(pk=check_in.pk).update(planned_on=date(2027, 4, 5))
    with time_machine.travel(at(date(2027, 3, 30)), tick=False):
        reminders.remind()
    assert Email.objects.count() == 6


def test_a_conflict_of_interest_keeps_the_reminder_away() -> None:
    one = running()
    planned(one)
    declare(one.agreement.case, one.of_association, has_conflict=True)
    with time_machine.travel(at(date(2027, 3, 28)), tick=False):
        reminders.remind()
    assert one.of_association.email not in {mail.to[0] for mail in Email.objects.all()}


def test_the_feed_at_the_secret_address_tells_the_days_to_those_who_take_part() -> None:
    one, other = running(), running()
    check_in = planned(one)
    with time_machine.travel(at(date(2027, 3, 1)), tick=False):
        feeds = {
            person: Client()
            .get(reverse("grants:calendar-feed", args=[address_of(person).token]))
            .content.decode()
            for person in (one.of_association, one.of_unit, one.officer, other.of_association)
        }
    uid = f"UID:check-in-{check_in.pk}@samspel"
    assert [uid in feeds[person] for person in feeds] == [True, True, True, False]
    path = reverse("iop:check-in", args=[one.agreement.pk, check_in.pk])
    assert path in feeds[one.of_unit].replace("\r\n ", "")


@pytest.mark.rule(8)
def test_no_party_opens_anothers_check_in_by_its_number() -> None:
    one, other = running(), running()
    check_in = planned(one)
    for name in ("check-in", "write-check-in"):
        url = reverse(f"iop:{name}", args=[other.agreement.pk, check_in.pk])
        assert signed_in(other.of_association).get(url).status_code == 404
