"""The demo texts keep the facts that pages, tables and PDFs are held against."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from stdnum.se import orgnr

DATA = Path(__file__).resolve().parents[2] / "portal" / "demo" / "data"
ASSOCIATIONS: list[dict[str, Any]] = [
    json.loads(path.read_text(encoding="utf-8")) for path in sorted((DATA / "associations").glob("*.json"))
]
DEVELOPMENT: list[dict[str, Any]] = json.loads((DATA / "development.json").read_text(encoding="utf-8"))[
    "applications"
]
SPECIAL: list[dict[str, Any]] = json.loads((DATA / "special.json").read_text(encoding="utf-8"))[
    "applications"
]
EVERY = [*ASSOCIATIONS, *DEVELOPMENT, *SPECIAL]
ASSESSED = [*ASSOCIATIONS, *(row for row in DEVELOPMENT if row["state"] == "ready")]
SENT = [*ASSOCIATIONS, *SPECIAL, *(row for row in DEVELOPMENT if row["state"] != "draft")]

CRITERIA = {"effekt", "varde", "komplement", "samverkan", "ekonomi"}
LEVELS = {"svag", "tillracklig", "god", "mycket_god"}
TARGET_GROUPS = {
    *("barn_unga", "anhoriga", "beroende", "spelberoende", "psykisk_ohalsa", "suicid", "vald_heder"),
    *("brottsoffer", "kriminalitet", "hemloshet", "ensamhet", "hbtqi", "minoriteter", "annat"),
}
GOALS = {
    *("kriminalitet_unga", "skolnarvaro", "foraldrastod", "utsatta_omraden", "vald", "beroende"),
    "psykisk_ohalsa",
}
# Ten or twelve digits whose third and fourth are a month; an organisation number never matches.
PERSONNUMMER = re.compile(r"(?<!\d)(?:19|20)?\d{2}(?:0[1-9]|1[0-2])\d{2}[-+]?\d{4}(?!\d)")


def title(row: dict[str, Any]) -> str:
    return str(row.get("name") or row["application"]["title"])


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


def test_numbers_run_from_1_to_22_and_the_sums_are_those_of_the_table() -> None:
    assert [row["number"] for row in ASSOCIATIONS] == list(range(1, 23))
    assert sum(row["sought_per_year"] for row in ASSOCIATIONS) == 12_920_000
    assert sum(row["granted_per_year"] for row in ASSOCIATIONS) == 9_400_000


def test_share_for_children_and_young_people_counted_in_both_ways() -> None:
    weighted = sum(row["granted_per_year"] * row["child_share"] for row in ASSOCIATIONS)
    whole = sum(row["granted_per_year"] for row in ASSOCIATIONS if row["child_share"] == 100)
    assert weighted == 100 * 1_770_000
    assert whole == 1_330_000


def test_organisation_numbers_are_the_series_with_right_check_digits() -> None:
    numbers = [row["organisation_number"] for row in ASSOCIATIONS]
    assert [number[:10] for number in numbers] == [f"899900-0{n:02d}" for n in range(1, 23)]
    assert [number for number in numbers if not orgnr.is_valid(number)] == []


@pytest.mark.parametrize("row", EVERY, ids=title)
def test_budget_balances(row: dict[str, Any]) -> None:
    income, cost = row["budget"]["income"], row["budget"]["cost"]
    assert sum(cost.values()) == sum(income.values()) + row["sought_per_year"]


@pytest.mark.parametrize("row", ASSESSED, ids=title)
def test_all_five_judgements_are_written(row: dict[str, Any]) -> None:
    assert set(row["judgements"]) == CRITERIA
    assert {judgement["level"] for judgement in row["judgements"].values()} <= LEVELS
    assert all(judgement["text"].strip() for judgement in row["judgements"].values())
    assert row["reason"].strip()
    assert 0 < len(row["short_reason"]) <= 90
    assert all(condition.startswith("att ") for condition in row["conditions"])


@pytest.mark.parametrize("row", SENT, ids=title)
def test_sent_applications_are_complete(row: dict[str, Any]) -> None:
    answers = row["application"]
    empty = {name for name, answer in answers.items() if answer in ("", None)}
    assert empty <= {"other_funding"}
    assert set(answers["goals"]) <= GOALS
    assert set(row["target_groups"]) <= TARGET_GROUPS
    assert row["target_groups"]


@pytest.mark.parametrize("row", SENT, ids=title)
def test_figures_are_those_of_the_running_text(row: dict[str, Any]) -> None:
    answers = row["application"]
    running = " ".join(strings(answers))
    for name in ("persons_reached", "visits", "volunteers"):
        assert f"{answers[name]:,}".replace(",", "\N{NO-BREAK SPACE}") in running, name


def test_no_application_has_another_ones_words() -> None:
    texts = [
        text
        for row in [*ASSOCIATIONS, *DEVELOPMENT, *SPECIAL]
        for text in strings(row)
        if len(text.split()) > 5
    ]
    assert sorted({text for text in texts if texts.count(text) > 1}) == []


def test_nothing_looks_like_a_personal_identity_number() -> None:
    everything = [
        text
        for path in DATA.rglob("*.json")
        for text in strings(json.loads(path.read_text(encoding="utf-8")))
    ]
    assert [text for text in everything if PERSONNUMMER.search(text)] == []


def test_special_cases_are_on_the_right_associations() -> None:
    assert {row["number"]: row["special"] for row in ASSOCIATIONS if row["special"]} == {
        1: ["protected_address"],
        6: ["chair_changes_amount"],
        8: ["development_application"],
        13: ["conflict_of_interest_member"],
        19: ["missing_report"],
        21: ["unspent_40000"],
        22: ["wrong_committee"],
    }
    assert [row["number"] for row in ASSOCIATIONS if row["protected_address"]] == [1]
    decided = {row["number"]: row["decided_type"] for row in ASSOCIATIONS}
    assert (decided[20], decided[22]) == ("utvecklingsbidrag", None)


def test_development_applications_are_one_of_each_state() -> None:
    assert [(row["association_number"], row["state"], row["granted_per_year"]) for row in DEVELOPMENT] == [
        (8, "ready", 90_000),
        (19, "submitted", None),
        (21, "draft", None),
    ]
