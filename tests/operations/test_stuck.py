"""The daily mail of what needs hands: one query, one mail a day, numbers and no contents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.test import override_settings
from post_office import mail
from post_office.models import STATUS, Email

from portal.documents import work
from portal.documents.models import Document, DocumentState
from portal.operations import stuck
from portal.operations.models import StuckReport
from portal.operations.tasks import report_stuck
from portal.people.models import Role
from tests.factories import staff

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 7, 5, tzinfo=ZoneInfo("Europe/Stockholm"))


def order(title: str, **fields: Any) -> Document:
    document = work.order(work.Source("prov", title, f"<p>{title}</p>"))
    Document.objects.filter(pk=document.pk).update(**{"due_at": MORNING - timedelta(hours=2)} | fields)
    return document


def told() -> list[tuple[str, int, str]]:
    return [(row.kind, row.pk, row.how) for row in stuck.stuck(MORNING)]


def test_every_kind_of_work_can_be_given_up() -> None:
    """The query asks for this state in all of them."""
    assert {model._meta.label for model in stuck.work_models()} >= {
        "documents.Document", "committee.Pack", "committee.PackCopy", "committee.Letter",
    }  # fmt: skip
    for model in stuck.work_models():
        (state,) = [field for field in model._meta.fields if field.name == "state"]
        assert stuck.FAILED in dict(state.flatchoices), model


def test_what_failed_and_what_nobody_took_is_found_in_one_query(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    order("ready", state=DocumentState.QUEUED, due_at=MORNING - timedelta(minutes=10))
    order("held", lease_until=MORNING + timedelta(minutes=2))
    overdue = order("overdue")
    died = order("died", lease_until=MORNING - timedelta(hours=1), due_at=MORNING - timedelta(hours=3))
    failed = order("failed", state=DocumentState.FAILED, due_at=MORNING - timedelta(hours=4))
    given_up = mail.send("nagon@example.org", subject="Prov", message="Prov")
    waiting = mail.send("nagon@example.org", subject="Prov", message="Prov")
    planned = mail.send("nagon@example.org", subject="Prov", message="Prov")
    Email.objects.update(created=MORNING - timedelta(hours=1))
    Email.objects.filter(pk=given_up.pk).update(status=STATUS.failed)
    Email.objects.filter(pk=planned.pk).update(scheduled_time=MORNING + timedelta(days=1))
    with django_assert_num_queries(1):
        found = told()
    assert found[:3] == [
        ("documents.Document", failed.pk, "failed"),
        ("documents.Document", died.pk, "overdue"),
        ("documents.Document", overdue.pk, "overdue"),
    ]
    assert sorted(found[3:]) == sorted(
        [("post_office.Email", given_up.pk, "failed"), ("post_office.Email", waiting.pk, "overdue")]
    )


@pytest.mark.rule(4)
@pytest.mark.rule(14)
def test_the_mail_goes_once_a_day_to_who_can_mend_it_and_names_no_contents() -> None:
    administrator, secretary = staff(Role.ADMINISTRATOR), staff(Role.SECRETARY)
    staff(Role.CASE_OFFICER)
    failed = order("En hemlig rubrik", state=DocumentState.FAILED, error="Ett hemligt skäl")
    assert stuck.report(MORNING - timedelta(minutes=6)) is None  # before seven
    row = stuck.report(MORNING)
    assert row is not None
    assert (row.day, row.count, row.told) == (MORNING.date(), 1, 2)
    assert stuck.report(MORNING + timedelta(hours=1)) is None
    mails = Email.objects.all()
    assert sorted(address for each in mails for address in each.to) == sorted(
        [administrator.email, secretary.email]
    )
    assert {each.subject for each in mails} == {"Samspel: 1 behöver åtgärdas"}
    text = mails[0].message
    assert f"- Dokument nummer {failed.pk}: har misslyckats sedan 2 mars 2026 05.05" in text
    assert "hemlig" not in text
    assert stuck.report(MORNING + timedelta(days=1)) is not None


def test_the_settings_may_name_who_gets_it() -> None:
    staff(Role.ADMINISTRATOR)
    order("failed", state=DocumentState.FAILED)
    with override_settings(STUCK_MAIL_TO=["drift@example.org"]):
        stuck.report(MORNING)
    assert [each.to for each in Email.objects.all()] == [["drift@example.org"]]


def test_a_day_without_anything_stuck_is_noted_without_a_mail() -> None:
    staff(Role.ADMINISTRATOR)
    row = stuck.report(MORNING)
    assert row is not None
    assert (row.count, row.told, Email.objects.count()) == (0, 0, 0)


def test_a_long_list_is_counted_and_cut() -> None:
    staff(Role.ADMINISTRATOR)
    for number in range(stuck.NAMED_IN_MAIL + 2):
        order(f"{number}", state=DocumentState.FAILED)
    stuck.report(MORNING)
    text = Email.objects.get().message
    assert text.count("- Dokument nummer") == stuck.NAMED_IN_MAIL
    assert "- och 2 till" in text


@pytest.mark.rule(3)
def test_the_task_twice_in_a_row_writes_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stuck, "HOUR", 0)  # whatever the time is now
    report_stuck()
    report_stuck()
    assert StuckReport.objects.count() == 1
    assert apps.get_app_config("operations").verbose_name
