"""The form's cross-checks (handbook 3.15): each rule stops or warns, and says what to do."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grants.applying import cross_checks
from grants.applying.submission import CannotSubmit, submit
from grants.associations.accounts import NewAccount, confirm, enter, verify
from grants.models import Application, Association, Attachment, BudgetLine, Call, GrantType, Membership, Paper
from portal.documents.models import StoredFile
from portal.people.models import Role
from portal.registry.models import declare
from tests.factories import (
    PDF,
    ApplicationFactory,
    CallFactory,
    PaperFactory,
    complete,
    paper_type,
    person_of,
    sent_application,
    staff,
    write_budget,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Application:
    return complete(ApplicationFactory.create())


@pytest.fixture
def project() -> Application:
    call = CallFactory.create(grant_type=GrantType.UTVECKLINGSBIDRAG, closes_at=None, max_years=1)
    return complete(ApplicationFactory.create(call=call))


def codes(application: Application, user: Any = None) -> set[str]:
    """What all checks find, stops and warnings."""
    fresh = Application.objects.get(pk=application.pk)
    others = cross_checks.other_applications(fresh, user or fresh.created_by)
    found = [*cross_checks.stops(fresh), *cross_checks.warnings(fresh, others)]
    return {finding.code for finding in found}


def answer(application: Application, key: str, value: Any) -> None:
    application.answers.filter(key=key).delete()
    application.answers.create(key=key, value=value)


def budget(application: Application, **amounts: int) -> None:
    BudgetLine.objects.filter(application=application).delete()
    write_budget(application, **amounts)


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def verified_account(association: Association) -> None:
    """A giro that two officers have compared with its evidence."""
    evidence = StoredFile.objects.keep(PDF, "application/pdf")
    new = NewAccount("bankgiro", "50501055", "Föreningen", evidence, "bevis.pdf")
    account = enter(association, new, person_of(association, Membership.Role.MANAGER))
    verify(account.pk, staff(Role.CASE_OFFICER))
    confirm(account.pk, staff(Role.CASE_OFFICER))


def test_a_sound_application_has_nothing_against_it(draft: Application) -> None:
    verified_account(draft.association)
    draft.answers.filter(key__in=["funding_rows"]).delete()
    assert codes(draft) == set()


STOPS: dict[str, Callable[[Application], Any]] = {
    "organisation_number": lambda draft: Association.objects.update(organisation_number="8020028712"),
    "years_and_sums": lambda draft: answer(draft, "sought_years", 2),
    "young_without_share": lambda draft: Application.objects.update(child_share=0),
    "budget_short": lambda draft: budget(draft, pay=130_000, gifts=20_000),
    "more_than_the_gap": lambda draft: budget(draft, pay=110_000, gifts=20_000),
}


@pytest.mark.parametrize("code", STOPS)
def test_a_contradiction_stops_the_sending_and_says_what_to_do(
    draft: Application, client: Client, code: str
) -> None:
    STOPS[code](draft)

    assert code in codes(draft)
    with pytest.raises(CannotSubmit):
        submit(draft.pk, draft.created_by)
    client.force_login(draft.created_by)
    page = client.get(reverse("grants:check", args=[draft.pk]))
    finding = next(f for f in cross_checks.stops(Application.objects.get()) if f.code == code)
    assert (finding.text, f"/ansokningar/{draft.pk}/") == (
        page.context["contradictions"][0][0],
        page.context["contradictions"][0][1][: len(f"/ansokningar/{draft.pk}/")],
    )


def test_the_years_are_the_first_ones_without_a_gap(draft: Application) -> None:
    assert draft.applied is not None
    draft.applied.set_amounts({2027: 100_000, 2029: 100_000})
    draft.answers.filter(key="sought_years").delete()

    assert "years_and_sums" in codes(draft)


@pytest.mark.parametrize(("days", "found"), [(-1, True), (0, False), (1, False)])
def test_no_support_is_given_backwards(project: Application, days: int, found: bool) -> None:
    answer(project, "starts_on", in_days(days))

    assert ("starts_too_early" in codes(project)) is found
    if found:
        with pytest.raises(CannotSubmit):
            submit(project.pk, project.created_by)


def test_the_beginning_is_held_against_the_day_of_sending(project: Application) -> None:
    answer(project, "starts_on", in_days(0))
    sent = submit(project.pk, project.created_by)
    Application.objects.filter(pk=sent.pk).update(submitted_at=timezone.now() - timedelta(days=30))
    assert "starts_too_early" not in codes(sent)


def test_a_beginning_before_the_decision_is_told_the_officer(project: Application) -> None:
    answer(project, "starts_on", in_days(5))
    Call.objects.update(decision_day=timezone.localdate() + timedelta(days=60))

    assert "starts_before_decision" in codes(project)


def test_a_project_does_not_end_before_it_begins(project: Application) -> None:
    answer(project, "starts_on", in_days(20))
    answer(project, "ends_on", in_days(10))
    assert "ends_before_it_starts" in codes(project)


def test_a_project_that_outlasts_the_grant_is_told_the_officer(project: Application) -> None:
    answer(project, "starts_on", in_days(1))
    answer(project, "ends_on", "2032-06-30")
    assert "ends_after_the_grant" in codes(project)


def test_a_project_without_an_end_is_not_done(project: Application) -> None:
    answer(project, "ends_on", "")
    project.answers.filter(key="ends_on").delete()
    with pytest.raises(CannotSubmit):
        submit(project.pk, project.created_by)


def test_an_older_target_group_may_have_no_children(draft: Application) -> None:
    answer(draft, "target_groups", ["beroende"])
    Application.objects.update(child_share=0)
    assert "young_without_share" not in codes(draft)


def test_other_money_from_the_city_is_told_the_officer(draft: Application) -> None:
    draft.answers.filter(key="funding_rows").delete()
    budget(draft, pay=120_000, city_other=20_000)
    assert "other_city_money" in codes(draft)

    budget(draft, pay=120_000, gifts=20_000)
    assert "other_city_money" not in codes(draft)
    answer(draft, "funding_rows", [{"funder": "Kulturnämnden", "kind": "city", "amount": 5000}])
    assert "other_city_money" in codes(draft)


def test_the_same_year_twice_is_told_only_to_who_may_see_both() -> None:
    first = sent_application()
    second = sent_application(association=first.association, created_by=first.created_by)
    officer, conflicted = staff(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)
    declare(first.received_case, conflicted, has_conflict=True)

    assert "same_year_twice" in codes(second, officer)
    assert "same_year_twice" not in codes(second, conflicted)


def test_who_had_a_grant_before_tells_what_came_of_it() -> None:
    earlier = sent_application()
    terms = earlier.terms.create(stage="decided", grant_type=earlier.call.grant_type)
    terms.set_amounts({2026: 50_000})
    Application.objects.update(state="decided", released_at=timezone.now())
    draft = complete(
        ApplicationFactory.create(association=earlier.association, created_by=earlier.created_by)
    )
    assert "results_missing" not in codes(draft)

    draft.answers.filter(key="result_rows").delete()
    assert "results_missing" in codes(draft)


def test_an_account_that_two_have_not_verified_is_told(draft: Application) -> None:
    assert "no_verified_account" in codes(draft)

    verified_account(draft.association)
    assert "no_verified_account" not in codes(draft)


def test_accounts_of_another_year_are_told_the_officer(draft: Application) -> None:
    kind = paper_type("bokslut")
    draft.call.asked_papers.create(type=kind, position=99, required=False, year_offset=-2)
    paper = PaperFactory.create(
        association=draft.association, type=kind, year=2024, added_by=draft.created_by
    )
    Attachment.objects.create(application=draft, paper=paper, added_by=draft.created_by)
    assert "paper_of_another_year" in codes(draft)

    Paper.objects.filter(pk=paper.pk).update(year=2025)
    assert "paper_of_another_year" not in codes(draft)


def test_signatories_chosen_before_the_annual_meeting_are_told_the_officer(draft: Application) -> None:
    papers = {
        code: PaperFactory.create(
            association=draft.association, type=paper_type(code), dated_on=day, added_by=draft.created_by
        )
        for code, day in (("arsmotesprotokoll", date(2026, 3, 20)), ("firmateckning", date(2026, 2, 1)))
    }
    for paper in papers.values():
        Attachment.objects.create(application=draft, paper=paper, added_by=draft.created_by)
    assert "signatories_before_the_meeting" in codes(draft)

    Paper.objects.filter(pk=papers["firmateckning"].pk).update(dated_on=date(2026, 3, 27))
    assert "signatories_before_the_meeting" not in codes(draft)


def test_a_number_that_was_kept_knowingly_is_told_the_officer(draft: Application) -> None:
    answer(draft, "need", "Ring 811218-9876 om lokalen")
    assert "personal_number" in codes(draft)
    answer(draft, "need", "Ring 042-10 50 00 om lokalen")
    assert "personal_number" not in codes(draft)


def test_the_officer_reads_the_warnings_on_the_case(client: Client) -> None:
    sent = sent_application()
    officer = staff(Role.CASE_OFFICER)
    declare(sent.received_case, officer, has_conflict=False)
    answer(sent, "need", "Ring 811218-9876 om lokalen")
    client.force_login(officer)

    page = client.get(reverse("assessments:application", args=[sent.pk]))

    assert "personal_number" in [finding.code for finding in page.context["file"].warnings]
    shown = [finding.text for finding in page.context["warnings"] if finding.code == "personal_number"]
    assert shown[0] in html.unescape(page.content.decode())
