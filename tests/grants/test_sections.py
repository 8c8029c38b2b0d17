"""Writing a draft: what is saved, what is refused, and that nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grants.applying.completeness import tasks
from grants.forms.sections import section_form
from grants.models import Application, Section
from tests.factories import PASSWORD, ApplicationFactory, AssociationFactory, CallFactory, complete, person_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Application:
    return ApplicationFactory.create()


@pytest.fixture
def writer(client: Client, draft: Application) -> Client:
    client.force_login(draft.created_by)
    return client


def address(draft: Application, section: Section) -> str:
    return reverse("grants:section", args=[draft.pk, section])


def seen(draft: Application, section: Section) -> str:
    """What the page's hidden field says of the values shown."""
    return str(section_form(Application.objects.get(pk=draft.pk), section).initial["seen"])


def post(writer: Client, draft: Application, section: Section, **fields: Any) -> Any:
    return writer.post(address(draft, section), {"seen": seen(draft, section), **fields})


def state_of(draft: Application, section: Section) -> tuple[bool, bool]:
    task = next(task for task in tasks(Application.objects.get(pk=draft.pk)) if task.section == section)
    return task.is_begun, task.is_done


def test_the_grant_is_saved_and_the_task_done(writer: Client, draft: Application) -> None:
    response = post(
        writer,
        draft,
        Section.GRANT,
        title="Öppet hus",
        years="2",
        amount_2027="100 000",
        amount_2028="110\u00a0000 kr",
        answer_continuity="new",
        go="next",
    )

    saved = Application.objects.get()
    assert response["Location"] == address(draft, Section.NEED)
    assert saved.title == "Öppet hus"
    assert saved.applied is not None
    assert saved.applied.amounts == {2027: 100_000, 2028: 110_000}
    assert state_of(draft, Section.GRANT) == (True, True)


def test_a_part_is_saved_and_the_task_is_begun(writer: Client, draft: Application) -> None:
    post(writer, draft, Section.GRANT, title="Öppet hus", years="3", amount_2027="100000")

    assert state_of(draft, Section.GRANT) == (True, False)
    assert writer.get(address(draft, Section.GRANT)).context["form"]["years"].value() == 3


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        (Section.GRANT, "amount_2027", "hundra tusen"),
        (Section.GRANT, "amount_2027", "-5"),
        (Section.GRANT, "amount_2027", "0"),
        (Section.GRANT, "amount_2027", "10,50"),
        (Section.GRANT, "amount_2027", "٣٠٠"),
        (Section.GRANT, "amount_2027", "9" * 30),
        (Section.GRANT, "years", "4"),
        (Section.GRANT, "title", "x" * 151),
        (Section.GRANT, "answer_continuity", "something"),
        (Section.TARGET, "child_share", "101"),
        (Section.TARGET, "answer_target_groups", "nobody"),
        (Section.ACTIVITIES, "answer_persons_reached", "många"),
        (Section.NEED, "answer_purpose", "ord " * 151),
        (Section.NEED, "answer_purpose", "Ring 811218-9876"),
        (Section.ECONOMY, "budget_pay_2027", "abc"),
    ],
)
def test_what_cannot_be_read_is_shown_again_with_its_error(
    writer: Client, draft: Application, section: Section, field: str, value: str
) -> None:
    response = post(writer, draft, section, **{field: value})

    page = response.content.decode()
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert value.strip() in page or field in {"years", "answer_continuity", "answer_target_groups"}
    assert state_of(draft, section) == (False, False)


def test_a_year_beyond_those_chosen_or_offered_is_refused(writer: Client, draft: Application) -> None:
    response = post(writer, draft, Section.GRANT, years="1", amount_2027="5000", amount_2028="5000")
    assert list(response.context["form"].errors) == ["amount_2028"]

    post(writer, draft, Section.GRANT, title="Öppet hus", amount_2027="5000", amount_2031="9000000")
    saved = Application.objects.get().applied
    assert saved is not None
    assert saved.amounts == {2027: 5000}


@pytest.mark.rule(14)
def test_a_personal_number_is_saved_only_when_the_person_says_it_is_none(
    writer: Client, draft: Application
) -> None:
    text = {"answer_purpose": "Ärende 811218-9876 gav oss idén"}
    warned = post(writer, draft, Section.NEED, **text)

    assert warned.context["form"].has_error("answer_purpose", "personal_number")
    assert "no_personal_number" in warned.context["form"].fields

    assert post(writer, draft, Section.NEED, no_personal_number="on", **text).status_code == 302
    assert draft.answers.get(key="purpose").value == text["answer_purpose"]


def test_zero_is_an_answer_and_an_emptied_one_is_none(writer: Client, draft: Application) -> None:
    post(writer, draft, Section.ECONOMY, answer_volunteers="0", budget_gifts_2027="0")
    assert draft.answers.get(key="volunteers").value == 0
    assert draft.budget_lines.get().amount == 0

    post(writer, draft, Section.ECONOMY)
    assert not draft.answers.exists()
    assert not draft.budget_lines.exists()


def test_an_unbalanced_budget_is_saved_but_not_done(writer: Client, draft: Application) -> None:
    post(writer, draft, Section.GRANT, title="Öppet hus", amount_2027="100 000")
    texts = {"answer_continued_existence": "Med gåvor", "answer_volunteers": 3, "answer_volunteer_hours": 90}
    texts |= {"answer_no_debts": "on", "answer_sells_on_market": "no"}

    post(writer, draft, Section.ECONOMY, budget_pay_2027="150 000", budget_gifts_2027="20 000", **texts)
    page = writer.get(address(draft, Section.ECONOMY))
    assert page.context["budgets"][0].missing == 30_000
    assert "30\u00a0000\u00a0kr" in page.content.decode()
    assert state_of(draft, Section.ECONOMY) == (True, False)

    post(writer, draft, Section.ECONOMY, budget_pay_2027="150 000", budget_gifts_2027="50 000", **texts)
    assert state_of(draft, Section.ECONOMY) == (True, True)


def test_of_two_who_save_the_same_page_the_second_sees_both(writer: Client, draft: Application) -> None:
    opened = seen(draft, Section.NEED)
    post(writer, draft, Section.NEED, answer_purpose="Kollegans text")

    late = {"answer_purpose": "Min text"}
    response = writer.post(address(draft, Section.NEED), {"seen": opened, **late})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Kollegans text" in page
    assert "Min text" in page
    assert draft.answers.get(key="purpose").value == "Kollegans text"

    again = writer.post(
        address(draft, Section.NEED), {"seen": response.context["form"]["seen"].value(), **late}
    )
    assert again.status_code == 302
    assert draft.answers.get(key="purpose").value == "Min text"


def test_an_expired_session_keeps_the_text_and_shows_it_after_sign_in(
    writer: Client, draft: Application
) -> None:
    shown = seen(draft, Section.NEED)
    writer.session.flush()
    writer.cookies.pop("sessionid")

    asked = writer.post(address(draft, Section.NEED), {"seen": shown, "answer_purpose": "En timmes arbete"})
    signed_in = writer.post(asked["Location"], {"login": draft.created_by.email, "password": PASSWORD})
    page = writer.get(signed_in["Location"])

    assert signed_in["Location"] == address(draft, Section.NEED)
    assert "En timmes arbete" in page.content.decode()
    assert not draft.answers.exists()
    fields = {name: page.context["form"][name].value() for name in ("seen", "answer_purpose")}
    assert writer.post(address(draft, Section.NEED), fields).status_code == 302
    assert draft.answers.get(key="purpose").value == "En timmes arbete"


@pytest.mark.rule(9)
def test_a_draft_is_read_only_a_second_after_the_call_closed(writer: Client, draft: Application) -> None:
    assert draft.call.closes_at is not None
    with time_machine.travel(draft.call.closes_at - timedelta(seconds=1), tick=False):
        writer.force_login(draft.created_by)
        assert post(writer, draft, Section.NEED, answer_purpose="I tid").status_code == 302
    with time_machine.travel(draft.call.closes_at, tick=False):
        writer.force_login(draft.created_by)
        late = post(writer, draft, Section.NEED, answer_purpose="För sent")

    assert late["Location"] == reverse("grants:application", args=[draft.pk])
    assert draft.answers.get(key="purpose").value == "I tid"


@pytest.mark.rule(9)
def test_what_the_form_does_not_ask_is_ignored(writer: Client, draft: Application) -> None:
    post(writer, draft, Section.NEED, answer_purpose="Ja", title="Smyg", child_share="90", state="decided")

    saved = Application.objects.get()
    assert (saved.title, saved.child_share, saved.state) == ("", None, "draft")


def test_the_task_list_says_what_is_left_and_that_nothing_is_sent(writer: Client, draft: Application) -> None:
    complete(draft)

    page = writer.get(reverse("grants:application", args=[draft.pk]))

    assert page.context["done_count"] == len(Section)
    assert page.context["sending"]["state_color"] == "warning"


def test_saving_elsewhere_in_time_shows_the_clock_of_stockholm(writer: Client, draft: Application) -> None:
    with time_machine.travel(timezone.now().replace(month=7, hour=12, minute=32), tick=False):
        call = CallFactory.create(title="Sommar", closes_at=None, opens_at=timezone.now() - timedelta(days=1))
        association = AssociationFactory.create()
        writer.force_login(person_of(association))
        summer = ApplicationFactory.create(call=call, association=association)
        post(writer, summer, Section.NEED, answer_purpose="Sommar")
        page = writer.get(address(summer, Section.NEED)).content.decode()

    assert "14.32" in page
