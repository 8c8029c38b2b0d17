"""Assessing an application: begin → save, as often as one likes → mark ready; open it again if need be.

Each act is one transaction. Several officers may work with the same application: each save names the
version it started from, and nothing of what somebody else saved meanwhile is overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import facts as facts_of
from assessments import readings
from assessments.facts import FactChanges
from assessments.impartiality import reason_to_refuse
from assessments.models import Assessment, Criterion, Judgement
from assessments.readiness import missing
from grants.models import (
    Application,
    Call,
    Contact,
    Lateness,
    Referral,
    Terms,
    TermsReport,
    TermsStage,
    YearAmount,
)
from grants.states import NotAllowed, State, move
from portal.documents.templatetags.swedish_text import kronor
from portal.registry.models import Event


class Refused(Exception):
    """The act is not possible now; the message tells the officer why."""


class Conflict(Exception):
    """Somebody else saved meanwhile; `assessment` is as they left it and nothing was written."""

    def __init__(self, assessment: Assessment) -> None:
        super().__init__(f"assessment {assessment.pk} is at version {assessment.version}")
        self.assessment = assessment


class NotReady(Exception):
    """Something is missing; `missing` maps each field (`text_effekt`, `reason` …) to what to do."""

    def __init__(self, missing: dict[str, str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass(frozen=True)
class Written:
    """All that an officer writes in an assessment but its facts; amounts are whole kronor by year.

    `texts` are the judgements, `reasons` what the applicant reads, both by criterion. `reports` says by which
    day the use of each year's grant is reported; a year with money that has none gets the usual day.
    """

    levels: Mapping[str, str]
    texts: Mapping[str, str]
    grant_type: str
    amounts: Mapping[int, int]
    conditions: str
    previous_amount: int
    reason: str
    short_reason: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    could_change: str = ""
    talk_to: str = ""
    risks: str = ""
    equal_treatment: str = ""
    alternatives: str = ""
    referral: str = ""
    referred_to: str = ""
    reports: Mapping[int, date] = field(default_factory=dict)


#: The texts of an assessment that stand in its own row, by the names they have everywhere.
TEXTS = ("reason", "short_reason", "could_change", "talk_to", "risks", "equal_treatment", "alternatives")


def written(assessment: Assessment) -> Written:
    """What is saved, in the shape it was written."""
    rows = {row.criterion: row for row in assessment.judgements.all()}
    terms = assessment.application.terms_at(TermsStage.PROPOSED)
    return Written(
        levels={code: rows[code].level if code in rows else "" for code in Criterion.values},
        texts={code: rows[code].text if code in rows else "" for code in Criterion.values},
        grant_type=terms.grant_type if terms else assessment.application.call.grant_type,
        amounts=terms.amounts if terms else {},
        conditions=terms.conditions if terms else "",
        previous_amount=assessment.previous_amount,
        reasons={code: rows[code].reason if code in rows else "" for code in Criterion.values},
        referral=terms.referral if terms else "",
        referred_to=terms.referred_to if terms else "",
        reports={row.year: row.due_on for row in terms.reports.all()} if terms else {},
        **{name: getattr(assessment, name) for name in TEXTS},
    )


def report_days(call: Call, years: Iterable[int]) -> dict[int, date]:
    """By which day each grant year is reported, unless the officer says otherwise.

    The call's own day in the year after, else 31 March: the usual day for a yearly report, not a rule of
    the committee's.
    """
    days = [row.day for row in call.report_dates.all() if row.day]
    return {
        year: next((day for day in days if day.year == year + 1), date(year + 1, 3, 31)) for year in years
    }


def above_sought(application: Application, amounts: Mapping[int, int]) -> dict[int, str]:
    """The years for which more is proposed than may be: than was sought, or than the call's cap.

    Each with an explanation.
    """
    sought = application.applied.amounts if application.applied else {}
    cap = application.call.max_amount
    above: dict[int, str] = {}
    for year, amount in amounts.items():
        if amount > sought.get(year, 0):
            above[year] = _(
                "For %(year)s the association applied for %(sought)s. You propose %(proposed)s. "
                "Propose at most what was applied for."
            ) % {"year": year, "sought": kronor(sought.get(year, 0)), "proposed": kronor(amount)}
        elif cap is not None and amount > cap:
            above[year] = _(
                "In this call an association gets at most %(cap)s a year. For %(year)s you propose "
                "%(proposed)s. Propose at most %(cap)s."
            ) % {"year": year, "cap": kronor(cap), "proposed": kronor(amount)}
    return above


def wrong_referral(amounts: Mapping[int, int], referral: str, referred_to: str) -> dict[str, str]:
    """What is wrong with a referral, by field: it goes with no money, and to somebody."""
    if referral and any(amounts.values()):
        return {
            "referral": _(
                "You propose both money and a referral. Take away the amounts, or choose no referral."
            )
        }
    if referral == Referral.COMMITTEE and not referred_to.strip():
        return {"referred_to": _("Write which committee you refer the application to.")}
    return {}


def begin(application: Application, officer: Any) -> Assessment:
    """Open the assessment of a received application; doing so again gives the one that is there.

    Raises Refused for an officer who may not handle the case.
    """
    _refuse_unless_impartial(application, officer)
    if application.lateness == Lateness.WAITING:
        raise Refused(_("The application came late. Decide first whether it is admitted or dismissed."))
    with transaction.atomic():
        try:
            if application.state == State.SUBMITTED:
                move(application, State.IN_ASSESSMENT)
        except NotAllowed:  # a colleague began a moment ago
            application.refresh_from_db(fields=["state"])
        assessment, created = Assessment.objects.get_or_create(
            application=application,
            defaults={
                "officer": officer,
                "previous_amount": granted_the_year_before(application),
                "talk_to": whom_to_talk_to(application),
            },
        )
        if created:
            readings.ask_by_rule(application)
    return assessment


def whom_to_talk_to(application: Application) -> str:
    """The first contact of the call's committee, in Swedish as the letter is; nothing when it has none."""
    contact = Contact.objects.filter(authority=application.call.authority_id).first()
    return f"{contact.role_sv}, {contact.email}"[:200] if contact else ""


def granted_the_year_before(application: Application) -> int:
    """Whole kronor decided for the association for the year before the call's first."""
    decided = YearAmount.objects.filter(
        terms__application__association_id=application.association_id,
        terms__stage=TermsStage.DECIDED,
        year=application.call.first_year - 1,
    )
    return decided.aggregate(total=Sum("amount"))["total"] or 0


def save(
    assessment: Assessment, data: Written, version: int, by: Any, facts: FactChanges = facts_of.NO_CHANGES
) -> Assessment:
    """Save everything written, if the assessment is still at the version it was read at.

    Raises Conflict when somebody else saved meanwhile, and Refused when the assessment is not open, the
    officer may not handle the case, more is proposed than may be, a referral says not to whom, or a fact
    is to be proved by what does not belong to the application.
    """
    with transaction.atomic():
        current = locked(assessment, by)
        if current.application.state != State.IN_ASSESSMENT:
            raise Refused(_("The assessment is not open for changes, so nothing was saved."))
        if current.version != version:
            raise Conflict(current)
        for explanation in (
            *above_sought(current.application, data.amounts).values(),
            *wrong_referral(data.amounts, data.referral, data.referred_to).values(),
        ):
            raise Refused(explanation)
        current.previous_amount = data.previous_amount
        write_texts(current, data, facts, by)
        _write_proposal(current.application, data)
    assessment.version = current.version
    return current


def write_texts(assessment: Assessment, data: Written, facts: FactChanges, by: Any) -> None:
    """Write all but the proposal: judgements, facts and texts. For a locked assessment; raises Refused."""
    assessment.officer = by
    assessment.version += 1
    assessment.saved_at = timezone.now()
    for name in TEXTS:
        setattr(assessment, name, getattr(data, name))
    assessment.save(update_fields=["officer", "version", "saved_at", "previous_amount", *TEXTS])
    _write_judgements(assessment, data)
    try:
        facts_of.write(assessment, facts, by)
    except facts_of.NotProof as refusal:
        raise Refused(str(refusal)) from None


def mark_ready(assessment: Assessment, by: Any) -> None:
    """Close the assessment: from now on it can be handed to the committee.

    Raises NotReady when a judgement or a reason is missing, Refused when it is not open, and Conflict
    when somebody saved after the officer read it: what is marked ready is what the officer has seen.
    """
    with transaction.atomic():
        current = locked(assessment, by)
        if current.version != assessment.version:
            raise Conflict(current)
        if current.application.state != State.IN_ASSESSMENT:
            raise Refused(_("The assessment is not open, so it cannot be marked ready."))
        if incomplete := missing(current):
            raise NotReady(incomplete)
        move(current.application, State.ASSESSED)
        Assessment.objects.filter(pk=current.pk).update(ready_at=timezone.now())
        current.application.received_case.log(Event.Kind.ASSESSMENT_READY, by=by)
        readings.open_to_both(current.application)


def reopen(assessment: Assessment, by: Any) -> None:
    """Open a ready assessment for changes, as long as it has not gone to the committee.

    Raises Refused otherwise.
    """
    with transaction.atomic():
        current = locked(assessment, by)
        try:
            if current.application.state != State.ASSESSED:
                raise NotAllowed
            move(current.application, State.IN_ASSESSMENT)
        except NotAllowed:
            raise Refused(_("The assessment can no longer be opened: it is not waiting as ready.")) from None
        Assessment.objects.filter(pk=current.pk).update(ready_at=None)
        current.application.received_case.log(Event.Kind.ASSESSMENT_REOPENED, by=by)


def locked(assessment: Assessment, by: Any) -> Assessment:
    """The assessment as it stands now, locked with its application until the transaction ends.

    The application is taken first, as handing over and the committee's decision do: so none of them waits
    for the other in a ring, and nothing is written on what was decided meanwhile.
    """
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("call", "association", "case")
        .get(pk=assessment.application_id)
    )
    current = Assessment.objects.select_for_update().get(pk=assessment.pk)
    current.application = application
    _refuse_unless_impartial(application, by)
    return current


def _refuse_unless_impartial(application: Application, by: Any) -> None:
    """Stop who must not handle the case, and its second reader: two views by one person are one view."""
    if reason := reason_to_refuse(application, by):
        raise Refused(reason)
    if readings.is_reader(application, by):
        raise Refused(_("You are this case's second reader, so a colleague has to assess it."))


def _write_judgements(assessment: Assessment, data: Written) -> None:
    Judgement.objects.bulk_create(
        [
            Judgement(
                assessment=assessment,
                criterion=criterion,
                level=data.levels.get(criterion, ""),
                text=data.texts.get(criterion, ""),
                reason=data.reasons.get(criterion, ""),
            )
            for criterion in Criterion.values
        ],
        update_conflicts=True,
        unique_fields=["assessment", "criterion"],
        update_fields=["level", "text", "reason"],
    )


def _write_proposal(application: Application, data: Written) -> None:
    terms, _created = Terms.objects.update_or_create(
        application=application,
        stage=TermsStage.PROPOSED,
        defaults={
            "grant_type": data.grant_type,
            "conditions": data.conditions,
            "referral": data.referral,
            "referred_to": data.referred_to,
        },
    )
    terms.set_amounts(dict(data.amounts))
    usual = report_days(application.call, (year for year, amount in data.amounts.items() if amount))
    terms.reports.all().delete()
    TermsReport.objects.bulk_create(
        TermsReport(terms=terms, year=year, due_on=data.reports.get(year) or day)
        for year, day in usual.items()
    )
