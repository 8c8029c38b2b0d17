"""Is IOP right? A joint test with versioned answers that ends in advice with reasons, never in a lock."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from iop import advising, lists_file
from iop.models import Advice, AdviceText, Agreement, Reply, SuitabilityQuestion
from iop.writing import Conflict, Refused
from portal.registry.models import declare
from tests.committee.building import signed_in
from tests.iop.building import Partnership, partnership

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Partnership:
    lists_file.install_shipped()
    made = partnership()
    declare(made.agreement.case, made.of_unit, has_conflict=False)
    return made


def answer(made: Partnership, key: str, reply: str, text: str = "", version: int = 0) -> None:
    question = SuitabilityQuestion.objects.get(key=key)
    advising.save_answer(made.agreement, question, reply, text, version, made.of_association)


def answer_all(made: Partnership, **otherwise: str) -> None:
    for question in SuitabilityQuestion.objects.active():
        speaking_for_iop = Reply.YES if question.yes_speaks_for == Advice.IOP else Reply.NO
        answer(made, question.key, otherwise.get(question.key, speaking_for_iop))


def test_the_shipped_questions_follow_the_guidelines_in_both_languages() -> None:
    lists_file.install_shipped()
    keys = [row.key for row in SuitabilityQuestion.objects.active()]
    assert keys == [
        "initiativ", "behov", "sjalvgaende", "marknad", "bestalld_tjanst", "alla_bidrar", "budget_over_tid",
        "utrymme", "tillit",
    ]  # fmt: skip
    for row in SuitabilityQuestion.objects.all():
        assert all((row.text_sv, row.text_en, row.help_sv, row.help_en, row.why_yes_sv, row.why_no_en))


def test_unanswered_it_advises_to_go_on_talking(made: Partnership) -> None:
    counsel = advising.counsel(made.agreement)
    assert (counsel.advice, counsel.answered, counsel.asked) == (Advice.TALK, 0, 9)


@pytest.mark.parametrize(
    ("otherwise", "expected"),
    [
        ({}, Advice.IOP),
        ({"marknad": Reply.YES}, Advice.PROCUREMENT),
        ({"bestalld_tjanst": Reply.YES, "budget_over_tid": Reply.NO}, Advice.PROCUREMENT),
        ({"initiativ": Reply.NO}, Advice.PROCUREMENT),
        ({"budget_over_tid": Reply.NO}, Advice.WAIT),
        ({"utrymme": Reply.NO, "sjalvgaende": Reply.YES}, Advice.WAIT),
        ({"sjalvgaende": Reply.YES}, Advice.GRANT),
        ({"tillit": Reply.NO}, Advice.TALK),
        ({"behov": Reply.UNSURE}, Advice.TALK),
    ],
)
def test_what_answers_speak_for(made: Partnership, otherwise: dict[str, str], expected: str) -> None:
    answer_all(made, **otherwise)
    counsel = advising.counsel(Agreement.objects.get(pk=made.agreement.pk))
    assert counsel.advice == expected
    assert counsel.is_whole
    assert all(counsel.reasons)
    assert len(counsel.reasons) + len(counsel.otherwise) == 9


def test_advice_against_iop_stops_nothing(made: Partnership) -> None:
    answer_all(made, marknad=Reply.YES)
    answer(made, "behov", Reply.NO, "Vi vill ändå prova.", version=1)
    assert made.agreement.suitability_answers.get(question__key="behov").reply == Reply.NO


def test_the_last_writer_and_their_party_are_named(made: Partnership) -> None:
    answer(made, "behov", Reply.YES, "Vi ser det varje vecka.")
    question = SuitabilityQuestion.objects.get(key="behov")
    advising.save_answer(made.agreement, question, Reply.YES, "Vi med.", 1, made.of_unit)
    row = made.agreement.suitability_answers.get()
    assert (row.answered_by, row.party, row.version) == (made.of_unit, made.unit_party, 2)


def test_two_who_save_at_once_are_both_shown(made: Partnership) -> None:
    question = SuitabilityQuestion.objects.get(key="behov")
    answer(made, "behov", Reply.YES, "Först.")
    with pytest.raises(Conflict):
        advising.save_answer(made.agreement, question, Reply.NO, "Sedan.", 0, made.of_unit)
    page = signed_in(made.of_unit).post(
        reverse("iop:suitability-question", args=[made.agreement.pk, question.pk]),
        {"version": 0, "reply": "nej", "text": "Sedan."},
    )
    assert page.status_code == 409
    body = page.content.decode()
    assert "Först." in body
    assert "Sedan." in body
    assert 'name="version" value="1"' in body
    assert made.agreement.suitability_answers.get().text == "Först."


def test_only_who_takes_part_answers(made: Partnership) -> None:
    question = SuitabilityQuestion.objects.get(key="behov")
    outsider = partnership().of_association
    with pytest.raises(Refused):
        advising.save_answer(made.agreement, question, Reply.YES, "", 0, outsider)


def test_the_page_shows_questions_answers_and_advice(made: Partnership) -> None:
    answer_all(made, budget_over_tid=Reply.NO)
    page = signed_in(made.of_unit).get(reverse("iop:suitability", args=[made.agreement.pk]))
    body = page.content.decode()
    assert page.status_code == 200
    assert SuitabilityQuestion.objects.get(key="budget_over_tid").why_no_sv in body
    assert str(made.of_association) in body


# --- The texts are rows ------------------------------------------------------------------------


def test_the_advice_says_what_the_citys_row_says_in_the_readers_language(made: Partnership) -> None:
    answer_all(made, marknad=Reply.YES)
    AdviceText.objects.filter(advice=Advice.PROCUREMENT).update(
        title_sv="Köp", title_en="A purchase", text_sv="Tala med inköp.", text_en="Talk to procurement."
    )
    with translation.override("sv"):
        swedish = advising.counsel(made.agreement)
    with translation.override("en"):
        english = advising.counsel(made.agreement)
    assert (swedish.title, swedish.text) == ("Köp", "Tala med inköp.")
    assert (english.title, english.text) == ("A purchase", "Talk to procurement.")
    page = signed_in(made.of_unit).get(reverse("iop:suitability", args=[made.agreement.pk])).content.decode()
    assert "Tala med inköp." in page


def test_without_a_row_the_advice_has_its_plain_name(made: Partnership) -> None:
    AdviceText.objects.all().delete()
    with translation.override("en"):
        counsel = advising.counsel(made.agreement)
    assert (counsel.title, counsel.text) == ("Go on talking", "")


def test_every_kind_of_advice_is_shipped_in_both_languages() -> None:
    lists_file.install_shipped()
    assert set(AdviceText.objects.values_list("advice", flat=True)) == set(Advice.values)
    for row in AdviceText.objects.all():
        assert all((row.title_sv, row.title_en, row.text_sv, row.text_en))
