"""The officers' pages about calls: what they show, what they refuse, and that nothing typed is lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grants.calls.programmes import install_programmes
from grants.models import Call, CallEvent, Contact, GrantProgramme
from grants.models.programmes import local_moment
from portal.people.models import Role
from portal.registry.models import Authority
from tests.factories import AuthorityFactory, CallFactory, sent_application, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(staff(Role.CASE_OFFICER))
    return client


def facts(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Verksamhetsbidrag 2030",
        "title_en": "Operating grant 2030",
        "intro": "För er.",
        "intro_en": "For you.",
        "opens_day": "2029-04-01",
        "opens_time": "08:00",
        "last_day": "2029-05-31",
        "closes_time": "",
        "first_year": "2030",
        "max_years": "3",
        "decision_expected": "i december 2029",
        "decision_expected_en": "in December 2029",
        "decision_day": "",
        "late_rule": "closed",
        "seen": "1",
    } | changes


def rows(given: list[dict[str, Any]], initial: int = 0, **more: Any) -> dict[str, Any]:
    """A list of rows as its page sends them."""
    data: dict[str, Any] = {"rad-TOTAL_FORMS": len(given), "rad-INITIAL_FORMS": initial, "seen": "1"}
    for n, row in enumerate(given):
        data |= {f"rad-{n}-{name}": value for name, value in row.items()}
    return data | more


def test_the_list_shows_calls_by_state(officer: Client) -> None:
    now = timezone.now()
    CallFactory.create(title="Utkast", published=False)
    CallFactory.create(title="Planerad", opens_at=now + timedelta(days=3), closes_at=now + timedelta(days=9))
    CallFactory.create(title="Öppen")
    CallFactory.create(title="Stängd", opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=3))

    def shown(state: str) -> set[str]:
        page = officer.get(reverse("grants:calls"), {"lage": state})
        return {call.title for call, _state, _colour in page.context["rows"]}

    assert shown("") == {"Utkast", "Planerad", "Öppen", "Stängd"}
    assert [shown(state) for state in Call.State.values] == [{"Utkast"}, {"Planerad"}, {"Öppen"}, {"Stängd"}]
    assert shown("annat") == shown("")


def test_pages_about_many_calls_ask_as_often_as_about_one(officer: Client) -> None:
    install_programmes(AuthorityFactory.create())
    pages = [reverse("grants:calls"), reverse("grants:programmes"), reverse("home")]

    def queries() -> list[int]:
        counts = []
        for page in pages:
            officer.get(page)
            with CaptureQueriesContext(connection) as captured:
                officer.get(page)
            counts.append(len(captured))
        return counts

    CallFactory.create()
    few = queries()
    CallFactory.create_batch(12)
    assert queries() == few


def test_a_new_call_is_a_draft_with_the_standard_form(officer: Client) -> None:
    authority = AuthorityFactory.create()
    given = facts(authority=authority.pk, grant_type="verksamhetsbidrag", standard_form="on")
    response = officer.post(reverse("grants:new-call"), given)

    call = Call.objects.get()
    assert response.headers["Location"] == reverse("grants:call-edit", args=[call.pk])
    assert (call.opens_at, call.closes_at) == (
        local_moment(date(2029, 4, 1)) + timedelta(hours=8),
        local_moment(date(2029, 6, 1)),
    )
    assert (call.published, call.questions.exists(), call.budget_headings.exists()) == (False, True, True)
    assert call.events.get().kind == CallEvent.Kind.CREATED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_day": "2029-03-01"}, "last_day"),
        ({"last_day": "", "closes_time": "12:00"}, "last_day"),
        ({"opens_time": "åtta"}, "opens_time"),
        ({"title": ""}, "title"),
        ({"max_years": "9"}, "max_years"),
        ({"first_year": "tjugo"}, "first_year"),
        ({"late_rule": "annat"}, "late_rule"),
        ({"max_amount": "0"}, "max_amount"),
        ({"max_amount": "en miljon"}, "max_amount"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(
    officer: Client, change: dict[str, str], field: str
) -> None:
    call = CallFactory.create(published=False)
    response = officer.post(reverse("grants:call-facts", args=[call.pk]), facts(intro="Min text") | change)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "Min text" in response.content.decode()
    call.refresh_from_db()
    assert (call.title, call.form_version) == ("Verksamhetsbidrag 2027", 1)


def test_facts_are_saved_and_the_next_who_began_earlier_is_told(officer: Client) -> None:
    call = CallFactory.create(published=False)
    page = reverse("grants:call-facts", args=[call.pk])
    assert officer.post(page, facts()).status_code == 302

    late = officer.post(page, facts(title="Annan rubrik"))
    assert late.status_code == 422
    assert "Annan rubrik" in late.content.decode()
    assert officer.post(page, facts(title="Annan rubrik", seen="2")).status_code == 302
    call.refresh_from_db()
    assert (call.title, call.form_version) == ("Annan rubrik", 3)


def test_the_most_one_can_get_is_set_shown_and_copied(officer: Client) -> None:
    call = CallFactory.create(published=False)
    officer.post(reverse("grants:call-facts", args=[call.pk]), facts(max_amount="1 000 000 kr"))
    call.refresh_from_db()
    assert call.max_amount == 1_000_000
    shown = officer.get(reverse("grants:call", args=[call.pk])).content.decode()
    assert "1\u00a0000\u00a0000\u00a0kr" in shown
    officer.post(reverse("grants:call-copy", args=[call.pk]), {"first_year": "2031"})
    assert call.copies.get().max_amount == 1_000_000
    officer.post(reverse("grants:call-facts", args=[call.pk]), facts(max_amount="", seen="2"))
    call.refresh_from_db()
    assert call.max_amount is None
    assert (
        "1\u00a0000\u00a0000\u00a0kr"
        not in officer.get(reverse("grants:call", args=[call.pk])).content.decode()
    )


def test_a_frozen_call_is_read_only_with_the_reason(officer: Client) -> None:
    call = sent_application().call
    for name in ("call-conditions", "call-report-dates"):
        page = officer.get(reverse(f"grants:{name}", args=[call.pk]))
        assert "disabled" in page.content.decode()
        assert reverse("grants:call-copy", args=[call.pk]) in page.content.decode()
        refused = officer.post(
            reverse(f"grants:{name}", args=[call.pk]),
            rows([{"text_sv": "Ny", "text_en": "New", "what_sv": "Ny", "what_en": "New"}]),
        )
        assert refused.status_code == 422
    assert not call.conditions.exists()
    assert not call.report_dates.exists()

    saved = officer.post(
        reverse("grants:call-facts", args=[call.pk]), facts(title="Nej", decision_expected="i januari")
    )
    assert saved.status_code == 302
    call.refresh_from_db()
    assert (call.title, call.decision_expected) == ("Verksamhetsbidrag 2027", "i januari")


def test_conditions_are_written_ordered_and_removed(officer: Client) -> None:
    call = CallFactory.create(published=False)
    page = reverse("grants:call-conditions", args=[call.pk])
    first = {"text_sv": "Första", "text_en": "First", "ORDER": "2"}
    second = {"text_sv": "Andra", "text_en": "Second", "ORDER": "1"}
    assert officer.post(page, rows([first, second, {"text_sv": ""}])).status_code == 302
    assert [row.key for row in call.conditions.all()] == ["andra", "forsta"]

    gone = {"key": "andra", "text_sv": "Andra", "text_en": "Second", "DELETE": "on"}
    kept = {"key": "forsta", "text_sv": "Första villkoret", "text_en": "First"}
    assert officer.post(page, rows([gone, kept], initial=2, seen="2")).status_code == 302
    assert [(row.key, row.text) for row in call.conditions.all()] == [("forsta", "Första villkoret")]


def test_a_row_in_one_language_comes_back_with_what_was_written(officer: Client) -> None:
    call = CallFactory.create(published=False)
    page = reverse("grants:call-conditions", args=[call.pk])
    response = officer.post(page, rows([{"text_sv": "Bara svenska", "text_en": ""}]))
    assert response.status_code == 422
    assert "Bara svenska" in response.content.decode()


def test_publishing_says_what_is_missing(officer: Client) -> None:
    call = CallFactory.create(published=False)
    response = officer.post(reverse("grants:call-publish", args=[call.pk]), follow=True)
    assert not Call.objects.get().published
    assert len(response.context["lacks"]) > 0

    Call.objects.update(title_en="A", intro="B", intro_en="C", decision_expected_en="D")
    officer.post(reverse("grants:call-publish", args=[call.pk]))
    assert Call.objects.get().published


def test_copying_leads_to_the_new_draft(officer: Client) -> None:
    call = CallFactory.create()
    response = officer.post(reverse("grants:call-copy", args=[call.pk]), {"first_year": "2029"})
    copy = Call.objects.exclude(pk=call.pk).get()
    assert response.headers["Location"] == reverse("grants:call-edit", args=[copy.pk])
    assert (copy.first_year, copy.copied_from, copy.published) == (2029, call, False)
    assert copy.budget_headings.count() == call.budget_headings.count() > 0


def test_prolonging_asks_for_a_reason_and_a_later_day(officer: Client) -> None:
    call = CallFactory.create()
    assert call.closes_at is not None
    page = reverse("grants:call-prolong", args=[call.pk])
    later = (timezone.localtime(call.closes_at) + timedelta(days=7)).date().isoformat()
    earlier = (timezone.localtime(call.closes_at) - timedelta(days=3)).date().isoformat()

    assert officer.post(page, {"last_day": later, "reason": ""}).status_code == 422
    assert officer.post(page, {"last_day": earlier, "reason": "Driftstopp"}).status_code == 422
    assert officer.post(page, {"last_day": later, "reason": "Driftstopp"}).status_code == 302
    assert call.events.get().detail == "Driftstopp"


def test_history_tells_who_changed_what(officer: Client) -> None:
    call = CallFactory.create(published=False)
    officer.post(reverse("grants:call-facts", args=[call.pk]), facts())
    officer.post(
        reverse("grants:call-conditions", args=[call.pk]),
        rows([{"text_sv": "Ett", "text_en": "One"}], seen="2"),
    )
    page = officer.get(reverse("grants:call-history", args=[call.pk]))

    entries = page.context["entries"]
    changed = {change.field: (change.before, change.after) for entry in entries for change in entry.changes}
    title = str(Call._meta.get_field("title").verbose_name)
    assert changed[title] == ("Verksamhetsbidrag 2027", "Verksamhetsbidrag 2030")
    assert all(entry.who for entry in entries if entry.changes)
    assert any("Ett" in entry.text for entry in entries)


def test_a_recurring_window_is_changed_and_the_copy_follows(officer: Client) -> None:
    call = CallFactory.create()
    install_programmes(call.authority)
    programme = GrantProgramme.objects.get(grant_type=call.grant_type)
    given = {
        "opens_day": "15", "opens_month": "3", "opens_time": "09:00", "closes_day": "31", "closes_month": "8",
        "years_ahead": "1", "remind_days": "30",
    }  # fmt: skip
    page = reverse("grants:programme", args=[programme.pk])
    assert officer.post(page, given | {"closes_day": "31", "closes_month": "6"}).status_code == 422
    assert officer.post(page, given | {"closes_day": ""}).status_code == 422
    assert officer.post(page, given).status_code == 302
    officer.post(reverse("grants:call-copy", args=[call.pk]), {"first_year": "2028"})
    copy = Call.objects.exclude(pk=call.pk).get()
    assert copy.closes_at == local_moment(date(2027, 9, 1))


def test_contacts_are_written_as_roles_and_shown_to_everyone(officer: Client) -> None:
    authority: Authority = AuthorityFactory.create()
    page = reverse("grants:contacts")
    row = {
        "about_sv": "Barn och unga", "about_en": "Children", "role_sv": "Handläggare för unga",
        "role_en": "Officer for youth", "email": "unga@example.org",
    }  # fmt: skip
    assert officer.post(page, rows([row])).status_code == 302
    contact = Contact.objects.get()
    assert (contact.authority, contact.role, contact.position) == (authority, "Handläggare för unga", 1)
    assert officer.post(page, rows([row | {"key": contact.pk, "email": "fel"}], initial=1)).status_code == 422
    officer.post(page, rows([row | {"key": contact.pk, "DELETE": "on"}], initial=1))
    assert not Contact.objects.exists()
