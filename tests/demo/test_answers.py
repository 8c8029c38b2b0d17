"""The demo's answers are ones that the form takes: each goes through the field that people fill in."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation

from grants.calls.standard_form import library
from grants.forms.fields import field_for
from grants.models import Question, QuestionKind
from portal.demo.special import special_stories
from portal.demo.texts import Story, development_stories, round_stories

FIRST_YEAR = 2027
QUESTIONS = {row["key"]: Question(**row) for row in library()}
ROUND = round_stories()
DEVELOPMENT = development_stories()
SPECIAL = [*special_stories("completed"), *special_stories("signed_once")]
STORIES = [*ROUND, *DEVELOPMENT, *SPECIAL]
SENT = [*ROUND, *SPECIAL, *(story for story in DEVELOPMENT if story.facts["state"] != "draft")]
#: Kind of funder → where its money stands in the budget.
HEADING_OF = {"city": "city_other", "region": "region", "state": "state", "foundation": "foundations"}


def title(story: Story) -> str:
    return str(story.facts["application"]["title"])


def posted(name: str, question: Question, answer: Any) -> QueryDict:
    """What a browser would post for an answer."""
    data = QueryDict(mutable=True)
    if question.kind == QuestionKind.ROWS:
        for n, row in enumerate(answer or []):
            for key, value in row.items():
                data[f"{name}-{n}-{key}"] = str(value)
    elif question.kind == QuestionKind.SOME_OF:
        data.setlist(name, answer)
    elif question.kind == QuestionKind.YES_NO:
        data[name] = "yes" if answer else "no"
    elif answer is not None:
        data[name] = str(answer)
    return data


@pytest.mark.parametrize("story", STORIES, ids=title)
def test_the_form_takes_every_answer_as_it_stands(story: Story) -> None:
    answers = story.answers(FIRST_YEAR)
    assert set(answers) - set(QUESTIONS) == set()
    with translation.override("sv"):
        for key, answer in answers.items():
            form = forms.Form()
            form.fields[key] = field_for(QUESTIONS[key])
            form.is_bound, form.data = True, posted(key, QUESTIONS[key], answer)
            assert form.is_valid(), (key, form.errors)
            assert (form.cleaned_data[key] or None) == (answer or None), key


@pytest.mark.parametrize("story", SENT, ids=title)
def test_goals_and_ages_are_whole(story: Story) -> None:
    answers = story.answers(FIRST_YEAR)
    for key in ("goal_rows", "cooperation_rows", "staff_rows", "funding_rows", "result_rows"):
        if answers.get(key):
            assert QUESTIONS[key].is_answered(answers[key]), key
    assert 1 <= len(answers["goal_rows"]) <= 3
    assert answers["ages"]
    assert answers["districts"]


@pytest.mark.parametrize("story", SENT, ids=title)
def test_other_funding_is_that_of_the_budget(story: Story) -> None:
    rows = story.answers(FIRST_YEAR).get("funding_rows", [])
    income = story.facts["budget"]["income"]
    told = {
        heading: sum(row["amount"] for row in rows if row["kind"] == kind and row["status"] != "refused")
        for kind, heading in HEADING_OF.items()
    }
    assert told == {heading: income[heading] for heading in HEADING_OF.values()}


def test_results_are_told_by_those_who_had_a_grant() -> None:
    told = {story.facts["number"] for story in ROUND if story.answers(FIRST_YEAR).get("result_rows")}
    had = {story.facts["number"] for story in ROUND if story.facts["previous_year_amount"]}
    missing = {story.facts["number"] for story in ROUND if "missing_report" in story.facts["special"]}
    assert told == had - missing


def test_forty_thousand_kronor_are_left_once() -> None:
    unspent = {
        story.facts["number"]: sum(row.get("unspent", 0) for row in story.answers(FIRST_YEAR)["result_rows"])
        for story in ROUND
        if "result_rows" in story.answers(FIRST_YEAR)
    }
    assert {number: sum_ for number, sum_ in unspent.items() if sum_} == {21: 40_000}


def test_who_sells_on_a_market_says_what() -> None:
    for story in STORIES:
        answers = story.answers(FIRST_YEAR)
        assert answers["sells_on_market"] == bool(answers.get("market_activity")), title(story)
