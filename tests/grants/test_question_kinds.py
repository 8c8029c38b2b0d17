"""Questions of every kind: rows, yes or no, dates, and those asked only after a yes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from grants.applying.completeness import budgets_of, tasks
from grants.applying.submission import freeze, submit
from grants.forms.sections import section_form
from grants.models import Application, GrantType, Question, Section
from portal.registry.models import Record
from tests.factories import ApplicationFactory, CallFactory, complete

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Application:
    return ApplicationFactory.create()


@pytest.fixture
def writer(client: Client, draft: Application) -> Client:
    client.force_login(draft.created_by)
    return client


def post(writer: Client, draft: Application, section: Section, **fields: Any) -> Any:
    seen = section_form(Application.objects.get(pk=draft.pk), section).initial["seen"]
    return writer.post(reverse("grants:section", args=[draft.pk, section]), {"seen": seen, **fields})


def goal(n: int, **cells: str) -> dict[str, str]:
    whole = {
        "need": "Unga är ensamma", "goal": "Fler har en vän", "activity": "Öppet hus", "result": "Hälften",
        "measured": "Enkät",
    }  # fmt: skip
    return {f"answer_goal_rows-{n}-{key}": value for key, value in (whole | cells).items()}


def saved(draft: Application, key: str) -> Any:
    return draft.answers.get(key=key).value


def is_done(draft: Application, section: Section) -> bool:
    fresh = Application.objects.get(pk=draft.pk)
    return next(task for task in tasks(fresh) if task.section == section).is_done


def test_rows_are_saved_in_order_and_empty_ones_left_out(writer: Client, draft: Application) -> None:
    empty = goal(1, **dict.fromkeys(("need", "goal", "activity", "result", "measured"), " "))
    post(writer, draft, Section.ACTIVITIES, **goal(0), **empty, **goal(2, goal="Fler i skolan"))

    assert [row["goal"] for row in saved(draft, "goal_rows")] == ["Fler har en vän", "Fler i skolan"]


def test_a_row_is_taken_out_with_its_button_and_the_rest_is_saved(writer: Client, draft: Application) -> None:
    post(writer, draft, Section.ACTIVITIES, **goal(0), **goal(1, goal="Fler i skolan"),
         answer_visits="12", remove_row="answer_goal_rows-0")  # fmt: skip

    assert [row["goal"] for row in saved(draft, "goal_rows")] == ["Fler i skolan"]
    assert saved(draft, "visits") == 12


def test_a_wrong_cell_is_shown_again_with_all_rows(writer: Client, draft: Application) -> None:
    row = {"funder": "Regionen", "kind": "region", "amount": "mycket", "status": "sought"}
    answer = post(writer, draft, Section.ECONOMY, answer_volunteers="3",
                  **{f"answer_funding_rows-0-{key}": value for key, value in row.items()})  # fmt: skip

    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["form"].has_error("answer_funding_rows", "wrong_rows")
    assert 'value="mycket"' in page
    assert re.search(r">\s*Regionen</textarea>", page)
    assert not draft.answers.exists()


def test_a_half_written_row_is_saved_but_the_task_is_not_done(writer: Client, draft: Application) -> None:
    complete(draft)
    draft.answers.filter(key="goal_rows").update(value=[{"goal": "Fler har en vän"}])

    assert not is_done(draft, Section.ACTIVITIES)


def test_more_rows_than_anyone_reads_are_refused(writer: Client, draft: Application) -> None:
    answer = post(writer, draft, Section.ACTIVITIES, **{
        name: value for n in range(41) for name, value in goal(n).items()
    })  # fmt: skip

    assert answer.context["form"].has_error("answer_goal_rows", "too_many_rows")


def test_a_personal_number_in_a_cell_warns(writer: Client, draft: Application) -> None:
    answer = post(writer, draft, Section.ACTIVITIES, **goal(0, need="Ring 811218-9876"))

    assert answer.context["form"].has_error("answer_goal_rows", "personal_number")


def test_no_is_an_answer(writer: Client, draft: Application) -> None:
    post(writer, draft, Section.TARGET, answer_open_to_all="no")

    assert saved(draft, "open_to_all") is False
    page = writer.get(reverse("grants:section", args=[draft.pk, Section.TARGET]))
    assert re.search(r'value="no"[^>]* checked', page.content.decode())


def test_what_depends_on_a_yes_is_neither_needed_nor_sent_after_a_no(
    writer: Client, draft: Application
) -> None:
    complete(draft)
    draft.answers.filter(key="market_activity").delete()
    assert is_done(draft, Section.ECONOMY)

    draft.answers.filter(key="sells_on_market").update(value=True)
    assert not is_done(draft, Section.ECONOMY)

    draft.answers.filter(key="sells_on_market").update(value=False)
    draft.answers.create(key="market_activity", value="Ett kafé")
    sent = submit(draft.pk, draft.created_by)
    content = Record.objects.get(case=sent.case, kind=Record.Kind.APPLICATION).content
    assert content is not None
    assert "market_activity" not in content["answers"]
    assert draft.answers.filter(key="market_activity").exists()


def test_a_project_asks_for_its_days(client: Client) -> None:
    call = CallFactory.create(grant_type=GrantType.UTVECKLINGSBIDRAG, closes_at=None, max_years=1)
    draft = ApplicationFactory.create(call=call)
    client.force_login(draft.created_by)

    wrong = post(client, draft, Section.GRANT, answer_starts_on="i vår")
    assert wrong.context["form"].has_error("answer_starts_on", "invalid")

    post(client, draft, Section.GRANT, answer_starts_on="2027-02-01", answer_ends_on="20271231")
    assert (saved(draft, "starts_on"), saved(draft, "ends_on")) == ("2027-02-01", "2027-12-31")


def test_every_year_applied_for_has_a_budget_that_comes_out_even(writer: Client, draft: Application) -> None:
    complete(draft)
    draft.budget_lines.all().delete()
    sums = {"years": "2", "amount_2027": "100000", "amount_2028": "50000"}
    post(writer, draft, Section.GRANT, title="Öppet hus", answer_continuity="new", **sums)
    answers = {f"answer_{key}": value for key, value in draft.answers_by_key().items()
               if key in ("continued_existence", "volunteers", "volunteer_hours")}  # fmt: skip
    answers |= {"answer_no_debts": "on", "answer_sells_on_market": "no"}

    post(writer, draft, Section.ECONOMY, budget_pay_2027="100000", budget_pay_2028="70000", **answers)
    first, second = budgets_of(Application.objects.get(pk=draft.pk))
    assert (first.balances, second.missing) == (True, 20_000)
    assert not is_done(draft, Section.ECONOMY)

    post(writer, draft, Section.ECONOMY, budget_pay_2027="100000", budget_pay_2028="70000",
         budget_gifts_2028="20000", **answers)  # fmt: skip
    assert is_done(draft, Section.ECONOMY)
    budget = freeze(Application.objects.get(pk=draft.pk))["budget"]
    assert [(line["key"], line["amounts"]) for line in budget] == [
        ("gifts", {2028: 20_000}),
        ("pay", {2027: 100_000, 2028: 70_000}),
    ]


def test_a_section_without_questions_is_not_there(writer: Client, draft: Application) -> None:
    Question.objects.filter(section=Section.RESULTS).delete()

    assert Section.RESULTS not in [task.section for task in tasks(draft)]
    assert writer.get(reverse("grants:section", args=[draft.pk, Section.RESULTS])).status_code == 404


def test_rows_read_as_words(draft: Application) -> None:
    question = draft.call.questions.get(key="funding_rows")

    words = question.in_words(
        [{"funder": "Region Skåne", "kind": "region", "amount": 20000, "status": "granted"}]
    )

    assert words == "Hos vem: Region Skåne; Vilken sort: Region; Summa: 20\u00a0000\u00a0kr; Besked: Beviljat"
