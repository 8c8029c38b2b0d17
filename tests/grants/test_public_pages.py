"""What everybody reads before signing in: the call with all it asks, and the short triage."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from grants.applying.submission import submit
from grants.calls import call_editing
from grants.calls.call_copying import copy_call
from grants.calls.programmes import install_programmes
from grants.calls.triage import ACTIVITY, FOR_WHOM, HOW, WHEN, WHO, advise, path
from grants.models import BudgetHeading, Call, CallCondition, GrantType, Question, ReportDate
from portal.people.models import Role
from portal.registry.models import Record
from tests.factories import ApplicationFactory, CallFactory, complete, staff

pytestmark = pytest.mark.django_db


def read(client: Client, call: Call, language: str = "sv") -> str:
    client.cookies["django_language"] = language
    return client.get(reverse("grants:call", args=[call.pk])).content.decode()


def test_all_that_a_call_asks_is_read_before_signing_in(client: Client) -> None:
    call = CallFactory.create(late_rule="judged")
    CallCondition.objects.create(call=call, key="a", position=1, text_sv="Ett villkor", text_en="A condition")
    ReportDate.objects.create(
        call=call, key="r", position=1, what_sv="Årsredovisning", what_en="Report", day=date(2028, 3, 31)
    )
    Question.objects.create(
        call=call, key="rader", section="need", kind="rows", position=900, label_sv="Rader här",
        label_en="Rows here", columns=[{"key": "a", "kind": "short_text", "sv": "Spalten", "en": "Column"}],
    )  # fmt: skip
    page = read(client, call)
    for question in call.questions.all():
        assert question.label_sv in page.replace("&#x27;", "'"), question.key
    for heading in call.budget_headings.all():
        assert heading.label_sv in page, heading.key
    for asked in call.asked_papers.select_related("type"):
        assert asked.type.name_sv in page
    for text in ("Ett villkor", "Årsredovisning", "31 mars 2028", "Spalten"):
        assert text in page
    # The committee's five questions, in its own words.
    assert "Hur kompletterar verksamheten socialnämndens arbete?" in page
    assert "Hur har verksamheten säkrat sin fortlevnad utifrån ett ekonomiskt perspektiv?" in page

    english = read(client, call, "en")
    assert "A condition" in english
    assert "Column" in english


def test_the_call_is_told_in_the_readers_language_as_far_as_there_is_one(client: Client) -> None:
    call = CallFactory.create(title_en="Operating grant 2027", intro="Bara svenska")
    english = read(client, call, "en")
    assert "Operating grant 2027" in english
    assert "Bara svenska" in english
    assert "Operating grant 2027" not in read(client, call)


def test_why_a_call_was_prolonged_is_public_and_the_rest_of_its_history_is_not(client: Client) -> None:
    call = CallFactory.create()
    assert call.closes_at is not None
    officer = staff(Role.CASE_OFFICER, display_name="Handläggare Hemlig")
    call_editing.prolong(call.pk, call.closes_at + timedelta(days=3), "Driftstopp den 3 maj", officer)
    page = read(client, call)
    assert "Driftstopp den 3 maj" in page
    assert "Handläggare Hemlig" not in page


def test_a_call_page_asks_as_often_however_long_the_form_is(client: Client) -> None:
    call = CallFactory.create()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(client, call)
        return len(captured)

    read(client, call)
    few = queries()
    Question.objects.bulk_create(
        Question(
            call=call, key=f"q{n}", section="need", kind="long_text", label_sv="?", label_en="?",
            position=500 + n,
        )
        for n in range(40)
    )  # fmt: skip
    BudgetHeading.objects.bulk_create(
        BudgetHeading(call=call, key=f"h{n}", side="cost", label_sv="?", label_en="?", position=500 + n)
        for n in range(40)
    )
    assert queries() == few


def test_the_conditions_are_accepted_by_signing_and_frozen_with_the_application(client: Client) -> None:
    draft = complete(ApplicationFactory.create())
    CallCondition.objects.create(
        call=draft.call, key="a", position=1, text_sv="Vi visar stadens logga", text_en="Logo"
    )
    client.force_login(draft.created_by)
    assert "Vi visar stadens logga" in client.get(reverse("grants:check", args=[draft.pk])).content.decode()
    submit(draft.pk, draft.created_by)
    content = Record.objects.get(kind=Record.Kind.APPLICATION).content
    assert content is not None
    assert content["call_conditions"] == ["Vi visar stadens logga"]


def test_the_formal_check_list_is_copied_as_officers_changed_it() -> None:
    source = CallFactory.create()
    source.formal_checks.exclude(key="in_time").delete()
    source.formal_checks.update(text_sv="Vår egen punkt")
    copy = copy_call(source, staff(Role.CASE_OFFICER))
    assert [row.text_sv for row in copy.formal_checks.all()] == ["Vår egen punkt"]


# --- Triage ------------------------------------------------------------------------------------
STEPS = (WHO, FOR_WHOM, HOW, ACTIVITY, WHEN)

#: Who, for whom, how, activity, when → the grant advised, and whether it is a matter for this committee.
TABLE: list[tuple[str, GrantType | None, bool]] = [
    ("privat - - - -", None, False),
    ("foretag - - - -", None, False),
    ("forening aldre - - -", None, False),
    ("forening mangfald - - -", None, False),
    ("forening fritid - - -", None, False),
    ("forening socialt salja - -", None, False),
    ("forening socialt tillsammans - -", None, True),
    ("forening socialt sjalva ny i-ar", GrantType.UTVECKLINGSBIDRAG, True),
    ("forening socialt sjalva ny senare", GrantType.UTVECKLINGSBIDRAG, True),
    ("forening socialt sjalva etablerad i-ar", GrantType.VERKSAMHETSBIDRAG, True),
    ("forening socialt sjalva etablerad senare", GrantType.VERKSAMHETSBIDRAG, True),
    ("grupp socialt sjalva ny i-ar", GrantType.UTVECKLINGSBIDRAG, True),
]


def answers_of(words: str) -> dict[str, str]:
    return {step.name: code for step, code in zip(STEPS, words.split(), strict=True) if code != "-"}


@pytest.mark.parametrize(("words", "grant", "is_here"), TABLE)
def test_answers_lead_to_advice_with_reasons_and_next_steps(
    words: str, grant: GrantType | None, is_here: bool
) -> None:
    advice = advise(answers_of(words))
    assert advice is not None
    assert (advice.grant, advice.is_here) == (grant, is_here)
    assert advice.reasons
    assert advice.next_steps


def test_every_way_through_ends_in_advice() -> None:
    for codes in product(*([choice.code for choice in step.choices] for step in STEPS)):
        answers = {step.name: code for step, code in zip(STEPS, codes, strict=True)}
        assert advise(answers) is not None, answers
        assert all(choice is not None for _step, choice in path(answers))


def test_a_group_is_told_of_the_guarantor_and_who_needs_money_now_of_the_year_before() -> None:
    with translation.override("en"):
        group = advise(answers_of("grupp socialt sjalva ny i-ar"))
        late = advise(answers_of("forening socialt sjalva etablerad i-ar"))
        early = advise(answers_of("forening socialt sjalva etablerad senare"))
    assert group is not None
    assert late is not None
    assert early is not None
    assert any("guarantor" in text for text in group.also)
    assert len(late.also) == len(early.also) + 1


@pytest.mark.parametrize(
    "query",
    ["", "?vem=nagot", "?vem=forening&malgrupp=", "?vem=forening&malgrupp=socialt&hur=%00", "?nar=i-ar"],
)
def test_what_is_no_answer_asks_again(client: Client, query: str) -> None:
    page = client.get(reverse("grants:triage") + query)
    assert page.status_code == 200
    assert page.context["advice"] is None


def test_going_on_without_an_answer_says_what_to_do(client: Client) -> None:
    assert "data-error-summary" in client.get(reverse("grants:triage") + "?steg=vem").content.decode()
    assert "data-error-summary" not in client.get(reverse("grants:triage")).content.decode()


def test_answers_stand_in_the_address_and_can_be_changed(client: Client) -> None:
    page = client.get(reverse("grants:triage"), {"vem": "forening", "malgrupp": "socialt"})
    assert [row["change_url"] for row in page.context["rows"]] == [
        reverse("grants:triage"), reverse("grants:triage") + "?vem=forening",
    ]  # fmt: skip
    assert page.context["step"] == HOW


def test_advice_shows_the_grants_calls_and_never_blocks(client: Client) -> None:
    operating = CallFactory.create()
    development = CallFactory.create(grant_type=GrantType.UTVECKLINGSBIDRAG, closes_at=None)
    CallFactory.create(published=False)

    def calls(words: str) -> set[Call]:
        return set(client.get(reverse("grants:triage"), answers_of(words)).context["calls"])

    assert calls("forening socialt sjalva etablerad senare") == {operating}
    assert calls("forening socialt sjalva ny i-ar") == {development}
    assert calls("privat - - - -") == {operating, development}


def test_who_comes_outside_the_window_is_told_when_it_opens(client: Client) -> None:
    now = timezone.now()
    call = CallFactory.create(opens_at=now - timedelta(days=90), closes_at=now - timedelta(days=30))
    install_programmes(call.authority)
    given: dict[str, Any] = answers_of("forening socialt sjalva etablerad senare")
    page = client.get(reverse("grants:triage"), given)
    assert page.context["calls"] == []
    assert page.context["window"].opens_at.month in (3, 4)  # 1 April in Stockholm


def test_the_start_page_leads_to_triage_and_shows_whom_to_talk_to(client: Client) -> None:
    install_programmes(CallFactory.create().authority)
    page = client.get("/").content.decode()
    assert reverse("grants:triage") in page
    assert "Stadens kontaktcenter" in page
