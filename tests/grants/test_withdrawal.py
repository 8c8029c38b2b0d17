"""Taking back: what is sent until it lies before the committee, and drafts with 30 days to undo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from assessments.board import board
from assessments.matters import CannotPropose, propose_single
from grants.applying import cross_checks, drafts
from grants.applying.submission import CannotSubmit, submit
from grants.models import Application, Membership, PromisedPaper
from grants.own_dates import own_dates
from grants.received.withdrawal import CannotWithdraw, discard, restore, withdraw
from grants.reminders import remind
from grants.states import State
from portal.people.models import Role
from portal.registry.models import Event, Record, declare
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    CommitteeFactory,
    complete,
    paper_type,
    person_of,
    sent_application,
    staff,
)
from tests.world import assess

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent() -> Application:
    return sent_application()


def test_a_signatory_withdraws_and_the_officer_is_told(sent: Application, client: Client) -> None:
    officer = staff(Role.CASE_OFFICER)
    declare(sent.received_case, officer, has_conflict=False)
    Email.objects.all().delete()
    client.force_login(sent.created_by)

    answer = client.post(
        reverse("grants:withdraw", args=[sent.pk]), {"reason": "Vi flyttar.", "confirmed": "on"}
    )

    assert answer["Location"] == reverse("grants:application", args=[sent.pk])
    sent.refresh_from_db()
    assert sent.state == State.WITHDRAWN
    record = Record.objects.get(kind=Record.Kind.WITHDRAWAL)
    assert record.content == {"reason": "Vi flyttar."}
    assert sent.received_case.events.filter(kind=Event.Kind.WITHDRAWN, actor=sent.created_by).count() == 1
    mail = Email.objects.get()
    assert mail.to == [officer.email]
    assert "flyttar" not in mail.message
    page = client.get(answer["Location"]).content.decode()
    assert "Withdrawn" in page or "Återkallad" in page


def test_withdrawing_twice_is_once(sent: Application) -> None:
    withdraw(sent.pk, sent.created_by)
    withdraw(sent.pk, sent.created_by)
    assert Record.objects.filter(kind=Record.Kind.WITHDRAWAL).count() == 1
    assert sent.received_case.events.filter(kind=Event.Kind.WITHDRAWN).count() == 1


def test_without_the_tick_nothing_is_withdrawn_and_the_reason_stays(
    sent: Application, client: Client
) -> None:
    client.force_login(sent.created_by)
    answer = client.post(reverse("grants:withdraw", args=[sent.pk]), {"reason": "Ett skäl"})
    assert answer.status_code == 422
    assert "Ett skäl" in answer.content.decode()
    sent.refresh_from_db()
    assert sent.state == State.SUBMITTED


def test_a_writer_withdraws_nothing(sent: Application) -> None:
    with pytest.raises(CannotWithdraw):
        withdraw(sent.pk, person_of(sent.association, Membership.Role.WRITER))
    with pytest.raises(CannotWithdraw):
        withdraw(sent.pk, person_of(AssociationFactory.create()))


@pytest.mark.parametrize("state", [State.BEFORE_COMMITTEE, State.DECIDED])
def test_what_lies_before_the_committee_stays_and_says_whom_to_ask(
    sent: Application, client: Client, state: State
) -> None:
    Application.objects.update(state=state)
    client.force_login(sent.created_by)
    url = reverse("grants:withdraw", args=[sent.pk])

    page = client.get(url)
    assert page.context["stopped"]
    client.post(url, {"confirmed": "on"})
    sent.refresh_from_db()
    assert sent.state == state
    assert not Record.objects.filter(kind=Record.Kind.WITHDRAWAL).exists()


def test_a_withdrawn_application_is_on_no_board_and_in_no_matter(sent: Application) -> None:
    CommitteeFactory.create()
    officer = staff(Role.CASE_OFFICER)
    assess(sent, officer)
    assert board(sent.call, officer).ready == [sent]

    withdraw(sent.pk, sent.created_by)

    assert board(sent.call, officer).lines == []
    with pytest.raises(CannotPropose):
        propose_single(sent, officer)
    client = Client()
    client.force_login(officer)
    rounds = client.get(reverse("assessments:rounds"))
    assert [count for _call, count in rounds.context["rounds"]] == [{}]


def test_what_is_withdrawn_is_no_second_application_for_the_same_year(sent: Application) -> None:
    again = complete(ApplicationFactory.create(call=sent.call, association=sent.association))

    def warned() -> bool:
        others = cross_checks.other_applications(again, sent.created_by)
        return any(finding.code == "same_year_twice" for finding in cross_checks.warnings(again, others))

    assert warned()
    withdraw(sent.pk, sent.created_by)
    assert not warned()


def test_what_is_withdrawn_reminds_of_no_promised_paper(sent: Application) -> None:
    today = timezone.localdate()
    promise = PromisedPaper.objects.create(
        application=sent,
        type=paper_type("verksamhetsplan"),
        due_on=today + timedelta(days=3),
        promised_by=sent.created_by,
    )

    def told() -> set[str]:
        return {one.key for one in own_dates(sent.created_by)}

    assert f"paper-{promise.pk}" in told()
    withdraw(sent.pk, sent.created_by)
    assert f"paper-{promise.pk}" not in told()
    Email.objects.all().delete()
    assert remind() == 0


@pytest.fixture
def draft() -> Application:
    return complete(ApplicationFactory.create())


def test_a_discarded_draft_is_gone_for_everyone_and_can_be_taken_back(
    draft: Application, client: Client
) -> None:
    client.force_login(draft.created_by)
    client.post(reverse("grants:discard", args=[draft.pk]))

    for person in (draft.created_by, person_of(draft.association), *(staff(role) for role in Role)):
        assert not Application.objects.visible_to(person).exists()
    for page in ("home", "grants:applications"):
        assert draft.title not in client.get(reverse(page)).content.decode()
    assert client.get(reverse("grants:application", args=[draft.pk])).status_code == 404
    listed = client.get(reverse("grants:discarded")).content.decode()
    assert draft.title in listed

    answer = client.post(reverse("grants:discarded"), {"restore": draft.pk})
    assert answer["Location"] == reverse("grants:application", args=[draft.pk])
    assert Application.objects.visible_to(draft.created_by).get() == draft


def test_what_is_discarded_is_neither_written_nor_sent(draft: Application) -> None:
    discard(draft.pk, draft.created_by)
    discard(draft.pk, draft.created_by)
    with pytest.raises(CannotSubmit):
        submit(draft.pk, draft.created_by)
    with pytest.raises(drafts.DraftClosed):
        drafts.open_draft(draft.pk)
    # A new application in the same call is a new one.
    assert drafts.start(draft.call, draft.association, draft.created_by).pk != draft.pk


def test_after_thirty_days_there_is_nothing_to_take_back(draft: Application, client: Client) -> None:
    discard(draft.pk, draft.created_by)
    client.force_login(draft.created_by)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        with pytest.raises(CannotWithdraw):
            restore(draft.pk)
        assert not Application.objects.discarded_of(draft.created_by).exists()


def test_a_stranger_and_staff_see_no_discarded_draft(draft: Application, client: Client) -> None:
    discard(draft.pk, draft.created_by)
    stranger: Any = person_of(AssociationFactory.create())
    assert not Application.objects.discarded_of(stranger).exists()
    assert not Application.objects.discarded_of(staff(Role.CASE_OFFICER)).exists()
    client.force_login(stranger)
    assert client.post(reverse("grants:discarded"), {"restore": draft.pk}).status_code == 404


def test_what_is_sent_is_not_discarded(sent: Application) -> None:
    with pytest.raises(CannotWithdraw):
        discard(sent.pk, sent.created_by)
