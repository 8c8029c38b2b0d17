"""Reading on the web: private notes, and searching in what a person may read."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.committee import proposals
from portal.committee.finding import find, plain
from portal.committee.models import Matter, Meeting, PrivateNote
from portal.people.models import Role, User
from portal.registry.models import declare
from tests.committee.building import make_matter, on_agenda, published_pack, signed_in
from tests.factories import PASSWORD, MeetingFactory, staff

pytestmark = pytest.mark.django_db

BY_ITSELF = {"X-Autosave": "1"}


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    """The pages in the language of their msgids."""
    settings.LANGUAGE_CODE = "en"


class Papers:
    """A published meeting with one matter of two lines."""

    def __init__(self) -> None:
        self.meeting: Meeting = MeetingFactory.create()
        self.matter: Matter = on_agenda(
            self.meeting, "Fyren", "Hamnen", title="Bidrag till föreningar"
        ).matter
        self.pack = published_pack(self.meeting)

    @property
    def page(self) -> str:
        return reverse("committee:matter", args=[self.meeting.pk, self.matter.pk])

    @property
    def note(self) -> str:
        return reverse("committee:note", args=[self.meeting.pk, self.matter.pk])

    def found(self, person: User, words: str) -> dict[str, list[str]]:
        """What the search shows: matter → where the words stand."""
        return {
            hit.entry.matter.title: [place.where for place in hit.places]
            for hit in find(self.meeting, person, words)
        }


@pytest.fixture
def papers() -> Papers:
    return Papers()


# --- Notes -----------------------------------------------------------------------------------------
def test_a_note_is_saved_by_a_plain_form_and_stands_on_the_page(papers: Papers) -> None:
    client = signed_in(staff(Role.MEMBER))
    sent = client.post(papers.note, {"text": "Fråga om hyran.\r\nOch om bokslutet.", "version": "0"})
    assert sent.headers["Location"] == f"{papers.page}#anteckning"
    page = client.get(papers.page)
    assert page.context["note"].text == "Fråga om hyran.\nOch om bokslutet."
    assert "Fråga om hyran." in page.content.decode()


def test_a_page_that_saves_by_itself_is_told_the_version(papers: Papers) -> None:
    client = signed_in(staff(Role.MEMBER))
    first = client.post(papers.note, {"text": "Ett", "version": "0"}, headers=BY_ITSELF)
    assert (first.status_code, first.json()) == (200, {"version": 1})
    again = client.post(papers.note, {"text": "Ett", "version": "0"}, headers=BY_ITSELF)
    assert again.json() == {"version": 1}, "the same text again changes nothing"
    second = client.post(papers.note, {"text": "Ett två", "version": "1"}, headers=BY_ITSELF)
    assert second.json() == {"version": 2}
    too_long = client.post(papers.note, {"text": "x" * 20_001, "version": "2"}, headers=BY_ITSELF)
    assert too_long.status_code == 422
    assert PrivateNote.objects.get().text == "Ett två"


def test_two_windows_do_not_overwrite_each_other(papers: Papers) -> None:
    client = signed_in(staff(Role.MEMBER))
    client.post(papers.note, {"text": "Från den ena", "version": "0"})
    told = client.post(papers.note, {"text": "Från den andra", "version": "0"}, headers=BY_ITSELF)
    assert (told.status_code, told.json()) == (409, {"other": "Från den ena", "version": 1})
    shown = client.post(papers.note, {"text": "Från den andra", "version": "0"})
    assert shown.status_code == 409
    assert "Från den ena" in shown.content.decode()
    assert "Från den andra" in shown.content.decode()
    client.post(papers.note, {"text": "Båda", "version": "1"})
    assert PrivateNote.objects.get().text == "Båda"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CHAIR, Role.SECRETARY, Role.CASE_OFFICER])
def test_nobody_else_reads_a_note(papers: Papers, role: str) -> None:
    writer, other = staff(Role.MEMBER), staff(role)
    signed_in(writer).post(papers.note, {"text": "Bara mitt", "version": "0"})
    assert PrivateNote.objects.visible_to(writer).count() == 1
    assert not PrivateNote.objects.visible_to(other).exists()
    assert "Bara mitt" not in signed_in(other).get(papers.page).content.decode()
    signed_in(other).post(papers.note, {"text": "Den andras", "version": "0"})
    assert PrivateNote.objects.get(user=writer).text == "Bara mitt"


def test_a_note_follows_the_matter_through_versions_and_meetings(papers: Papers) -> None:
    member = staff(Role.MEMBER)
    client = signed_in(member)
    client.post(papers.note, {"text": "Kvar", "version": "0"})
    published_pack(papers.meeting)
    assert "Kvar" in client.get(papers.page).content.decode()


def test_a_conflict_of_interest_hides_ones_own_note(papers: Papers) -> None:
    member = staff(Role.MEMBER)
    client = signed_in(member)
    client.post(papers.note, {"text": "Före jäv", "version": "0"})
    declare(papers.matter.lines.earliest("pk").case, member, has_conflict=True)
    assert not PrivateNote.objects.visible_to(member).exists()
    assert client.post(papers.note, {"text": "Efter", "version": "1"}).status_code == 404
    assert "Före jäv" not in client.get(papers.page).content.decode()


def test_what_was_written_survives_a_session_that_ended(papers: Papers) -> None:
    member, client = staff(Role.MEMBER), Client()
    by_itself = client.post(papers.note, {"text": "Kvar", "version": "0"}, headers=BY_ITSELF)
    assert by_itself.status_code == 401
    sent = client.post(papers.note, {"text": "Kvar", "version": "0"}, follow=True)
    back = client.post(sent.redirect_chain[-1][0], {"login": member.email, "password": PASSWORD}, follow=True)
    assert "Kvar" in back.content.decode()


# --- Search ----------------------------------------------------------------------------------------
def test_search_finds_texts_lines_and_sheets_whatever_the_case_of_letters(papers: Papers) -> None:
    member = staff(Role.MEMBER)
    title = "Bidrag till föreningar"
    assert papers.found(member, "FÖRENINGAR SÖKER") == {title: ["Sammanfattning"]}
    assert papers.found(member, "hamnen") == {title: ["Förslag till beslut", "Belopp", "Blad: Hamnen"]}
    assert papers.found(member, "rad  två") == {title: ["Bakgrund"]}
    assert papers.found(member, "Bidrag till") == {title: [""]}
    assert papers.found(member, "finns inte") == {}
    assert papers.found(member, "x") == {}
    assert papers.found(member, "") == {}


def test_words_of_two_blocks_of_a_document_do_not_run_together_and_those_of_one_stay_whole() -> None:
    document = "<h2>Mål</h2><ul><li>Nå <b>ung</b>domar.</li></ul><table><tr><th>År<td>2027</table>"
    assert plain(document).split() == ["Mål", "Nå", "ungdomar.", "År", "2027"]


def test_search_shows_the_words_in_their_place_and_escapes_them(papers: Papers) -> None:
    papers.matter.summary = "Stöd till <script>alert(1)</script> i hamnen."
    papers.matter.save()
    client = signed_in(staff(Role.MEMBER))
    address = reverse("committee:search", args=[papers.meeting.pk])
    page = client.get(address, {"q": "script"}).content.decode()
    assert "&lt;<mark>script</mark>&gt;alert(1)" in page
    assert f"{papers.page}#sammanfattning" in page
    assert "Nothing found" in client.get(address, {"q": "zzz"}).content.decode()
    assert "Write at least two letters." in client.get(address, {"q": "z"}).content.decode()


@pytest.mark.rule(8)
def test_search_finds_nothing_that_a_conflict_hides(papers: Papers) -> None:
    in_line, in_matter = staff(Role.MEMBER), staff(Role.CHAIR)
    declare(papers.matter.lines.get(title="Hamnen").case, in_line, has_conflict=True)
    declare(papers.matter.case, in_matter, has_conflict=True)
    assert papers.found(in_line, "Hamnen") == {}
    assert papers.found(in_line, "Föreningar söker") == {}
    assert papers.found(in_line, "Fyren") == {"Bidrag till föreningar": ["Blad: Fyren"]}
    for words in ("Hamnen", "Fyren", "Föreningar söker", "Bidrag till"):
        assert papers.found(in_matter, words) == {}


def test_search_finds_nothing_that_is_not_published(papers: Papers) -> None:
    on_agenda(papers.meeting, "Kajen", title="Sent ärende")
    elsewhere = make_matter("Kajen", title="Annat möte", committee=papers.meeting.committee)
    assert elsewhere.pk
    assert papers.found(staff(Role.MEMBER), "Kajen") == {}
    assert papers.found(staff(Role.MEMBER), "Sent ärende") == {}


def test_search_takes_a_constant_number_of_queries() -> None:
    def queries(matters: int) -> int:
        meeting, chair = MeetingFactory.create(), staff(Role.CHAIR)
        for number in range(matters):
            proposals.adopt(on_agenda(meeting, f"Fyren {number}").matter, chair)
        with CaptureQueriesContext(connection) as caught:
            assert len(find(meeting, chair, "Fyren")) == matters
        return len(caught)

    assert queries(3) == queries(30)
