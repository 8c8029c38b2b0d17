"""Late applications: refused by default; where the call takes them, a named officer says yes or no."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from assessments import assessing
from assessments.board import board
from grants.applying.submission import CannotSubmit, submit
from grants.models import Application, Call, Lateness, LateRule
from grants.received.following import status, steps
from grants.received.lateness import CannotRule, admit, dismiss
from grants.states import State
from portal.documents.rendering import render_pdf
from portal.people.models import Role, User
from portal.registry.models import Event, Record, declare
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import ApplicationFactory, complete, person_of, sent_application, staff

pytestmark = pytest.mark.django_db


def closed_draft(rule: LateRule) -> Application:
    draft = complete(ApplicationFactory.create())
    Call.objects.update(closes_at=timezone.now() - timedelta(minutes=1), late_rule=rule)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def late() -> Application:
    draft = closed_draft(LateRule.JUDGED)
    return submit(draft.pk, draft.created_by)


@pytest.fixture
def officer(late: Application) -> User:
    officer = staff(Role.CASE_OFFICER)
    declare(late.received_case, officer, has_conflict=False)
    Email.objects.all().delete()
    return officer


def test_by_default_nothing_is_sent_after_closing(client: Client) -> None:
    draft = closed_draft(LateRule.CLOSED)
    assert Call().late_rule == LateRule.CLOSED
    with pytest.raises(CannotSubmit):
        submit(draft.pk, draft.created_by)
    client.force_login(draft.created_by)
    section = client.get(reverse("grants:section", args=[draft.pk, "need"]))
    assert section["Location"] == reverse("grants:application", args=[draft.pk])


def test_in_time_is_not_late() -> None:
    assert sent_application().lateness == Lateness.IN_TIME


def test_a_late_application_is_received_and_marked(late: Application) -> None:
    late.refresh_from_db()
    assert (late.state, late.lateness) == (State.SUBMITTED, Lateness.WAITING)
    assert late.received_case.events.filter(kind=Event.Kind.CAME_LATE).count() == 1
    assert status(late).color == "warning"


def test_a_late_draft_can_still_be_written(client: Client) -> None:
    draft = closed_draft(LateRule.JUDGED)
    client.force_login(draft.created_by)
    assert client.get(reverse("grants:section", args=[draft.pk, "need"])).status_code == 200
    assert client.get(reverse("grants:check", args=[draft.pk])).context["is_open"]


def test_nobody_assesses_it_before_it_is_admitted(late: Application, officer: User) -> None:
    with pytest.raises(assessing.Refused):
        assessing.begin(late, officer)
    admitted = admit(late.pk, officer, "Posten var försenad.")
    assessing.begin(Application.objects.get(pk=admitted.pk), officer)
    late.refresh_from_db()
    assert (late.state, late.lateness) == (State.IN_ASSESSMENT, Lateness.ADMITTED)


def test_dismissing_is_a_decision_with_name_reason_and_document(
    late: Application, officer: User, client: Client
) -> None:
    client.force_login(officer)
    url = reverse("grants:late", args=[late.pk])
    answer = client.post(url, {"ruling": "dismiss", "reason": "Den kom en dag för sent."})
    assert answer.status_code == 302

    late.refresh_from_db()
    record = Record.objects.get(kind=Record.Kind.LATE_RULING)
    assert (late.state, late.lateness) == (State.DISMISSED, Lateness.DISMISSED)
    assert record.created_by == officer
    assert record.content == {
        "ruling": "dismissed",
        "reason": "Den kom en dag för sent.",
        "decided_by": str(officer),
    }
    assert late.received_case.events.filter(kind=Event.Kind.DISMISSED, actor=officer).count() == 1
    mail = Email.objects.get()
    assert mail.to == [late.association.email]
    assert "för sent" not in mail.message
    assert board(late.call, officer).lines == []

    client.force_login(late.created_by)
    page = client.get(reverse("grants:application", args=[late.pk])).content.decode()
    assert "Den kom en dag för sent." in page
    assert steps(late)[-1].is_done


def test_ruling_twice_is_one_decision_and_no_second_opinion(late: Application, officer: User) -> None:
    dismiss(late.pk, officer, "För sent.")
    dismiss(late.pk, officer, "För sent.")
    with pytest.raises(CannotRule):
        admit(late.pk, officer, "Ändå inte.")
    assert Record.objects.filter(kind=Record.Kind.LATE_RULING).count() == 1


def test_who_has_not_declared_or_gives_no_reason_decides_nothing(late: Application, officer: User) -> None:
    with pytest.raises(CannotRule):
        dismiss(late.pk, staff(Role.CASE_OFFICER), "För sent.")
    with pytest.raises(CannotRule):
        dismiss(late.pk, officer, "  ")
    late.refresh_from_db()
    assert late.lateness == Lateness.WAITING


def test_what_came_in_time_is_not_dismissed(officer: User) -> None:
    sent = sent_application()
    declare(sent.received_case, officer, has_conflict=False)
    with pytest.raises(CannotRule):
        dismiss(sent.pk, officer, "För sent.")


def test_the_association_has_no_page_to_decide_on(late: Application, client: Client) -> None:
    client.force_login(person_of(late.association))
    assert client.get(reverse("grants:late", args=[late.pk])).status_code == 404


@pytest.mark.parametrize("act", [admit, dismiss])
def test_the_document_is_archival_and_accessible(late: Application, officer: User, act: object) -> None:
    act(late.pk, officer, "Ett skäl.\n\nOch ett till.")  # type: ignore[operator]
    document = Record.objects.get(kind=Record.Kind.LATE_RULING).document
    assert document is not None
    assert_archival_and_accessible(render_pdf(document.html, title=document.title))
