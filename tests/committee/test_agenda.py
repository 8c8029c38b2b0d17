"""Planning a meeting: what it begins with, the order of its matters, the summons that locks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from post_office.models import Email

from portal.committee import agenda, calendar_feed, pack
from portal.committee.agenda import (
    STANDING_ITEMS,
    CannotChangeAgenda,
    ItemFacts,
    MeetingFacts,
    change_meeting,
    describe,
    item_mark,
    meeting_mark,
    plan_meeting,
    summon,
    take_off_agenda,
)
from portal.committee.models import AgendaItem, Meeting, Pack
from portal.committee.summons import summons
from portal.committee.supplement import NumberedItem
from portal.people.models import Role
from portal.registry.models import declare
from tests.committee.building import on_agenda, published_pack, signed_in, work_until_settled
from tests.committee.sitting import seated
from tests.factories import CommitteeFactory, MeetingFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def titles(meeting: Meeting) -> list[str]:
    return [item.matter.title for item in meeting.agenda.select_related("matter")]


def three(meeting: Meeting) -> list[AgendaItem]:
    return [on_agenda(meeting, title, title=title) for title in ("Ett", "Två", "Tre")]


def starts(days: int = 20) -> datetime:
    return timezone.now().replace(microsecond=0) + timedelta(days=days)


def secret(item: AgendaItem, is_secret: bool = True) -> None:
    item.refresh_from_db()
    describe(item, ItemFacts(is_secret=is_secret), seen=item_mark(item))


def test_a_meeting_is_planned_with_standing_items_and_papers_ten_days_before() -> None:
    meeting = plan_meeting(CommitteeFactory.create(), MeetingFacts(starts(), "Rådhuset"))
    assert meeting.papers_due_on == meeting.date - timedelta(days=10)
    assert tuple(meeting.standing_items.values_list("title", flat=True)) == STANDING_ITEMS
    facts = MeetingFacts(starts(21), "Sal 2", "https://example.org/rum", meeting.date)
    change_meeting(meeting, facts, ["Upprop", "Information"], seen=meeting_mark(meeting))
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.place, meeting.remote_link, meeting.papers_due_on) == (
        facts.starts_at, "Sal 2", "https://example.org/rum", facts.papers_due_on,
    )  # fmt: skip
    assert list(meeting.standing_items.values_list("title", flat=True)) == ["Upprop", "Information"]


def test_the_second_who_changes_a_meeting_or_an_item_is_told() -> None:
    meeting = plan_meeting(CommitteeFactory.create(), MeetingFacts(starts(), "Rådhuset"))
    seen = meeting_mark(meeting)
    change_meeting(meeting, MeetingFacts(meeting.starts_at, "Sal 2"), STANDING_ITEMS, seen=seen)
    with pytest.raises(CannotChangeAgenda):
        change_meeting(meeting, MeetingFacts(meeting.starts_at, "Sal 3"), STANDING_ITEMS, seen=seen)
    item = on_agenda(meeting, "Fyren")
    seen = item_mark(item)
    describe(item, ItemFacts("Handläggare", time(13, 30)), seen=seen)
    with pytest.raises(CannotChangeAgenda):
        describe(item, ItemFacts("Chef"), seen=seen)
    item.refresh_from_db()
    assert (item.presenter, item.due_at, Meeting.objects.get().place) == (
        "Handläggare", time(13, 30), "Sal 2",
    )  # fmt: skip


def test_items_move_one_step_and_stop_at_the_ends() -> None:
    meeting = MeetingFactory.create()
    first, _second, third = three(meeting)
    assert agenda.move(third, up=True)
    assert titles(meeting) == ["Ett", "Tre", "Två"]
    assert agenda.move(first, up=False)
    assert titles(meeting) == ["Tre", "Ett", "Två"]
    assert not agenda.move(third, up=True)
    assert list(meeting.agenda.values_list("position", flat=True)) == [1, 2, 3]


def test_secret_items_stand_last_also_when_a_public_one_comes_later_and_by_their_public_title() -> None:
    meeting = MeetingFactory.create()
    first, second, _third = three(meeting)
    secret(first)
    assert titles(meeting) == ["Två", "Tre", "Ett"]
    on_agenda(meeting, "Fyra", title="Fyra")
    assert titles(meeting) == ["Två", "Tre", "Fyra", "Ett"]
    assert not agenda.move(first, up=True)
    first.refresh_from_db()
    first.matter.case.public_title = "Ärende om bidrag"
    assert first.public_title == "Ärende om bidrag"
    assert second.public_title == "Två"
    secret(first, is_secret=False)
    assert titles(meeting) == ["Två", "Tre", "Fyra", "Ett"]
    assert agenda.move(first, up=True)


def test_the_summons_tells_every_seat_once_and_carries_no_papers() -> None:
    meeting, members, substitutes = seated(3, 1)
    with pytest.raises(CannotChangeAgenda):
        summon(meeting, staff(Role.SECRETARY))
    on_agenda(meeting, "Fyren", title="Hemlig rubrik")
    assert summon(meeting, staff(Role.SECRETARY)) == 4
    assert summon(meeting, staff(Role.SECRETARY)) == 0
    mails = Email.objects.all()
    assert {address for mail in mails for address in mail.to} == {
        seat.user.email for seat in (*members, *substitutes)
    }
    assert {mail.subject for mail in mails} == {"Kallelse finns"}
    assert all("Hemlig rubrik" not in mail.message and not mail.attachments.exists() for mail in mails)
    assert "klockan" in mails[0].message
    client = signed_in(members[0].user)
    assert client.get(reverse("committee:meeting", args=[meeting.pk])).status_code == 200


def test_everyone_with_a_seat_is_told_once_that_papers_are_there_and_gets_none_by_mail() -> None:
    meeting, members, substitutes = seated(1, 1)
    item = on_agenda(meeting, "Fyren", title="Hemlig rubrik")
    declare(item.matter.case, members[0].user, has_conflict=True)
    first = published_pack(meeting)
    pack.publish(first)
    told = {seat.user.email for seat in (*members, *substitutes)}
    mails = list(Email.objects.order_by("pk"))
    assert sorted(address for mail in mails for address in mail.to) == sorted(told)
    assert {mail.subject for mail in mails} == {"Handlingar finns"}
    assert "Det finns handlingar till" in mails[0].message
    assert all("Hemlig rubrik" not in mail.message and not mail.attachments.exists() for mail in mails)
    summon(meeting, staff(Role.SECRETARY))
    on_agenda(meeting, "Sen", title="Sen")
    seen = Email.objects.count()
    late = pack.request_pack(meeting, staff(Role.SECRETARY), 1)
    pack.publish(work_until_settled(late))
    assert "Det finns tilläggshandlingar 1 till" in Email.objects.latest("pk").message
    published_pack(meeting)
    newest = Email.objects.latest("pk")
    assert (newest.subject, Email.objects.count()) == ("Nya handlingar finns", seen + 2 * len(told))
    assert "Det finns en ny version av handlingarna till" in newest.message


def test_after_the_summons_the_agenda_stands_and_late_matters_come_as_numbered_supplements() -> None:
    meeting, _members, _substitutes = seated(3, 1)
    first, second, third = three(meeting)
    secret(third)
    summon(meeting, staff(Role.SECRETARY))
    meeting.refresh_from_db()
    refused: list[Callable[[], Any]] = [
        lambda: agenda.move(second, up=True),
        lambda: take_off_agenda(first),
        lambda: secret(first),
        lambda: change_meeting(meeting, MeetingFacts(starts(30), "Rådhuset"), [], seen=meeting_mark(meeting)),
    ]
    for act in refused:
        with pytest.raises(CannotChangeAgenda):
            act()
    late, later = on_agenda(meeting, "Sen", title="Sen"), on_agenda(meeting, "Sen 2", title="Senare")
    # No number that the members were told changes, also not that of the secret matter.
    assert titles(meeting) == ["Ett", "Två", "Tre", "Sen", "Senare"]
    assert {late.supplement, later.supplement} == {1}
    take_off_agenda(later)
    Pack.objects.create(
        meeting=meeting, version=1, supplement=1, requested_by=staff(Role.SECRETARY),
        published_at=timezone.now(), state="failed",
    )  # fmt: skip
    assert on_agenda(meeting, "Sist", title="Sist").supplement == 2
    late.refresh_from_db()
    with pytest.raises(CannotChangeAgenda):
        agenda.move(late, up=False)


def test_the_desk_plans_moves_describes_and_summons() -> None:
    CommitteeFactory.create()
    desk = signed_in(staff(Role.SECRETARY))
    day = timezone.localdate() + timedelta(days=30)
    late = {"papers_due_on": (day + timedelta(days=1)).isoformat()}
    fields = {"date": day.isoformat(), "time": "13:00", "place": "Rådhuset", "remote_link": "moten.example/1"}
    address = reverse("committee:new-meeting")
    assert "Choose a day before the meeting." in desk.post(address, fields | late).content.decode()
    desk.post(address, fields)
    meeting = Meeting.objects.get()
    assert meeting.remote_link == "https://moten.example/1"
    first, second, _third = three(meeting)
    desk.post(reverse("committee:move-item", args=[second.pk]), {"way": "up"})
    assert titles(meeting) == ["Två", "Ett", "Tre"]
    change = reverse("committee:change-item", args=[first.pk])
    wrong = desk.post(change, {"due_at": "snart", "presenter": "Står kvar", "seen": item_mark(first)})
    assert wrong.status_code == 422
    assert "Står kvar" in wrong.content.decode()
    desk.post(change, {"due_at": "13.30", "presenter": "Handläggare", "seen": item_mark(first)})
    page = desk.get(reverse("committee:desk", args=[meeting.pk])).content.decode()
    assert "Handläggare" in page
    assert "Val av justerare" in page
    edit = reverse("committee:change-meeting", args=[meeting.pk])
    shown = desk.get(edit).context["form"]
    written = {name: shown[name].value() or "" for name in shown.fields}
    written |= {"place": "Sal 9", "time": "13:00"}
    assert desk.post(edit, written).status_code == 302
    stale = desk.post(edit, written | {"place": "Sal 10"})
    assert stale.status_code == 422
    assert "Sal 9" in stale.content.decode()
    assert 'value="Sal 10"' in stale.content.decode()
    answer = desk.post(reverse("committee:summon", args=[meeting.pk]), follow=True)
    page = answer.content.decode()
    assert "The agenda is locked" in page
    assert reverse("committee:change-item", args=[first.pk]) in page
    for act in ("move-item", "take-off"):
        assert reverse(f"committee:{act}", args=[first.pk]) not in page


# --- The calendar ----------------------------------------------------------------------------------
def test_the_feed_has_the_meetings_that_the_person_sees_at_an_address_that_can_be_renewed() -> None:
    meeting, members, _substitutes = seated(3, 0)
    on_agenda(meeting, "Fyren", title="Hemlig rubrik")
    hidden = MeetingFactory.create(committee=meeting.committee)
    summon(meeting, staff(Role.SECRETARY))
    client = signed_in(members[1].user)
    address = client.get(reverse("committee:calendar")).context["feed_url"]
    answer = client.get(address)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    [event] = Calendar.from_ical(answer.content.decode()).walk("VEVENT")
    assert event.decoded("dtstart") == meeting.starts_at.replace(microsecond=0)
    assert str(event["location"]) == meeting.place
    assert reverse("committee:meeting", args=[meeting.pk]) in str(event["url"])
    assert "Hemlig rubrik" not in answer.content.decode()
    assert f"meeting-{hidden.pk}@" not in answer.content.decode()
    client.post(reverse("committee:renew-calendar"))
    assert client.get(address).status_code == 404


def test_who_sits_there_no_more_has_no_feed() -> None:
    member = staff(Role.MEMBER)
    token = calendar_feed.address_of(member).token
    assert calendar_feed.owner_of(token) == member
    member.role_assignments.all().delete()
    assert calendar_feed.owner_of(token) is None
    assert calendar_feed.owner_of("fel") is None


def test_secret_matters_stand_apart_with_their_public_title_for_who_may_not_read_them() -> None:
    meeting = MeetingFactory.create()
    on_agenda(meeting, "Fyren", title="Offentligt ärende")
    item = on_agenda(meeting, "Seglet", title="Skyddat boende på hemlig ort")
    secret(item)
    case = item.matter.case
    case.public_title = "Ärende enligt sekretess"
    case.save(update_fields=["public_title"])
    member, conflicted = staff(Role.MEMBER), staff(Role.MEMBER)
    address = reverse("committee:meeting", args=[meeting.pk])
    Meeting.objects.filter(pk=meeting.pk).update(summoned_at=timezone.now())
    page = signed_in(member).get(address).content.decode()
    assert "Ärende enligt sekretess" in page
    assert "hemlig ort" not in page, "the papers are not published yet"
    published_pack(meeting)
    declare(case, conflicted, has_conflict=True)
    for person, shown, hidden in (
        (member, "hemlig ort", "Ärende enligt sekretess"),
        (conflicted, "Ärende enligt sekretess", "hemlig ort"),
    ):
        page = signed_in(person).get(address).content.decode()
        heading = page.index("Matters that are secret")
        assert page.index("Offentligt ärende") < heading < page.index(shown)
        assert hidden not in page
    paper = signed_in(member).get(reverse("committee:matter", args=[meeting.pk, item.matter_id]))
    assert "its papers must not be passed on" in paper.content.decode()


def test_a_summons_names_a_secret_matter_by_its_public_title_for_who_has_a_conflict() -> None:
    meeting = MeetingFactory.create()
    item = on_agenda(meeting, "Seglet", title="Skyddat boende på hemlig ort")
    secret(item)
    item.refresh_from_db()
    item.matter.case.public_title = "Ärende enligt sekretess"
    numbered = [NumberedItem(1, item)]
    whole = summons(meeting, numbered).html
    assert "Ärenden som omfattas av sekretess" in whole
    assert "hemlig ort" in whole
    hidden = summons(meeting, numbered, hidden={item.matter.case_id}).html
    assert "Ärende enligt sekretess" in hidden
    assert "hemlig ort" not in hidden
