"""The acts of an assessment: begin, save, mark ready, open again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from assessments import assessing
from assessments.models import Assessment, Criterion, SecondReading
from grants.models import Contact, GrantType, Membership, ReportDate, Terms, TermsStage
from grants.states import State, move
from portal.registry.models import Event, declare
from tests.assessments.building import assessed_by, officer, opened_by, written
from tests.factories import sent_application

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are compared in the language they are written in."""
    with translation.override("en"):
        yield


def kinds(application: object) -> list[str]:
    return list(application.received_case.events.values_list("kind", flat=True))  # type: ignore[attr-defined]


def test_begin_moves_the_application_and_again_changes_nothing() -> None:
    person, other = officer(), officer()
    application = opened_by(person, other)
    first = assessing.begin(application, person)
    again = assessing.begin(application, other)
    application.refresh_from_db()
    assert application.state == State.IN_ASSESSMENT
    assert (again.pk, again.officer) == (first.pk, person)
    assert Assessment.objects.count() == 1


def test_begin_with_a_row_that_a_colleague_has_moved() -> None:
    person, other = officer(), officer()
    application = opened_by(person, other)
    stale = type(application).objects.select_related("case").get(pk=application.pk)
    first = assessing.begin(application, person)
    assert assessing.begin(stale, other).pk == first.pk


def test_who_has_not_declared_cannot_begin() -> None:
    person = officer()
    application = sent_application()
    with pytest.raises(assessing.Refused, match="no conflict of interest"):
        assessing.begin(application, person)
    application.refresh_from_db()
    assert application.state == State.SUBMITTED


@pytest.mark.rule(11)
def test_who_acts_for_the_association_cannot_assess_it() -> None:
    person = officer()
    application = opened_by(person)
    Membership.objects.create(association=application.association, user=person, role=Membership.Role.WRITER)
    with pytest.raises(assessing.Refused, match="colleague"):
        assessing.begin(application, person)


def test_last_years_decision_is_filled_in() -> None:
    person = officer()
    before = sent_application()
    decided = Terms.objects.create(
        application=before, stage=TermsStage.DECIDED, grant_type="verksamhetsbidrag"
    )
    decided.set_amounts({2026: 65_000, 2027: 66_000})
    application = opened_by(person, association=before.association, created_by=before.created_by)
    assert assessing.begin(application, person).previous_amount == 65_000


def test_what_is_saved_is_what_was_written_and_the_version_grows() -> None:
    person = officer()
    application = opened_by(person)
    assessment = assessing.begin(application, person)
    assert assessment.version == 1
    saved = assessing.save(assessment, written(conditions="ge rapport"), 1, person)
    assert saved.version == 2
    fresh = Assessment.objects.get(pk=assessment.pk)
    assert fresh.version == 2
    assert assessing.written(fresh) == written(conditions="ge rapport")


def test_the_proposal_does_not_touch_what_was_applied_for() -> None:
    person = officer()
    application = opened_by(person)
    assessing.save(assessing.begin(application, person), written(amounts={2027: 1}), 1, person)
    amounts = {row.stage: row.amounts for row in application.terms.all()}
    assert amounts == {TermsStage.APPLIED: {2027: 100_000}, TermsStage.PROPOSED: {2027: 1}}


def test_no_amounts_is_a_proposed_rejection() -> None:
    person = officer()
    application = opened_by(person)
    assessed_by(person, application, amounts={})
    assert application.proposed.is_grant is False
    assert application.state == State.ASSESSED


@pytest.mark.rule(16)
def test_two_who_save_from_the_same_version() -> None:
    """The second is told; nothing of the first's is overwritten."""
    first, second = officer(), officer()
    application = opened_by(first, second)
    assessment = assessing.begin(application, first)
    stale = Assessment.objects.get(pk=assessment.pk)
    assessing.save(assessment, written(reason="Den förstas."), 1, first)
    with pytest.raises(assessing.Conflict) as conflict:
        assessing.save(stale, written(reason="Den andras.", amounts={2027: 5}), 1, second)
    assert conflict.value.assessment.reason == "Den förstas."
    fresh = Assessment.objects.get(pk=assessment.pk)
    assert (fresh.reason, fresh.version, fresh.officer) == ("Den förstas.", 2, first)
    assert fresh.application.proposed.amounts == {2027: 80_000}


@pytest.mark.parametrize(
    ("amounts", "explanation"),
    [
        ({2027: 100_001}, "For 2027 the association applied for 100\u00a0000\u00a0kr"),
        ({2027: 1, 2028: 1}, "For 2028 the association applied for 0\u00a0kr"),
    ],
)
def test_more_than_was_sought_is_refused(amounts: dict[int, int], explanation: str) -> None:
    person = officer()
    application = opened_by(person)
    assessment = assessing.begin(application, person)
    with pytest.raises(assessing.Refused, match=explanation):
        assessing.save(assessment, written(amounts=amounts), 1, person)
    assert Assessment.objects.get(pk=assessment.pk).version == 1
    assert not application.terms.filter(stage=TermsStage.PROPOSED).exists()


def test_ready_freezes_and_writes_the_event() -> None:
    person = officer()
    application = opened_by(person)
    assessment = assessed_by(person, application)
    assert application.state == State.ASSESSED
    assert Assessment.objects.get(pk=assessment.pk).is_ready
    assert kinds(application)[-1] == Event.Kind.ASSESSMENT_READY


@pytest.mark.parametrize(
    "missing", [*(f"text_{code}" for code in Criterion.values), "reason", "short_reason"]
)
def test_nothing_may_be_missing_when_it_is_marked_ready(missing: str) -> None:
    person = officer()
    application = opened_by(person)
    changes = (
        {"texts": written().texts | {missing.removeprefix("text_"): " "}}  # type: ignore[operator]
        if missing.startswith("text_")
        else {missing: " "}
    )
    assessment = assessing.begin(application, person)
    assessing.save(assessment, written(**changes), 1, person)
    with pytest.raises(assessing.NotReady) as incomplete:
        assessing.mark_ready(assessment, person)
    assert list(incomplete.value.missing) == [missing]
    application.refresh_from_db()
    assert application.state == State.IN_ASSESSMENT


NO_THAT_HELPS = [*(f"reason_{code}" for code in Criterion.values), "could_change", "talk_to"]


def emptied(field: str) -> dict[str, Any]:
    """What `written` takes to leave one field of a no that helps empty."""
    if not field.startswith("reason_"):
        return {field: " "}
    return {"reasons": {**written().reasons, field.removeprefix("reason_"): " "}}


@pytest.mark.parametrize("missing", NO_THAT_HELPS)
@pytest.mark.parametrize(
    "proposal",
    [
        {"amounts": {2027: 80_000}},
        {"amounts": {2027: 100_000}, "grant_type": GrantType.UTVECKLINGSBIDRAG},
        {"amounts": {}},
        {"amounts": {}, "referral": "committee", "referred_to": "kulturnämnden"},
        {"amounts": {}, "referral": "iop"},
    ],
    ids=["part", "other type", "rejection", "another committee", "partnership"],
)
def test_whoever_gets_less_than_all_reads_why_and_what_helps(proposal: dict[str, Any], missing: str) -> None:
    person = officer()
    assessment = assessing.begin(opened_by(person), person)
    assessing.save(assessment, written(**proposal, **emptied(missing)), 1, person)
    with pytest.raises(assessing.NotReady) as incomplete:
        assessing.mark_ready(assessment, person)
    assert list(incomplete.value.missing) == [missing]


def test_a_full_grant_needs_no_more_than_its_judgements_and_its_reason() -> None:
    person = officer()
    application = opened_by(person)
    full = {"amounts": {2027: 100_000}, "reasons": {}, "could_change": "", "talk_to": ""}
    assessed_by(person, application, **full, risks="", equal_treatment="", alternatives="")
    assert application.state == State.ASSESSED


@pytest.mark.parametrize(
    ("changes", "explanation"),
    [
        ({"referral": "iop"}, "both money and a referral"),
        ({"amounts": {}, "referral": "committee", "referred_to": " "}, "which committee"),
    ],
)
def test_a_referral_goes_with_no_money_and_to_somebody(changes: dict[str, Any], explanation: str) -> None:
    person = officer()
    assessment = assessing.begin(opened_by(person), person)
    with pytest.raises(assessing.Refused, match=explanation):
        assessing.save(assessment, written(**changes), 1, person)
    assert Assessment.objects.get().version == 1


def test_more_than_the_calls_cap_is_refused() -> None:
    person = officer()
    application = opened_by(person, call__max_amount=50_000)
    assessment = assessing.begin(application, person)
    with pytest.raises(assessing.Refused, match="at most 50\u00a0000\u00a0kr a year"):
        assessing.save(assessment, written(amounts={2027: 50_001}), 1, person)
    assessing.save(assessment, written(amounts={2027: 50_000}), 1, person)


def test_reports_are_due_on_the_calls_day_else_on_31_march() -> None:
    person = officer()
    application = opened_by(person)
    assert application.applied is not None
    application.applied.set_amounts({2027: 9, 2028: 9})
    ReportDate.objects.create(
        call=application.call, key="own", position=99, what_sv="R", what_en="R", day=date(2028, 2, 1)
    )
    assessment = assessing.begin(application, person)
    assessing.save(assessment, written(amounts={2027: 9, 2028: 9}, reports={}), 1, person)
    assert assessing.written(Assessment.objects.get()).reports == {
        2027: date(2028, 2, 1),
        2028: date(2029, 3, 31),
    }
    assessing.save(assessment, written(amounts={2027: 9}, reports={2027: date(2028, 5, 1)}), 2, person)
    assert assessing.written(Assessment.objects.get()).reports == {2027: date(2028, 5, 1)}


def test_whom_to_talk_to_is_filled_in_from_the_committees_contacts() -> None:
    person = officer()
    application = opened_by(person)
    Contact.objects.create(
        authority=application.call.authority,
        position=1,
        about_sv="Allt",
        about_en="All",
        role_sv="Utvecklingsledare",
        role_en="Officer",
        email="u@example.org",
    )
    assert assessing.begin(application, person).talk_to == "Utvecklingsledare, u@example.org"


def test_a_second_reader_does_not_write_the_first_view() -> None:
    person = officer()
    application = opened_by(person)
    SecondReading.objects.create(application=application, causes=["asked"], reader=person)
    with pytest.raises(assessing.Refused, match="second reader"):
        assessing.begin(application, person)
    application.refresh_from_db()
    assert application.state == State.SUBMITTED


def test_a_level_is_never_asked_for() -> None:
    person = officer()
    application = opened_by(person)
    assessed_by(person, application, levels={})
    assert application.state == State.ASSESSED


def test_ready_means_what_the_officer_has_seen() -> None:
    first, second = officer(), officer()
    application = opened_by(first, second)
    assessment = assessing.begin(application, first)
    seen = assessing.save(assessment, written(), 1, first)
    assessing.save(Assessment.objects.get(pk=assessment.pk), written(reason="Ändrat."), 2, second)
    with pytest.raises(assessing.Conflict):
        assessing.mark_ready(seen, first)


def test_opened_again_and_marked_ready_again() -> None:
    person = officer()
    application = opened_by(person)
    assessment = assessed_by(person, application)
    assessing.reopen(assessment, person)
    application.refresh_from_db()
    assert application.state == State.IN_ASSESSMENT
    assert Assessment.objects.get(pk=assessment.pk).is_ready is False
    assert kinds(application)[-1] == Event.Kind.ASSESSMENT_REOPENED
    assessing.mark_ready(assessment, person)


@pytest.mark.rule(9)
@pytest.mark.parametrize("state", [State.ASSESSED, State.BEFORE_COMMITTEE, State.DECIDED])
def test_a_closed_assessment_cannot_be_written(state: State) -> None:
    person = officer()
    application = opened_by(person)
    assessment = assessed_by(person, application)
    if state != State.ASSESSED:
        move(application, State.BEFORE_COMMITTEE)
    if state == State.DECIDED:
        move(application, State.DECIDED)
    with pytest.raises(assessing.Refused):
        assessing.save(assessment, written(reason="För sent."), assessment.version, person)
    with pytest.raises(assessing.Refused):
        assessing.mark_ready(assessment, person)
    if state != State.ASSESSED:
        with pytest.raises(assessing.Refused):
            assessing.reopen(assessment, person)
    assert Assessment.objects.get(pk=assessment.pk).reason == written().reason
    application.refresh_from_db()
    assert application.state == state


def test_a_conflict_declared_later_ends_the_work() -> None:
    person = officer()
    application = opened_by(person)
    assessment = assessing.begin(application, person)
    declare(application.received_case, person, has_conflict=True)
    with pytest.raises(assessing.Refused):
        assessing.save(assessment, written(), 1, person)
