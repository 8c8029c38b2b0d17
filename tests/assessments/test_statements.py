"""Statements: a unit sees its question and nothing else of the case, and hands in what becomes a record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from post_office.models import Email

from assessments import statements
from assessments.models import ReadingCause, SecondReading, Statement
from assessments.statement_lists import waiting
from assessments.statements import Written
from grants.models import Answer, Application, Membership, Section
from grants.states import State
from portal.people.models import Unit, User
from portal.registry.models import Case, Event, Record, declare
from tests.assessments.building import address, assessed_by, many_received, officer, opened_by, signed_in
from tests.assessments.reading import contact, unit_with
from tests.e2e.words import say

pytestmark = pytest.mark.django_db

QUESTION = "Vad gör ni tillsammans med föreningen?"
#: What is written in a section, to be looked for; everything but two of them must stay hidden.
SAID = {section.value: f"Det här står i {section.value}." for section in Section}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def asked(application: Application, unit: Unit, by: User) -> Statement:
    return statements.ask(application, unit, QUESTION, timezone.localdate() + timedelta(days=7), by)


def declared(statement: Statement, *people: User) -> Statement:
    for person in people:
        declare(statement.application.received_case, person, has_conflict=False)
    return statement


def telling(person: User) -> Application:
    """An application in which each section's first running text says which it is."""
    application = opened_by(person)
    done = set()
    for question in application.call.questions.all():
        if question.kind == "long_text" and question.section not in done:
            done.add(question.section)
            Answer.objects.filter(application=application, key=question.key).update(
                value=SAID[question.section]
            )
    assert {Section.NEED, Section.TARGET, Section.COOPERATION} <= done
    return application


def url(name: str, statement: Statement) -> str:
    return reverse(f"assessments:{name}", args=[statement.pk])


ANSWER = Written("Ni når dem vi inte når.", "Vi ses varje månad.")


def as_posted(version: int, answer: Written = ANSWER) -> dict[str, Any]:
    return {"version": version, "komplement": answer.komplement, "samverkan": answer.samverkan}


# --- Asking ------------------------------------------------------------------------------------


def test_an_officer_asks_by_the_page_and_the_contacts_are_told_without_content() -> None:
    person, first, second = officer(), contact(), contact()
    application = opened_by(person)
    unit = unit_with(first, second)
    due_on = timezone.localdate() + timedelta(days=3)
    answer = signed_in(person).post(
        address("ask-statement", application), {"unit": unit.pk, "question": QUESTION, "due_on": due_on}
    )
    assert answer["Location"] == address("application", application)
    statement = Statement.objects.get()
    assert (statement.unit, statement.question, statement.due_on) == (unit, QUESTION, due_on)
    event = Event.objects.get(kind=Event.Kind.STATEMENT_ASKED)
    assert (event.case, event.actor, event.detail) == (application.case, person, unit.name)
    mails = list(Email.objects.filter(subject="En fråga om yttrande väntar i Samspel"))
    assert {address for mail in mails for address in mail.to} == {first.email, second.email}
    for mail in mails:
        for secret in (application.association.name, application.title, QUESTION):
            assert secret not in mail.subject + mail.message
        assert application.received_case.registry_number not in mail.subject + mail.message


@pytest.mark.parametrize("field", ["unit", "question", "due_on"])
def test_what_is_missing_is_asked_for_with_everything_typed(field: str) -> None:
    person = officer()
    application = opened_by(person)
    fields = {"unit": unit_with(contact()).pk, "question": QUESTION, "due_on": timezone.localdate()}
    answer = signed_in(person).post(address("ask-statement", application), fields | {field: ""})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Statement.objects.exists()


def test_a_last_day_that_has_passed_is_refused() -> None:
    person = officer()
    application = opened_by(person)
    fields = {"unit": unit_with(contact()).pk, "question": QUESTION, "due_on": "2020-01-01"}
    answer = signed_in(person).post(address("ask-statement", application), fields)
    assert list(answer.context["form"].errors) == ["due_on"]


def test_a_unit_is_asked_once_at_a_time_and_only_if_somebody_can_answer() -> None:
    person, conflicted, acting = officer(), contact(), contact()
    application = opened_by(person)
    unit = unit_with(contact())
    asked(application, unit, person)
    with pytest.raises(statements.Refused, match="asked already"):
        asked(application, unit, person)
    declare(application.received_case, conflicted, has_conflict=True)
    Membership.objects.create(association=application.association, user=acting, role="writer")
    with pytest.raises(statements.Refused, match="Nobody can answer"):
        asked(application, unit_with(conflicted, acting, name="Utan någon"), person)
    Application.objects.filter(pk=application.pk).update(state=State.WITHDRAWN)
    with pytest.raises(statements.Refused, match="no longer"):
        asked(application, unit_with(contact(), name="Annan"), person)


def test_a_question_taken_back_is_gone_for_the_unit_and_kept_for_the_case() -> None:
    person, answering = officer(), contact()
    application = opened_by(person)
    statement = declared(asked(application, unit_with(answering), person), answering)
    withdraw = reverse("assessments:withdraw-statement", args=[application.pk, statement.pk])
    signed_in(person).post(withdraw)
    client = signed_in(answering)
    assert client.get(url("statement", statement)).status_code == 404
    assert client.post(url("statement", statement), as_posted(1)).status_code == 404
    with pytest.raises(statements.Refused, match="taken back"):
        statements.save(statement, ANSWER, statement.version, answering)
    assert application.association.name not in client.get(reverse("assessments:statements")).content.decode()
    assert Event.objects.filter(kind=Event.Kind.STATEMENT_WITHDRAWN).count() == 1
    assert "togs tillbaka" in signed_in(person).get(address("application", application)).content.decode()
    signed_in(person).post(withdraw)
    assert Event.objects.filter(kind=Event.Kind.STATEMENT_WITHDRAWN).count() == 1


# --- The unit's page ---------------------------------------------------------------------------


def test_the_page_shows_the_question_and_two_sections_and_nothing_else_of_the_case() -> None:
    person, answering = officer(), contact()
    application = telling(person)
    assessed_by(person, application, texts={"effekt": "Hemlig bedömning."} | dict.fromkeys(
        ["varde", "komplement", "samverkan", "ekonomi"], "Hemlig bedömning."))  # fmt: skip
    SecondReading.objects.create(
        application=application, causes=[ReadingCause.SAMPLE], comment="Hemlig läsning."
    )
    other = unit_with(contact(), name="En annan enhet")
    statements.ask(application, other, "Hemlig fråga till andra.", timezone.localdate(), person)
    statement = declared(asked(application, unit_with(answering), person), answering)
    page = signed_in(answering).get(url("statement", statement)).content.decode()
    titles = [say("Complement"), say("Co-operation")]
    for shown in (application.association.name, application.title, QUESTION, *titles):
        assert shown in page
    assert SAID[Section.COOPERATION] in page
    assert SAID[Section.TARGET] in page
    budget = application.budget_lines.first()
    assert budget is not None
    for hidden in (
        SAID[Section.NEED], SAID[Section.ACTIVITIES], "Hemlig", "En annan enhet", "stadgar.pdf",
        "100\u00a0000", "120\u00a0000", "80\u00a0000", budget.heading.label, person.display_name,
        application.association.organisation_number or "?", application.association.email,
        application.received_case.registry_number, f'"{address("application", application)}"',
    ):  # fmt: skip
        assert hidden not in page, hidden


def test_a_contact_opens_nothing_else() -> None:
    person, answering = officer(), contact()
    application = opened_by(person)
    statement = declared(asked(application, unit_with(answering), person), answering)
    theirs = asked(opened_by(person), unit_with(contact(), name="En annan enhet"), person)
    declared(theirs, answering)
    for model in (Application, Case, Record):
        assert not model.objects.visible_to(answering).exists()
    assert list(Statement.objects.visible_to(answering)) == [statement]
    client = signed_in(answering)
    assert client.get(url("statement", theirs)).status_code == 404
    for name in ("application", "assess", "reading", "both-views", "ask-statement"):
        assert client.get(address(name, application)).status_code == 404


def test_a_contact_declares_before_the_question_opens() -> None:
    person, answering = officer(), contact()
    application = telling(person)
    statement = asked(application, unit_with(answering), person)
    client = signed_in(answering)
    assert client.get(url("statement", statement))["Location"] == address("declare", application)
    assert client.post(url("statement", statement), as_posted(1))["Location"] == address(
        "declare", application
    )
    page = client.get(address("declare", application)).content.decode()
    assert QUESTION not in page
    assert SAID[Section.COOPERATION] not in page
    assert reverse("assessments:queue") + '"' not in page
    answer = client.post(address("declare", application), {"answer": "no"})
    assert answer["Location"] == url("statement", statement)


def test_a_contacts_conflict_hides_the_question_and_a_colleague_answers() -> None:
    person, conflicted, colleague = officer(), contact(), contact()
    application = opened_by(person)
    statement = asked(application, unit_with(conflicted, colleague), person)
    client = signed_in(conflicted)
    answer = client.post(address("declare", application), {"answer": "yes"})
    assert answer["Location"] == reverse("assessments:statements")
    for name in ("statement", "hand-in-statement"):
        assert client.get(url(name, statement)).status_code == 404
        assert client.post(url(name, statement), as_posted(1)).status_code == 404
    assert client.get(address("declare", application)).status_code == 404
    assert application.association.name not in client.get(reverse("assessments:statements")).content.decode()
    assert list(waiting(conflicted)) == []
    assert list(waiting(person)) == []
    declared(statement, colleague)
    assert signed_in(colleague).get(url("statement", statement)).status_code == 200


def test_the_last_contacts_conflict_tells_the_officer() -> None:
    person, conflicted = officer(), contact()
    application = opened_by(person)
    asked(application, unit_with(conflicted), person)
    assert (
        say("Needs another contact")
        not in signed_in(person).get(address("application", application)).content.decode()
    )
    declare(application.received_case, conflicted, has_conflict=True)
    for page in (address("application", application), reverse("assessments:statements")):
        assert say("Needs another contact") in signed_in(person).get(page).content.decode()
    assert [row.count for row in waiting(person)] == [1]


def test_who_acts_for_the_association_does_not_answer() -> None:
    person, acting = officer(), contact()
    application = opened_by(person)
    statement = declared(asked(application, unit_with(acting), person), acting)
    Membership.objects.create(association=application.association, user=acting, role="writer")
    assert signed_in(acting).get(url("statement", statement)).status_code == 404
    with pytest.raises(statements.Refused, match="act for"):
        statements.save(statement, ANSWER, 1, acting)


def test_an_officers_conflict_hides_the_statements_too() -> None:
    person, conflicted, answering = officer(), officer(), contact()
    application = opened_by(person)
    statement = asked(application, unit_with(answering), person)
    Statement.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    declare(application.received_case, conflicted, has_conflict=True)
    assert not Statement.objects.visible_to(conflicted).exists()
    page = signed_in(conflicted).get(reverse("assessments:statements")).content.decode()
    assert application.association.name not in page
    assert list(waiting(conflicted)) == []
    assert [row.count for row in waiting(person)] == [1]
    withdraw = reverse("assessments:withdraw-statement", args=[application.pk, statement.pk])
    assert signed_in(conflicted).post(withdraw).status_code == 404


# --- Writing -----------------------------------------------------------------------------------


def test_save_and_hand_in_makes_a_record_that_officers_read() -> None:
    person, answering = officer(), contact()
    application = opened_by(person)
    statement = declared(asked(application, unit_with(answering), person), answering)
    client = signed_in(answering)
    half = as_posted(1, Written("Ni når dem vi inte når.", ""))
    assert client.post(url("statement", statement), half).status_code == 302
    assert "Ni når dem" not in signed_in(person).get(address("application", application)).content.decode()
    answer = client.post(url("hand-in-statement", statement), half | {"version": 2})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["samverkan"]
    again = as_posted(answer.context["form"]["version"].value())
    assert client.post(url("hand-in-statement", statement), again).status_code == 302
    statement.refresh_from_db()
    assert (statement.answered_by, statement.is_answered) == (answering, True)
    record = Record.objects.get(kind=Record.Kind.STATEMENT)
    assert record.case == application.case
    assert record.content is not None
    assert record.content["komplement"] == "Ni når dem vi inte når."
    assert record.content["question"] == QUESTION
    assert Event.objects.filter(kind=Event.Kind.STATEMENT_ANSWERED, case=application.case).count() == 1
    signed_in(person).post(address("begin", application))
    for name in ("application", "assess"):
        page = signed_in(person).get(address(name, application)).content.decode()
        assert "Ni når dem vi inte når." in page
        assert "Vi ses varje månad." in page


def test_what_is_handed_in_cannot_be_changed_and_what_was_typed_comes_back() -> None:
    person, answering = officer(), contact()
    application = opened_by(person)
    statement = declared(asked(application, unit_with(answering), person), answering)
    statements.save(statement, ANSWER, 1, answering)
    statement.refresh_from_db()
    statements.hand_in(statement, answering)
    client = signed_in(answering)
    late = as_posted(2, Written("Ändrat för sent.", ""))
    for name in ("statement", "hand-in-statement"):
        answer = client.post(url(name, statement), late)
        assert answer.status_code == 409
        assert "Ändrat för sent." in answer.content.decode()
    assert Record.objects.filter(kind=Record.Kind.STATEMENT).count() == 1
    assert 'name="komplement"' not in client.get(url("statement", statement)).content.decode()
    with pytest.raises(statements.Refused, match="handed in"):
        statements.withdraw(statement, person)


def test_two_contacts_lose_nothing() -> None:
    person, first, second = officer(), contact(), contact()
    application = opened_by(person)
    statement = declared(asked(application, unit_with(first, second), person), first, second)
    statements.save(statement, Written("Den förstas ord.", "Lika."), 1, first)
    client = signed_in(second)
    mine = as_posted(1, Written("Den andras ord.", "Lika."))
    answer = client.post(url("statement", statement), mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Den förstas ord." in page
    assert "Den andras ord." in page
    assert [row.name for row in answer.context["differences"]] == ["komplement"]
    unanswered = mine | {"version": answer.context["version"], "asked": "komplement"}
    assert client.post(url("statement", statement), unanswered).status_code == 422
    assert (
        client.post(url("statement", statement), unanswered | {"choose_komplement": "theirs"}).status_code
        == 302
    )
    statement.refresh_from_db()
    assert statement.komplement == "Den förstas ord."


def test_a_personal_identity_number_is_warned_of_once() -> None:
    person, answering = officer(), contact()
    application = opened_by(person)
    statement = declared(asked(application, unit_with(answering), person), answering)
    client = signed_in(answering)
    text = as_posted(1, Written("Hon har 19811218-9876.", "Ja."))
    answer = client.post(url("statement", statement), text)
    assert answer.status_code == 422
    assert 'name="no_personal_number"' in answer.content.decode()
    assert client.post(url("statement", statement), text | {"no_personal_number": "on"}).status_code == 302


# --- Lists -------------------------------------------------------------------------------------


def test_an_overdue_question_is_marked_in_both_lists_and_on_the_case() -> None:
    person, answering = officer(), contact()
    application = opened_by(person)
    asked(application, unit_with(answering), person)
    Statement.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    listed = reverse("assessments:statements")
    assert say("Overdue") in signed_in(answering).get(listed).content.decode()
    assert say("Overdue") in signed_in(person).get(listed).content.decode()
    assert say("Overdue") in signed_in(person).get(address("application", application)).content.decode()


@pytest.mark.parametrize("rows", [3, 30])
@pytest.mark.parametrize(("who", "queries"), [("contact", 4), ("officer", 3)])
def test_the_list_takes_as_many_queries_for_thirty_as_for_three(
    who: str, queries: int, rows: int, django_assert_num_queries: Any
) -> None:
    person, answering = officer(), contact()
    unit = unit_with(answering)
    now = timezone.now()
    applications = list(Application.objects.filter(call=many_received(2 * rows)))
    Statement.objects.bulk_create(
        Statement(
            application=application, unit=unit, question=QUESTION, due_on=timezone.localdate(),
            asked_by=person, answered_by=answering if number % 2 else None,
            answered_at=now if number % 2 else None,
        )
        for number, application in enumerate(applications)
    )  # fmt: skip
    client = signed_in(person if who == "officer" else answering)
    listed = reverse("assessments:statements")
    client.get(listed)
    with django_assert_num_queries(queries):
        page = client.get(listed)
    if who == "officer":
        assert len(page.context["awaited"]) == rows
    else:
        assert (len(page.context["to_answer"]), len(page.context["answered"])) == (rows, rows)
