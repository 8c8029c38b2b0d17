"""The steps of officer, chair, secretary and members, from the queue to the decision."""

from __future__ import annotations

import io
from datetime import timedelta

import pikepdf
from django.utils import timezone

from assessments.models import Criterion
from portal.committee.models import Attendance, Meeting, Outcome, Presidium, Seat, SeatKind
from portal.people.models import Role, User
from portal.registry.models import Record
from tests.documents.reading import bookmarks, page_texts
from tests.documents.validation import assert_archival_and_accessible
from tests.e2e.person import PATIENCE_MS, Person
from tests.e2e.words import say

JUDGEMENT = "Verksamheten når unga som annars inte söker stöd."
EXTRA = "Kom gärna på vår träff för föreningar i februari."
REASON = "Ni når unga som staden har svårt att nå, och ni gör det tillsammans med skolan."


def open_without_conflict(officer: Person, title: str) -> None:
    """From the application in the queue past the declaration to the case."""
    officer.sees(say("Before you open the case"))
    officer.press(say("Declare and go on"))
    officer.sees(say("Choose one of the two answers."))
    officer.fill(answer="no")
    officer.press(say("Declare and go on"))
    officer.sees(title)


def assess(officer: Person, grant: str, amounts: dict[int, int]) -> None:
    """Weigh the five criteria and propose; the first try to mark it ready is refused."""
    officer.press(say("Begin the assessment"))
    officer.fill(level_effekt="god", text_effekt=JUDGEMENT, grant_type=grant)
    officer.press(say("Save and mark ready"))
    officer.sees(say("What you wrote is saved, but the assessment is not ready yet."))
    assert officer.has_written("text_effekt") == JUDGEMENT
    for code in Criterion.values:
        officer.fill(**{f"level_{code}": "god", f"text_{code}": JUDGEMENT, f"reason_{code}": REASON})
    officer.fill(**{f"amount_{year}": str(amount) for year, amount in amounts.items()})
    officer.fill(previous_amount="70 000", reason=REASON, short_reason="Samma nivå som i fjol")
    officer.fill(could_change="Visa resultat från året.", talk_to="Utvecklingsledare för barn och unga")
    officer.press(say("Save"))
    officer.sees(say("Saved."))
    officer.press(say("Save and mark ready"))
    officer.sees(say("The assessment is marked ready."))


def make_meeting(secretary: Person, matter: str) -> None:
    """A new meeting with the matter on its agenda."""
    secretary.follow(say("Meetings"))
    secretary.follow(say("New meeting"))
    day = timezone.localdate() + timedelta(days=14)
    secretary.fill(date=day.isoformat(), time="13:00", place="Rådhuset, sal 2")
    secretary.press(say("Create the meeting"))
    choice = secretary.page.locator("select[name=matter] option", has_text=matter)
    secretary.fill(matter=choice.get_attribute("value"))
    secretary.press(say("Put the matter on the agenda"))
    secretary.sees(say("The matter stands on the agenda."))


def make_pack(secretary: Person) -> None:
    """Ask for the pack, follow it without touching anything, and publish it."""
    secretary.press(say("Make the pack"))
    secretary.sees(say("The pack is ordered. You may leave the page; it is made anyway."))
    progress = secretary.page.get_by_role("progressbar")
    progress.or_(secretary.page.get_by_text(say("The pack is ready"))).first.wait_for(timeout=4 * PATIENCE_MS)
    secretary.waits_for(say("The pack is ready"))
    secretary.press(say("Publish to the members"), exact=False)
    secretary.sees(say("The members can now read the pack."))


def read_pack(member: Person, matter: str, parts: list[str]) -> str:
    """Read the matter on the web, then the pack as PDF; returns the text of the pack's pages."""
    member.follow(say("Meetings"))
    member.follow_first_row()
    member.follow(matter)
    for title in parts:
        assert member.downloads(title).startswith(b"%PDF-")
    member.follow(say("Meetings"))
    member.follow_first_row()
    pack = member.downloads(say("All papers in one document"))
    assert_archival_and_accessible(pack)
    titles = [entry[0] for entry in bookmarks(pack) if isinstance(entry, tuple)]
    assert any(matter in title for title in titles), titles
    pages = page_texts(pack)
    assert matter in " ".join(pages[:2]), "the contents name the matter"
    with pikepdf.open(io.BytesIO(pack)) as opened:
        assert len(opened.pages) == len(pages)
    return " ".join(pages)


def record(secretary: Person, note: str) -> None:
    """Record that the committee decided as proposed, with a note to the minutes; then tell everyone."""
    secretary.follow(say("Record decision"), exact=False)
    secretary.fill(outcome=Outcome.GRANTED)
    secretary.press(say("Record decision"))
    secretary.sees(say("Tick the box when you have checked the decision."))
    kind = secretary.page.locator("select[name='notes-0-kind'] option").nth(1).get_attribute("value")
    secretary.fill(**{"notes-0-kind": kind, "notes-0-text": note, "confirmed": True})
    secretary.press(say("Record decision"))
    secretary.sees("§ 1")
    secretary.looks_again_until_link(say("Extract of the minutes, § %(paragraph)s", paragraph=1))


def approve(secretary: Person, chair: Person, member: Person) -> None:
    """The minutes are written, sent, and approved by secretary, chair and member from their own sign-ins."""
    seat_all()
    secretary.follow(say("Minutes"))
    secretary.press(say("Begin the minutes"))
    secretary.sees(say("Choose who approves the minutes together with the chair."))
    secretary.follow(say("Change page one"))
    approver = secretary.page.locator("input[name=approvers]").last.get_attribute("value")
    secretary.fill(approvers=approver, others_present="Handläggare")
    secretary.press(say("Save page one"))
    secretary.follow(say("Change the text"), exact=False)
    secretary.fill(**{"passages-0-text": "Nämnden har läst vad föreningen söker."})
    secretary.press(say("Save the paragraph"))
    secretary.sees("Nämnden har läst vad föreningen söker.")
    secretary.press(say("Send for approval"))
    for person in (secretary, chair, member):
        if person is not secretary:
            person.open(secretary.page.url.removeprefix(secretary.address))
        person.sees("Nämnden har läst vad föreningen söker.")
        person.press(say("Approve the minutes"))
        person.sees(say("You have approved the minutes."))
    secretary.look_again()
    secretary.looks_again_until_link(say("The minutes"))
    pdf = secretary.downloads(say("The minutes"))
    assert_archival_and_accessible(pdf)
    secretary.follow(say("Notice"))
    secretary.press(say("Record the notice"))
    secretary.sees(say("Last day to appeal"))
    secretary.follow(say("Meetings"))
    secretary.follow_first_row()


def seat_all() -> None:
    """The committee's chair and member hold seats and served at the meeting."""
    meeting = Meeting.objects.get()
    for order, (role, presidium) in enumerate([(Role.CHAIR, Presidium.CHAIR), (Role.MEMBER, "")]):
        seat, _created = Seat.objects.get_or_create(
            committee=meeting.committee,
            user=User.objects.get(email=f"{role}@example.org"),
            defaults={"kind": SeatKind.MEMBER, "party": "A", "presidium": presidium, "order": order},
        )
        Attendance.objects.get_or_create(meeting=meeting, seat=seat, defaults={"is_serving": True})


def tell(secretary: Person, association: Person, title: str) -> str:
    """The secretary reads, edits and releases the letter; the association sees its decision only then.

    Returns the text of the letter as the association reads it.
    """
    association.follow(say("Our applications"))
    association.follow(title)
    association.does_not_see(say("The decision"))
    secretary.press(say("Make all letters of the meeting"))
    secretary.looks_again_until_link(say("Read and release"))
    secretary.follow_first_row()
    secretary.sees("Hur beslutet kan överklagas")
    secretary.follow(say("Edit"))
    secretary.fill(extra=EXTRA)
    secretary.press(say("Save the letter"))
    secretary.looks_again_until_link(say("The letter as a PDF"))
    secretary.sees(EXTRA)
    assert_archival_and_accessible(secretary.downloads(say("The letter as a PDF")))
    association.look_again()
    association.does_not_see(say("The decision"))
    secretary.press(say("Release this letter"))
    secretary.sees(say("Released"))
    association.look_again()
    association.sees(say("The decision"))
    letter, extract = (str(kind.label) for kind in (Record.Kind.DECISION_LETTER, Record.Kind.MINUTES_EXTRACT))
    association.looks_again_until_link(letter)
    assert association.downloads(extract).startswith(b"%PDF-")
    read = association.downloads(letter)
    assert_archival_and_accessible(read)
    text = " ".join(page_texts(read))
    assert EXTRA in text
    return text
