"""The demo's written material: what the associations applied for, and what the officers wrote."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Story:
    """One application with its assessment: `facts` as in the data files, by their keys."""

    facts: dict[str, Any]

    def answers(self, first_year: int) -> dict[str, Any]:
        """Question key → answer, for the standard form of a call whose grants begin in `first_year`."""
        standing = {
            "target_groups": self.facts["target_groups"],
            "primary_group": self.facts["target_groups"][0],
            "no_debts": True,
            "sells_on_market": False,
        }
        own = {key: answer for key, answer in self.facts["application"].items() if key != "title"}
        return standing | {key: _dated(answer, first_year) for key, answer in own.items()}

    def amounts(self, first_year: int, key: str) -> dict[int, int]:
        """Whole kronor by year from `sought_per_year` or `granted_per_year`; no years for a no."""
        amount = self.facts[key]
        return {first_year + n: amount for n in range(self.facts["years"])} if amount else {}


def _dated(answer: Any, first_year: int) -> Any:
    """Rows that say how many years before the application they are about, with that year instead."""
    if not (isinstance(answer, list) and any(isinstance(row, dict) for row in answer)):
        return answer
    return [
        {"year": first_year - 1 - row["years_ago"]}
        | {column: value for column, value in row.items() if column != "years_ago"}
        if "years_ago" in row
        else row
        for row in answer
    ]


def round_stories() -> list[Story]:
    """The 22 applications of the round, in their order."""
    files = sorted((DATA / "associations").glob("*.json"))
    return [Story(json.loads(file.read_text(encoding="utf-8"))) for file in files]


def development_stories() -> list[Story]:
    """Development grants by associations of the round: ready, submitted and draft."""
    applications = json.loads((DATA / "development.json").read_text(encoding="utf-8"))["applications"]
    return [story_of(facts) for facts in applications]


def story_of(facts: dict[str, Any]) -> Story:
    """Another application of an association of the round: its own facts over the association's."""
    return Story(_by_number()[facts["association_number"]] | facts)


@cache
def _by_number() -> dict[int, dict[str, Any]]:
    return {story.facts["number"]: story.facts for story in round_stories()}


def slug(story: Story) -> str:
    """The association's name as its web address has it: kvinnojouren-sundet."""
    return str(story.facts["website"]).removeprefix("https://").removesuffix(".example.org")
