"""The formal check: its list, what officers find, who looked last, and when it is done."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import formal_checks
from assessments.formal_checks import Finding, Outcome
from assessments.models import CheckOutcome, FormalCheck
from grants.models import Application, Call
from portal.people.models import Role, User
from portal.registry.models import Event
from tests.assessments.building import address, officer, opened_by, signed_in
from tests.factories import CallFactory, staff

pytestmark = pytest.mark.django_db


def points(application: Application) -> list[FormalCheck]:
    return list(FormalCheck.objects.filter(call=application.call))


def all_found(application: Application, outcome: str = Outcome.OK) -> dict[int, Finding]:
    return {point.pk: Finding(outcome, "") for point in points(application)}


def posted(application: Application, **changes: str) -> dict[str, str]:
    """The form as a browser posts it with nothing filled in, and then `changes`."""
    said = {row.point.pk: row.found for row in formal_checks.tried(application)}
    data: dict[str, str] = {}
    for pk, found in said.items():
        outcome, note = (found.outcome, found.note) if found else ("", "")
        data |= {f"outcome_{pk}": outcome, f"note_{pk}": note, f"seen_{pk}": f"{outcome}:{note}"}
    return data | changes


def test_a_new_call_gets_the_standard_list_once() -> None:
    call = CallFactory.create()
    formal_checks.install(call)
    assert [row.key for row in FormalCheck.objects.filter(call=call)] == [
        point.key for point in formal_checks.STANDARD
    ]


def test_what_is_found_is_kept_with_who_and_when() -> None:
    person = officer()
    application = opened_by(person)
    first, *_rest = points(application)
    answer = signed_in(person).post(
        address("checks", application),
        posted(application, **{f"outcome_{first.pk}": "not_ok", f"note_{first.pk}": "Saknar datum"}),
    )
    assert answer.status_code == 302
    row = CheckOutcome.objects.get()
    assert (row.check_point, row.outcome, row.note, row.officer) == (first, "not_ok", "Saknar datum", person)
    assert not Event.objects.filter(kind=Event.Kind.CHECKED).exists()


def test_the_last_point_writes_one_event() -> None:
    person = officer()
    application = opened_by(person)
    found = all_found(application)
    found[points(application)[0].pk] = Finding(Outcome.NOT_OK, "")
    state = formal_checks.save(application, found, person)
    assert (state.is_done, state.not_ok) == (True, 1)
    formal_checks.save(application, found, person)
    [event] = Event.objects.filter(kind=Event.Kind.CHECKED)
    assert event.detail.startswith("1 ")


def test_an_outcome_can_be_taken_back() -> None:
    person = officer()
    application = opened_by(person)
    [first, *_rest] = points(application)
    formal_checks.save(application, {first.pk: Finding(Outcome.OK, "")}, person)
    state = formal_checks.save(application, {first.pk: Finding("", "")}, person)
    assert state.done == 0
    assert not CheckOutcome.objects.exists()


def test_a_colleagues_points_are_left_alone() -> None:
    one, two = officer(), officer()
    application = opened_by(one, two)
    first, second, *_rest = points(application)
    read_early = posted(application, **{f"outcome_{second.pk}": "ok"})
    formal_checks.save(application, {first.pk: Finding(Outcome.NOT_OK, "Fel")}, one)
    assert signed_in(two).post(address("checks", application), read_early).status_code == 302
    assert {(row.check_point_id, row.officer) for row in CheckOutcome.objects.all()} == {
        (first.pk, one),
        (second.pk, two),
    }


def test_two_who_say_different_things_of_a_point_are_told() -> None:
    one, two = officer(display_name="Kollegan"), officer()
    application = opened_by(one, two)
    [first, *_rest] = points(application)
    mine = posted(application, **{f"outcome_{first.pk}": "ok", f"note_{first.pk}": "Min text"})
    formal_checks.save(application, {first.pk: Finding(Outcome.NOT_OK, "Fel")}, one)
    client = signed_in(two)
    answer = client.post(address("checks", application), mine)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Kollegan" in page
    assert "Min text" in page
    assert CheckOutcome.objects.get().officer == one
    again = mine | {f"seen_{first.pk}": "not_ok:Fel"}
    assert client.post(address("checks", application), again).status_code == 302
    assert CheckOutcome.objects.get().officer == two


def test_a_note_needs_an_outcome_and_holds_no_personal_number() -> None:
    person = officer()
    application = opened_by(person)
    first, second, *_rest = points(application)
    answer = signed_in(person).post(
        address("checks", application),
        posted(
            application,
            **{
                f"note_{first.pk}": "Utan svar",
                f"outcome_{second.pk}": "ok",
                f"note_{second.pk}": "Ordförande 19640823-3234",
            },
        ),
    )
    assert answer.status_code == 422
    assert "Utan svar" in answer.content.decode()
    assert not CheckOutcome.objects.exists()


def test_the_queue_and_the_case_show_how_far_it_is() -> None:
    person = officer()
    application = opened_by(person)
    formal_checks.save(application, dict(list(all_found(application).items())[:3]), person)
    client = signed_in(person)
    number = len(formal_checks.STANDARD)
    assert f"3 / {number}" in client.get(reverse("assessments:queue")).content.decode()
    progress = client.get(address("application", application)).context["checks"]
    assert (progress.done, progress.points) == (3, number)


def test_points_of_another_call_are_not_written() -> None:
    person = officer()
    application = opened_by(person)
    other = CallFactory.create(title="Annan")
    foreign = FormalCheck.objects.filter(call=other).earliest("pk")
    formal_checks.save(application, {foreign.pk: Finding(Outcome.OK, "")}, person)
    assert not CheckOutcome.objects.exists()


def test_it_takes_as_many_queries_for_one_point_as_for_all(django_assert_num_queries: Any) -> None:
    person: User = officer()
    application = opened_by(person)
    for findings in (dict(list(all_found(application).items())[:1]), all_found(application, Outcome.NOT_OK)):
        application = Application.objects.select_related("case").get(pk=application.pk)
        with django_assert_num_queries(8 if len(findings) == 1 else 9):  # the event besides
            formal_checks.save(application, findings, person)


def test_the_list_is_changed_until_the_first_application_is_sent(client: Client) -> None:
    call = CallFactory.create(published=False)
    client.force_login(staff(Role.CASE_OFFICER))
    page = reverse("assessments:check-list", args=[call.pk])
    form = client.get(page).context["formset"]
    first = form.forms[0].initial

    def saved(text: str) -> Any:
        seen = str(client.get(page).context["seen"])
        posted = {"rad-TOTAL_FORMS": "1", "rad-INITIAL_FORMS": "1", "seen": seen}
        row = {"key": first["key"], "text_sv": text, "text_en": "Another", "ORDER": "1"}
        return client.post(page, posted | {f"rad-0-{name}": value for name, value in row.items()})

    assert saved("Ansökan kom i tid").status_code == 302
    assert [(point.key, point.text_sv) for point in call.formal_checks.all()] == [
        (first["key"], "Ansökan kom i tid")
    ]

    Call.objects.update(frozen_at=timezone.now())
    assert saved("Något annat").status_code == 422
    assert call.formal_checks.get().text_sv == "Ansökan kom i tid"
