"""Completion: asked question by question, answered in private, handed in as a new version."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from grants.applying.drafts import ChangedMeanwhile, fingerprint, section_values
from grants.models import (
    Application,
    CompletionReply,
    CompletionRequest,
    Membership,
    ReplyPaper,
    Section,
)
from grants.received import completing, completion
from grants.received.completion import Asking, CannotAsk, Wanted
from grants.received.following import status, steps
from grants.received.things import changes
from grants.received.withdrawal import withdraw
from grants.reminders import remind as send_reminders
from grants.states import COMPLETION_TRANSITIONS, CompletionState, State
from portal.people.models import Role, User
from portal.registry.models import Event, Record, RecordFile, declare
from tests.factories import PDF, AssociationFactory, person_of, sent_application, staff

pytestmark = pytest.mark.django_db

PURPOSE = "answer_purpose"


@pytest.fixture
def sent() -> Application:
    return sent_application()


@pytest.fixture
def officer(sent: Application) -> User:
    officer = staff(Role.CASE_OFFICER)
    declare(sent.received_case, officer, has_conflict=False)
    Email.objects.all().delete()
    return officer


def asking(*codes: str, days: int = 14) -> Asking:
    return Asking(
        items=[Wanted(code, f"Rubrik {code}", f"Skriv mer om {code}.") for code in codes or (PURPOSE,)],
        introduction="",
        last_day=timezone.localdate() + timedelta(days=days),
        consequence="Då bedömer vi ansökan som den är.",
    )


@pytest.fixture
def waiting(sent: Application, officer: User) -> CompletionRequest:
    request = completion.ask(sent.pk, asking(PURPOSE, "paper_stadgar"), officer)
    Email.objects.all().delete()
    return request


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def url(name: str, application: Application, *more: Any) -> str:
    return reverse(f"grants:{name}", args=[application.pk, *more])


def write(waiting: CompletionRequest, text: str, by: User) -> None:
    """Save a new answer to the question about purpose."""
    shown = completing.replied(
        Application.objects.get(pk=waiting.application_id),
        completing.values_of(completing.reply_of(waiting)),
    )
    seen = fingerprint(section_values(shown, Section.NEED))
    completing.save(waiting.pk, {Section.NEED: {PURPOSE: text}}, by, seen={Section.NEED: seen})


# --- The officer asks ----------------------------------------------------------------------------


def test_the_officer_chooses_writes_reads_the_message_and_sends(sent: Application, officer: User) -> None:
    client = client_of(officer)
    choose = client.get(url("ask", sent))
    assert "fraga" in choose.content.decode()
    here = f"{url('ask', sent)}?fraga={PURPOSE}&fraga=budget"
    page = client.get(here).content.decode()
    assert "Vi möter människor varje vecka." in page

    wrong = client.post(here, {"fraga": [PURPOSE, "budget"], f"wanted_{PURPOSE}": "Säg mer."})
    assert wrong.status_code == 422
    assert "Säg mer." in wrong.content.decode()
    written = {
        "fraga": [PURPOSE, "budget"],
        f"wanted_{PURPOSE}": "Säg mer om behovet.",
        "wanted_budget": "Vad ingår i lön?",
        "introduction": "Tack för ansökan.",
        "last_day": f"{timezone.localdate() + timedelta(days=10):%Y-%m-%d}",
        "consequence": "Då går vi vidare ändå.",
    }
    answer = client.post(here, written)
    assert answer["Location"] == url("ask-preview", sent)
    assert not CompletionRequest.objects.exists()
    preview = client.get(answer["Location"]).content.decode()
    for text in ("Säg mer om behovet.", "Vad ingår i lön?", "Tack för ansökan.", "Då går vi vidare ändå."):
        assert text in preview

    client.post(answer["Location"])
    client.post(answer["Location"])

    request = CompletionRequest.objects.get()
    record = Record.objects.get(kind=Record.Kind.COMPLETION_REQUEST)
    assert record.content is not None
    assert [item["wanted"] for item in record.content["items"]] == ["Säg mer om behovet.", "Vad ingår i lön?"]
    assert request.asked == record
    assert sent.received_case.events.filter(kind=Event.Kind.COMPLETION_ASKED, actor=officer).count() == 1
    mail = Email.objects.get()
    assert mail.to == [sent.association.email]
    assert "behovet" not in mail.subject + mail.message


def test_choosing_nothing_asks_to_choose(sent: Application, officer: User) -> None:
    assert client_of(officer).get(f"{url('ask', sent)}?skriv=1").status_code == 422


def test_one_request_is_open_at_a_time(waiting: CompletionRequest, officer: User) -> None:
    with pytest.raises(CannotAsk):
        completion.ask(waiting.application_id, asking(), officer)


@pytest.mark.parametrize("state", [State.BEFORE_COMMITTEE, State.DECIDED, State.WITHDRAWN])
def test_nothing_is_asked_of_what_is_no_longer_handled(
    sent: Application, officer: User, state: State
) -> None:
    Application.objects.update(state=state)
    with pytest.raises(CannotAsk):
        completion.ask(sent.pk, asking(), officer)
    assert client_of(officer).get(url("ask", sent)).status_code == 302


def test_only_who_has_declared_asks_and_only_with_sense(sent: Application, officer: User) -> None:
    with pytest.raises(CannotAsk):
        completion.ask(sent.pk, asking(), staff(Role.CASE_OFFICER))
    with pytest.raises(CannotAsk):
        completion.ask(sent.pk, asking(days=-1), officer)
    with pytest.raises(CannotAsk):
        completion.ask(sent.pk, Asking([], "", date(2099, 1, 1), "x"), officer)
    assert not CompletionRequest.objects.exists()


def test_reminding_extending_and_closing(waiting: CompletionRequest, officer: User) -> None:
    client, here = client_of(officer), url("ask", waiting.application)
    client.post(here, {"go": "remind"})
    later = waiting.last_day + timedelta(days=7)
    client.post(here, {"go": "extend", "last_day": f"{later:%Y-%m-%d}"})
    client.post(here, {"go": "extend", "last_day": f"{later:%Y-%m-%d}"})
    assert client.post(here, {"go": "extend", "last_day": "snart"}).status_code == 422
    client.post(here, {"go": "extend", "last_day": f"{timezone.localdate():%Y-%m-%d}"})
    waiting.refresh_from_db()
    assert waiting.last_day == later
    client.post(here, {"go": "close", "note": "Vi fick det per telefon."})
    completion.close(waiting.pk, "igen", officer)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.ended_by) == (CompletionState.CLOSED, officer)
    kinds = list(waiting.application.received_case.events.values_list("kind", flat=True))
    for kind in ("completion_reminded", "completion_extended", "completion_closed"):
        assert kinds.count(kind) == 1
    assert Email.objects.count() == 3
    with pytest.raises(CannotAsk):
        completion.remind(waiting.pk, officer)


def test_the_table_of_moves_is_the_whole_truth() -> None:
    assert set(COMPLETION_TRANSITIONS) == {
        (CompletionState.OPEN, CompletionState.ANSWERED),
        (CompletionState.OPEN, CompletionState.CLOSED),
    }


# --- The association answers ---------------------------------------------------------------------


def test_the_association_sees_the_task_and_answers_in_private(
    sent: Application, waiting: CompletionRequest, officer: User
) -> None:
    client = client_of(sent.created_by)
    assert url("complete", sent) in client.get(url("application", sent)).content.decode()
    page = client.get(url("complete", sent))
    assert f"Skriv mer om {PURPOSE}." in page.content.decode()
    assert "Vi möter människor varje vecka." in page.content.decode()
    hidden = dict(page.context["forms"].to_see())

    answer = client.post(
        url("complete", sent),
        hidden
        | {
            PURPOSE: "Ett hemligt nytt svar.",
            "paper_stadgar": SimpleUploadedFile("nya-stadgar.pdf", PDF + b"%"),
            "go": "stay",
        },
    )

    assert answer.status_code == 302, answer.context["forms"].forms[0].errors
    again = client.get(url("complete", sent)).content.decode()
    assert "Ett hemligt nytt svar." in again
    assert "nya-stadgar.pdf" in again
    # The application as sent is untouched, and staff read nothing of the reply anywhere.
    assert Application.objects.get().answers_by_key()["purpose"] == "Vi möter människor varje vecka."
    officers = client_of(officer)
    for name in ("assessments:application", "grants:ask", "grants:officer-messages"):
        shown = officers.get(reverse(name, args=[sent.pk])).content.decode()
        assert "hemligt" not in shown
        assert "nya-stadgar" not in shown
    paper = ReplyPaper.objects.get()
    assert officers.get(reverse("grants:reply-paper", args=[paper.pk])).status_code == 404
    assert client.get(reverse("grants:reply-paper", args=[paper.pk])).status_code == 200
    for person in (officer, staff(Role.SECRETARY), person_of(AssociationFactory.create())):
        assert not CompletionReply.objects.visible_to(person).exists()
        assert not ReplyPaper.objects.visible_to(person).exists()
    assert not Email.objects.exists()


def test_handing_in_is_a_new_version_and_the_old_stays(
    sent: Application, waiting: CompletionRequest, officer: User
) -> None:
    write(waiting, "Nu säger vi mer.", sent.created_by)
    stored = RecordFile.objects.get().stored_file
    completing.add_paper(waiting.pk, "stadgar", "nya.pdf", stored, sent.created_by)
    before = Record.objects.get(kind=Record.Kind.APPLICATION)
    client = client_of(sent.created_by)
    check = client.get(url("hand-in", sent))
    assert [change.code for change in check.context["changes"]] == [PURPOSE, "paper_stadgar"]

    client.post(url("hand-in", sent))
    client.post(url("hand-in", sent))
    completing.hand_in(waiting.pk, sent.created_by)

    waiting.refresh_from_db()
    old, new = Record.objects.filter(kind=Record.Kind.APPLICATION).order_by("pk")
    assert (old.pk, old.content) == (before.pk, before.content)
    assert (waiting.state, waiting.after, waiting.was_late) == (CompletionState.ANSWERED, new, False)
    assert old.content is not None
    assert new.content is not None
    assert old.content["answers"]["purpose"] == "Vi möter människor varje vecka."
    assert new.content["answers"]["purpose"] == "Nu säger vi mer."
    assert "nya.pdf" in [file.filename for file in new.files.all()]
    assert Application.objects.get().answers_by_key()["purpose"] == "Nu säger vi mer."
    assert sent.received_case.events.filter(kind=Event.Kind.COMPLETED).count() == 1
    assert sorted(address for mail in Email.objects.all() for address in mail.to) == sorted(
        [officer.email, sent.association.email]
    )


def test_the_officer_reads_before_and_after_with_what_nobody_asked_for_marked(
    sent: Application, waiting: CompletionRequest, officer: User
) -> None:
    client = client_of(sent.created_by)
    write(waiting, "Nu säger vi mer.", sent.created_by)
    page = client.get(url("complete-section", sent, Section.TARGET))
    form = page.context["form"]
    data = {name: value for name, value in form.initial.items() if value is not None}
    data = {
        name: ({True: "yes", False: "no"}[value] if isinstance(value, bool) else value)
        for name, value in data.items()
    }
    saved = client.post(
        url("complete-section", sent, Section.TARGET),
        data | {"child_share": "75", "seen": form["seen"].value()},
    )
    assert saved.status_code == 302, saved.context["form"].errors
    completing.hand_in(waiting.pk, sent.created_by)

    shown = client_of(officer).get(url("compare", sent, waiting.pk))
    marks = {change.code: change.is_unasked_change for change, _wanted in shown.context["changes"]}
    assert marks[PURPOSE] is False
    assert marks["child_share"] is True
    assert marks["paper_stadgar"] is False
    text = shown.content.decode()
    assert "Vi möter människor varje vecka." in text
    assert "Nu säger vi mer." in text
    sent.refresh_from_db()
    assert sent.child_share == 75


def test_sums_and_budget_of_a_reply_hang_together(sent: Application, waiting: CompletionRequest) -> None:
    first = sent.call.first_year
    shown = completing.replied(Application.objects.get(pk=sent.pk), {})
    grant = section_values(shown, Section.GRANT)
    new = {"years": 2, f"amount_{first}": 100_000, f"amount_{first + 1}": 50_000}
    completing.save(
        waiting.pk, {Section.GRANT: new}, sent.created_by, seen={Section.GRANT: fingerprint(grant)}
    )
    reply = completing.reply_of(waiting)
    shown = completing.replied(Application.objects.get(pk=sent.pk), completing.values_of(reply))
    assert shown.applied is not None
    assert shown.applied.amounts == {first: 100_000, first + 1: 50_000}
    heading = sent.call.budget_headings.filter(side="cost").first()
    assert heading is not None
    economy = section_values(shown, Section.ECONOMY)
    completing.save(
        waiting.pk,
        {Section.ECONOMY: {f"budget_{heading.key}_{first + 1}": 50_000}},
        sent.created_by,
        seen={Section.ECONOMY: fingerprint(economy)},
    )
    completing.hand_in(waiting.pk, sent.created_by)

    now = Application.objects.get(pk=sent.pk)
    assert now.applied is not None
    assert now.applied.amounts == {first: 100_000, first + 1: 50_000}
    assert now.budget_lines.get(heading=heading, year=first + 1).amount == 50_000
    waiting.refresh_from_db()
    assert waiting.after is not None
    codes = {
        change.code
        for change in changes(waiting.before.content or {}, waiting.after.content or {}, sent.call, [PURPOSE])
        if change.is_changed
    }
    assert codes == {"amounts", "budget"}


def test_a_reply_after_the_last_day_counts_and_is_marked_late(
    sent: Application, waiting: CompletionRequest
) -> None:
    write(waiting, "Sent svar.", sent.created_by)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert CompletionRequest.objects.overdue().get() == waiting
        completing.hand_in(waiting.pk, sent.created_by)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.was_late) == (CompletionState.ANSWERED, True)
    assert not CompletionRequest.objects.overdue().exists()


def test_nothing_happens_by_itself_when_the_last_day_passes(
    sent: Application, waiting: CompletionRequest
) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        send_reminders()
        send_reminders()
    sent.refresh_from_db()
    waiting.refresh_from_db()
    assert (sent.state, waiting.state) == (State.SUBMITTED, CompletionState.OPEN)
    assert [mail.to for mail in Email.objects.all()] == [[sent.created_by.email]]


def test_a_writer_writes_but_does_not_hand_in(sent: Application, waiting: CompletionRequest) -> None:
    writer = person_of(sent.association, Membership.Role.WRITER)
    write(waiting, "Skrivet.", writer)
    with pytest.raises(completing.CannotComplete):
        completing.hand_in(waiting.pk, writer)
    assert not client_of(writer).get(url("hand-in", sent)).context["may_sign"]


@pytest.mark.rule(9)
def test_an_empty_reply_and_a_closed_request_take_nothing(
    sent: Application, waiting: CompletionRequest, officer: User
) -> None:
    with pytest.raises(completing.CannotComplete):
        completing.hand_in(waiting.pk, sent.created_by)
    write(waiting, "Skrivet.", sent.created_by)
    completion.close(waiting.pk, "", officer)
    with pytest.raises(completing.CannotComplete):
        completing.hand_in(waiting.pk, sent.created_by)
    with pytest.raises(completing.CannotComplete):
        write(waiting, "Mer.", sent.created_by)
    client = client_of(sent.created_by)
    assert client.post(url("complete", sent), {PURPOSE: "x"})["Location"] == url("application", sent)


def test_two_who_write_at_once_lose_nothing(sent: Application, waiting: CompletionRequest) -> None:
    client = client_of(sent.created_by)
    hidden = dict(client.get(url("complete", sent)).context["forms"].to_see())
    write(waiting, "Kollegans svar.", person_of(sent.association))

    answer = client.post(url("complete", sent), hidden | {PURPOSE: "Mitt svar."})

    assert answer.status_code == 422
    assert "Kollegans svar." in answer.content.decode()
    assert "Mitt svar." in answer.content.decode()
    with pytest.raises(ChangedMeanwhile):
        completing.save(
            waiting.pk, {Section.NEED: {PURPOSE: "x"}}, sent.created_by, seen={Section.NEED: "gammal"}
        )
    hidden = dict(answer.context["forms"].to_see())
    assert client.post(url("complete", sent), hidden | {PURPOSE: "Bådas svar."}).status_code == 302


def test_a_bad_answer_loses_nothing_and_says_what_to_do(
    sent: Application, waiting: CompletionRequest
) -> None:
    client = client_of(sent.created_by)
    hidden = dict(client.get(url("complete", sent)).context["forms"].to_see())
    answer = client.post(url("complete", sent), hidden | {PURPOSE: "Ring 19811218-9876"})
    assert answer.status_code == 422
    assert "19811218-9876" in answer.content.decode()
    assert client.post(
        url("complete", sent), hidden | {PURPOSE: "Ring 19811218-9876", "no_personal_number": "on"}
    ).status_code == 302  # fmt: skip


def test_a_stranger_finds_no_request(sent: Application, waiting: CompletionRequest) -> None:
    client = client_of(person_of(AssociationFactory.create()))
    for name in ("complete", "hand-in"):
        assert client.get(url(name, sent)).status_code == 404
    assert client.get(url("complete-section", sent, Section.NEED)).status_code == 404


def test_a_conflict_of_interest_hides_the_request(
    sent: Application, waiting: CompletionRequest, officer: User
) -> None:
    write(waiting, "Skrivet.", sent.created_by)
    completing.hand_in(waiting.pk, sent.created_by)
    declare(sent.received_case, officer, has_conflict=True)
    client = client_of(officer)
    assert not CompletionRequest.objects.visible_to(officer).exists()
    for page in (url("ask", sent), url("ask-preview", sent), url("compare", sent, waiting.pk)):
        assert client.get(page).status_code == 404


def test_withdrawing_closes_the_request(sent: Application, waiting: CompletionRequest) -> None:
    withdraw(sent.pk, sent.created_by)
    waiting.refresh_from_db()
    assert waiting.state == CompletionState.CLOSED


def test_the_way_says_that_a_completion_is_awaited(sent: Application, waiting: CompletionRequest) -> None:
    row = Application.objects.with_completion().select_related("call").get()
    assert status(row).color == "warning"
    assert [step.is_now for step in steps(row, [waiting])] == [False, True, False, False, False]


def test_soon_due_and_overdue_are_reminded_of_once_each(
    sent: Application, waiting: CompletionRequest
) -> None:
    for days in (10, 11, 12, 13, 15, 16):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            send_reminders()
    assert Email.objects.count() == 2
