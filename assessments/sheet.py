"""What an assessment sheet shows: an application and its assessment on one spread, in Swedish.

Pure functions over rows loaded with `prefetches`, so that a pack of many sheets asks the database a constant
number of times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Prefetch

from assessments import anchors
from assessments.formal_checks import Outcome as Tried
from assessments.key_figures import (
    CAPITAL_KEY,
    REACHED_KEY,
    Change,
    KeyFigures,
    in_months,
    key_figures,
    signed,
)
from assessments.models import (
    Assessment,
    CriterionQuestion,
    Fact,
    Level,
    ReadingCause,
    SecondReading,
    Statement,
)
from assessments.printed import amounts_table, judged, level_word, report_days
from assessments.sentences import condition_texts, grant_words
from grants.applying.asked_papers import prefetches as paper_prefetches
from grants.applying.asked_papers import wanted_of_loaded
from grants.applying.cross_checks import FUNDING_KEY, TARGET_GROUPS_KEY
from grants.models import Answer, Application, ContactNote, Outcome, Terms, TermsStage
from portal.committee.matter_text import paragraphs
from portal.documents.templatetags.swedish_text import kronor, number, percent, swedish_date, swedish_moment

#: Levels so many steps apart need a reason.
FAR_APART = 2
#: What a fact names when the whole budget proves it.
BUDGET = "budget"
_KEYS = (CAPITAL_KEY, REACHED_KEY, FUNDING_KEY, TARGET_GROUPS_KEY)
_STEPS = {level.value: step for step, level in enumerate(Level)}
_CHANNELS = {
    ContactNote.Channel.PHONE: "telefonsamtal",
    ContactNote.Channel.MEETING: "möte",
    ContactNote.Channel.VISIT: "besök",
    ContactNote.Channel.EMAIL: "e-post",
    ContactNote.Channel.OTHER: "kontakt",
}
_CAUSES = {
    ReadingCause.AMOUNT: "summan är över gränsen",
    ReadingCause.FIRST_TIME: "föreningen söker för första gången",
    ReadingCause.SAMPLE: "dragen i slumpvis urval",
    ReadingCause.ASKED: "en handläggare bad om det",
}
UNKNOWN = "framgår inte"


def prefetches() -> list[str | Prefetch[Any, Any, Any]]:
    """What `facts` reads, from an assessment."""
    return [
        # Not joined: an application's call is one and the same for a whole round, and what is read of it too.
        "application__call__authority",
        "judgements",
        Prefetch(
            "facts",
            Fact.objects.filter(removed_at=None).select_related(
                "attachment__paper__type", "note", "earlier__case", "earlier__call"
            ),
        ),
        "application__terms__year_amounts",
        "application__terms__reports",
        *paper_prefetches("application__"),
        "application__budget_lines",
        # Only the short answers that are printed: the long ones of a whole round would fill the memory.
        Prefetch("application__answers", Answer.objects.filter(key__in=_KEYS)),
        "application__check_outcomes",
        Prefetch(
            "application__statements",
            Statement.objects.filter(answered_at__isnull=False, withdrawn_at=None).select_related("unit"),
        ),
        "application__second_reading__judgements",
        "application__call__budget_headings",
        "application__call__questions",
        "application__call__level_anchors",
        "application__call__formal_checks",
    ]


def facts(assessment: Assessment, questions: Sequence[CriterionQuestion]) -> dict[str, Any]:
    """All that the template prints, as plain values: the sheet is known by them."""
    application = assessment.application
    call = application.call
    proposed = application.terms_at(TermsStage.PROPOSED)
    granted = proposed if proposed and proposed.is_grant else None
    attached = {attachment.paper.type for attachment in application.attachments.all()}
    late = call.closes_at and application.submitted_at and application.submitted_at > call.closes_at
    reading = _opened(assessment)
    criteria = _criteria(assessment, questions, reading)
    return {
        "committee": call.authority.name,
        "kind": "Bedömningsblad",
        "date": swedish_date(assessment.ready_at),
        "registry_number": application.received_case.registry_number,
        "heading": application.association.name,
        "title": application.title,
        "organisation_number": application.association.organisation_number,
        "call": call.title,
        "submitted": swedish_moment(application.submitted_at),
        "has_last_day": call.closes_at is not None,
        "child_share": application.child_share or 0,
        "previous_amount": assessment.previous_amount,
        "criteria": criteria,
        "has_levels": any(row["level"] for row in criteria),
        "amounts": amounts_table(application, _stages(application)),
        "outcome": outcome_in_words(proposed, application.applied) if proposed else "",
        "grant": grant_words(granted) if granted else "",
        "conditions": condition_texts(granted) if granted else [],
        "reports": report_days(granted) if granted else [],
        "reason": paragraphs(assessment.reason),
        "figures": figures_in_words(key_figures(application, assessment.previous_amount)),
        "groups": _answer_in_words(application, TARGET_GROUPS_KEY),
        "funding": "; ".join(_funding(application)),
        "attached": [paper_type.word_sv for paper_type in sorted(attached, key=lambda kind: kind.position)],
        "not_attached": [
            paper.asked.type.word_sv for paper in wanted_of_loaded(application) if not paper.attachments
        ],
        "checks": _checks(application),
        "weighed": _weighed(assessment),
        "reading": ", ".join(_CAUSES[ReadingCause(cause)] for cause in reading.causes) if reading else "",
        "statements": [
            {"unit": str(row.unit), "date": swedish_date(row.answered_at), "parts": _parts(row)}
            for row in application.statements.all()
        ],
        "is_late": bool(late),
    }


def outcome_in_words(terms: Terms, applied: Terms | None) -> str:
    """What is proposed, beside what was applied for."""
    return {
        Outcome.GRANT: "bevilja det som söks",
        Outcome.PART: "bevilja en del av det som söks",
        Outcome.OTHER_TYPE: "avslå det som söks och bevilja ett annat bidrag",
        Outcome.REJECT: "avslå ansökan",
        Outcome.REFER_COMMITTEE: f"avslå ansökan och hänvisa föreningen till {terms.referred_to}",
        Outcome.REFER_IOP: "avslå ansökan och hänvisa föreningen till idéburet offentligt partnerskap (IOP)",
    }[terms.outcome(applied)]


def figures_in_words(figures: KeyFigures) -> list[tuple[str, str, str]]:
    """(key figure, value, how it was computed)."""
    costs = kronor(figures.costs) or f"kostnaderna {UNKNOWN}"
    rows = [
        (
            "Självfinansiering",
            percent(figures.self_financing),
            f"avgifter, försäljning, gåvor och egen insats {kronor(figures.own_income)}, "
            f"av kostnader {costs}",
        ),
        ("Beroende av bidraget", percent(figures.dependence), f"sökt {kronor(figures.sought)}, av {costs}"),
        (
            "Eget kapital mot kostnader",
            f"{percent(figures.equity_percent)}, {in_months(figures)} månader"
            if figures.equity_percent is not None
            else "",
            f"eget kapital {kronor(figures.capital)}, av {costs}",
        ),
        (
            "Kostnad per nådd person",
            kronor(figures.cost_per_person),
            f"{costs} på {number(figures.reached)} personer; för förståelse, aldrig för rangordning",
        ),
    ]
    changes = (("Sökt mot i fjol", figures.sought_change), ("Förslag mot i fjol", figures.proposed_change))
    rows += [_change(label, change) for label, change in changes if change is not None]
    return [(label, value, how) if value else (label, UNKNOWN, "") for label, value, how in rows]


def _change(label: str, change: Change) -> tuple[str, str, str]:
    difference = signed(kronor(change.kronor))
    if change.percent is None:
        return label, difference, "inget beviljat föregående år"
    how = f"{kronor(change.amount)} mot {kronor(change.before)}"
    return label, f"{difference} ({signed(percent(change.percent))})", how


def _criteria(
    assessment: Assessment, questions: Sequence[CriterionQuestion], reading: SecondReading | None
) -> list[dict[str, Any]]:
    """Each criterion as it was judged by both, with what the level means and the facts it rests on."""
    meanings = anchors.of_call(assessment.application.call)
    labels = {question.key: question.label_sv for question in assessment.application.call.questions.all()}
    proofs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for fact in assessment.facts.all():
        proofs[fact.criterion].append((fact.text, source_in_words(fact, labels)))
    rows = judged(assessment, questions)
    second = _second_view(reading, rows)
    return [
        {
            **row,
            **second.get(row["code"], {}),
            "anchor": anchor.text_sv if (anchor := meanings.get((row["code"], row["step"]))) else "",
            "facts": proofs[row["code"]],
        }
        for row in rows
    ]


def source_in_words(fact: Fact, labels: Mapping[str, str]) -> str:
    """Where a fact is proved; `labels` are the call's questions by key."""
    if fact.attachment:
        paper = fact.attachment.paper
        return f"{paper.type.word_sv} {paper.year or ''}".strip()
    if fact.note:
        return f"{_CHANNELS[ContactNote.Channel(fact.note.channel)]} {swedish_date(fact.note.held_on)}"
    if fact.earlier:
        return f"ansökan {fact.earlier.received_case.registry_number}, {fact.earlier.call.title}"
    if fact.question_key == BUDGET:
        return "ansökan, budget"
    label = labels.get(fact.question_key)
    return f"ansökan, ”{label}”" if label else "ansökan"


def _stages(application: Application) -> list[TermsStage]:
    """What was sought and proposed, and what the chair proposes where that is something else."""
    stages = [TermsStage.APPLIED, TermsStage.PROPOSED]
    proposed, chair = application.terms_at(TermsStage.PROPOSED), application.terms_at(TermsStage.CHAIR)
    if chair and (proposed is None or chair.amounts != proposed.amounts):
        stages.append(TermsStage.CHAIR)
    return stages


def _answer_in_words(application: Application, key: str) -> str:
    value = application.answers_by_key().get(key)
    return next(
        (question.in_words(value) for question in application.call.questions.all() if question.key == key), ""
    )


def _funding(application: Application) -> Iterator[str]:
    """Each other funder with its sum and its answer: "Region Skåne 50 000 kr, beviljat"."""
    rows = application.answers_by_key().get(FUNDING_KEY) or []
    asked = (question for question in application.call.questions.all() if question.key == FUNDING_KEY)
    columns = {column.key: column for question in asked for column in question.row_columns}

    def cell(row: Mapping[str, Any], key: str) -> str:
        return columns[key].in_words(row.get(key)) if key in columns else ""

    for row in rows:
        words = f"{cell(row, 'funder')} {cell(row, 'amount')}".strip()
        status = cell(row, "status").lower()
        yield f"{words}, {status}" if status else words


def _checks(application: Application) -> dict[str, Any]:
    """How many points of the formal check were tried, and those that are not in order."""
    points = application.call.formal_checks.all()
    found = {row.check_point_id: row for row in application.check_outcomes.all()}
    not_ok = [
        (point, row) for point in points if (row := found.get(point.pk)) and row.outcome == Tried.NOT_OK
    ]
    return {
        "points": len(points),
        "tried": len(found),
        "not_ok": [f"{point.text_sv}: {row.note}" if row.note else point.text_sv for point, row in not_ok],
    }


def _weighed(assessment: Assessment) -> list[tuple[str, tuple[str, ...]]]:
    """(heading, paragraphs) of what the officer weighed besides the criteria, where it is written."""
    texts = (
        ("Risker", assessment.risks),
        ("Likhet med jämförbara föreningar", assessment.equal_treatment),
        ("Alternativ", assessment.alternatives),
    )
    return [(heading, tuple(paragraphs(text))) for heading, text in texts if text.strip()]


def _opened(assessment: Assessment) -> SecondReading | None:
    """The second reading; none until both views are done, since they are blind to each other till then."""
    reading: SecondReading | None = getattr(assessment.application, "second_reading", None)
    return reading if reading and reading.is_open_to_both else None


def _second_view(
    reading: SecondReading | None, criteria: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """Criterion → the second reader's level, and why the two differ where they lie far apart."""
    theirs = {row.criterion: row for row in reading.judgements.all()} if reading else {}
    return {
        row["code"]: {
            "second": level_word(other.level) or "ingen nivå",
            "difference": other.difference_reason if _far_apart(row["step"], other.level) else "",
        }
        for row in criteria
        if (other := theirs.get(row["code"])) is not None
    }


def _far_apart(one: str, other: str) -> bool:
    return bool(one and other) and abs(_STEPS[one] - _STEPS[other]) >= FAR_APART


def _parts(statement: Statement) -> list[tuple[str, str]]:
    """(criterion, text) of what the unit answered."""
    texts = (("Komplement", statement.komplement), ("Samverkan", statement.samverkan))
    return [(title, text) for title, text in texts if text.strip()]
