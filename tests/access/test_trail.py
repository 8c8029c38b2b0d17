"""The audit trail: what is written in it, that nobody changes it, who reads it, and that reading shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from grants.calendar_feed import address_of
from grants.models import Application
from portal.people import trail
from portal.people.models import AuditEvent, Role, User
from portal.registry.models import declare
from tests.factories import sent_application, staff

pytestmark = [pytest.mark.django_db, pytest.mark.rule(7)]

Kind = AuditEvent.Kind


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def written(*kinds: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(kind__in=kinds).order_by("pk"))


@pytest.fixture
def application() -> Application:
    return sent_application()


@pytest.fixture
def auditor() -> User:
    return staff(Role.AUDITOR)


def test_who_reads_about_people_is_written_with_ids_alone(application: Application) -> None:
    officer = staff(Role.CASE_OFFICER)
    declare(application.received_case, officer, has_conflict=False)
    signed_in(officer).get(reverse("assessments:application", args=[application.pk]))
    (event,) = written(Kind.READ)
    assert (event.actor, event.case_id, event.route) == (
        officer,
        application.case_id,
        "assessments:application",
    )
    assert event.ids == {"application_id": application.pk}
    assert (event.detail, event.subject) == ("", None)


def test_a_page_that_was_not_shown_was_not_read(application: Application) -> None:
    officer = staff(Role.CASE_OFFICER)
    answer = signed_in(officer).get(reverse("assessments:application", args=[application.pk]))
    assert answer.status_code == 302  # to the declaration
    assert written(Kind.READ, Kind.REFUSED) == []


def test_a_refusal_by_rule_and_one_by_the_rows_are_written(application: Application) -> None:
    secretary, conflicted = staff(Role.SECRETARY), staff(Role.CASE_OFFICER)
    declare(application.received_case, conflicted, has_conflict=True)
    url = reverse("assessments:application", args=[application.pk])
    assert signed_in(secretary).get(url).status_code == 404
    assert signed_in(conflicted).get(url).status_code == 404
    by_rule, by_rows = written(Kind.REFUSED)
    assert (by_rule.actor, by_rule.detail, by_rule.case_id) == (secretary, "case_reader", application.case_id)
    assert (by_rows.actor, by_rows.detail, by_rows.case_id) == (conflicted, "GET", application.case_id)


def test_a_number_that_no_table_can_hold_is_a_refusal_like_any_other() -> None:
    answer = signed_in(staff(Role.CASE_OFFICER)).get(f"/handlaggning/{10**30}/")
    assert answer.status_code == 404
    (event,) = written(Kind.REFUSED)
    assert (event.ids, event.case_id) == ({}, None)


def test_a_visitor_cannot_fill_the_trail_and_a_secret_in_an_address_is_not_kept() -> None:
    Client().get(reverse("grants:call", args=[999]))
    Client().get(reverse("roles"))
    assert written(*Kind.values) == []
    officer = staff(Role.CASE_OFFICER)
    token = address_of(officer).token
    signed_in(officer).get(reverse("grants:calendar-feed", args=[f"{token}x"]))
    (event,) = written(Kind.REFUSED)
    assert token not in f"{event.ids}{event.detail}{event.route}"


def test_who_takes_out_a_list_is_written_with_its_format() -> None:
    officer = staff(Role.CASE_OFFICER)
    signed_in(officer).get(reverse("assessments:export", args=["csv"]))
    (event,) = written(Kind.EXPORTED)
    assert (event.actor, event.route, event.detail) == (officer, "assessments:export", "csv")


def test_signing_in_and_failing_to_are_written_without_what_was_typed() -> None:
    officer = staff(Role.CASE_OFFICER)
    signed_in(officer)
    authenticate(None, username="ett-losenord-i-fel-ruta", password="fel")
    succeeded, failed = written(Kind.SIGNED_IN, Kind.SIGN_IN_FAILED)
    assert (succeeded.kind, succeeded.actor) == (Kind.SIGNED_IN, officer)
    assert (failed.kind, failed.actor, failed.ids, failed.detail) == (Kind.SIGN_IN_FAILED, None, {}, "")


def test_a_list_without_people_writes_nothing() -> None:
    officer = staff(Role.CASE_OFFICER)
    signed_in(officer).get(reverse("assessments:queue"))
    assert written(Kind.READ, Kind.EXPORTED, Kind.REFUSED) == []


def test_a_trail_that_cannot_be_written_costs_nobody_their_page(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = staff(Role.CASE_OFFICER)
    declare(application.received_case, officer, has_conflict=False)
    client = signed_in(officer)

    def broken(*_args: object, **_more: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(trail, "note", broken)
    assert client.get(reverse("assessments:application", args=[application.pk])).status_code == 200
    assert client.get(reverse("roles")).status_code == 404


def test_no_door_changes_an_event() -> None:
    trail.note(Kind.SIGNED_IN, by=staff(Role.AUDITOR))
    event = AuditEvent.objects.get()
    for change in (
        event.save,
        event.delete,
        lambda: AuditEvent.objects.update(detail="x"),
        lambda: AuditEvent.objects.all().delete(),
    ):
        with pytest.raises(TypeError):
            change()
    assert AuditEvent.objects.count() == 1


def test_the_database_refuses_to_change_an_event() -> None:
    trail.note(Kind.SIGNED_IN, by=staff(Role.AUDITOR))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE people_auditevent SET detail = 'x'")
    assert AuditEvent.objects.get().detail == ""


@pytest.mark.parametrize("role", Role.values)
def test_only_the_auditor_and_the_data_protection_officer_see_events(role: str) -> None:
    trail.note(Kind.SIGNED_IN)
    seen = AuditEvent.objects.visible_to(staff(role)).count()
    assert seen == (role in {Role.AUDITOR, Role.DATA_PROTECTION_OFFICER})


def test_reading_the_trail_and_taking_it_out_are_events(auditor: User) -> None:
    client = signed_in(auditor)
    client.get(reverse("registry:trail"))
    b"".join(client.get(reverse("registry:trail-export")))
    read, taken = written(Kind.READ, Kind.EXPORTED)
    assert (read.actor, read.route) == (auditor, "registry:trail")
    assert (taken.actor, taken.route) == (auditor, "registry:trail-export")


def shown(client: Client, **asked: str) -> int:
    page = client.get(reverse("registry:trail"), asked).content.decode()
    return page.count("<tr>") - 1 if "<tr>" in page else 0


def test_the_page_is_narrowed_by_who_what_case_and_days(application: Application, auditor: User) -> None:
    officer = staff(Role.CASE_OFFICER)
    ids = {"application_id": application.pk}
    trail.note(Kind.READ, by=officer, route="assessments:application", ids=ids)
    trail.note(Kind.ROLE_GIVEN, by=staff(Role.ADMINISTRATOR), subject=officer, detail="case_officer")
    trail.note(Kind.REFUSED, by=staff(Role.SECRETARY), route="roles")
    client, today = signed_in(auditor), timezone.localdate()
    number = application.received_case.registry_number
    assert shown(client, who=officer.email) == 2  # by them, and about them
    assert shown(client, kind="refused") == 1
    assert shown(client, case=number) == 1
    assert shown(client, case="99999/1999") == 0
    assert shown(client, kind="role_given", since=str(today), until=str(today)) == 1
    assert shown(client, since=str(today + timedelta(days=1))) == 0
    assert shown(client, since="i går") == 0
    taken = client.get(reverse("registry:trail-export"), {"case": number})
    lines = b"".join(taken).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert number in lines[1]


@pytest.mark.rule(10)
def test_a_conflict_of_interest_hides_what_happened_in_the_case(
    application: Application, auditor: User
) -> None:
    ids = {"application_id": application.pk}
    trail.note(Kind.READ, by=staff(Role.CASE_OFFICER), route="assessments:application", ids=ids)
    declare(application.received_case, auditor, has_conflict=True)
    number = application.received_case.registry_number
    client = signed_in(auditor)
    assert shown(client, case=number) == 0
    assert number not in b"".join(client.get(reverse("registry:trail-export"))).decode()


def test_a_page_of_the_trail_takes_as_many_queries_for_many_events_as_for_few(
    application: Application, auditor: User, django_assert_num_queries: object
) -> None:
    client = signed_in(auditor)
    ids = {"application_id": application.pk}

    def happen(times: int) -> None:
        for _time in range(times):
            trail.note(Kind.READ, by=staff(Role.CASE_OFFICER), route="assessments:application", ids=ids)

    happen(3)
    client.get(reverse("registry:trail"))
    with django_assert_num_queries(6):  # type: ignore[operator]
        client.get(reverse("registry:trail"))
    happen(60)
    with django_assert_num_queries(6):  # type: ignore[operator]
        client.get(reverse("registry:trail"))
    assert shown(client, page="2") > 10


def test_an_event_is_one_insert(application: Application, django_assert_num_queries: object) -> None:
    officer = staff(Role.CASE_OFFICER)
    with django_assert_num_queries(1):  # type: ignore[operator]
        trail.note(Kind.READ, by=officer, route="grants:late", ids={"application_id": application.pk})
    assert AuditEvent.objects.get().case_id == application.case_id


def test_a_refusal_is_told_in_words_and_its_rule_stands_in_the_list_to_take_out(
    application: Application, auditor: User
) -> None:
    officer = staff(Role.CASE_OFFICER)
    trail.note(Kind.REFUSED, by=officer, route="roles", detail="administrator")
    trail.note(Kind.REFUSED, by=officer, route="assessments:application", detail="GET")
    client = signed_in(auditor)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(reverse("registry:trail")).content.decode()
    assert page.count("No role that opens the page") == 1
    assert page.count("Not to be seen by this person, or not there") == 1
    assert "administrator</" not in page
    answer = client.get(reverse("registry:trail-export"), {"kind": "refused"})
    with translation.override("en"):  # the rows are written while they are sent
        taken = b"".join(answer).decode("utf-8-sig")
    assert [line.split(";")[-2:] for line in taken.splitlines()[1:]] == [
        ["Not to be seen by this person, or not there", "GET"],
        ["No role that opens the page", "administrator"],
    ]
