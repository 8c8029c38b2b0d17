"""Assessing an application: begin → save, as often as one likes → mark ready; open it again if need be.

Each act is one transaction. Several officers may work with the same application: each save names the
version it started from, and nothing of what somebody else saved meanwhile is overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import readings
from assessments.impartiality import reason_to_refuse
from assessments.models import Assessment, Criterion, Judgement
from grants.models import Application, Lateness, Terms, TermsStage, YearAmount
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
    """All that an officer writes in an assessment; amounts are whole kronor by year."""

    levels: Mapping[str, str]
    texts: Mapping[str, str]
    grant_type: str
    amounts: Mapping[int, int]
    conditions: str
    previous_amount: int
    reason: str
    short_reason: str


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
        reason=assessment.reason,
        short_reason=assessment.short_reason,
    )


def above_sought(application: Application, amounts: Mapping[int, int]) -> dict[int, str]:
    """The years for which more is proposed than was sought, each with an explanation."""
    sought = application.applied.amounts if application.applied else {}
    return {
        year: _(
            "For %(year)s the association applied for %(sought)s. You propose %(proposed)s. "
            "Propose at most what was applied for."
        )
        % {"year": year, "sought": kronor(sought.get(year, 0)), "proposed": kronor(amount)}
        for year, amount in amounts.items()
        if amount > sought.get(year, 0)
    }


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
            defaults={"officer": officer, "previous_amount": granted_the_year_before(application)},
        )
        if created:
            readings.ask_by_rule(application)
    return assessment


def granted_the_year_before(application: Application) -> int:
    """Whole kronor decided for the association for the year before the call's first."""
    decided = YearAmount.objects.filter(
        terms__application__association_id=application.association_id,
        terms__stage=TermsStage.DECIDED,
        year=application.call.first_year - 1,
    )
    return decided.aggregate(total=Sum("amount"))["total"] or 0


def save(assessment: Assessment, data: Written, version: int, by: Any) -> Assessment:
    """Save everything written, if the assessment is still at the version it was read at.

    Raises Conflict when somebody else saved meanwhile, and Refused when the assessment is not open, the
    officer may not handle the case, or more is proposed than was sought.
    """
    with transaction.atomic():
        current = _locked(assessment, by)
        if current.application.state != State.IN_ASSESSMENT:
            raise Refused(_("The assessment is not open for changes, so nothing was saved."))
        if current.version != version:
            raise Conflict(current)
        for explanation in above_sought(current.application, data.amounts).values():
            raise Refused(explanation)
        current.officer = by
        current.version += 1
        current.saved_at = timezone.now()
        current.previous_amount = data.previous_amount
        current.reason = data.reason
        current.short_reason = data.short_reason
        current.save(
            update_fields=["officer", "version", "saved_at", "previous_amount", "reason", "short_reason"]
        )
        _write_judgements(current, data)
        _write_proposal(current.application, data)
    assessment.version = current.version
    return current


def mark_ready(assessment: Assessment, by: Any) -> None:
    """Close the assessment: from now on it can be handed to the committee.

    Raises NotReady when a judgement or a reason is missing, Refused when it is not open, and Conflict
    when somebody saved after the officer read it: what is marked ready is what the officer has seen.
    """
    with transaction.atomic():
        current = _locked(assessment, by)
        if current.version != assessment.version:
            raise Conflict(current)
        if current.application.state != State.IN_ASSESSMENT:
            raise Refused(_("The assessment is not open, so it cannot be marked ready."))
        if missing := _missing(current):
            raise NotReady(missing)
        move(current.application, State.ASSESSED)
        Assessment.objects.filter(pk=current.pk).update(ready_at=timezone.now())
        current.application.received_case.log(Event.Kind.ASSESSMENT_READY, by=by)
        readings.open_to_both(current.application)


def reopen(assessment: Assessment, by: Any) -> None:
    """Open a ready assessment for changes, as long as it has not gone to the committee.

    Raises Refused otherwise.
    """
    with transaction.atomic():
        current = _locked(assessment, by)
        try:
            if current.application.state != State.ASSESSED:
                raise NotAllowed
            move(current.application, State.IN_ASSESSMENT)
        except NotAllowed:
            raise Refused(_("The assessment can no longer be opened: it is not waiting as ready.")) from None
        Assessment.objects.filter(pk=current.pk).update(ready_at=None)
        current.application.received_case.log(Event.Kind.ASSESSMENT_REOPENED, by=by)


def _locked(assessment: Assessment, by: Any) -> Assessment:
    """The assessment as it stands now, locked until the transaction ends.

    The application is read after the lock is held: joined in the same query it could be older.
    """
    current = Assessment.objects.select_for_update().get(pk=assessment.pk)
    current.application = Application.objects.select_related("call", "association", "case").get(
        pk=current.application_id
    )
    _refuse_unless_impartial(current.application, by)
    return current


def _refuse_unless_impartial(application: Application, by: Any) -> None:
    """Stop who must not handle the case, and its second reader: two views by one person are one view."""
    if reason := reason_to_refuse(application, by):
        raise Refused(reason)
    if readings.is_reader(application, by):
        raise Refused(_("You are this case's second reader, so a colleague has to assess it."))


def _missing(assessment: Assessment) -> dict[str, str]:
    """What must be written before the assessment is ready, by field."""
    texts = {row.criterion: row.text for row in assessment.judgements.all()}
    missing = {
        f"text_{criterion}": _("Write the judgement before you mark the assessment ready.")
        for criterion in Criterion.values
        if not texts.get(criterion, "").strip()
    }
    missing |= readings.levels_missing(assessment)
    if not assessment.reason.strip():
        missing["reason"] = _("Write the reason as the association will read it.")
    if not assessment.short_reason.strip():
        missing["short_reason"] = _("Write the reason for the table in a few words.")
    return missing


def _write_judgements(assessment: Assessment, data: Written) -> None:
    Judgement.objects.bulk_create(
        [
            Judgement(
                assessment=assessment,
                criterion=criterion,
                level=data.levels.get(criterion, ""),
                text=data.texts.get(criterion, ""),
            )
            for criterion in Criterion.values
        ],
        update_conflicts=True,
        unique_fields=["assessment", "criterion"],
        update_fields=["level", "text"],
    )


def _write_proposal(application: Application, data: Written) -> None:
    terms, _created = Terms.objects.update_or_create(
        application=application,
        stage=TermsStage.PROPOSED,
        defaults={"grant_type": data.grant_type, "conditions": data.conditions},
    )
    terms.set_amounts(dict(data.amounts))
