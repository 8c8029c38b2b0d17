"""A real item's facts give documents with the real item's headings, order and set phrases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from portal.committee.matter_text import MatterText
from tests.documents.reading import bookmarks, page_texts
from tests.documents.validation import assert_archival_and_accessible

EXAMPLE = Path(settings.BASE_DIR) / "docs/examples/arende-00086-2020.json"
TITLE = "Uppdrag till förvaltningen att utreda nuvarande arbete avseende föreningsuppdrag"
MINUTES_TITLE = (
    "Redovisning avseendet uppdrag till förvaltningen att utreda nuvarande arbete avseende föreningsuppdrag"
)
APPROVE = "att godkänna redovisning av uppdraget; samt"
GO_ON = "att fortsätta arbeta med föreningsbidragen enligt föreslagna åtgärder i utredningen."

HEADINGS = {
    "tjansteskrivelse": [
        TITLE,
        "Sammanfattning",
        "Beredning",
        "I ärendet finns följande handlingar",
        "Förslag till beslut",
        "Idéburet offentligt partnerskap",
        "Hur ser det ut idag?",
        "Sammanfattning",
        "Övriga dokument",
        "Beslutet ska skickas till",
    ],
    "ordforandeforslag": [
        TITLE,
        "Sammanfattning",
        "I ärendet finns följande handlingar",
        "Förslag till beslut",
        "Beslutet ska skickas till",
    ],
    "protokollsutdrag": [
        MINUTES_TITLE,
        "Sammanfattning",
        "Ordförandens förslag",
        "Behandling av förslag",
        "Socialnämnden beslutar",
        "Beslutet ska skickas till",
    ],
}
IN_ORDER = {
    "tjansteskrivelse": [
        "Socialnämnden",
        "21 december 2020",
        TITLE,
        "Dnr 00086/2020",
        "Sammanfattning",
        "Beredning",
        "I ärendet finns följande handlingar",
        "Protokoll",
        "Ordförandeförslag",
        "Förslag till beslut",
        "Socialförvaltningens förslag till socialnämnden är",
        APPROVE,
        GO_ON,
        "Idéburet offentligt partnerskap",
        "Hur ser det ut idag?",
        "Sammanfattning",
        "Tre möjligheter med IOP-avtal:",
        "Tre utmaningar med IOP-avtal:",
        "Förslag på åtgärder:",
        "Övriga dokument",
        "Socialdirektör",
        "Beslutet ska skickas till",
        "Handläggare",
        "Akt",
    ],
    "ordforandeforslag": [
        "Socialnämnden",
        "21 december 2020",
        TITLE,
        "Dnr 00086/2020",
        "Sammanfattning",
        "Förvaltningens redovisning av uppdraget föreligger i ärendet.",
        "I ärendet finns följande handlingar",
        "Tjänsteskrivelse",
        "Protokoll",
        "Ordförandeförslag",
        "Förslag till beslut",
        "Ordförandens förslag till socialnämnden är",
        APPROVE,
        GO_ON,
        "Ordförande",
        "Beslutet ska skickas till",
        "Handläggare",
        "Akt",
    ],
    "protokollsutdrag": [
        "§ 298",
        "Dnr 00086/2020",
        MINUTES_TITLE,
        "Sammanfattning",
        "Förvaltningens redovisning av uppdraget föreligger i ärendet.",
        "Ordförandens förslag",
        "Jag instämmer i förvaltningens bedömning.",
        "Ordförandens förslag till socialnämnden är",
        APPROVE,
        GO_ON,
        "Behandling av förslag",
        "Ordföranden konstaterar att det bara finns ett förslag till beslut och finner att socialnämnden "
        "beslutar i enlighet med ordförandens förslag.",
        "Socialnämnden beslutar",
        APPROVE,
        GO_ON,
        "Beslutet ska skickas till",
        "Handläggare",
        "Akt",
    ],
}


def flat(entries: Iterable[Any]) -> list[str]:
    """Titles of nested bookmarks in reading order."""
    found: list[str] = []
    for entry in entries:
        found += flat(entry) if isinstance(entry, list) else [" ".join(entry[0].split())]
    return found


def not_in_order(text: str, phrases: list[str]) -> str | None:
    """The first phrase that does not come after the one before it."""
    position = 0
    for phrase in phrases:
        position = text.find(phrase, position)
        if position < 0:
            return phrase
        position += len(phrase)
    return None


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("matter")
    call_command("print_matter", EXAMPLE, out=folder, verbosity=0)
    return {path.stem: path.read_bytes() for path in folder.iterdir()}


def test_the_command_writes_three_documents(printed: dict[str, bytes]) -> None:
    assert set(printed) == {"tjansteskrivelse", "ordforandeforslag", "protokollsutdrag"}


@pytest.mark.parametrize("kind", HEADINGS)
def test_headings_are_those_of_the_real_item(printed: dict[str, bytes], kind: str) -> None:
    assert flat(bookmarks(printed[kind])) == HEADINGS[kind]


@pytest.mark.parametrize("kind", IN_ORDER)
def test_set_phrases_stand_in_the_real_item_s_order(printed: dict[str, bytes], kind: str) -> None:
    assert not_in_order(" ".join(page_texts(printed[kind])), IN_ORDER[kind]) is None


def test_the_report_leaves_out_what_only_minutes_and_proposal_say(printed: dict[str, bytes]) -> None:
    text = " ".join(page_texts(printed["tjansteskrivelse"]))
    assert "föreligger i ärendet" not in text
    assert "Jag instämmer" not in text


def test_each_page_of_the_extract_has_room_for_signatures(printed: dict[str, bytes]) -> None:
    pages = page_texts(printed["protokollsutdrag"])
    assert [("Justerares signatur" in page, "Utdragsbestyrkande" in page) for page in pages] == [
        (True, True)
    ] * len(pages)


@pytest.mark.parametrize("kind", HEADINGS)
def test_documents_are_archival_and_accessible(printed: dict[str, bytes], kind: str) -> None:
    assert_archival_and_accessible(printed[kind])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"registry_number": None}, "registry_number: is missing"),
        ({"titel": "Fel"}, "titel: is not a key of a facts file"),
        ({"date": "21/12 2020"}, "date: must be a date such as 2020-12-21"),
        ({"paragraph": True}, "paragraph: must be a whole number"),
        ({"paragraph": 0}, "paragraph: must be 1 or more"),
        ({"summary": "En text"}, "summary: must be a list of texts"),
        ({"summary": []}, "summary: must not be empty"),
        ({"outcome": "ja"}, "outcome: must be one of bifall, avslag, bordlaggning, aterremiss"),
        ({"points": {"officers": ["godkänna"]}}, "points.officers: each decision point must begin with"),
        ({"points": {"officers": ["att x"], "nämnden": []}}, "points.nämnden: is not a key"),
        ({"meeting": {"date": "2020-12-21", "place": 3}}, "meeting.place: must be a text"),
        ({"sections": [{"heading": "Bakgrund"}]}, "sections[0].body: is missing"),
        ({"notes": [{"kind": "jäv", "text": "x"}]}, "notes[0].kind: must be one of jav, reservation"),
    ],
)
def test_a_mistake_is_named_by_its_key(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    facts = {**json.loads(EXAMPLE.read_text()), **change}
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({key: value for key, value in facts.items() if value is not None}))
    with pytest.raises(CommandError) as raised:
        call_command("print_matter", path, out=tmp_path / "out")
    assert message in str(raised.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"{", "is not JSON: line 1"), (b"[]", "the file: must be an object"), (b"\xff", "codec can't decode")],
)
def test_a_file_that_is_no_facts_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        call_command("print_matter", path, out=tmp_path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("print_matter", tmp_path / "none.json", out=tmp_path)


def test_notes_by_name_get_their_standard_sentences(tmp_path: Path) -> None:
    facts = json.loads(EXAMPLE.read_text())
    facts["notes"] = [
        {"kind": "jav", "member": "Ledamot 3 (A)", "substitute": "Ersättare 1 (A)"},
        {"kind": "reservation", "members": ["Ledamot 1 (B)", "Ledamot 2 (B)"]},
        {"kind": "protokollsanteckning", "text": "Ledamot 4 (C) lämnar en anteckning."},
    ]
    assert [note.text for note in MatterText.from_facts(facts).notes] == [
        "Ledamot 3 (A) anmäler jäv och deltar inte i handläggningen av ärendet. Ersättare 1 (A) tjänstgör.",
        "Mot beslutet reserverar sig Ledamot 1 (B) och Ledamot 2 (B) till förmån för eget yrkande.",
        "Ledamot 4 (C) lämnar en anteckning.",
    ]


def test_the_documentation_names_every_key() -> None:
    documentation = (Path(settings.BASE_DIR) / "docs/print_matter.md").read_text()
    unnamed = {field.name for field in fields(MatterText)} - set(re.findall(r"`(\w+)`", documentation))
    # These have other names in the file, because they are objects there.
    assert unnamed == {"report_documents", "proposal_documents", "recipients", "stand", "sitting"}
