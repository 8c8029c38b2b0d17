"""Packs: the summons, what a new version changes, supplements, attached files, and copies that hide."""

from __future__ import annotations

import io
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.committee import copies, pack, proposals
from portal.committee.attached import APART, JOINED, CannotAttach, attach
from portal.committee.copies import copy_for
from portal.committee.minutes import record_decision
from portal.committee.models import (
    DelegationDecision,
    DelegationRule,
    MatterAppendix,
    Meeting,
    Outcome,
    Pack,
    PackCopy,
    PackState,
    StandingItem,
)
from portal.committee.reading import packs_for, readable_parts
from portal.committee.tasks import sweep_packs
from portal.documents import work
from portal.documents.models import Document, DocumentState, StoredFile
from portal.documents.rendering import render_pdf
from portal.people.models import Role, User
from portal.registry.models import Event, declare
from tests.committee.building import on_agenda, published_pack, signed_in, work_on_copies, work_until_settled
from tests.documents.reading import bookmarks, links, page_texts
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import PDF, MeetingFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    """The pages in the language of their msgids."""
    settings.LANGUAGE_CODE = "en"


def content(made: Pack | PackCopy) -> bytes:
    assert made.file is not None
    return made.file.read()


def text_of(made: Pack | PackCopy) -> str:
    return " ".join(page_texts(content(made)))


def new_version(meeting: Meeting, supplement: int = 0) -> Pack:
    return work_until_settled(pack.request_pack(meeting, staff(Role.SECRETARY), supplement))


def delegated(meeting: Meeting, public_title: str) -> DelegationDecision:
    """A decision by delegation that is reported to the meeting."""
    officer = staff(Role.CASE_OFFICER)
    rule = DelegationRule.objects.create(
        committee=meeting.committee, point="4.2", text="Bidrag till läger", role=Role.CASE_OFFICER
    )
    return DelegationDecision.objects.create(
        committee=meeting.committee,
        year=2026,
        number=7,
        rule=rule,
        case=meeting.committee.authority.open_case(public_title=public_title, by=officer),
        decided_by=officer,
        decision="Bidrag beviljas.",
        reason="Allt stämmer.",
        reported_to=meeting,
    )


# --- The summons -----------------------------------------------------------------------------------
def test_the_summons_says_what_the_law_and_practice_want() -> None:
    meeting = MeetingFactory.create(
        place="Rådhuset, sal 2",
        remote_link="https://example.org/mote",
        starts_at=timezone.make_aware(timezone.datetime(2026, 12, 21, 13)),  # type: ignore[attr-defined]
    )
    StandingItem.objects.create(meeting=meeting, position=1, title="Val av justerare")
    item = on_agenda(meeting, "Fyren", title="Öppet ärende")
    item.presenter, item.due_at = "Enhetschef", time(14, 30)
    item.save()
    secret = on_agenda(meeting, "Hamnen", title="Ett ärende för sig")
    secret.is_secret = True
    secret.save()
    reported = delegated(meeting, "Läger")
    made = new_version(meeting)
    assert_archival_and_accessible(content(made))
    call = page_texts(content(made))[1]
    for words in (
        "Kallelse till socialnämnden",
        "21 december 2026 klockan 13.00",
        "Rådhuset, sal 2",
        "https://example.org/mote",
        "Val av justerare",
        f"Öppet ärende Dnr {item.matter.case.registry_number}",
        "handläggare: ",
        "Enhetschef 14.30",
        "Delegationsbeslut att anmäla",
        f"D 7/2026 4.2 Bidrag till läger Dnr {reported.case.registry_number}",
    ):
        assert words in call, words
    assert call.index("Öppet ärende") < call.index("omfattas av sekretess") < call.index("Ett ärende för sig")
    assert [entry[0] for entry in bookmarks(content(made)) if isinstance(entry, tuple)] == [
        "Innehåll",
        "Kallelse till socialnämnden",
        "1. Öppet ärende",
        "2. Ett ärende för sig",
    ]


# --- Versions --------------------------------------------------------------------------------------
def test_a_new_version_says_what_is_new_in_it() -> None:
    meeting = MeetingFactory.create()
    first = on_agenda(meeting, "Fyren", "Hamnen", title="Första ärendet").matter
    gone = on_agenda(meeting, "Kajen", title="Andra ärendet")
    earlier = new_version(meeting)
    assert earlier.changes == []
    first.lines.filter(title="Hamnen").update(title="Hamnens Vänner")
    proposals.adopt(first, staff(Role.CHAIR))
    gone.delete()
    on_agenda(meeting, "Ankaret", title="Tredje ärendet")
    later = new_version(meeting)
    assert later.compared_with == earlier
    assert [change["text"] for change in later.changes] == [
        "Kallelsen är ändrad.",
        "Ärende 1: Tjänsteskrivelse är ändrad.",
        "Ärende 1: Ordförandeförslag är nytt.",
        "Ärende 1: Blad: Hamnen är ändrad.",
        "Ärende 2 är nytt: Tredje ärendet.",
        "Ärendet är borttaget: Andra ärendet.",
    ]
    contents = page_texts(content(later))[0]
    assert "Nytt sedan version 1 Kallelsen är ändrad." in contents
    assert "Ärende 1: Blad: Hamnen är ändrad." in contents
    assert Pack.objects.filter(meeting=meeting, file__isnull=False).count() == 2, "versions are kept"


def test_what_is_new_counts_from_what_the_members_had() -> None:
    meeting = MeetingFactory.create()
    matter = on_agenda(meeting, "Fyren").matter
    published_pack(meeting)
    matter.lines.update(title="Fyrens Vänner")
    new_version(meeting)
    last = new_version(meeting)
    assert (last.version, last.compared_with and last.compared_with.version) == (3, 1)
    assert [change["text"] for change in last.changes] == ["Ärende 1: Blad: Fyren är ändrad."]
    pack.publish(last)
    page = signed_in(staff(Role.MEMBER)).get(reverse("committee:meeting", args=[meeting.pk]))
    assert "New since version 1" in page.content.decode()
    assert "Ärende 1: Blad: Fyren är ändrad." in page.content.decode()


def test_the_sentences_on_a_hidden_line_are_hidden_too() -> None:
    meeting, member = MeetingFactory.create(), staff(Role.MEMBER)
    matter = on_agenda(meeting, "Fyren", "Hamnen").matter
    published_pack(meeting)
    for line in matter.lines.all():
        matter.lines.filter(pk=line.pk).update(title=f"{line.title} IF")
    published_pack(meeting)
    declare(matter.lines.get(title="Hamnen IF").case, member, has_conflict=True)
    [readable] = packs_for(meeting, member)
    assert readable.changes == ["Ärende 1: Blad: Fyren är ändrad."]
    work_on_copies()
    assert "Blad: Hamnen" not in text_of(PackCopy.objects.get())


# --- Supplements -----------------------------------------------------------------------------------
def test_a_supplement_holds_the_late_matters_under_their_own_numbers() -> None:
    meeting, member = MeetingFactory.create(), staff(Role.MEMBER)
    on_agenda(meeting, "Fyren", title="I tid")
    main = published_pack(meeting)
    late = on_agenda(meeting, "Hamnen", title="Sent ärende")
    late.supplement = 1
    late.save()
    supplement = new_version(meeting, 1)
    assert (supplement.version, supplement.supplement) == (1, 1)
    text = text_of(supplement)
    assert "Tilläggshandlingar 1 till socialnämnden" in text
    assert "2. Sent ärende" in text
    assert "I tid" not in text
    assert not readable_parts(meeting, late.matter, member)
    pack.publish(supplement)
    assert [readable.pack for readable in packs_for(meeting, member)] == [main, supplement]
    assert [part.title for part in readable_parts(meeting, late.matter, member)] == [
        "Tjänsteskrivelse",
        "Blad: Hamnen",
    ]
    page = signed_in(member).get(reverse("committee:meeting", args=[meeting.pk])).content.decode()
    assert "Supplement 1" in page
    file = signed_in(member).get(reverse("committee:pack-file", args=[supplement.pk]))
    assert "tillagg-1-" in file.headers["Content-Disposition"]


def test_the_secretary_makes_a_supplement_from_the_page_of_the_meeting() -> None:
    meeting, desk = MeetingFactory.create(), signed_in(staff(Role.SECRETARY))
    late = on_agenda(meeting, "Hamnen")
    late.supplement = 2
    late.save()
    page = desk.get(reverse("committee:desk", args=[meeting.pk])).content.decode()
    assert "Make supplement 2" in page
    desk.post(reverse("committee:pack-make", args=[meeting.pk]), {"supplement": "2"})
    assert Pack.objects.get().supplement == 2
    Pack.objects.update(state=PackState.FAILED)
    desk.post(reverse("committee:pack-make", args=[meeting.pk]), {"supplement": "nonsens"})
    assert sorted(Pack.objects.values_list("supplement", "version")) == [(0, 1), (2, 1)]


# --- Attached files --------------------------------------------------------------------------------
def test_an_archival_file_stands_in_the_pack_behind_a_title_page() -> None:
    meeting = MeetingFactory.create()
    matter = on_agenda(meeting, "Fyren").matter
    agreement = render_pdf(
        '<!doctype html><html lang="sv"><title>Avtal</title><h1>Avtalets text</h1>', title="Avtal"
    )
    stored = StoredFile.objects.keep(agreement, "application/pdf")
    attach(matter, stored, title="Avtal om partnerskap", filename="avtal.pdf")
    made = new_version(meeting)
    assert made.state == PackState.READY
    assert_archival_and_accessible(content(made))
    texts = page_texts(content(made))
    assert "Avtal om partnerskap" in texts[-2]
    assert "Filen följer på nästa sida" in texts[-2]
    assert texts[-1].startswith("Avtalets text")
    assert made.parts.get(title="avtal.pdf").document.kind == JOINED
    work_until_settled(pack.request_pack(meeting, staff(Role.SECRETARY)))
    assert Document.objects.filter(kind=JOINED).count() == 1, "the file is looked at once"


@pytest.mark.parametrize("media_type", ["application/pdf", "image/png"])
def test_a_file_that_is_not_archival_lies_beside_the_pack(media_type: str) -> None:
    meeting, member = MeetingFactory.create(), staff(Role.MEMBER)
    matter = on_agenda(meeting, "Fyren").matter
    attach(matter, StoredFile.objects.keep(PDF, media_type), title="Skiss", filename="skiss.bin")
    made = published_pack(meeting)
    assert_archival_and_accessible(content(made))
    assert "Filen ligger för sig." in text_of(made)
    part = made.parts.get(title="skiss.bin")
    assert (part.is_apart, part.document.kind) == (True, APART)
    client = signed_in(member)
    page = client.get(reverse("committee:matter", args=[meeting.pk, matter.pk])).content.decode()
    assert "Lies beside the pack, as it came" in page
    answer = client.get(reverse("committee:part-file", args=[part.pk]))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]


def test_an_officer_attaches_a_file_and_takes_it_off() -> None:
    matter = on_agenda(MeetingFactory.create(), "Fyren", "Hamnen").matter
    client, address = signed_in(staff(Role.CASE_OFFICER)), reverse("committee:appendices", args=[matter.pk])
    upload = SimpleUploadedFile("Avtal.pdf", PDF, "application/pdf")
    line = matter.lines.get(title="Hamnen")
    sent = client.post(address, {"upload": upload, "title": "", "line": str(line.pk)})
    assert sent.status_code == 302
    appendix = matter.appendices.get(source=MatterAppendix.FILE)
    assert (appendix.title, appendix.filename, appendix.case) == ("Avtal", "Avtal.pdf", line.case)
    again = client.post(address, {"upload": SimpleUploadedFile("Annat.pdf", PDF, "application/pdf")})
    assert "The file is attached to this matter already." in again.content.decode()
    bad = client.post(address, {"upload": SimpleUploadedFile("virus.exe", b"MZ"), "title": "Titel kvar"})
    assert bad.status_code == 422
    assert b"Titel kvar" in bad.content
    assert client.post(address, {"title": "Utan fil"}).status_code == 422
    client.post(reverse("committee:appendix-take-off", args=[appendix.pk]))
    assert not matter.appendices.filter(source=MatterAppendix.FILE).exists()
    sheet = matter.appendices.earliest("pk")
    assert client.post(reverse("committee:appendix-take-off", args=[sheet.pk])).status_code == 404


def test_nothing_is_attached_to_a_decided_matter() -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    with pytest.raises(CannotAttach):
        attach(item.matter, StoredFile.objects.keep(PDF, "application/pdf"), title="Sent", filename="s.pdf")


# --- Copies ----------------------------------------------------------------------------------------
class Case:
    """A meeting with two matters and a reported decision, and people with conflicts of interest."""

    def __init__(self) -> None:
        self.meeting = MeetingFactory.create()
        self.first = on_agenda(self.meeting, "Fyren", "Hamnen", title="Första ärendet").matter
        self.second = on_agenda(self.meeting, "Ankaret", title="Andra ärendet").matter
        self.reported = delegated(self.meeting, "Läger")
        # A number that stands nowhere else, so that finding it means a leak.
        self.first.summary = "Hemlig sammanfattning."
        self.first.save()

    def hamnen(self) -> Any:
        return self.first.lines.get(title="Hamnen").case


@pytest.fixture
def case() -> Case:
    return Case()


def conflicted(in_case: Any, role: str = Role.MEMBER) -> User:
    person = staff(role)
    declare(in_case, person, has_conflict=True)
    return person


def test_a_copy_holds_nothing_of_a_hidden_matter_but_number_and_title(case: Case) -> None:
    member = conflicted(case.first.case)
    made = published_pack(case.meeting)
    work_on_copies()
    copy = copy_for(made, member)
    assert copy is not None
    assert_archival_and_accessible(content(copy))
    text = text_of(copy)
    assert text.count("Jäv: handlingarna visas inte") == 2, "in contents and summons"
    assert "1. Första ärendet" in text
    assert "2. Andra ärendet" in text
    for hidden in ("Fyren", "Hamnen", "Hemlig sammanfattning", case.first.case.registry_number):
        assert hidden not in text, hidden
    assert "Ankaret" in text
    assert copy.pages == len(page_texts(content(copy)))
    assert "Första ärendet" not in " ".join(words for words, _page in links(content(copy), 0))
    assert "Fyren" in text_of(made), "the others get the whole"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CHAIR, Role.SECRETARY])
def test_a_copy_for_a_conflict_in_one_line_keeps_the_sheets_of_the_others(case: Case, role: str) -> None:
    person = conflicted(case.hamnen(), role)
    made = published_pack(case.meeting)
    work_on_copies()
    copy = copy_for(made, person)
    assert copy is not None
    text = text_of(copy)
    assert text.count("Jäv: en del av handlingarna visas inte") == 2
    assert "Hamnen" not in text
    assert "Hemlig sammanfattning" not in text
    assert "Fyren" in text
    client = signed_in(person)
    assert client.get(reverse("committee:copy-file", args=[copy.pk])).status_code == 200
    assert client.get(reverse("committee:pack-file", args=[made.pk])).status_code == 404


def test_a_conflict_in_a_reported_decision_hides_its_row(case: Case) -> None:
    member = conflicted(case.reported.case)
    made = published_pack(case.meeting)
    work_on_copies()
    copy = copy_for(made, member)
    assert copy is not None
    assert case.reported.case.registry_number in text_of(made)
    assert case.reported.case.registry_number not in text_of(copy)
    assert "Hemlig sammanfattning" in text_of(copy)
    assert signed_in(member).get(reverse("committee:pack-file", args=[made.pk])).status_code == 404


def test_two_with_the_same_conflict_share_one_file(case: Case) -> None:
    one, two = conflicted(case.hamnen()), conflicted(case.hamnen())
    made = published_pack(case.meeting)
    assert PackCopy.objects.count() == 1
    work_on_copies()
    assert copy_for(made, one) == copy_for(made, two) == PackCopy.objects.get()


def test_a_later_declaration_closes_the_copy_at_once_and_orders_another(case: Case) -> None:
    member = conflicted(case.hamnen())
    made = published_pack(case.meeting)
    work_on_copies()
    old = copy_for(made, member)
    assert old is not None
    client = signed_in(member)
    assert client.get(reverse("committee:copy-file", args=[old.pk])).status_code == 200
    declare(case.second.case, member, has_conflict=True)
    assert client.get(reverse("committee:copy-file", args=[old.pk])).status_code == 404
    assert not StoredFile.objects.visible_to(member).filter(pk__in=[old.file_id]).exists()
    page = client.get(reverse("committee:meeting", args=[case.meeting.pk])).content.decode()
    assert "A copy without it is being made for you." in page
    work_on_copies()
    new = copy_for(made, member)
    assert new is not None
    assert new != old
    assert "Ankaret" not in text_of(new)
    assert (
        reverse("committee:copy-file", args=[new.pk])
        in client.get(reverse("committee:meeting", args=[case.meeting.pk])).content.decode()
    )


def test_who_takes_a_declaration_back_gets_the_whole_again(case: Case) -> None:
    member = conflicted(case.hamnen())
    made = published_pack(case.meeting)
    declare(case.hamnen(), member, has_conflict=False)
    assert [readable.is_whole for readable in packs_for(case.meeting, member)] == [True]
    assert copies.hidden_cases(made, member) == set()


def test_what_comes_to_the_meeting_after_the_pack_stands_in_no_copy(case: Case) -> None:
    conflicted(case.hamnen())
    published_pack(case.meeting)
    on_agenda(case.meeting, "Sent", title="Tredje ärendet")
    DelegationDecision.objects.create(
        committee=case.meeting.committee, year=2026, number=8, rule=case.reported.rule, case=case.second.case,
        decided_by=case.reported.decided_by, decision="–", reason="–", reported_to=case.meeting,
    )  # fmt: skip
    late = DelegationDecision.objects.create(
        committee=case.meeting.committee, year=2026, number=9, rule=case.reported.rule,
        case=case.meeting.committee.authority.open_case(public_title="Sen", by=None),
        decided_by=case.reported.decided_by, decision="–", reason="–", reported_to=case.meeting,
    )  # fmt: skip
    work_on_copies()
    text = text_of(PackCopy.objects.get())
    assert "Tredje ärendet" not in text
    assert late.case.registry_number not in text


@pytest.mark.rule(3)
def test_running_every_task_of_a_copy_twice_changes_nothing(case: Case) -> None:
    member = conflicted(case.hamnen())
    made = published_pack(case.meeting)

    def state() -> list[Any]:
        return [
            list(PackCopy.objects.order_by("pk").values()),
            list(PackCopy.parts.through.objects.order_by("pk").values()),
            list(Document.objects.order_by("pk").values("pk", "state", "attempts")),
            list(StoredFile.objects.order_by("pk").values("pk", "sha256")),
        ]

    def is_unchanged_by(act: Any) -> bool:
        before = state()
        act()
        return state() == before

    copy = PackCopy.objects.get()
    copies.advance(copy.pk)
    assert is_unchanged_by(lambda: copies.advance(copy.pk))
    assert is_unchanged_by(lambda: copies.order_for_pack(made))
    copy.refresh_from_db()
    assert copy.summons is not None
    work.render(copy.summons.pk)
    PackCopy.objects.update(due_at=timezone.now())
    copies.advance(copy.pk)
    assert is_unchanged_by(lambda: copies.advance(copy.pk))
    PackCopy.objects.update(due_at=timezone.now())
    assert is_unchanged_by(lambda: copies.advance(copy.pk))
    assert is_unchanged_by(lambda: declare(case.hamnen(), member, has_conflict=True))
    assert is_unchanged_by(sweep_packs)


@pytest.mark.rule(4)
def test_a_copy_that_fails_needs_hands_and_is_tried_again(case: Case) -> None:
    member, desk = conflicted(case.hamnen()), signed_in(staff(Role.SECRETARY))
    made = published_pack(case.meeting)
    copy = PackCopy.objects.get()
    copies.advance(copy.pk)
    copy.refresh_from_db()
    Document.objects.filter(kind="kallelse", state=DocumentState.QUEUED).update(
        state=DocumentState.FAILED, error="Trasig kallelse"
    )
    PackCopy.objects.update(due_at=timezone.now())
    copies.advance(copy.pk)
    page = desk.get(reverse("committee:documents")).content.decode()
    assert "Copies for those with a conflict of interest" in page
    assert "Trasig kallelse" in page
    read = signed_in(member).get(reverse("committee:meeting", args=[case.meeting.pk])).content.decode()
    assert "Your copy could not be made." in read
    desk.post(reverse("committee:copy-retry", args=[copy.pk]))
    work_on_copies()
    ready = copy_for(made, member)
    assert ready is not None
    assert ready.is_ready


def test_an_unpublished_pack_has_no_copies(case: Case) -> None:
    conflicted(case.hamnen())
    made = new_version(case.meeting)
    assert not PackCopy.objects.exists()
    pack.publish(made)
    assert PackCopy.objects.count() == 1
    pack.publish(made)
    assert PackCopy.objects.count() == 1


def test_the_page_of_a_meeting_takes_a_constant_number_of_queries() -> None:
    def queries(matters: int) -> int:
        meeting = MeetingFactory.create()
        first = on_agenda(meeting, "A", "B", title="Ett").matter
        for number in range(matters - 1):
            on_agenda(meeting, f"F{number}", title=f"Ärende {number}")
        person = conflicted(first.lines.earliest("pk").case)
        made = pack.request_pack(meeting, staff(Role.SECRETARY))
        pack.advance(made.pk)
        stored = StoredFile.objects.keep(PDF, "application/pdf")
        Document.objects.update(state=DocumentState.READY, file=stored, pages=1)
        Pack.objects.filter(pk=made.pk).update(state=PackState.READY, file=stored, pages=1)
        made.refresh_from_db()
        pack.publish(made)
        client = signed_in(person)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(reverse("committee:meeting", args=[meeting.pk])).status_code == 200
        return len(caught)

    assert queries(3) == queries(30)


def test_stored_bytes_and_files_are_told_with_their_size(tmp_path: Path) -> None:
    kept = StoredFile.objects.keep(PDF, "application/pdf")
    path = tmp_path / "same.pdf"
    path.write_bytes(PDF)
    with path.open("rb") as source:
        assert StoredFile.objects.keep(source, "application/pdf") == kept
    path.write_bytes(PDF + b"more")
    with path.open("rb") as source:
        longer = StoredFile.objects.keep(source, "application/pdf")
    assert (kept.size, longer.size) == (len(PDF), len(PDF) + 4)
    assert (kept.read(), longer.read()) == (PDF, PDF + b"more")


def test_a_pdf_reader_opens_what_is_written(case: Case) -> None:
    """The file is written by our own hand: another reader finds every page, bookmark and link in it."""
    import pypdf

    made = published_pack(case.meeting)
    reader = pypdf.PdfReader(io.BytesIO(content(made)), strict=True)
    assert len(reader.pages) == made.pages
    assert len(reader.outline) >= 3


# --- Many applications -------------------------------------------------------------------------------
def test_a_matter_with_many_applications_has_them_in_groups() -> None:
    meeting = MeetingFactory.create()
    on_agenda(meeting, *(f"Förening {number:03}" for number in range(120)), title="Fördelning")
    made = new_version(meeting)
    contents, call, title, matter = bookmarks(content(made))
    assert [contents[0], call[0], title[0]] == [
        "Innehåll",
        "Kallelse till socialnämnden",
        "1. Fördelning",
    ]
    assert [entry[0] for entry in matter if isinstance(entry, tuple)] == [
        "Tjänsteskrivelse",
        "Ansökan 1–50",
        "Ansökan 51–100",
        "Ansökan 101–120",
    ]
    groups = [entry for entry in matter if isinstance(entry, list)]
    assert [len(group) for group in groups] == [50, 50, 20]
    assert groups[1][0][0] == "Blad: Förening 050"
    assert_archival_and_accessible(content(made))


# --- What happens after it is finished ---------------------------------------------------------------
def test_the_desk_says_what_has_changed_since_the_pack_was_ordered(case: Case) -> None:
    new_version(case.meeting)
    desk, address = signed_in(staff(Role.SECRETARY)), reverse("committee:desk", args=[case.meeting.pk])
    assert "The papers have changed" not in desk.get(address).content.decode()
    case.hamnen().log(Event.Kind.ASSESSMENT_CORRECTED, detail="version 2")
    page = desk.get(address).content.decode()
    assert "The papers have changed since handlingar-" in page
    assert f"The assessment was corrected, {case.hamnen().registry_number}" in page
    assert "Make a new version" in page
    new_version(case.meeting)
    assert "The papers have changed" not in desk.get(address).content.decode()


def test_every_part_that_failed_is_told_however_many() -> None:
    meeting = MeetingFactory.create()
    names = [f"Trasig förening med ett långt namn nummer {number}" for number in range(12)]
    on_agenda(meeting, *names)
    made = new_version(meeting)
    assert made.state == PackState.FAILED
    assert len(made.error) > 500
    page = signed_in(staff(Role.SECRETARY)).get(reverse("committee:desk", args=[meeting.pk]))
    for name in names:
        assert f"Blad: {name}:" in page.content.decode()
