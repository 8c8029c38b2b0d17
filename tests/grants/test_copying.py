"""Copying from last year: what comes with it, what never does, and that somebody has read it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grants.applying import copying
from grants.applying.completeness import tasks
from grants.forms.sections import section_form
from grants.models import (
    Application,
    Call,
    CopiedAnswer,
    FieldVersion,
    QuestionKind,
    Section,
    Terms,
    TermsStage,
)
from portal.people.models import Role, User
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    CallFactory,
    complete,
    person_of,
    sent_application,
    staff,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent() -> Application:
    """Last year's application."""
    return sent_application()


@pytest.fixture
def person(sent: Application) -> User:
    return sent.created_by


@pytest.fixture
def call(sent: Application) -> Call:
    """This year's call, with the same questions."""
    return CallFactory.create(title="Verksamhetsbidrag 2028", first_year=2028)


@pytest.fixture
def draft(call: Call, sent: Application) -> Application:
    return ApplicationFactory.create(call=call, association=sent.association, created_by=sent.created_by)


@pytest.fixture
def writer(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def answers(draft: Application) -> dict[str, Any]:
    return Application.objects.get(pk=draft.pk).answers_by_key()


def is_done(draft: Application, section: Section) -> bool:
    fresh = Application.objects.get(pk=draft.pk)
    return next(task for task in tasks(fresh) if task.section == section).is_done


def post(writer: Client, draft: Application, section: Section, **fields: Any) -> Any:
    form = section_form(Application.objects.get(pk=draft.pk), section)
    shown = {name: form[name].value() for name in form.names if isinstance(form[name].value(), str | int)}
    return writer.post(
        reverse("grants:section", args=[draft.pk, section]),
        {"seen": form.initial["seen"], **shown, **fields},
    )


def test_starting_offers_and_copies_last_years_answers(writer: Client, call: Call, sent: Application) -> None:
    page = writer.get(reverse("grants:start", args=[call.pk]))
    assert [code for code, _label in page.context["form"].fields["copy_from"].choices] == ["", sent.pk]

    writer.post(
        reverse("grants:start", args=[call.pk]), {"association": sent.association_id, "copy_from": sent.pk}
    )

    draft = Application.objects.drafts().get()
    assert answers(draft)["need"] == answers(sent)["need"]
    assert {copied.source_id for copied in draft.copied_answers.all()} == {sent.pk}
    assert writer.get(reverse("grants:application", args=[draft.pk])).context["unread"] > 5


def test_without_a_choice_the_form_is_empty(writer: Client, call: Call, sent: Application) -> None:
    writer.post(reverse("grants:start", args=[call.pk]), {"association": sent.association_id})

    assert answers(Application.objects.drafts().get()) == {}


def test_what_belongs_to_its_year_is_never_copied(
    draft: Application, sent: Application, person: User
) -> None:
    copying.copy_answers(draft.pk, sent, person)

    fresh = Application.objects.get(pk=draft.pk)
    kinds = {question.key: question.kind for question in draft.call.questions.all()}
    assert {kinds[key] for key in answers(draft)} & copying.OF_THEIR_YEAR == set()
    assert QuestionKind.LONG_TEXT in {kinds[key] for key in answers(draft)}
    assert (fresh.title, fresh.child_share, fresh.applied) == ("", None, None)
    assert not fresh.budget_lines.exists()
    (row,) = answers(draft)["funding_rows"]
    assert "amount" in answers(sent)["funding_rows"][0]
    assert "amount" not in row
    assert row["funder"] == answers(sent)["funding_rows"][0]["funder"]
    assert fresh.copied_answers.get(key="funding_rows").left_out


def test_choices_that_are_gone_are_left_out(draft: Application, sent: Application, person: User) -> None:
    asked = draft.call.questions.get(key="target_groups")
    gone, kept = answers(sent)["target_groups"]
    asked.options = [option for option in asked.options if option["code"] != gone]
    asked.save()
    one_of = draft.call.questions.get(key="continuity")
    one_of.options = [option for option in one_of.options if option["code"] != answers(sent)["continuity"]]
    one_of.save()

    copying.copy_answers(draft.pk, sent, person)

    assert answers(draft)["target_groups"] == [kept]
    assert draft.copied_answers.get(key="target_groups").left_out
    assert "continuity" not in answers(draft)


def test_a_question_of_another_kind_gets_nothing(draft: Application, sent: Application, person: User) -> None:
    draft.call.questions.filter(key="need").update(kind=QuestionKind.SHORT_TEXT)

    copying.copy_answers(draft.pk, sent, person)

    assert "need" not in answers(draft)


def test_a_question_that_reads_otherwise_says_so(
    writer: Client, draft: Application, sent: Application, person: User
) -> None:
    draft.call.questions.filter(key="need").update(label_sv="Vilket behov ser ni nu?")

    copying.copy_answers(draft.pk, sent, person)

    assert list(draft.copied_answers.filter(wording_changed=True).values_list("key", flat=True)) == ["need"]
    page = writer.get(reverse("grants:section", args=[draft.pk, Section.NEED])).content.decode()
    assert page.count("data-copied=") > 1
    assert page.count("The question reads otherwise") + page.count("formulerad på ett annat sätt") == 1


def test_what_is_written_already_is_not_replaced(draft: Application, sent: Application, person: User) -> None:
    draft.answers.create(key="need", value="Skrivet i år")

    copying.copy_answers(draft.pk, sent, person)

    assert answers(draft)["need"] == "Skrivet i år"
    assert not draft.copied_answers.filter(key="need").exists()


def test_a_copied_answer_has_its_version(draft: Application, sent: Application, person: User) -> None:
    copying.copy_answers(draft.pk, sent, person)

    version = FieldVersion.objects.get(application=draft, name="answer_need")
    assert (version.value, version.saved_by, version.version) == (answers(sent)["need"], person, 1)


def whole(draft: Application, sent: Application, person: User) -> Application:
    """A draft that lacks nothing, with the need's answers copied."""
    complete(draft)
    draft.answers.filter(key__in=["need", "purpose"]).delete()
    copying.copy_answers(draft.pk, sent, person)
    return draft


def test_a_section_is_done_when_each_answer_is_read_or_changed(
    writer: Client, draft: Application, sent: Application, person: User
) -> None:
    whole(draft, sent, person)
    keys = list(draft.copied_answers.values_list("key", flat=True))
    assert keys == ["need", "purpose"]
    assert not is_done(draft, Section.NEED)

    post(writer, draft, Section.NEED, read="answer_need")
    assert not is_done(draft, Section.NEED)
    assert draft.copied_answers.get(key="need").read_by == person

    post(writer, draft, Section.NEED, answer_purpose="Nytt syfte i år")
    assert is_done(draft, Section.NEED)


def test_all_on_the_page_is_read_at_once(
    writer: Client, draft: Application, sent: Application, person: User
) -> None:
    whole(draft, sent, person)

    post(writer, draft, Section.NEED, read_all="yes")

    assert not draft.copied_answers.unread().exists()
    assert is_done(draft, Section.NEED)


def test_reading_by_autosave_says_what_is_left(
    writer: Client, draft: Application, sent: Application, person: User
) -> None:
    whole(draft, sent, person)
    form = section_form(Application.objects.get(pk=draft.pk), Section.NEED)
    shown = {name: form[name].value() for name in form.names}

    answer = writer.post(
        reverse("grants:section", args=[draft.pk, Section.NEED]),
        {"seen": form.initial["seen"], "read": "answer_need", **shown},
        headers={"X-Autosave": "1"},
    )

    assert answer.json()["unread"] == ["answer_purpose"]


def test_an_answer_with_an_error_is_not_read(
    writer: Client, draft: Application, sent: Application, person: User
) -> None:
    whole(draft, sent, person)
    draft.call.questions.filter(key="need").update(max_words=2)

    post(writer, draft, Section.NEED, read_all="yes")

    assert draft.copied_answers.unread().filter(key="need").exists()


def test_last_years_decision_stands_beside_once_it_is_released(
    writer: Client, draft: Application, sent: Application, person: User
) -> None:
    copying.copy_answers(draft.pk, sent, person)
    decided = Terms.objects.create(
        application=sent, stage=TermsStage.DECIDED, grant_type=sent.call.grant_type
    )
    decided.set_amounts({2027: 64_321})
    address = reverse("grants:section", args=[draft.pk, Section.NEED])

    before = writer.get(address).content.decode()
    Application.objects.filter(pk=sent.pk).update(released_at=timezone.now())
    after = writer.get(address).content.decode()

    assert "100\u00a0000\u00a0kr" in before
    assert "64\u00a0321" not in before
    assert "64\u00a0321\u00a0kr" in after


def test_only_the_associations_own_sent_applications_are_sources(
    writer: Client, call: Call, draft: Application, sent: Application, person: User
) -> None:
    foreign = sent_application(call=sent.call)
    own_draft = ApplicationFactory.create(call=sent.call, association=sent.association)
    mine = AssociationFactory.create()
    for role in ("manager", "writer"):
        mine.memberships.create(user=person, role=role)

    assert copying.sources(call, person) == [sent]
    for source in (foreign, own_draft):
        with pytest.raises(ValueError, match="no source"):
            copying.copy_answers(draft.pk, source, person)
        answer = writer.post(
            reverse("grants:start", args=[call.pk]),
            {"association": sent.association_id, "copy_from": source.pk},
        )
        assert answer.status_code == 422
    answer = writer.post(
        reverse("grants:start", args=[call.pk]), {"association": mine.pk, "copy_from": sent.pk}
    )
    assert answer.context["form"].has_error("copy_from", "of_another")


def test_staff_see_nothing_of_what_was_copied(draft: Application, sent: Application, person: User) -> None:
    copying.copy_answers(draft.pk, sent, person)

    assert CopiedAnswer.objects.visible_to(person).exists()
    assert not CopiedAnswer.objects.visible_to(staff(Role.CASE_OFFICER)).exists()
    assert not CopiedAnswer.objects.visible_to(person_of(AssociationFactory.create())).exists()


def test_copying_twice_changes_nothing_the_second_time(
    draft: Application, sent: Application, person: User
) -> None:
    first = copying.copy_answers(draft.pk, sent, person)
    before = (answers(draft), FieldVersion.objects.count())

    assert len(first) > 5
    assert copying.copy_answers(draft.pk, sent, person) == []
    assert (answers(draft), FieldVersion.objects.count()) == before
