"""The officers' pages about a call's questions, papers and budget lines, and the preview of its form."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grants.applying.completeness import sections_of
from grants.models import Answer, Application, BudgetLine, Call, PaperType, Question, Section
from portal.people.models import Role
from tests.factories import CallFactory, sent_application, staff
from tests.grants.test_call_pages import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(staff(Role.CASE_OFFICER))
    return client


@pytest.fixture
def call() -> Call:
    return CallFactory.create(published=False)


def page(name: str, call: Call, *more: Any) -> str:
    return reverse(f"grants:{name}", args=[call.pk, *more])


def worded(**changes: Any) -> dict[str, Any]:
    return {
        "section": "need", "kind": "long_text", "label_sv": "Vad är nytt?", "label_en": "What is new?",
        "help_sv": "", "help_en": "", "required": "on", "max_words": "100", "depends_on": "", "seen": "1",
    } | changes  # fmt: skip


def test_a_question_is_added_last_in_its_section_under_a_key_of_its_own(officer: Client, call: Call) -> None:
    response = officer.post(page("new-question", call), worded())
    made = call.questions.get(key="vad_ar_nytt")
    assert response.headers["Location"] == page("call-questions", call) + "#vad_ar_nytt"
    assert call.questions.filter(section="need").last() == made
    assert (made.max_words, made.required, made.kind) == (100, True, "long_text")


def test_a_question_with_answers_to_choose_leads_on_to_them(officer: Client, call: Call) -> None:
    response = officer.post(page("new-question", call), worded(kind="one_of", max_words=""))
    options = page("call-options", call, "vad_ar_nytt")
    assert response.headers["Location"] == options
    given = rows([{"sv": "Ja, helt", "en": "Yes, wholly"}, {"sv": "Delvis", "en": "Partly"}], seen="2")
    assert officer.post(options, given).status_code == 302
    assert call.questions.get(key="vad_ar_nytt").options == [
        {"code": "ja_helt", "sv": "Ja, helt", "en": "Yes, wholly"},
        {"code": "delvis", "sv": "Delvis", "en": "Partly"},
    ]


def test_a_question_with_rows_gets_columns_and_their_answers(officer: Client, call: Call) -> None:
    response = officer.post(page("new-question", call), worded(kind="rows", max_words=""))
    columns = page("call-columns", call, "vad_ar_nytt")
    assert response.headers["Location"] == columns
    given = [
        {"sv": "Aktivitet", "en": "Activity", "kind": "short_text", "required": "on"},
        {"sv": "Hur ofta", "en": "How often", "kind": "one_of"},
    ]
    assert officer.post(columns, rows(given, seen="2")).status_code == 302
    answers = page("call-column-options", call, "vad_ar_nytt", "hur_ofta")
    assert officer.post(answers, rows([{"sv": "Ofta", "en": "Often"}], seen="3")).status_code == 302

    made = call.questions.get(key="vad_ar_nytt")
    assert [(column.key, column.kind, column.required) for column in made.row_columns] == [
        ("aktivitet", "short_text", True), ("hur_ofta", "one_of", False),
    ]  # fmt: skip
    assert made.row_columns[1].choices == [("ofta", "Ofta")]
    # Renaming a column keeps its answers and its kind.
    renamed = [
        {"key": "hur_ofta", "sv": "När", "en": "When", "kind": "number"},
        {"key": "aktivitet", "sv": "Aktivitet", "en": "Activity", "kind": "short_text"},
    ]
    officer.post(columns, rows(renamed, initial=2, seen="4"))
    after = call.questions.get(key="vad_ar_nytt").row_columns
    assert {column.key: column.kind for column in after} == {"hur_ofta": "one_of", "aktivitet": "short_text"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"label_sv": ""}, "label_sv"),
        ({"label_en": ""}, "label_en"),
        ({"kind": "number"}, "max_words"),
        ({"max_words": "100000"}, "max_words"),
        ({"depends_on": "finns_inte"}, "depends_on"),
        ({"depends_on": "ja_eller_nej"}, "depends_on"),
        ({"section": "annan"}, "section"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(
    officer: Client, call: Call, change: dict[str, str], field: str
) -> None:
    Question.objects.create(
        call=call, key="ja_eller_nej", section="target", kind="yes_no", label_sv="?", label_en="?",
        position=900,
    )  # fmt: skip
    response = officer.post(page("new-question", call), worded(help_sv="Skriv kort.") | change)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "Skriv kort." in response.content.decode()


def test_a_question_keeps_its_key_and_kind_when_reworded(officer: Client, call: Call) -> None:
    before = call.questions.get(key="need")
    officer.post(page("call-question", call, "need"), worded(kind="number", key="annan"))
    after = call.questions.get(pk=before.pk)
    assert (after.key, after.kind, after.position) == ("need", before.kind, before.position)
    assert after.label_sv == "Vad är nytt?"


def test_who_opened_the_question_before_a_colleague_saved_overwrites_nothing(
    officer: Client, call: Call
) -> None:
    officer.post(page("call-question", call, "need"), worded(label_sv="Först"))
    late = officer.post(page("call-question", call, "need"), worded(label_sv="Sedan"))
    assert late.status_code == 422
    assert "Sedan" in late.content.decode()
    assert call.questions.get(key="need").label_sv == "Först"
    assert (
        officer.post(page("call-question", call, "need"), worded(label_sv="Sedan", seen="2")).status_code
        == 302
    )


def test_questions_are_moved_removed_and_fetched_from_the_library(officer: Client, call: Call) -> None:
    address = page("call-questions", call)
    first, second = call.questions.filter(section="need").values_list("key", flat=True)[:2]
    officer.post(address, {"down": first})
    assert list(call.questions.filter(section="need").values_list("key", flat=True)[:2]) == [second, first]
    officer.post(address, {"remove": "need"})
    assert not call.questions.filter(key="need").exists()
    assert "need" in [question.key for question in officer.get(address).context["library"]]
    officer.post(address, {"fetch": "need"})
    assert call.questions.get(key="need").label_sv
    assert officer.post(address, {"fetch": "finns_inte"}).status_code == 404


def test_a_question_that_another_depends_on_stays(officer: Client, call: Call) -> None:
    for n, (key, kind, on) in enumerate([("ja", "yes_no", ""), ("mer", "long_text", "ja")]):
        Question.objects.create(
            call=call, key=key, section="need", kind=kind, depends_on=on, label_sv=key, label_en=key,
            position=900 + n,
        )  # fmt: skip
    officer.post(page("call-questions", call), {"remove": "ja"})
    assert call.questions.filter(key="ja").exists()


@pytest.mark.rule(9)
def test_all_pages_of_a_frozen_form_are_read_only(officer: Client) -> None:
    call = sent_application().call
    before = list(call.questions.values()), list(call.budget_headings.values())
    officer.post(page("call-questions", call), {"remove": "need"})
    officer.post(page("call-questions", call), {"down": "need"})
    for name, *more in (("call-question", "need"), ("new-question",), ("call-options", "target_groups")):
        officer.post(page(name, call, *more), worded() | rows([{"sv": "A", "en": "B"}]))
    heading = rows([{"side": "cost", "label_sv": "Ny", "label_en": "New"}])
    assert officer.post(page("call-headings", call), heading).status_code == 422
    assert officer.post(page("call-papers", call), rows([])).status_code == 422
    assert (list(call.questions.values()), list(call.budget_headings.values())) == before
    assert 'name="up"' not in officer.get(page("call-questions", call)).content.decode()


def test_budget_lines_are_written_in_order(officer: Client, call: Call) -> None:
    first = call.budget_headings.first()
    assert first is not None
    given = [
        {"side": "cost", "label_sv": "Språkstöd", "label_en": "Language support", "ORDER": "1"},
        {"key": first.key, "side": first.side, "label_sv": "Annat", "label_en": "Other", "ORDER": "2"},
    ]
    assert officer.post(page("call-headings", call), rows(given)).status_code == 302
    assert [(row.key, row.label_sv) for row in call.budget_headings.all()] == [
        ("sprakstod", "Språkstöd"), (first.key, "Annat"),
    ]  # fmt: skip


def test_asked_papers_are_written_and_the_same_is_not_asked_twice(officer: Client, call: Call) -> None:
    statutes, minutes = PaperType.objects.all()[:2]
    call.asked_papers.all().delete()
    address = page("call-papers", call)
    one = {"type": statutes.pk, "required": "on", "later_days": "60", "year_offset": "-2"}
    assert officer.post(address, rows([one, one])).status_code == 422
    assert officer.post(address, rows([one | {"instead": statutes.pk}])).status_code == 422
    assert officer.post(address, rows([one, one | {"type": minutes.pk, "required": ""}])).status_code == 302
    asked = list(call.asked_papers.all())
    assert [(row.type, row.required, row.year_offset) for row in asked] == [
        (statutes, True, -2), (minutes, False, -2),
    ]  # fmt: skip
    # Two that change places are still one of each.
    swapped = [
        one | {"key": asked[0].pk, "type": minutes.pk}, one | {"key": asked[1].pk, "type": statutes.pk},
    ]  # fmt: skip
    assert officer.post(address, rows(swapped, initial=2, seen="2")).status_code == 302
    assert [row.type for row in call.asked_papers.all()] == [minutes, statutes]


@pytest.mark.parametrize("section", list(Section))
def test_the_preview_is_the_applicants_own_form_and_saves_nothing(
    officer: Client, call: Call, section: Section
) -> None:
    if section not in sections_of(call):
        assert officer.get(page("call-preview", call, section)).status_code == 404
        return
    shown = officer.get(page("call-preview", call, section))
    form = shown.context["form"]
    asked = [f"answer_{row.key}" for row in call.questions.filter(section=section)]
    assert [name for name in form.fields if name.startswith("answer_")] == asked
    assert 'name="go" value="next"' not in shown.content.decode()
    assert officer.post(page("call-preview", call, section), {"title": "Prov"}).status_code == 302
    assert (Application.objects.count(), Answer.objects.count(), BudgetLine.objects.count()) == (0, 0, 0)


def test_a_page_of_many_questions_asks_as_often_as_of_few(officer: Client, call: Call) -> None:
    def queries() -> int:
        officer.get(page("call-questions", call))
        with CaptureQueriesContext(connection) as captured:
            officer.get(page("call-questions", call))
        return len(captured)

    few = queries()
    Question.objects.bulk_create(
        Question(
            call=call, key=f"q{n}", section="need", kind="long_text", label_sv="?", label_en="?",
            position=500 + n,
        )
        for n in range(60)
    )  # fmt: skip
    assert queries() == few
