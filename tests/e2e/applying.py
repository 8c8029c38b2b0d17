"""The association's steps, from registering to the receipt, as one page after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grants.models import Call, Question, Section
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import PDF, answer_for

NUMBER = "802002-8711"
NAME = "Föreningen Fyren"
TITLE = "Öppet hus för unga"
ANSWER = "Vi möter unga varje vecka och ser att de blir färre ensamma."


def register(person: Person, email: str) -> None:
    """Fill in and send the form of a new association."""
    person.fill(
        organisation_number=NUMBER,
        name=NAME,
        email=email,
        street="Storgatan 1",
        postcode="25220",
        city="Helsingborg",
    )
    person.press(say("Register the association"))


def answers(call: Call, section: Section) -> dict[str, Any]:
    """The answers to the call's own questions in a section, by field name."""
    found = {}
    for question in call.questions.filter(section=section):
        given = ANSWER if question.kind == Question.Kind.LONG_TEXT else answer_for(question)
        found[f"answer_{question.key}"] = given
    return found


def own_fields(call: Call, section: Section, sums: list[int]) -> dict[str, Any]:
    """What a section asks besides the questions; the budget comes out even."""
    if section == Section.GRANT:
        years = {f"amount_{year}": str(amount) for year, amount in zip(call.years, sums, strict=False)}
        return {"title": TITLE, **({"years": str(len(sums))} if call.max_years > 1 else {}), **years}
    if section == Section.TARGET:
        return {"child_share": "80"}
    if section == Section.ECONOMY:
        return {"budget_gifts": "20 000", "budget_pay": str(sums[0]), "budget_premises": "20000"}
    return {}


def fill_section(person: Person, call: Call, section: Section, sums: list[int]) -> None:
    person.fill(**own_fields(call, section, sums), **answers(call, section))


def attach(person: Person, folder: Path, name: str = "stadgar.pdf", content: bytes = PDF) -> None:
    """Choose a file and press the button that attaches it."""
    path = folder / name
    path.write_bytes(content)
    person.fill(kind="stadgar", file=path)
    person.press(say("Attach the file"))
