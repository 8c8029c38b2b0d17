"""Who approves which paragraphs when somebody takes no part in one, and who is mailed about it."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from post_office.models import Email

from portal.committee import whole_minutes
from portal.committee.approval import CannotApprove, approve
from portal.committee.deliberating import step_aside
from portal.committee.minutes import record_decision
from portal.committee.minutes_mail import remind
from portal.committee.minutes_print import minutes_source
from portal.committee.models import (
    Attendance,
    Meeting,
    Minutes,
    MinutesApproval,
    Outcome,
    RecusalReason,
    Seat,
)
from portal.committee.signing import Signing
from portal.committee.sitting import close_meeting
from portal.people.models import Role, User
from portal.registry.models import declare
from tests.committee.building import on_agenda, signed_in
from tests.committee.document_lines import main_lines
from tests.committee.sitting import call_roll, seated
from tests.factories import staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def held(
    chair_aside: bool = False, approver_aside: bool = False, reason: str = RecusalReason.CONFLICT
) -> tuple[Meeting, list[Seat]]:
    """A meeting of two paragraphs; in the second, chair or the fourth member take no part."""
    meeting, members, substitutes = seated()
    Meeting.objects.filter(pk=meeting.pk).update(summoned_at=meeting.starts_at)
    first, second = on_agenda(meeting, "Fyren"), on_agenda(meeting, "Hamnen")
    call_roll(meeting, members, substitutes)
    secretary = staff(Role.SECRETARY)
    for seat, is_aside in ((members[0], chair_aside), (members[3], approver_aside)):
        if is_aside:
            if reason == RecusalReason.CONFLICT:
                declare(second.matter.case, seat.user, has_conflict=True)
            step_aside(second, seat, None, secretary, reason)
    for item in (first, second):
        record_decision(item, Outcome.GRANTED, secretary)
    close_meeting(meeting)
    meeting.refresh_from_db()
    return meeting, members


def sent(meeting: Meeting, *approvers: Seat) -> Minutes:
    minutes = whole_minutes.begin(meeting)
    minutes.approvers.set(approvers)
    whole_minutes.send_for_approval(minutes, staff(Role.SECRETARY))
    return minutes


def asked(minutes: Minutes) -> list[tuple[str, str, str]]:
    return [(row.role, row.name, row.numbers) for row in Signing(minutes).signers]


def give(minutes: Minutes, *people: User) -> list[bool]:
    return [approve(minutes, person, minutes.content_sha256) for person in people]


def test_who_chaired_a_paragraph_approves_it_in_the_place_of_a_chair_with_a_conflict() -> None:
    meeting, members = held(chair_aside=True)
    minutes = sent(meeting, members[3])
    chair, vice, approver = members[0], members[1], members[3]
    assert asked(minutes) == [
        ("sekreterare", "", ""),
        ("ordforande", str(chair), "§ 1"),
        ("ordforande", str(vice), "§ 2"),
        ("justerare", str(approver), ""),
    ]
    assert give(minutes, chair.user, approver.user, staff(Role.SECRETARY)) == [False, False, False]
    assert not Minutes.objects.get(pk=minutes.pk).is_approved
    assert give(minutes, vice.user) == [True]
    second = minutes.paragraphs.get(decision__paragraph=2)
    assert set(second.approvals.values_list("role", "person")) >= {
        ("ordforande", vice.user_id),
        ("justerare", approver.user_id),
    }
    assert not second.approvals.filter(person=chair.user_id).exists()


def test_the_signatures_say_who_approved_which_paragraphs() -> None:
    meeting, members = held(chair_aside=True)
    minutes = sent(meeting, members[3])
    give(minutes, members[0].user, members[1].user, members[3].user, staff(Role.SECRETARY))
    printed = "\n".join(main_lines(minutes_source(Minutes.objects.get(pk=minutes.pk)).html))
    signatures = printed[printed.index("Underskrifter") : printed.index("Anslag/bevis")].replace("\xa0", " ")
    for seat, part in (
        (members[0], "Ordförande § 1"),
        (members[1], "Ordförande § 2"),
        (members[3], "Justerare"),
    ):
        line = next(line for line in signatures.split("\n") if line.startswith(part))
        after = signatures[signatures.index(line) :].split("\n", 3)
        assert str(seat) in " ".join(after[:3])
    assert "Ledamot 2 (B) är ordförande vid handläggningen av ärendet." in printed


def test_an_approver_with_a_conflict_leaves_the_paragraph_to_another() -> None:
    meeting, members = held(approver_aside=True)
    minutes = whole_minutes.begin(meeting)
    minutes.approvers.set([members[3]])
    assert whole_minutes.what_is_missing(minutes) == [
        "Choose one more who approves § 2: somebody who took part there, did not chair it and has no "
        "conflict of interest."
    ]
    minutes = sent(meeting, members[3], members[4])
    assert asked(minutes)[2:] == [
        ("justerare", str(members[3]), "§ 1"),
        ("justerare", str(members[4]), ""),
    ]


def test_who_chaired_a_paragraph_is_not_its_approver_too() -> None:
    meeting, members = held(chair_aside=True)
    minutes = sent(meeting, members[1], members[3])
    assert ("justerare", str(members[1]), "§ 1") in asked(minutes)
    assert [row.role for row in Signing(minutes).asked_of(members[1].user)] == ["ordforande", "justerare"]
    give(minutes, members[1].user)
    assert MinutesApproval.objects.filter(person=members[1].user).count() == 2
    with pytest.raises(CannotApprove):
        give(minutes, members[1].user)


def test_who_was_not_in_the_room_does_not_approve_that_paragraph() -> None:
    meeting, members = held(chair_aside=True, approver_aside=True, reason=RecusalReason.ABSENT)
    minutes = sent(meeting, members[3], members[4])
    assert ("ordforande", str(members[1]), "§ 2") in asked(minutes)
    assert ("justerare", str(members[3]), "§ 1") in asked(minutes)
    printed = "\n".join(main_lines(minutes_source(minutes).html))
    assert "Närvaro\nLedamot 1 (A) är inte närvarande vid handläggningen av ärendet." in printed
    assert "anmäler jäv" not in printed


def test_a_secretary_with_a_conflict_leaves_the_paragraph_to_a_colleague() -> None:
    meeting, members = held()
    minutes = sent(meeting, members[3])
    conflicted, colleague = staff(Role.SECRETARY), staff(Role.SECRETARY)
    hidden = minutes.paragraphs.get(decision__paragraph=2).decision.matter.case
    declare(hidden, conflicted, has_conflict=True)
    give(minutes, conflicted)
    assert asked(minutes)[:2] == [("sekreterare", str(conflicted), "§ 1"), ("sekreterare", "", "§ 2")]
    with pytest.raises(CannotApprove):
        give(minutes, conflicted)
    assert give(minutes, colleague, members[0].user, members[3].user) == [False, False, True]


def test_a_conflict_declared_after_the_sending_stops_the_approval_until_another_is_chosen() -> None:
    meeting, members = held()
    minutes = sent(meeting, members[3])
    hidden = minutes.paragraphs.get(decision__paragraph=2).decision.matter.case
    declare(hidden, members[3].user, has_conflict=True)
    assert give(minutes, members[3].user, members[0].user, staff(Role.SECRETARY)) == [False, False, False]
    page = signed_in(staff(Role.SECRETARY)).get(reverse("committee:minutes", args=[minutes.pk]))
    assert "nobody chosen may approve § 2" in page.content.decode()


def test_the_page_asks_who_chaired_to_approve_that_paragraph() -> None:
    meeting, members = held(chair_aside=True)
    minutes = sent(meeting, members[3])
    client = signed_in(members[1].user)
    address = reverse("committee:minutes", args=[minutes.pk])
    page = client.get(address).content.decode()
    assert "<strong>Chair:</strong> § 2." in page
    assert "set of minutes waits for your approval" in client.get(reverse("home")).content.decode()
    client.post(reverse("committee:minutes-approve", args=[minutes.pk]), {"content": minutes.content_sha256})
    assert "Approve the minutes" not in client.get(address).content.decode()


# --- Came and left ---------------------------------------------------------------------------------
def test_times_of_coming_and_leaving_stand_in_minutes_extract_and_on_the_sitting_page() -> None:
    meeting, members, substitutes = seated()
    item = on_agenda(meeting, "Fyren")
    call_roll(meeting, members, substitutes)
    Attendance.objects.filter(seat=members[2]).update(arrived_at=time(13, 20))
    Attendance.objects.filter(seat=substitutes[0]).update(left_at=time(15, 30))
    desk = signed_in(staff(Role.SECRETARY))
    room = desk.get(reverse("committee:room", args=[meeting.pk])).content.decode()
    assert "came 13.20" in room
    assert "left 15.30" in room
    assert "came 13.20" in desk.get(reverse("committee:item", args=[item.pk])).content.decode()
    decision = record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    extract = "\n".join(main_lines(decision.extract.html if decision.extract else ""))
    printed = "\n".join(main_lines(minutes_source(whole_minutes.begin(meeting)).html))
    for document in (extract, printed):
        assert "Ledamot 3 (C), andre vice ordförande, från klockan 13.20" in document.replace(
            "2:e vice", "andre vice"
        )
        assert "till klockan 15.30" in document


def test_the_secretary_notes_who_was_not_there_on_the_page_of_the_item() -> None:
    meeting, members, substitutes = seated()
    item = on_agenda(meeting, "Fyren")
    call_roll(meeting, members, substitutes)
    written = {
        "what": "aside",
        "seat": members[2].pk,
        "substitute": substitutes[0].pk,
        "reason": RecusalReason.ABSENT,
    }
    signed_in(staff(Role.SECRETARY)).post(reverse("committee:item", args=[item.pk]), written)
    recusal = item.recusals.get()
    assert (recusal.seat, recusal.substitute, recusal.reason) == (
        members[2],
        substitutes[0],
        RecusalReason.ABSENT,
    )


# --- Mail ------------------------------------------------------------------------------------------
def addressed(word: str) -> set[str]:
    return {mail.to[0] for mail in Email.objects.filter(subject__startswith=word)}


def test_signers_are_mailed_once_a_sending_and_never_told_the_content() -> None:
    meeting, members = held(chair_aside=True)
    minutes = sent(meeting, members[3])
    expected = {members[0].user.email, members[1].user.email, members[3].user.email}
    mails = Email.objects.filter(subject="Protokollet väntar på din justering")
    assert {mail.to[0] for mail in mails} == expected
    assert mails.count() == 3
    for mail in mails:
        assert meeting.committee.name in mail.message
        assert "Hamnen" not in mail.message
    with pytest.raises(whole_minutes.CannotChangeMinutes):
        whole_minutes.send_for_approval(minutes, staff(Role.SECRETARY))
    assert mails.count() == 3


def test_those_who_have_not_approved_are_reminded_once_before_the_last_day() -> None:
    meeting, members = held()
    minutes = sent(meeting, members[3])
    give(minutes, members[3].user)
    due: date = meeting.date + timedelta(days=14)
    assert remind(due - timedelta(days=4)) == 0
    assert remind(due - timedelta(days=3)) == 1
    assert remind(due - timedelta(days=2)) == 0
    assert addressed("Påminnelse: protokollet väntar") == {members[0].user.email}
    whole_minutes.take_back(minutes)
    whole_minutes.send_for_approval(minutes, staff(Role.SECRETARY))
    assert remind(due) == 1
