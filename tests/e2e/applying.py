"""The association's steps, from signing up to the receipt, as one page after the other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from grants.applying.completeness import sections_of
from grants.models import Call, Question, QuestionKind, Section
from tests.documents.reading import page_texts
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import PASSWORD, PDF, answer_for

EMAIL = "ordforande@fyren.example.org"
NUMBER = "802002-8711"
NAME = "Föreningen Fyren"
TITLE = "Öppet hus för unga"
ANSWER = "Vi möter unga varje vecka och ser att de blir färre ensamma."


def register(person: Person) -> None:
    """Fill in and send the form of a new association."""
    person.fill(
        organisation_number=NUMBER,
        name=NAME,
        email=EMAIL,
        street="Storgatan 1",
        postcode="25220",
        city="Helsingborg",
    )
    person.press(say("Register the association"))


def answers(call: Call, section: Section) -> dict[str, Any]:
    """The answers to the call's own questions in a section, by field name."""
    found: dict[str, Any] = {}
    for question in call.questions.filter(section=section):
        given = ANSWER if question.kind == QuestionKind.LONG_TEXT else answer_for(question)
        if question.is_asked({}):
            found |= fields_of(question, given)
    return found


def fields_of(question: Question, answer: Any) -> dict[str, Any]:
    """An answer as the fields of its form."""
    name = f"answer_{question.key}"
    if question.kind == QuestionKind.ROWS:
        cells = [(n, key, value) for n, row in enumerate(answer) for key, value in row.items()]
        return {f"{name}-{n}-{key}": value for n, key, value in cells}
    if question.kind == QuestionKind.YES_NO:
        return {name: "yes" if answer else "no"}
    return {name: answer}


def own_fields(call: Call, section: Section, sums: list[int]) -> dict[str, Any]:
    """What a section asks besides the questions; the budget comes out even."""
    if section == Section.GRANT:
        years = {f"amount_{year}": str(amount) for year, amount in zip(call.years, sums, strict=False)}
        return {"title": TITLE, **({"years": str(len(sums))} if call.max_years > 1 else {}), **years}
    if section == Section.TARGET:
        return {"child_share": "80"}
    if section == Section.ECONOMY:
        lines = {}
        for year, amount in zip(call.years, sums, strict=False):
            lines[f"budget_gifts_{year}"] = "20 000"
            lines[f"budget_pay_{year}"] = str(amount)
            lines[f"budget_premises_{year}"] = "20000"
        return lines
    return {}


def fill_section(person: Person, call: Call, section: Section, sums: list[int]) -> None:
    person.fill(**own_fields(call, section, sums), **answers(call, section))


def attach(person: Person, folder: Path, name: str = "stadgar.pdf", content: bytes = PDF) -> None:
    """Choose a file and press the button that attaches it."""
    path = folder / name
    path.write_bytes(content)
    person.fill(kind="stadgar", file=path)
    person.press(say("Attach the file"))


def sign_up(person: Person, call: Call) -> None:
    """From the start page by way of the call to an application of one's own."""
    person.open("/")
    person.follow(call.title)
    person.follow(say("Start an application"))
    person.follow(say("Create an account"))
    person.fill(email=EMAIL, password1=PASSWORD)
    person.press_in_form(say("Create an account"))
    person.sees(say("Register an association"))
    register(person)
    person.sees(say("%(name)s is registered. You manage it and sign for it.", name=NAME))
    person.press(say("Start the application"))
    person.sees(say("Not sent"))


def write(person: Person, call: Call, folder: Path, sums: list[int]) -> None:
    """Fill in all tasks: leaves half way and comes back, and mends a budget that does not come out even."""
    person.follow(str(Section.GRANT.label))
    fill_section(person, call, Section.GRANT, sums)
    person.press(say("Save and continue"))
    person.fill(answer_need=ANSWER)
    person.press(say("Save"))
    person.sign_out()
    person.sign_in(EMAIL)
    person.follow(say("Our applications"))
    person.follow(TITLE)
    person.follow(str(Section.NEED.label))
    assert person.has_written("answer_need") == ANSWER

    for section in sections_of(call)[1:-1]:
        fill_section(person, call, section, sums)
        if section == Section.ECONOMY:
            budget = f"budget_premises_{call.first_year}"
            person.fill(**{budget: "35 000"})
            assert "−15 000 kr" in person.reads(), "the balance is counted while one writes"
            person.press(say("Save"))
            person.sees(
                say(
                    "As saved: the costs are %(sum)s larger than the income. "
                    "Write where the rest comes from, or lower the costs.",
                    sum="15 000 kr",
                )
            )
            person.fill(**{budget: "20 000"})
        person.press(say("Save and continue"))
    attach(person, folder)
    person.sees("stadgar.pdf")


def confirm_conditions(person: Person) -> None:
    """From the check page to the city's conditions and back, the first time an association applies."""
    person.follow(say("The city's democracy conditions"))
    person.press(say("Confirm the conditions"))
    person.sees(say("Tick the box if the association follows the conditions."))
    person.fill(confirmed=True)
    person.press(say("Confirm the conditions"))
    person.follow(say("Check and send"))


def send(person: Person) -> str:
    """Check the answers, sign and send; returns the registry number."""
    person.press(say("Save and continue"))
    person.sees(ANSWER)
    confirm_conditions(person)
    person.press(say("Sign and send"))
    person.sees(say("Tick the box if you sign for the association."))
    person.fill(signed=True)
    person.press(say("Sign and send"))
    person.sees(say("We have received your application"))
    number = person.page.locator(".registry-number").inner_text()
    assert re.fullmatch(r"\d{5}/\d{4}", number)
    return number


def receipt_of(person: Person, number: str) -> str:
    """The text of the receipt, whose link comes by itself to the page that is open."""
    text = " ".join(page_texts(person.downloads(say("Receipt"))))
    assert number in text
    return text
