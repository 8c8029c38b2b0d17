"""The officers' pages for one application: declaring, reading, and the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments import assessing
from assessments.models import Assessment, Criterion, LevelAnchor
from grants.models import Application, Outcome
from grants.states import State, move
from portal.people.models import Role, User
from portal.registry.models import ConflictOfInterest, Event, RecordFile, declare
from tests.assessments.building import address, assessed_by, officer, opened_by, posted, signed_in, written
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    CallFactory,
    complete,
    sent_application,
    staff,
)

pytestmark = pytest.mark.django_db

PAGES = ["application", "declare", "begin", "assess", "ready", "reopen", "single"]
#: Part of every complete application's answers.
ANSWER = "Vi möter människor varje vecka."


# --- The declaration ---------------------------------------------------------------------------


def test_before_the_declaration_only_title_and_association_are_shown() -> None:
    application = sent_application()
    client = signed_in(officer())
    for name in PAGES:
        if name == "declare":
            continue
        for response in (client.get(address(name, application)), client.post(address(name, application))):
            assert response.status_code == 302
            assert response["Location"] == address("declare", application)
    application.refresh_from_db()
    assert application.state == State.SUBMITTED
    page = client.get(address("declare", application)).content.decode()
    assert application.title in page
    assert application.association.name in page
    assert ANSWER not in page
    assert "stadgar.pdf" not in page


def test_no_conflict_opens_the_application() -> None:
    application = sent_application()
    person = officer()
    client = signed_in(person)
    response = client.post(address("declare", application), {"answer": "no", "note": ""})
    assert response["Location"] == address("application", application)
    page = client.get(address("application", application)).content.decode()
    assert ANSWER in page
    file = RecordFile.objects.get(record__case=application.received_case)
    assert reverse("registry:record-file", args=[file.pk]) in page
    assert application.received_case.events.last().kind == Event.Kind.NO_CONFLICT  # type: ignore[union-attr]


@pytest.mark.rule(10)
def test_a_conflict_closes_the_case_everywhere() -> None:
    person, colleague = officer(), officer()
    application = opened_by(person, colleague)
    assessed_by(colleague, application)
    client = signed_in(person)
    response = client.post(address("declare", application), {"answer": "yes", "note": "Min bror är kassör."})
    assert response["Location"] == reverse("assessments:queue")
    assert ConflictOfInterest.objects.get(user=person).note == "Min bror är kassör."
    for name in PAGES:
        assert client.get(address(name, application)).status_code == 404
        assert client.post(address(name, application)).status_code == 404
    file = RecordFile.objects.get(record__case=application.received_case)
    assert client.get(reverse("registry:record-file", args=[file.pk])).status_code == 404


def test_an_unanswered_declaration_is_asked_again() -> None:
    application = sent_application()
    response = signed_in(officer()).post(address("declare", application), {"note": "kvar"})
    assert response.status_code == 422
    assert "kvar" in response.content.decode()
    assert not ConflictOfInterest.objects.exists()


# --- Who and what ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_drafts_do_not_exist_for_officers(name: str) -> None:
    draft = complete(ApplicationFactory.create())
    client = signed_in(officer())
    assert client.get(address(name, draft)).status_code == 404
    assert client.post(address(name, draft)).status_code == 404


@pytest.mark.rule(11)
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", [Role.SECRETARY, Role.CHAIR, Role.MEMBER])
def test_nobody_else_on_the_staff_assesses(name: str, role: Role) -> None:
    application = opened_by(officer())
    client = signed_in(staff(role))
    assert client.get(address(name, application)).status_code == 404
    assert client.post(address(name, application)).status_code == 404


def test_history_shows_the_associations_other_applications_that_the_officer_may_see() -> None:
    person = officer()
    association = AssociationFactory.create()
    application = opened_by(person, association=association)
    other = sent_application(association=association, call__title="Förra omgången")
    hidden = sent_application(association=association, call__title="Jävsomgången")
    complete(ApplicationFactory.create(association=association, call__title="Utkastets omgång"))
    declare(hidden.received_case, person, has_conflict=True)
    page = signed_in(person).get(address("application", application)).content.decode()
    assert address("application", other) in page
    assert "Jävsomgången" not in page
    assert "Utkastets omgång" not in page


# --- The desk ----------------------------------------------------------------------------------


def begun(person: User, **fields: Any) -> Assessment:
    application = opened_by(person, **fields)
    signed_in(person).post(address("begin", application))
    return Assessment.objects.get(application=application)


def test_begin_save_and_ready_by_the_pages() -> None:
    person = officer()
    assessment = begun(person)
    client = signed_in(person)
    desk = client.get(address("assess", assessment.application))
    assert desk.status_code == 200
    assert len(desk.context["form"].questions) == 5
    for question in desk.context["form"].questions:
        assert question.question in desk.content.decode()
    response = client.post(
        address("assess", assessment.application), posted(assessment, reason="", short_reason="")
    )
    assert response["Location"] == address("assess", assessment.application)
    assessment.refresh_from_db()
    assert (assessment.version, assessment.application.state) == (2, State.IN_ASSESSMENT)
    response = client.post(address("ready", assessment.application), posted(assessment))
    assert response.status_code == 302
    application = Application.objects.get(pk=assessment.application_id)
    assert application.state == State.ASSESSED
    assert assessing.written(application.assessment) == written()


def test_ready_with_something_missing_saves_and_says_what() -> None:
    person = officer()
    assessment = begun(person)
    client = signed_in(person)
    fields = posted(assessment, text_varde="", reason="Skrivet hittills")
    response = client.post(address("ready", assessment.application), fields)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["text_varde"]
    assert 'href="#id_text_varde"' in response.content.decode()
    assert Assessment.objects.get().reason == "Skrivet hittills"
    # The page that came back can be completed and sent as it stands.
    fields |= {"version": response.context["form"]["version"].value(), "text_varde": "Många nås."}
    assert client.post(address("ready", assessment.application), fields).status_code == 302
    assert Application.objects.get().state == State.ASSESSED


@pytest.mark.parametrize(
    ("field", "value", "in_words"),
    [
        ("amount_2027", "100 001", "100\u00a0000"),
        ("amount_2027", "åtta", ""),
        ("amount_2027", "-5", ""),
        ("grant_type", "stipendium", ""),
        ("level_effekt", "utmärkt", ""),
        ("short_reason", "x" * 101, ""),
        ("version", "x", ""),
        ("referral", "iop", ""),
        ("referral", "elsewhere", ""),
        ("report_2027", "2026-12-31", "2027"),
        ("report_2027", "i mars", "2027-01-31"),
        ("talk_to", "x" * 201, ""),
    ],
)
def test_what_cannot_be_saved_comes_back_with_everything_typed(field: str, value: str, in_words: str) -> None:
    person = officer()
    assessment = begun(person)
    client = signed_in(person)
    response = client.post(
        address("assess", assessment.application), posted(assessment, **{field: value, "reason": "Kvar här."})
    )
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert in_words in str(response.context["form"].errors[field])
    assert "Kvar här." in response.content.decode()
    assert Assessment.objects.get().version == 1


@pytest.mark.rule(9)
def test_years_that_were_not_sought_cannot_be_posted() -> None:
    person = officer()
    assessment = begun(person)
    signed_in(person).post(
        address("assess", assessment.application), posted(assessment, amount_2028="50 000", state="decided")
    )
    application = Application.objects.get()
    assert application.proposed.amounts == {2027: 80_000}
    assert application.state == State.IN_ASSESSMENT


def test_a_gap_between_two_years_is_asked_about() -> None:
    person = officer()
    application = opened_by(person)
    assert application.applied is not None
    application.applied.set_amounts({2027: 9, 2028: 9, 2029: 9})
    assessment = assessing.begin(application, person)
    fields = posted(assessment, amount_2027="5", amount_2028="", amount_2029="5")
    response = signed_in(person).post(address("assess", application), fields)
    assert list(response.context["form"].errors) == ["amount_2028"]


def test_a_colleagues_text_is_shown_beside_mine_and_i_choose() -> None:
    mine, theirs = officer(), officer(display_name="Handläggare 2")
    assessment = begun(mine)
    declare(assessment.application.received_case, theirs, has_conflict=False)
    signed_in(theirs).post(
        address("assess", assessment.application),
        posted(assessment, reason="Deras skäl.", text_effekt="Deras effekt.", amount_2027="70 000"),
    )
    client = signed_in(mine)
    fields = posted(assessment, reason="Mitt skäl.", text_effekt="Min effekt.", amount_2027="60 000")
    response = client.post(address("assess", assessment.application), fields)
    assert response.status_code == 409
    shown = {row.name: (row.theirs, row.mine) for row in response.context["differences"]}
    assert shown == {
        "text_effekt": ("Deras effekt.", "Min effekt."),
        "amount_2027": ("70\u00a0000\u00a0kr", "60\u00a0000\u00a0kr"),
        "reason": ("Deras skäl.", "Mitt skäl."),
    }
    assert "Handläggare 2" in response.content.decode()
    assert Assessment.objects.get().reason == "Deras skäl."

    fields |= {"version": response.context["version"], "asked": list(shown), "choose_reason": "mine"}
    undecided = client.post(address("assess", assessment.application), fields)
    assert undecided.status_code == 422
    assert Assessment.objects.get().reason == "Deras skäl."
    fields |= {"choose_text_effekt": "theirs", "choose_amount_2027": "theirs"}
    assert client.post(address("assess", assessment.application), fields).status_code == 302
    saved = assessing.written(Assessment.objects.get())
    assert (saved.reason, saved.texts[Criterion.EFFEKT], saved.amounts) == (
        "Mitt skäl.",
        "Deras effekt.",
        {2027: 70_000},
    )


def test_each_new_field_is_kept_where_both_wrote() -> None:
    """Of what two officers wrote at once, nothing is chosen for them."""
    mine, theirs = officer(), officer()
    assessment = begun(mine)
    declare(assessment.application.received_case, theirs, has_conflict=False)
    names = ["reason_effekt", "risks", "equal_treatment", "alternatives", "could_change", "talk_to"]
    url = address("assess", assessment.application)
    no_money = {"amount_2027": "", "report_2027": "2028-05-01"}
    first = dict.fromkeys(names, "Deras.") | no_money | {"referral": "committee", "referred_to": "Deras."}
    assert signed_in(theirs).post(url, posted(assessment, **first)).status_code == 302
    second = dict.fromkeys(names, "Mina.") | {"report_2027": "2028-06-01"}
    response = signed_in(mine).post(url, posted(assessment, **second))
    assert response.status_code == 409
    shown = {row.name: row.mine for row in response.context["differences"]}
    assert {name: shown[name] for name in names} == dict.fromkeys(names, "Mina.")
    assert {"referral", "referred_to", "amount_2027", "report_2027"} <= set(shown)
    kept: dict[str, Any] = dict(response.context["kept"])
    kept |= {"version": response.context["version"], "asked": list(shown)}
    kept |= {f"choose_{name}": "mine" if name in names[:3] else "theirs" for name in shown}
    assert signed_in(mine).post(url, kept).status_code == 302
    saved = assessing.written(Assessment.objects.get())
    assert (saved.reasons["effekt"], saved.risks, saved.equal_treatment) == ("Mina.",) * 3
    assert (saved.alternatives, saved.could_change, saved.talk_to) == ("Deras.",) * 3
    assert (saved.amounts, saved.referral, saved.referred_to) == ({}, "committee", "Deras.")


def test_the_desk_says_what_the_saved_proposal_means() -> None:
    person = officer()
    assessment = begun(person)
    client, url = signed_in(person), address("assess", assessment.application)
    assert client.get(url).context["outcome"] == ""
    client.post(url, posted(assessment, amount_2027="", referral="iop"))
    assert client.get(url).context["outcome"] == Outcome.REFER_IOP.label


def test_to_whom_without_a_kind_of_referral_is_asked_about() -> None:
    person = officer()
    assessment = begun(person)
    fields = posted(assessment, amount_2027="", referred_to="kulturnämnden")
    response = signed_in(person).post(address("assess", assessment.application), fields)
    assert list(response.context["form"].errors) == ["referral"]


def test_what_a_level_means_is_the_calls_own_words() -> None:
    person = officer()
    assessment = begun(person)
    client, url = signed_in(person), address("assess", assessment.application)
    LevelAnchor.objects.filter(call=assessment.application.call).delete()
    assert [row["meanings"] for row in client.get(url).context["form"].criteria] == [[]] * 5
    LevelAnchor.objects.create(
        call=assessment.application.call,
        criterion="varde",
        level="god",
        text_sv="Minst hundra nås.",
        text_en="At least hundra.",
    )
    page = client.get(url)
    assert [len(row["meanings"]) for row in page.context["form"].criteria] == [0, 1, 0, 0, 0]
    assert "hundra" in page.content.decode()


def test_the_association_is_asked_about_a_criterion() -> None:
    person = officer()
    assessment = begun(person)
    client = signed_in(person)
    page = client.get(address("assess", assessment.application))
    economy = page.context["form"].criteria[4]
    asking = client.get(f"{reverse('grants:ask', args=[assessment.application.pk])}?{economy['ask']}")
    ticked = asking.context["suggested"]
    assert "budget" in ticked
    assert asking.content.decode().count("checked") == len(ticked)


def test_from_case_to_case_in_the_order_of_the_register() -> None:
    person = officer()
    call = CallFactory.create()
    before, hidden, application, closed, after = (opened_by(person, call=call) for _number in range(5))
    opened_by(person)
    assessed_by(person, after)
    declare(hidden.received_case, person, has_conflict=True)
    type(closed).objects.filter(pk=closed.pk).update(state=State.WITHDRAWN)
    assessing.begin(application, person)
    page = signed_in(person).get(address("assess", application))
    found = page.context["neighbours"]
    assert (found.previous, found.next) == (before, after)
    assert address("application", before) in page.content.decode()
    assert address("assess", after) in page.content.decode()
    assert signed_in(person).get(address("assess", after)).context["neighbours"].next is None


def test_save_pressed_twice_is_no_conflict() -> None:
    person = officer()
    assessment = begun(person)
    client = signed_in(person)
    for _press in range(2):
        response = client.post(address("assess", assessment.application), posted(assessment))
        assert response.status_code == 302
    assert Assessment.objects.get().version == 2


@pytest.mark.parametrize("state", [State.ASSESSED, State.BEFORE_COMMITTEE, State.DECIDED])
def test_a_closed_assessment_is_read_and_never_written(state: State) -> None:
    person = officer()
    application = opened_by(person)
    assessment = assessed_by(person, application)
    if state != State.ASSESSED:
        move(application, State.BEFORE_COMMITTEE)
    if state == State.DECIDED:
        move(application, State.DECIDED)
    client = signed_in(person)
    page = client.get(address("assess", application))
    assert page.status_code == 200
    assert "Bedömning av effekt." in page.content.decode()
    assert 'name="reason"' not in page.content.decode()
    for name in ("assess", "ready"):
        response = client.post(address(name, application), posted(assessment, reason="För sent."))
        assert response.status_code == 409
        assert "För sent." in response.content.decode()
    assert Assessment.objects.get().reason == written().reason
    client.post(address("reopen", application))
    application.refresh_from_db()
    assert application.state == (State.IN_ASSESSMENT if state == State.ASSESSED else state)


def test_what_was_typed_when_the_session_ended_is_there_after_sign_in() -> None:
    person = officer()
    assessment = begun(person)
    client = Client()
    response = client.post(
        address("assess", assessment.application), posted(assessment, reason="Nästan förlorat.")
    )
    assert response.status_code == 302
    client.force_login(person)
    page = client.get(address("assess", assessment.application))
    assert "Nästan förlorat." in page.content.decode()
    assert Assessment.objects.get().reason == ""


# --- What it costs -----------------------------------------------------------------------------


@pytest.mark.parametrize("others", [1, 4])
@pytest.mark.parametrize(("name", "queries"), [("application", 23), ("assess", 31)])
def test_the_same_queries_whatever_the_association_has_sent_before(
    name: str, queries: int, others: int, django_assert_num_queries: Any
) -> None:
    person = officer()
    association = AssociationFactory.create()
    application = opened_by(person, association=association)
    assessed_by(person, application)
    for _other in range(others):
        sent_application(association=association)
    client = signed_in(person)
    client.get(address(name, application))
    with django_assert_num_queries(queries):
        client.get(address(name, application))
