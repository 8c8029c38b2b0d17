"""What the committee's letters say of an application: the facts as recorded, in Swedish, many at once.

How letters are made, edited and released is the committee's (`portal.committee.letter_making` and on).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dates import MONTHS

from assessments.models import Assessment, CriterionQuestion
from assessments.models.criteria import wording_at
from assessments.printed import amounts_table, judged, report_days
from assessments.sentences import condition_texts, grant_words, years_in_words
from assessments.shortening import first_sentences
from grants.models import Application, Outcome, PaymentAccount, PaymentRule, Referral, Terms, TermsStage
from grants.payment_plan import Payment, plan, rules_of
from portal.committee.letter_facts import LetterFacts, Parts
from portal.committee.matter_text import in_running_text, paragraphs
from portal.committee.models import Letter, LetterOutcome
from portal.committee.models import Outcome as Left
from portal.registry.models import Record

#: A criterion's judgement in a letter is at most this many characters.
SHORT_JUDGEMENT = 260
IOP = "idéburet offentligt partnerskap (IOP)"
#: An account is masked: so many digits at its end are printed.
DIGITS_SHOWN = 3

#: What terms without money are called apart from a rejection is said in the letter, not in its outcome.
_OUTCOMES = {
    Outcome.GRANT: LetterOutcome.GRANT,
    Outcome.PART: LetterOutcome.PART,
    Outcome.OTHER_TYPE: LetterOutcome.OTHER_GRANT,
}
#: Decisions that end nothing: no money is said, nothing can be appealed.
_NOTICES = {Left.TABLED: LetterOutcome.TABLED, Left.REFERRED_BACK: LetterOutcome.REFERRED_BACK}


def cases_written_to(cases: Collection[int]) -> set[int]:
    """Of these cases, those of applications."""
    return set(Application.objects.filter(case__in=cases).values_list("case", flat=True))


def facts_of(letters: Sequence[Letter]) -> dict[int, LetterFacts]:
    """The facts of each letter about an application; a final decision without decided terms has none."""
    applications = {
        application.received_case.pk: application
        for application in Application.objects.filter(case__in=[letter.line.case_id for letter in letters])
        .select_related("association", "case", "call__authority", "assessment")
        .prefetch_related("terms__year_amounts", "terms__reports", "assessment__judgements")
    }
    known = _Known(list(applications.values())) if applications else None
    found = {}
    for letter in letters:
        application = applications.get(letter.line.case_id)
        if application is None or known is None:
            continue
        if letter.decision.outcome in _NOTICES:
            found[letter.pk] = _notice(letter, application)
        elif application.decided is not None and hasattr(application, "assessment"):
            found[letter.pk] = _decision(letter, application, application.decided, known)
    return found


def tell(letter: Letter, by: Any) -> Any:
    """Let the association see the decision, and queue the mail that says there is something to read."""
    from post_office import mail

    application = Application.objects.select_related("association", "case").get(case=letter.line.case_id)
    is_decision = letter.decision.outcome not in _NOTICES
    if is_decision:
        Application.objects.filter(pk=application.pk).update(released_at=timezone.now())
    if not application.association.email:
        return None
    with translation.override("sv"):
        what = "Beslut" if is_decision else "Ett besked"
        return mail.send(
            application.association.email,
            subject=f"{what} finns i ärende {application.received_case.registry_number}",
            message=render_to_string(
                "mail/decision.txt", {"application": application, "is_decision": is_decision}
            ),
        )


@dataclass(frozen=True)
class _Account:
    kind: str
    end: str


class _Known:
    """What many letters read alike, asked for once."""

    def __init__(self, applications: Sequence[Application]) -> None:
        self._questions = list(CriterionQuestion.objects.all())
        self._rules = list(
            PaymentRule.objects.filter(authority__in={row.call.authority_id for row in applications})
        )
        accounts = PaymentAccount.objects.effective().filter(
            association__in={row.association_id for row in applications}
        )
        self._accounts = {
            account.association_id: _Account(account.kind, account.number[-DIGITS_SHOWN:])
            for account in accounts
        }

    def questions_of(self, application: Application) -> list[CriterionQuestion]:
        return wording_at(self._questions, application.call.opens_at)

    def rules_of(self, application: Application) -> list[PaymentRule]:
        return rules_of(application.call, self._rules)

    def account_of(self, application: Application) -> dict[str, str]:
        """The kind and last digits of the account in use; empty when none is confirmed."""
        account = self._accounts.get(application.association_id)
        return {"kind": account.kind, "end": account.end} if account else {}


def _notice(letter: Letter, application: Application) -> LetterFacts:
    """A matter tabled or referred back: what that means for the association, and that it goes on."""
    is_tabled = letter.decision.outcome == Left.TABLED
    return LetterFacts(
        outcome=_NOTICES[Left(letter.decision.outcome)],
        record_kind=Record.Kind.NOTICE,
        kind="Underrättelse",
        heading="Er ansökan är inte avgjord än",
        registry_number=application.received_case.registry_number,
        address=_address(application),
        body="pdf/_letter_notice.html",
        content={
            "title": application.title,
            "matter_number": letter.decision.matter.case.registry_number,
            "is_tabled": is_tabled,
        },
        suggested=Parts(greeting=_greeting(application), talk_to=_talk_to(application)),
    )


def _decision(letter: Letter, application: Application, decided: Terms, known: _Known) -> LetterFacts:
    applied = application.applied
    outcome = _OUTCOMES.get(decided.outcome(applied), LetterOutcome.REJECT)
    return LetterFacts(
        outcome=outcome,
        record_kind=Record.Kind.DECISION_LETTER,
        kind="Beslut",
        heading=f"Beslut om er ansökan om {applied.grant_type if applied else application.call.grant_type}",
        registry_number=application.received_case.registry_number,
        address=_address(application),
        body="pdf/_letter_decision.html",
        content={
            "is_appealable": True,
            "title": application.title,
            "matter_number": letter.decision.matter.case.registry_number,
            "applied_type": applied.grant_type if applied else "",
            "decided_type": decided.grant_type,
            "is_other_type": outcome == LetterOutcome.OTHER_GRANT,
            **_reasons(letter, application, decided, known),
            **(_grant(letter, application, decided, known) if decided.is_grant else {}),
            "referred": _referred(decided),
        },
        suggested=Parts(
            greeting=_greeting(application),
            could_change=application.assessment.could_change,
            talk_to=_talk_to(application),
        ),
    )


def _reasons(letter: Letter, application: Application, decided: Terms, known: _Known) -> dict[str, Any]:
    """What was sought and decided beside each other, and why."""
    matter, assessment = letter.decision.matter, application.assessment
    proposed = application.terms_at(TermsStage.PROPOSED)
    # The reason was written for what the officers proposed, so the letter must say where that was changed.
    is_changed = proposed is not None and proposed.amounts != decided.amounts
    stages = [TermsStage.APPLIED, *([TermsStage.PROPOSED] if is_changed else []), TermsStage.DECIDED]
    comment = matter.chairs_proposal.comment if matter.has_chairs_proposal else ""
    return {
        "amounts": amounts_table(application, stages),
        "is_changed": is_changed,
        "chairs_comment": paragraphs(comment),
        "reason": paragraphs(assessment.reason),
        "criteria": _criteria(assessment, known.questions_of(application)),
    }


def _criteria(assessment: Assessment, questions: list[CriterionQuestion]) -> list[dict[str, str]]:
    """Each criterion with the reason as written for the association, else the beginning of the judgement."""
    rows = [
        {
            "title": row["title"],
            "text": row["reason"].strip() or first_sentences(row["text"], SHORT_JUDGEMENT),
        }
        for row in judged(assessment, questions)
    ]
    return [row for row in rows if row["text"]]


def _grant(letter: Letter, application: Application, decided: Terms, known: _Known) -> dict[str, Any]:
    """What only a grant has: words for it, conditions, payments, days to report."""
    years = decided.years
    payments = plan(decided.amounts, known.rules_of(application), letter.decision.agenda_item.meeting.date)
    return {
        "grant": grant_words(decided),
        "later_years": years_in_words(years[1:]) if years[1:] else "",
        "conditions": condition_texts(decided),
        "payments": [_payment(payment) for payment in payments],
        "total": decided.total,
        "account": known.account_of(application),
        "reports": [{"year": year, "day": day} for year, day in report_days(decided)],
    }


def _payment(payment: Payment) -> dict[str, Any]:
    """A row of the payment plan as printed."""
    when = (
        f"senast i {MONTHS[payment.month]} {payment.year}"
        if payment.month
        else "när beslutet har vunnit laga kraft"
    )
    return {
        "year": payment.year,
        "number": f"{payment.number} av {payment.of}",
        "when": when,
        "amount": payment.amount,
    }


def _address(application: Application) -> tuple[str, ...]:
    """Whom the letter is to; a protected address is never printed."""
    association = application.association
    if association.protected_address:
        return (association.name,)
    return (association.name, association.street, f"{association.postcode} {association.city}".strip())


def _greeting(application: Application) -> str:
    authority = in_running_text(application.call.authority.name)
    return f"Tack för er ansökan till {authority}, och för det ni gör."


def _talk_to(application: Application) -> str:
    assessment = getattr(application, "assessment", None)
    return assessment.talk_to.strip().rstrip(".") if assessment else ""


def _referred(decided: Terms) -> str:
    """Where an association that gets no money here is shown instead; empty when nowhere."""
    if decided.is_grant or not decided.referral:
        return ""
    return decided.referred_to if decided.referral == Referral.COMMITTEE else IOP
