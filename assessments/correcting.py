"""Correcting an assessment that lies before the committee: texts, levels and facts, as new versions.

The proposal itself (type, amounts, conditions) is the committee's by then: it changes by referral back only.
After the decision nothing is changed.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.assessing import TEXTS, Conflict, Refused, Written, locked, write_texts, written
from assessments.facts import NO_CHANGES, FactChanges, outstanding
from assessments.freezing import freeze
from assessments.models import Assessment, AssessmentVersion
from grants.states import State
from portal.registry.models import Event

#: As many characters as a version's reason holds.
LONGEST_REASON = 500


def correct(
    assessment: Assessment,
    data: Written,
    version: int,
    reason: str,
    by: Any,
    facts: FactChanges = NO_CHANGES,
) -> AssessmentVersion:
    """Write corrected texts and freeze them; of `data`, the proposal is left as it is.

    Raises Refused without a reason, when nothing is changed, or when the application does not lie before the
    committee, and Conflict when somebody else corrected meanwhile.
    """
    with transaction.atomic():
        current = locked(assessment, by)
        refuse_unless_before_committee(current)
        if current.version != version:
            raise Conflict(current)
        if not reason.strip():
            raise Refused(_("Write why you correct the assessment. The reason is kept with the new version."))
        if not (_changes_texts(current, data) or outstanding(current, facts)):
            raise Refused(_("Nothing is changed, so there is nothing to correct."))
        write_texts(current, data, facts, by)
        frozen = freeze(current, by, reason.strip()[:LONGEST_REASON])
        current.application.received_case.log(
            Event.Kind.ASSESSMENT_CORRECTED, by=by, detail=f"version {frozen.number}"
        )
    assessment.version = current.version
    return frozen


def refuse_unless_before_committee(assessment: Assessment) -> None:
    """Raises Refused, with what can be done instead."""
    state = assessment.application.state
    if state == State.DECIDED:
        raise Refused(_("The committee has decided, so the assessment is no longer corrected."))
    if state != State.BEFORE_COMMITTEE:
        raise Refused(_("The assessment does not lie before the committee. Open it again to change it."))


def _changes_texts(assessment: Assessment, data: Written) -> bool:
    saved = written(assessment)
    return any(getattr(saved, name) != getattr(data, name) for name in (*TEXTS, "levels", "texts", "reasons"))
