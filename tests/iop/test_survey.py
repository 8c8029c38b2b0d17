"""The yearly report answers six questions from what is registered, and says what is not."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from iop import cooperating, lists_file, publishing_needs, survey
from iop.models import (
    Agreement,
    AgreementText,
    Area,
    SurveyAnswer,
    SurveyPrint,
    SurveyQuestion,
    TargetGroup,
    UnitProfile,
)
from iop.states import State
from portal.documents.rendering import render_pdf
from portal.documents.work import Source, order
from portal.people.models import Role
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import AssociationFactory, person_of, staff
from tests.iop.building import level, partnership, unit_with_contact

pytestmark = pytest.mark.django_db

YEAR = timezone.localdate().year


@pytest.fixture(autouse=True)
def _lists() -> None:
    lists_file.install_shipped()


def evidence(number: int, area: str, year: int = YEAR) -> tuple[str, ...]:
    with translation.override("en"):
        asked = next(row for row in survey.report(year).asked if row.question.number == number)
        return next(row.evidence for row in asked.answers if row.area.code == area)


def test_six_questions_of_four_areas_and_nothing_registered_is_said() -> None:
    with translation.override("en"):
        report = survey.report(YEAR)
        assert [row.question.number for row in report.asked] == [1, 2, 3, 4, 5, 6]
        assert {len(row.answers) for row in report.asked} == {4}
        assert report.missing == 24
        assert {answer.word for row in report.asked for answer in row.answers} == {"Not registered"}
    page = Client().get(reverse("iop:survey", args=[YEAR]))
    assert [row.question.number for row in page.context["report"].asked] == [1, 2, 3, 4, 5, 6]


def test_agreements_in_force_in_the_year_are_counted_in_their_area() -> None:
    together = partnership()
    agreement = together.agreement
    text = AgreementText.objects.create(
        agreement=agreement,
        number=1,
        content={},
        content_sha256="x",
        document=order(Source("overenskommelse", "T", "<p>T</p>")),
        frozen_by=together.officer,
    )
    Agreement.objects.filter(pk=agreement.pk).update(
        state=State.RUNNING, text_to_sign=text, starts_on=date(YEAR - 1, 7, 1), ends_on=date(YEAR, 1, 1)
    )
    assert evidence(3, "ifo") == ("1 partnership agreement was in force",)
    assert evidence(3, "ifo", YEAR - 1) == ("1 partnership agreement was in force",)
    assert evidence(3, "ifo", YEAR - 2) == ()
    assert evidence(3, "aldreomsorg") == ()
    Agreement.objects.filter(pk=agreement.pk).update(state=State.WRITING)
    assert evidence(3, "ifo") == ()


def test_logs_and_needs_count_in_the_area_of_the_unit() -> None:
    unit, contact = unit_with_contact()
    UnitProfile.objects.create(unit=unit, area=Area.objects.get(code="aldreomsorg"))
    association = AssociationFactory.create()
    together = cooperating.between(association, unit)
    for code, kind in (("information", "mote"), ("konsultation", "mote"), ("samhandling", "insats")):
        happened = cooperating.Happened(on=date(YEAR, 1, 15), kind=kind, level=level(code), text="x")
        cooperating.write(together, happened, person_of(association))
    fields = {"unit": unit, "area": Area.objects.get(code="aldreomsorg"), "title": "T", "text": "T"}
    publishing_needs.publish(publishing_needs.write(fields, TargetGroup.objects.all()[:1], contact))
    publishing_needs.write(fields, TargetGroup.objects.all()[:1], contact)
    assert evidence(4, "aldreomsorg") == ("2 entries in logs where associations took part",)
    assert evidence(5, "aldreomsorg") == (
        "1 need was published",
        "1 entry in logs about information to associations",
    )
    assert evidence(6, "aldreomsorg") == ("1 thing was done together",)
    assert evidence(4, "ifo") == ()


def test_an_officer_registers_and_takes_back_answers() -> None:
    officer = staff(Role.CASE_OFFICER)
    client = Client()
    client.force_login(officer)
    first, second = survey.questions_of(YEAR)[:2]
    url = reverse("iop:survey-answers", args=[YEAR, "ifo"])
    data = {f"answer_{first.pk}": "ja", f"comment_{first.pk}": "Inriktningen", f"answer_{second.pk}": "nej"}
    assert client.post(url, data).status_code == 302
    rows = {row.question_id: (row.is_yes, row.comment) for row in SurveyAnswer.objects.all()}
    assert rows == {first.pk: (True, "Inriktningen"), second.pk: (False, "")}
    assert survey.report(YEAR).missing == 22
    assert client.post(url, {f"answer_{first.pk}": "ja"}).status_code == 302
    assert SurveyAnswer.objects.count() == 1
    refused = client.post(url, {f"comment_{first.pk}": "Bara ord"})
    assert refused.status_code == 422
    assert "Bara ord" in refused.content.decode()
    assert SurveyAnswer.objects.count() == 1


def test_a_new_wording_holds_from_its_year_and_the_old_report_stays() -> None:
    old = SurveyQuestion.objects.get(number=6)
    SurveyQuestion.objects.create(number=6, text_sv="Ny", text_en="New", valid_from=YEAR)
    SurveyQuestion.objects.create(number=5, text_sv="x", text_en="x", valid_from=YEAR, is_active=False)
    assert [row.text_en for row in survey.questions_of(YEAR)][-1] == "New"
    assert [row.number for row in survey.questions_of(YEAR)] == [1, 2, 3, 4, 6]
    assert survey.questions_of(YEAR - 1)[-1] == old


def test_the_sheets_hold_a_row_for_each_question_and_area() -> None:
    question = survey.questions_of(YEAR)[0]
    area = Area.objects.get(code="ifo")
    survey.answer(area, YEAR, {question.pk: (True, "=1+1")}, staff(Role.CASE_OFFICER))
    text = Client().get(reverse("iop:survey-sheet", args=[YEAR, "csv"])).getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 25
    assert "'=1+1" in rows[2]
    book = Client().get(reverse("iop:survey-sheet", args=[YEAR, "xlsx"])).getvalue()
    sheet = load_workbook(io.BytesIO(book)).active
    assert (sheet.max_row, sheet["A2"].value) == (25, YEAR)


def test_the_pdf_is_archival_accessible_and_ordered_once_for_the_same_content(tmp_path: Path) -> None:
    officer = staff(Role.CASE_OFFICER)
    question = survey.questions_of(YEAR)[0]
    survey.answer(Area.objects.get(code="ifo"), YEAR, {question.pk: (True, "Ja, i inriktningen")}, officer)
    client = Client()
    client.force_login(officer)
    for _n in range(2):
        assert client.post(reverse("iop:survey-print", args=[YEAR])).status_code == 302
    printed = SurveyPrint.objects.get()
    document = printed.document
    assert "Ja, i inriktningen" in document.html
    assert "Inte registrerat" in document.html
    pdf = render_pdf(document.html, title=document.title, numbered=document.numbered)
    assert_archival_and_accessible(pdf)


def test_a_year_that_has_not_come_has_no_report() -> None:
    assert Client().get(reverse("iop:survey", args=[YEAR + 1])).status_code == 404
