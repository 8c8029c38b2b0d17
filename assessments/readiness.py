"""What an assessment must hold before it is ready.

Every assessment has its five judgements and its reasons in short. Whoever gets less than was asked for also
reads why, criterion by criterion, what could be changed, and whom to talk to: a no that helps.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from assessments import readings
from assessments.models import Assessment, Criterion
from grants.models import Application, Outcome, TermsStage


def outcome_of(application: Application) -> Outcome:
    """What the officers propose; a rejection where nothing is proposed."""
    proposed = application.terms_at(TermsStage.PROPOSED)
    return proposed.outcome(application.applied) if proposed else Outcome.REJECT


def missing(assessment: Assessment) -> dict[str, str]:
    """What must be written before the assessment is ready: field of the desk → what to do."""
    return _always(assessment) | (
        {} if outcome_of(assessment.application) == Outcome.GRANT else _for_a_no_that_helps(assessment)
    )


def _always(assessment: Assessment) -> dict[str, str]:
    texts = {row.criterion: row.text for row in assessment.judgements.all()}
    wanted = {
        f"text_{criterion}": _("Write the judgement before you mark the assessment ready.")
        for criterion in Criterion.values
        if not texts.get(criterion, "").strip()
    } | readings.levels_missing(assessment)
    if not assessment.reason.strip():
        wanted["reason"] = _("Write the reason as the association will read it.")
    if not assessment.short_reason.strip():
        wanted["short_reason"] = _("Write the reason for the table in a few words.")
    return wanted


def _for_a_no_that_helps(assessment: Assessment) -> dict[str, str]:
    reasons = {row.criterion: row.reason for row in assessment.judgements.all()}
    wanted = {
        f"reason_{criterion}": _(
            "You do not propose all that was applied for. Write for the association why, on this criterion."
        )
        for criterion in Criterion.values
        if not reasons.get(criterion, "").strip()
    }
    if not assessment.could_change.strip():
        wanted["could_change"] = _(
            "You do not propose all that was applied for. Write what the association could change."
        )
    if not assessment.talk_to.strip():
        wanted["talk_to"] = _("Write whom the association can talk to about the decision.")
    return wanted
