"""Freezing an assessment: what it holds is written as a version, with a checksum, and never changed.

The first version is written when the application goes to the committee; each later one says why it came.
What is frozen is in Swedish, as the documents are. Codes (levels, outcomes, types) stay codes, so that a page
can name them in its reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Prefetch, QuerySet, prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.assessing import TEXTS
from assessments.facts import code_of, in_swedish
from assessments.models import (
    Assessment,
    AssessmentVersion,
    Criterion,
    CriterionQuestion,
    Fact,
    Level,
    SecondReading,
    Statement,
)
from assessments.models.checks import CheckOutcome
from assessments.readiness import outcome_of
from grants.models import Application, GrantType, Outcome, Referral, Terms, TermsStage
from portal.documents.templatetags.swedish_text import kronor, number
from portal.registry.models import Record

#: Why there is another version when an application comes to the committee a second time.
RETURNED = "Lämnad till nämnden på nytt efter återremiss"


def freeze(assessment: Assessment, by: Any, reason: str = "") -> AssessmentVersion:
    """Write the assessment as it stands as its next version; a later one than the first needs a reason."""
    [version] = freeze_all([assessment.application_id], by, reason)
    return version


def freeze_handed_over(applications: Iterable[Application], by: Any) -> list[AssessmentVersion]:
    """Freeze the assessments of what goes to the committee, in a constant number of queries."""
    return freeze_all([application.pk for application in applications], by, RETURNED)


def freeze_all(application_ids: Sequence[int], by: Any, reason: str) -> list[AssessmentVersion]:
    """Write the next version of each application's assessment; `reason` stands in all but first ones."""
    rows = list(_whole(Assessment.objects.filter(application__in=application_ids)))
    wordings: dict[int, list[CriterionQuestion]] = {}
    versions = []
    with translation.override("sv"):
        for row in rows:
            call = row.application.call
            if call.pk not in wordings:
                wordings[call.pk] = CriterionQuestion.objects.in_force(call.opens_at)
            content = content_of(row, wordings[call.pk])
            last = row.last_version or 0  # type: ignore[attr-defined]  # annotated by `_whole`
            versions.append(
                AssessmentVersion(
                    assessment=row,
                    number=last + 1,
                    content=content,
                    content_sha256=Record.checksum(content),
                    reason=reason if last else "",
                    made_by=by,
                )
            )
    return AssessmentVersion.objects.bulk_create(versions)


def complete(assessment: Assessment) -> None:
    """Load all that `content_of` reads and that is not loaded yet, in a constant number of queries."""
    prefetch_related_objects([assessment], *_read_with())


def _whole(assessments: QuerySet[Assessment]) -> QuerySet[Assessment]:
    return (
        assessments.select_related(
            "officer", "application__association", "application__case", "application__call"
        )
        .prefetch_related(*_read_with())
        .annotate(last_version=Max("versions__number"))
        .order_by("application__case__year", "application__case__number")
    )


def _read_with() -> list[str | Prefetch]:
    """The rows that an assessment's content is read from."""
    return [
        "judgements",
        Prefetch(
            "facts",
            Fact.objects.filter(removed_at=None).select_related(
                "attachment__paper__type", "note", "earlier__case", "earlier__call", "written_by"
            ),
        ),
        "application__terms__year_amounts",
        "application__terms__reports",
        "application__call__questions",
        Prefetch(
            "application__check_outcomes",
            CheckOutcome.objects.select_related("check_point").order_by("check_point__position"),
        ),
        Prefetch("application__second_reading", SecondReading.objects.select_related("reader")),
        "application__second_reading__judgements",
        Prefetch(
            "application__statements",
            Statement.objects.filter(answered_at__isnull=False).select_related("unit"),
        ),
    ]


def content_of(assessment: Assessment, questions: Iterable[CriterionQuestion]) -> dict[str, Any]:
    """All that the assessment holds, as plain values; with its rows loaded (`complete`)."""
    application = assessment.application
    return {
        "association": application.association.name,
        "registry_number": application.received_case.registry_number,
        "call": application.call.title,
        "officer": str(assessment.officer),
        "ready_at": assessment.ready_at.isoformat() if assessment.ready_at else "",
        "criteria": _criteria(assessment, questions),
        "texts": {name: getattr(assessment, name) for name in TEXTS},
        "previous_amount": assessment.previous_amount,
        "applied": _terms(application.applied),
        "proposal": _terms(application.terms_at(TermsStage.PROPOSED))
        | {"outcome": outcome_of(application).value},
        "checks": [
            {"point": row.check_point.text_sv, "outcome": row.outcome, "note": row.note}
            for row in application.check_outcomes.all()
        ],
        "second_reading": _second_reading(application),
        "statements": [
            {
                "unit": str(row.unit),
                "question": row.question,
                "answered_at": row.answered_at.isoformat() if row.answered_at else "",
                "komplement": row.komplement,
                "samverkan": row.samverkan,
            }
            for row in application.statements.all()
        ],
    }


def _criteria(assessment: Assessment, questions: Iterable[CriterionQuestion]) -> list[dict[str, Any]]:
    worded = {question.criterion: question for question in questions}
    facts: dict[str, list[dict[str, Any]]] = {code: [] for code in Criterion.values}
    for fact in assessment.facts.all():
        facts[fact.criterion].append(
            {"text": fact.text, "place": code_of(fact), "proof": in_swedish(fact), "by": str(fact.written_by)}
        )
    found = []
    for code, label in Criterion.choices:
        judgement = assessment.judgement_of(code)
        found.append(
            {
                "code": code,
                "title": worded[code].title if code in worded else str(label),
                "question": worded[code].question if code in worded else "",
                "level": judgement.level if judgement else "",
                "text": judgement.text if judgement else "",
                "reason": judgement.reason if judgement else "",
                "facts": facts[code],
            }
        )
    return found


def _terms(terms: Terms | None) -> dict[str, Any]:
    if terms is None:
        return {}
    return {
        "grant_type": terms.grant_type,
        "amounts": {str(year): amount for year, amount in terms.amounts.items()},
        "conditions": terms.conditions,
        "referral": terms.referral,
        "referred_to": terms.referred_to,
        "reports": {str(row.year): row.due_on.isoformat() for row in terms.reports.all()},
    }


def _second_reading(application: Application) -> dict[str, Any] | None:
    """The second view, when it is finished: before that nobody but the reader has seen it."""
    reading: SecondReading | None = getattr(application, "second_reading", None)
    if reading is None or not reading.is_done:
        return None
    return {
        "reader": str(reading.reader),
        "comment": reading.comment,
        "judgements": [
            {
                "criterion": row.criterion,
                "level": row.level,
                "text": row.text,
                "difference_reason": row.difference_reason,
            }
            for row in sorted(reading.judgements.all(), key=lambda row: Criterion.values.index(row.criterion))
        ],
    }


# --- What differs between two versions -----------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One field of an assessment before and after, in words."""

    label: str
    before: str
    after: str


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs between two frozen contents, field by field, in the order of the page."""
    old, new = _in_words(before), _in_words(after)
    labels = {key: label for key, (label, _words) in (old | new).items()}
    return [
        Change(label, old.get(key, ("", ""))[1], new.get(key, ("", ""))[1])
        for key, label in labels.items()
        if old.get(key, ("", ""))[1] != new.get(key, ("", ""))[1]
    ]


def text_labels() -> dict[str, str]:
    """What the assessment's own texts are called, in the reader's language."""
    return {
        "reason": _("Reason"),
        "short_reason": _("Reason in the distribution table"),
        "could_change": _("What the association could change"),
        "talk_to": _("Whom to talk to"),
        "risks": _("Risks"),
        "equal_treatment": _("Equal treatment"),
        "alternatives": _("Alternatives"),
    }


def _in_words(content: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Key → (label, words) of everything that can differ."""
    found: dict[str, tuple[str, str]] = {}
    for row in content["criteria"]:
        code, title = row["code"], row["title"]
        found[f"level_{code}"] = (
            _("%(criterion)s: level") % {"criterion": title},
            str(Level(row["level"]).label) if row["level"] else "",
        )
        found[f"text_{code}"] = (_("%(criterion)s: judgement") % {"criterion": title}, row["text"])
        found[f"facts_{code}"] = (
            _("%(criterion)s: facts") % {"criterion": title},
            "\n".join(f"{fact['text']} ({fact['proof']})" for fact in row["facts"]),
        )
        found[f"reason_{code}"] = (
            _("%(criterion)s: reason for the association") % {"criterion": title},
            row["reason"],
        )
    for name, label in text_labels().items():
        found[name] = (label, content["texts"][name])
    found |= _proposal_in_words(content["proposal"])
    found["previous_amount"] = (_("Granted last year"), kronor(content["previous_amount"]))
    found["checks"] = (_("Formal check"), _checks_in_words(content["checks"]))
    found["second_reading"] = (_("Second reading"), _reading_in_words(content["second_reading"]))
    found["statements"] = (
        _("Statements"),
        "\n\n".join(
            "\n".join(part for part in (row["unit"], row["komplement"], row["samverkan"]) if part)
            for row in content["statements"]
        ),
    )
    return found


def _proposal_in_words(proposal: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    referral = proposal.get("referral", "")
    return {
        "outcome": (_("What the proposal means"), str(Outcome(proposal["outcome"]).label)),
        "grant_type": (
            _("Proposed grant"),
            str(GrantType(proposal["grant_type"]).label) if proposal.get("grant_type") else "",
        ),
        "amounts": (
            _("Proposed amounts"),
            "\n".join(f"{year}: {number(amount)} kr" for year, amount in proposal.get("amounts", {}).items()),
        ),
        "referral": (
            _("Refer to"),
            f"{Referral(referral).label} {proposal['referred_to']}".strip() if referral else "",
        ),
        "conditions": (_("Conditions"), proposal.get("conditions", "")),
        "reports": (
            _("Last days to report"),
            "\n".join(f"{year}: {day}" for year, day in proposal.get("reports", {}).items()),
        ),
    }


def _checks_in_words(checks: Iterable[Mapping[str, str]]) -> str:
    return "\n".join(
        f"{row['point']}: {CheckOutcome.Outcome(row['outcome']).label} {row['note']}".strip()
        for row in checks
    )


def _reading_in_words(reading: Mapping[str, Any] | None) -> str:
    if reading is None:
        return ""
    lines = [
        f"{Criterion(row['criterion']).label}: "
        + " ".join(
            part
            for part in (
                str(Level(row["level"]).label) if row["level"] else "",
                row["text"],
                row["difference_reason"],
            )
            if part
        )
        for row in reading["judgements"]
    ]
    return "\n".join([reading["reader"], *lines, reading["comment"]]).strip()
