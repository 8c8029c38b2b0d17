"""The pages of minutes, as secretary, chair, approvers and officers use them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.committee import whole_minutes
from portal.committee.approval import correct
from portal.committee.minutes import record_decision
from portal.committee.models import Decision, Meeting, Minutes, MinutesApproval, MinutesState, Outcome
from portal.committee.notice import put_up
from portal.documents import work
from portal.people.models import Role
from portal.registry.models import declare
from tests.committee.building import (
    approve_minutes,
    on_agenda,
    published_pack,
    seats_for,
    sent_minutes,
    signed_in,
)
from tests.factories import MeetingFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    """The pages in the language of their msgids."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def desk() -> Client:
    return signed_in(staff(Role.SECRETARY, display_name="Sekreterare 1"))


def held(*names: str, **fields: Any) -> Meeting:
    """A meeting with a decision for each name."""
    meeting = MeetingFactory.create(**fields)
    for name in names:
        item = on_agenda(meeting, name, title=f"Bidrag till {name}")
        record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    return meeting


def url(name: str, *args: Any) -> str:
    return reverse(f"committee:{name}", args=args)


def page_of(client: Client, name: str, *args: Any) -> str:
    answer = client.get(url(name, *args))
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def told(client: Client, address: str, data: dict[str, Any] | None = None) -> list[str]:
    answer = client.post(address, data or {}, follow=True)
    assert answer.redirect_chain, answer.status_code
    return [str(message) for message in answer.context["messages"]]


def passages(*texts: tuple[str, str], version: int = 1) -> dict[str, str]:
    """What the browser sends from a paragraph's form."""
    data = {
        "version": str(version),
        "passages-TOTAL_FORMS": str(len(texts)),
        "passages-INITIAL_FORMS": "0",
    }
    for number, (heading, text) in enumerate(texts):
        data |= {f"passages-{number}-heading": heading, f"passages-{number}-text": text}
    return data


# --- The secretary writes --------------------------------------------------------------------------
def test_the_secretary_writes_sends_and_takes_back(desk: Client) -> None:
    meeting = held("Fyren")
    _chair, member, _other = seats_for(meeting)
    told(desk, url("meeting-minutes", meeting.pk))
    minutes = Minutes.objects.get()
    page = page_of(desk, "minutes", minutes.pk)
    assert "Choose who approves the minutes together with the chair." in page
    assert "att bevilja Fyren bidrag; samt" in page
    front = {
        "approvers": [member.pk],
        "approval_place": "Stadshuset",
        "others_present": "Handläggare",
        "kept_at": "Arkivet",
        "seen": whole_minutes.front_digest(minutes),
    }
    assert told(desk, url("minutes-front", minutes.pk), front) == ["Page one is saved."]
    paragraph = minutes.paragraphs.get()
    assert told(
        desk, url("minutes-paragraph", paragraph.pk), passages(("Ny", "Så sade nämnden."), ("", ""))
    ) == ["The paragraph is saved."]
    page = page_of(desk, "minutes", minutes.pk)
    assert "Så sade nämnden." in page
    assert "Edited by hand" in page
    told(desk, url("minutes-paragraph-anew", paragraph.pk), {"version": "2"})
    assert "Så sade nämnden." not in page_of(desk, "minutes", minutes.pk)
    told(desk, url("minutes-send", minutes.pk))
    minutes.refresh_from_db()
    assert minutes.state == MinutesState.FOR_APPROVAL
    assert told(desk, url("minutes-paragraph", paragraph.pk), passages(("X", "X"), version=3)) == [
        "The minutes are sent for approval and stand as they are."
    ]
    opened = desk.get(url("minutes-front", minutes.pk), follow=True)
    assert opened.redirect_chain == [(url("minutes", minutes.pk), 302)]
    assert "The minutes are sent for approval and stand as they are." in opened.content.decode()
    assert told(desk, url("minutes-take-back", minutes.pk)) == [
        "The minutes can be changed again. Everybody has to approve them anew."
    ]


def test_who_saves_a_paragraph_second_sees_both_texts(desk: Client) -> None:
    meeting = held("Fyren")
    paragraph = whole_minutes.begin(meeting).paragraphs.get()
    first = staff(Role.SECRETARY, display_name="Sekreterare 2")
    whole_minutes.write(paragraph, [{"heading": "Först", "paragraphs": ["Hennes text."]}], 1, first)
    address = url("minutes-paragraph", paragraph.pk)
    answer = desk.post(address, passages(("Sedan", "Min text.")))
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert "Saved by Sekreterare 2" in page
    assert "Hennes text." in page
    assert "Min text." in page
    assert 'name="version" value="2"' in page
    told(desk, address, passages(("Sedan", "Min text."), version=2))
    paragraph.refresh_from_db()
    assert paragraph.text == [{"heading": "Sedan", "paragraphs": ["Min text."]}]


def test_who_saves_page_one_second_sees_both(desk: Client) -> None:
    minutes = whole_minutes.begin(held("Fyren"))
    seen = whole_minutes.front_digest(minutes)
    Minutes.objects.filter(pk=minutes.pk).update(kept_at="Hennes arkiv")
    mine = {"approval_place": "", "others_present": "", "kept_at": "Mitt arkiv", "seen": seen}
    answer = desk.post(url("minutes-front", minutes.pk), mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hennes arkiv" in page
    assert "Mitt arkiv" in page
    minutes.refresh_from_db()
    mine["seen"] = whole_minutes.front_digest(minutes)
    assert mine["seen"] in page
    assert told(desk, url("minutes-front", minutes.pk), mine) == ["Page one is saved."]


def test_late_minutes_and_late_notices_warn(desk: Client) -> None:
    meeting = held("Fyren", starts_at=timezone.now() - timedelta(days=20))
    whole_minutes.begin(meeting)
    assert "The minutes should have been approved on" in page_of(desk, "meeting-minutes", meeting.pk)
    assert "late with its minutes or their notice" in desk.get(reverse("home")).content.decode()
    minutes = approve_minutes(meeting)
    assert "The notice is to go up on" in page_of(desk, "minutes", minutes.pk)
    Minutes.objects.update(approved_at=timezone.now() - timedelta(days=4))
    assert "should have gone up on" in page_of(desk, "minutes", minutes.pk)


# --- Approving -------------------------------------------------------------------------------------
def test_each_approves_from_their_own_page_and_sees_who_has(desk: Client) -> None:
    meeting = held("Fyren")
    published_pack(meeting)
    minutes = sent_minutes(meeting)
    chair, member, other = seats_for(meeting)
    content = {"content": minutes.content_sha256}
    approver = signed_in(member.user)
    assert "Approve the minutes" not in page_of(signed_in(other.user), "minutes", minutes.pk)
    assert "set of minutes waits for your approval" in approver.get(reverse("home")).content.decode()
    assert "Approve the minutes" in page_of(approver, "minutes", minutes.pk)
    assert told(approver, url("minutes-approve", minutes.pk), content) == ["You have approved the minutes."]
    assert "Approve the minutes" not in page_of(approver, "minutes", minutes.pk)
    leader = signed_in(chair.user)
    page = page_of(leader, "minutes", minutes.pk)
    assert page.count("Has not approved yet") == 2
    assert "att bevilja Fyren bidrag; samt" in page
    told(leader, url("minutes-approve", minutes.pk), content)
    told(desk, url("minutes-approve", minutes.pk), content)
    assert "Sekreterare 1" in page_of(leader, "minutes", minutes.pk)
    minutes.refresh_from_db()
    assert minutes.is_approved


def test_approving_what_was_sent_anew_since_is_refused(desk: Client) -> None:
    meeting = held("Fyren")
    minutes = sent_minutes(meeting)
    old = minutes.content_sha256
    whole_minutes.take_back(minutes)
    whole_minutes.send_for_approval(minutes, None)
    assert told(desk, url("minutes-approve", minutes.pk), {"content": old}) == [
        "The minutes have been sent anew since you opened the page. Read them again, then approve."
    ]
    assert not MinutesApproval.objects.exists()


def test_a_member_reads_no_draft(desk: Client) -> None:
    meeting = held("Fyren")
    published_pack(meeting)
    minutes = whole_minutes.begin(meeting)
    member = signed_in(staff(Role.MEMBER))
    assert member.get(url("minutes", minutes.pk)).status_code == 404
    assert "No minutes to read yet" in page_of(member, "meeting-minutes", meeting.pk)


# --- A conflict of interest hides ------------------------------------------------------------------
@pytest.mark.parametrize("of_line", [False, True])
def test_a_conflict_hides_the_paragraph_its_correction_and_the_whole_document(of_line: bool) -> None:
    meeting = held("Fyren", "Hamnen")
    published_pack(meeting)
    minutes = approve_minutes(meeting)
    hidden = Decision.objects.get(paragraph=1)
    case = hidden.matter.lines.get().case if of_line else hidden.matter.case
    work.render(minutes.document_id)  # type: ignore[arg-type]
    correct(minutes, "Rättelse om Fyren", staff(Role.SECRETARY), hidden)
    for role in (Role.CHAIR, Role.MEMBER, Role.SECRETARY, Role.CASE_OFFICER):
        person = staff(role)
        declare(case, person, has_conflict=True)
        client = signed_in(person)
        page = page_of(client, "minutes", minutes.pk)
        assert "Bidrag till Hamnen" in page
        assert "Fyren" not in page
        assert "You have a conflict of interest in this paragraph." in page
        assert client.get(url("minutes-file", minutes.pk)).status_code == 404
        assert client.get(url("appeals", hidden.pk)).status_code == 404


# --- After approval --------------------------------------------------------------------------------
def test_the_notice_is_copied_downloaded_and_recorded(desk: Client) -> None:
    minutes = approve_minutes(held("Fyren"))
    page = page_of(desk, "minutes-notice", minutes.pk)
    assert "Sista dag att överklaga:" in page
    answer = desk.get(url("minutes-notice-text", minutes.pk))
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="anslag-')
    assert answer.content.decode().startswith("ANSLAG\n")
    assert "&" not in answer.content.decode()
    today = timezone.localdate().isoformat()
    assert told(desk, url("minutes-notice", minutes.pk), {"up_on": today}) == [
        "It is recorded that the notice went up. The last day to appeal follows from it."
    ]
    assert "Last day to appeal" in page_of(desk, "minutes-notice", minutes.pk)
    early = (timezone.localdate() - timedelta(days=2)).isoformat()
    answer = desk.post(url("minutes-notice", minutes.pk), {"up_on": early})
    assert "cannot have gone up before the minutes were approved" in answer.content.decode()


def test_no_notice_of_minutes_that_wait(desk: Client) -> None:
    minutes = sent_minutes(held("Fyren"))
    assert desk.get(url("minutes-notice-text", minutes.pk)).status_code == 404
    assert desk.get(url("minutes-notice", minutes.pk)).headers["Location"] == url("minutes", minutes.pk)


def test_an_appeal_is_registered_and_settled_on_the_pages(desk: Client) -> None:
    minutes = approve_minutes(held("Fyren"))
    decision = minutes.paragraphs.get().decision
    put_up(minutes, timezone.localdate(), staff(Role.SECRETARY))
    assert "May be appealed" in page_of(desk, "minutes", minutes.pk)
    today = timezone.localdate().isoformat()
    told(desk, url("appeals", decision.pk), {"came_on": today, "note": "Mål 1"})
    for role in (Role.SECRETARY, Role.CHAIR, Role.CASE_OFFICER):
        assert "Appealed" in page_of(signed_in(staff(role)), "appeals", decision.pk)
    officer = signed_in(staff(Role.CASE_OFFICER))
    officer.post(url("appeals", decision.pk), {"came_on": today})
    appeal = decision.appeals.get()
    assert told(desk, url("appeal-settle", appeal.pk), {"settled_on": today, "annulled": "yes"}) == [
        "It is recorded how the court left the appeal."
    ]
    assert "Annulled by the court" in page_of(desk, "minutes", minutes.pk)


def test_a_correction_is_added_on_its_page(desk: Client) -> None:
    minutes = approve_minutes(held("Fyren"))
    decision = minutes.paragraphs.get().decision
    told(desk, url("minutes-correct", minutes.pk), {"decision": decision.pk, "text": "Rätt är 10 kr."})
    assert "Rätt är 10 kr." in page_of(desk, "minutes", minutes.pk)
    answer = desk.post(url("minutes-correct", minutes.pk), {"decision": "", "text": ""})
    assert answer.status_code == 422


def test_what_people_write_is_escaped(desk: Client) -> None:
    paragraph = whole_minutes.begin(held("Fyren")).paragraphs.get()
    bad = "<script>alert(1)</script>"
    told(desk, url("minutes-paragraph", paragraph.pk), passages((bad, bad)))
    assert bad not in page_of(desk, "minutes", paragraph.minutes_id)
    assert bad not in page_of(desk, "minutes-paragraph", paragraph.pk)


def test_minutes_of_thirty_paragraphs_take_as_many_queries_as_of_three(desk: Client) -> None:
    def cost(rows: int) -> int:
        minutes = approve_minutes(held(*(f"F{n}" for n in range(rows))))
        put_up(minutes, timezone.localdate(), staff(Role.SECRETARY))
        desk.get(url("minutes", minutes.pk))
        with CaptureQueriesContext(connection) as queries:
            page_of(desk, "minutes", minutes.pk)
        return len(queries)

    assert cost(3) == cost(30)
