"""What the check of the Swedish catalogue finds."""

from __future__ import annotations

import polib
import pytest

from catalogues import problems_in


def entry(msgid: str, msgstr: str, flags: tuple[str, ...] = ()) -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr, flags=list(flags))


@pytest.mark.parametrize(
    ("one", "problem"),
    [
        (entry("Save", ""), "  not translated: 'Save'"),
        (entry("Save", "Spara", ("fuzzy",)), "  guessed, look it over: 'Save'"),
        (polib.POEntry(msgid="Save", msgstr="Spara", obsolete=True), "  no longer used: 'Save'"),
        (
            entry("%(number)s kronor", "%(sum)s kronor"),
            "  placeholders differ, missing ['number'], unknown ['sum']: '%(number)s kronor'",
        ),
        (
            entry("Page %s", "Sida", ("python-format",)),
            "  placeholders differ, missing ['1 × %s'], unknown []: 'Page %s'",
        ),
        (
            polib.POEntry(
                msgid="One row", msgid_plural="%(n)s rows", msgstr_plural={0: "En rad", 1: "%(m)s rader"}
            ),
            "  placeholders differ, missing [], unknown ['m']: 'One row'",
        ),
    ],
)
def test_finds(one: polib.POEntry, problem: str) -> None:
    catalogue = polib.POFile()
    catalogue.append(one)
    assert list(problems_in(catalogue)) == [problem]


def test_finds_nothing_in_a_complete_catalogue() -> None:
    catalogue = polib.POFile()
    catalogue.append(entry("%(count)s of 100 %", "%(count)s av 100 %", ("python-format",)))
    catalogue.append(entry("{name} decides", "{name} beslutar", ("python-brace-format",)))
    catalogue.append(
        polib.POEntry(
            msgid="%(n)s row", msgid_plural="%(n)s rows", msgstr_plural={0: "En rad", 1: "%(n)s rader"}
        )
    )
    assert list(problems_in(catalogue)) == []
