"""The list of approved minutes: for auditors, and for who follows the committee's decisions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.committee.minutes import record_decision
from portal.committee.models import Meeting, Minutes, Outcome
from portal.committee.notice import Standing, put_up, register_appeal, settle_appeal
from portal.people.models import Role, User
from portal.registry.models import declare
from tests.committee.building import approve_minutes, on_agenda, sent_minutes, signed_in
from tests.factories import MeetingFactory, staff
from tests.world import stand_in_for_worker

pytestmark = pytest.mark.django_db
LIST = reverse("committee:approved-minutes")


def held() -> Meeting:
    """A meeting with two decisions."""
    meeting = MeetingFactory.create(starts_at=timezone.now() - timedelta(days=70))
    for name in ("Fyren", "Hamnen"):
        record_decision(on_agenda(meeting, name), Outcome.GRANTED, staff(Role.SECRETARY))
    return meeting


def approved(days_ago: int | None = None) -> Minutes:
    """Approved minutes, whose notice went up so many days ago, or not at all."""
    written = approve_minutes(held())
    written.refresh_from_db()
    if days_ago is not None:
        Minutes.objects.filter(pk=written.pk).update(approved_at=timezone.now() - timedelta(days=days_ago))
        written.refresh_from_db()
        put_up(written, timezone.localdate() - timedelta(days=days_ago), staff(Role.SECRETARY))
    stand_in_for_worker()
    return written


def rows(person: User) -> list[tuple[Minutes, Standing]]:
    page = signed_in(person).get(LIST)
    return [(row["minutes"], row["standing"]) for row in page.context["rows"]]


def test_an_auditor_comes_from_the_start_page_to_the_page_and_the_pdf() -> None:
    written, auditor = approved(days_ago=5), signed_in(staff(Role.AUDITOR))
    assert f'href="{LIST}"' in auditor.get("/").content.decode()
    page = auditor.get(LIST).content.decode()
    for name in ("committee:minutes", "committee:minutes-file"):
        url = reverse(name, args=[written.pk])
        assert f'href="{url}"' in page
        assert auditor.get(url).status_code == 200
    assert f'href="{LIST}"' in auditor.get(reverse("committee:minutes", args=[written.pk])).content.decode()


def test_minutes_that_are_not_approved_are_not_an_auditors() -> None:
    draft = sent_minutes(held())
    auditor = staff(Role.AUDITOR)
    assert rows(auditor) == []
    assert signed_in(auditor).get(reverse("committee:minutes", args=[draft.pk])).status_code == 404


def test_a_conflict_of_interest_takes_the_document_and_the_paragraph_away() -> None:
    written, auditor = approved(), staff(Role.AUDITOR)
    case = written.paragraphs.order_by("pk")[0].decision.matter.lines.get().case
    declare(case, auditor, has_conflict=True)
    client = signed_in(auditor)
    file = reverse("committee:minutes-file", args=[written.pk])
    assert file not in client.get(LIST).content.decode()
    assert client.get(file).status_code == 404
    text = client.get(reverse("committee:minutes", args=[written.pk])).content.decode()
    assert "Hamnen" in text
    assert "Fyren" not in text


@pytest.mark.parametrize(
    ("days_ago", "standing"),
    [(None, Standing.NOT_ANNOUNCED), (5, Standing.OPEN), (60, Standing.FINAL)],
)
def test_the_state_follows_the_notice(days_ago: int | None, standing: Standing) -> None:
    written = approved(days_ago)
    assert rows(staff(Role.AUDITOR)) == [(written, standing)]


def test_one_appeal_holds_up_the_whole() -> None:
    written, secretary = approved(days_ago=60), staff(Role.SECRETARY)
    decision = written.paragraphs.order_by("pk")[0].decision
    today = timezone.localdate()
    appeal = register_appeal(decision, today - timedelta(days=50), "Mål 1", secretary)
    assert rows(staff(Role.AUDITOR)) == [(written, Standing.APPEALED)]
    settle_appeal(appeal, today, annulled=False, by=secretary)
    assert rows(staff(Role.AUDITOR)) == [(written, Standing.FINAL)]


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    auditor = signed_in(staff(Role.AUDITOR))
    register_appeal(
        approved(days_ago=60).paragraphs.order_by("pk")[0].decision,
        timezone.localdate() - timedelta(days=50),
        "Mål 1",
        staff(Role.SECRETARY),
    )
    with CaptureQueriesContext(connection) as few:
        auditor.get(LIST)
    approved(days_ago=60)
    approved()
    with django_assert_num_queries(len(few)):
        auditor.get(LIST)
