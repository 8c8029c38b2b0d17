"""Lists that staff edit: added to, changed, taken out of use; what is in force stays as it was."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from iop import lists_file
from iop.list_pages import PAGES
from iop.models import (
    Area,
    HourlyRate,
    StandardClause,
    SuitabilityQuestion,
    SurveyQuestion,
    TargetGroup,
    UnitProfile,
    UnitSignatory,
)
from portal.people.models import Role, RoleAssignment, Unit, UnitContact
from tests.factories import staff
from tests.iop.building import area, unit_with_contact

pytestmark = pytest.mark.django_db

TOMORROW = timezone.localdate() + timedelta(days=1)


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(staff(Role.CASE_OFFICER))
    return client


def new(slug: str, query: str = "") -> str:
    return reverse("iop:list-new", args=[slug]) + query


def row(slug: str, pk: int) -> str:
    return reverse("iop:list-row", args=[slug, pk])


@pytest.mark.parametrize("slug", PAGES)
def test_every_list_has_a_page_and_a_form(client: Client, slug: str) -> None:
    lists_file.install_shipped()
    unit, contact = unit_with_contact()
    UnitProfile.objects.create(unit=unit, area=area())
    assert UnitSignatory.objects.filter(unit=unit, user=contact).exists()
    assert client.get(reverse("iop:list", args=[slug])).status_code == 200
    assert client.get(new(slug)).status_code == 200
    for one in PAGES[slug].model._default_manager.all()[:2]:
        assert client.get(row(slug, one.pk)).status_code == 200


def test_a_row_is_added_changed_and_taken_out_of_use_and_each_is_logged(client: Client) -> None:
    data = {"code": "sorg", "name_sv": "Sörjande", "name_en": "Mourners", "position": 20, "is_active": "on"}
    assert client.post(new("malgrupper"), data).status_code == 302
    group = TargetGroup.objects.get()
    url = row("malgrupper", group.pk)
    seen = client.get(url).context["form"]["seen"].value()
    changed = data | {"code": "annat", "name_sv": "De som sörjer", "seen": seen}
    del changed["is_active"]
    assert client.post(url, changed).status_code == 302
    group.refresh_from_db()
    assert (group.code, group.name_sv, group.is_active) == ("sorg", "De som sörjer", False)
    assert TargetGroup.objects.active().count() == 0
    logged = LogEntry.objects.get_for_object(group)
    assert [entry.action for entry in logged.order_by("pk")] == [
        LogEntry.Action.CREATE,
        LogEntry.Action.UPDATE,
    ]
    assert "De som sörjer" in client.get(url).content.decode()


def test_the_second_to_save_a_row_is_shown_what_the_first_wrote(client: Client) -> None:
    one = area()
    url = row("omraden", one.pk)
    seen = client.get(url).context["form"]["seen"].value()
    Area.objects.filter(pk=one.pk).update(name_sv="Deras")
    data = {
        "name_sv": "Mitt",
        "name_en": one.name_en,
        "position": one.position,
        "is_active": "on",
        "seen": seen,
    }
    stopped = client.post(url, data)
    assert stopped.status_code == 422
    assert "Deras" in stopped.content.decode()
    one.refresh_from_db()
    assert one.name_sv == "Deras"
    again = data | {"seen": stopped.context["form"]["seen"].value()}
    assert client.post(url, again).status_code == 302
    one.refresh_from_db()
    assert one.name_sv == "Mitt"


def test_a_clause_in_force_stays_and_a_new_wording_takes_over_from_a_day(client: Client) -> None:
    clause = StandardClause.objects.create(
        number=3, key="syfte", heading="Syfte", text="Vi vill.", valid_from=date(2020, 1, 1)
    )
    url = row("standardtexter", clause.pk)
    assert "form" not in client.get(url).context
    client.post(url, {"text": "Skriver över"})
    copied = client.get(new("standardtexter", f"?fran={clause.pk}")).context["form"]
    assert copied["text"].value() == "Vi vill."
    data: dict[str, Any] = {"heading": "Syfte", "text": "Vi vill tillsammans.", "is_active": "on"}
    today = client.post(
        new("standardtexter", f"?fran={clause.pk}"), data | {"valid_from": str(timezone.localdate())}
    )
    assert today.status_code == 422
    assert "Vi vill tillsammans." in today.content.decode()
    good = client.post(new("standardtexter", f"?fran={clause.pk}"), data | {"valid_from": str(TOMORROW)})
    assert good.status_code == 302
    assert [row.text for row in StandardClause.objects.all().in_force(timezone.localdate())] == ["Vi vill."]
    assert [row.text for row in StandardClause.objects.all().in_force(TOMORROW)] == ["Vi vill tillsammans."]


def test_a_rate_and_a_survey_question_are_taken_out_of_use_from_a_day() -> None:
    HourlyRate.objects.create(method="ersattningskostnad", kronor=250, valid_from=date(2020, 1, 1))
    HourlyRate.objects.create(method="ersattningskostnad", kronor=250, valid_from=TOMORROW, is_active=False)
    rates = HourlyRate.objects.all()
    assert rates.in_force("ersattningskostnad", timezone.localdate()) is not None
    assert rates.in_force("ersattningskostnad", TOMORROW) is None


def test_a_question_of_the_test_is_replaced_so_that_answers_keep_theirs(client: Client) -> None:
    question = SuitabilityQuestion.objects.create(
        key="marknad", position=1, text_sv="Finns en marknad?", text_en="Is there a market?",
        yes_speaks_for="upphandling", no_speaks_for="iop",
    )  # fmt: skip
    url = row("lamplighetsfragor", question.pk)
    form = client.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields if name != "is_active"}
    data |= {"text_sv": "Finns det en marknad?", "is_active": "on"}
    assert client.post(url, data).status_code == 302
    old, fresh = SuitabilityQuestion.objects.order_by("pk")
    assert (old.text_sv, old.is_active) == ("Finns en marknad?", False)
    assert (fresh.text_sv, fresh.is_active, fresh.key) == ("Finns det en marknad?", True, "marknad")
    assert "form" not in client.get(url).context


def test_a_signatory_is_a_contact_of_the_unit_and_never_oneself() -> None:
    officer = staff(Role.CASE_OFFICER)
    RoleAssignment.objects.create(user=officer, role=Role.UNIT_CONTACT)
    unit = Unit.objects.create(name="Enheten")
    contact, stranger = staff(Role.UNIT_CONTACT), staff(Role.UNIT_CONTACT)
    for person in (officer, contact):
        UnitContact.objects.create(unit=unit, user=person)
    UnitContact.objects.create(unit=Unit.objects.create(name="En annan"), user=stranger)
    client = Client()
    client.force_login(officer)
    data = {"unit": unit.pk, "valid_from": "2026-01-01"}
    for wrong in (officer, stranger):
        assert client.post(new("undertecknare"), data | {"user": wrong.pk}).status_code == 422
    assert client.post(new("undertecknare"), data | {"user": contact.pk}).status_code == 302
    made = UnitSignatory.objects.get()
    assert (made.user, made.given_by) == (contact, officer)


def test_an_unknown_list_is_not_found(client: Client) -> None:
    assert client.get(reverse("iop:list", args=["moln"])).status_code == 404


# --- The command -------------------------------------------------------------------------------


def test_another_citys_lists_are_loaded_from_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "city.json"
    rows = [{"code": "soc", "name_sv": "Socialt", "name_en": "Social", "position": 1}]
    file.write_text(json.dumps({"areas": rows}), encoding="utf-8")
    call_command("load_partnership_lists", str(file))
    call_command("load_partnership_lists", str(file))
    assert capsys.readouterr().out == "areas: 1\nareas: 1\n"
    assert [one.code for one in Area.objects.all()] == ["soc"]


def test_without_a_file_the_shipped_lists_are_loaded() -> None:
    call_command("load_partnership_lists", verbosity=0)
    assert SurveyQuestion.objects.count() == 6


@pytest.mark.parametrize(
    "content",
    ["{", '{"clouds": []}', '{"areas": [{"name_sv": "x"}]}', '{"areas": [{"code": "x", "shape": "round"}]}'],
)
def test_a_wrong_file_is_refused_whole_with_words(tmp_path: Path, content: str) -> None:
    file = tmp_path / "city.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=r"city\.json"):
        call_command("load_partnership_lists", str(file))
    assert not Area.objects.exists()


def test_loading_again_keeps_replaced_questions_aside(client: Client) -> None:
    lists_file.install_shipped()
    question = SuitabilityQuestion.objects.first()
    assert question is not None
    SuitabilityQuestion.objects.filter(pk=question.pk).update(is_active=False)
    question.pk = None
    question._state.adding = True
    question.save()
    count = SuitabilityQuestion.objects.count()
    lists_file.install_shipped()
    assert SuitabilityQuestion.objects.count() == count
