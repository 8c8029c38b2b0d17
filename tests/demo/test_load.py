"""What the demo shows: the round's sums, and each special case on somebody."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from grants.applying import cross_checks
from grants.associations.account_states import AccountState
from grants.models import (
    Answer,
    Application,
    Association,
    CompletionRequest,
    ContactNote,
    CopiedAnswer,
    Eligibility,
    Lateness,
    Membership,
    Message,
    Paper,
    PaymentAccount,
    PromisedPaper,
    Terms,
    TermsStage,
)
from iop.models import Agreement
from portal.demo import load
from portal.demo.people import DOMAIN
from portal.people.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded() -> date:
    today = timezone.localdate()
    load.load(today)
    return today


def test_each_special_case_is_on_somebody(loaded: date) -> None:
    in_round = Application.objects.filter(call__title__startswith="Verksamhetsbidrag").sent()
    assert in_round.count() == 22
    sought = Terms.objects.filter(application__in=in_round, stage=TermsStage.APPLIED)
    assert sum(next(iter(terms.amounts.values())) for terms in sought) == 12_920_000

    for application in Application.objects.sent().select_related("association", "call"):
        assert cross_checks.stops(application) == [], application.title

    jointly = Association.objects.get(signing_rule="jointly")
    assert jointly.signatures_needed == 2
    for application in jointly.applications.sent():
        signers = application.signatures.standing().values_list("user__display_name", flat=True)
        assert set(signers) == {"Föreningens ordförande", "Föreningens kassör"}

    states = set(PaymentAccount.objects.values_list("state", flat=True))
    assert states >= {
        AccountState.ENTERED,
        AccountState.VERIFIED,
        AccountState.EFFECTIVE,
        AccountState.REFUSED,
    }
    shelter = Association.objects.get(protected_address=True)
    assert [account.state for account in shelter.accounts.order_by("pk")] == ["effective", "entered"]

    assert Eligibility.objects.filter(valid_until__lt=loaded).count() == 1
    assert PromisedPaper.objects.filter(paper=None, due_on__lt=loaded).exists()
    assert PromisedPaper.objects.filter(paper=None, due_on__gte=loaded).exists()
    assert Association.objects.filter(papers__valid_until__lt=loaded).exists()
    assert ContactNote.objects.filter(follow_up_on__lt=loaded).exists()

    accountant = User.objects.get(email=f"redovisning@{DOMAIN}")
    mandates = Membership.objects.current().held_by(accountant)
    assert {mandate.association.name for mandate in mandates} == {"Kvinnojouren Sundet", "Klubbhuset Hamnen"}
    assert all(mandate.valid_until for mandate in mandates)
    assert User.objects.filter(role_assignments__role=Role.CASE_OFFICER).count() == 2

    late = Application.objects.get(lateness=Lateness.WAITING)
    assert late.route == "paper"
    assert str(late.entered_by) == "Handläggare 2"
    assert set(CompletionRequest.objects.values_list("state", flat=True)) == {"open", "answered"}
    assert Message.objects.sent().count() >= 3
    assert Message.objects.filter(read_at=None).count() == 1
    awaited = Application.objects.drafts().get(signatures__voided_at=None, signatures__isnull=False)
    assert awaited.association == jointly
    assert Answer.objects.filter(key="iop_interest", value="maybe").exists()
    assert CopiedAnswer.objects.filter(application__association__name="Regnbågsföreningen Sundet").exists()
    reviews = set(Paper.objects.values_list("review", flat=True))
    assert reviews == {Paper.Review.NONE, Paper.Review.APPROVED, Paper.Review.NOT_APPROVED}
    assert not in_round.filter(officer=None).exists()

    running = Agreement.objects.live().get()
    assert running.check_ins.filter(held_on__lte=loaded).count() == 1
    assert set(running.deliveries.values_list("party", flat=True)) == set(
        running.parties.values_list("pk", flat=True)
    )
