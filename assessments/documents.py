"""The documents the assessments room makes: assessment sheets and distribution tables for packs, letters.

Swedish only, as all official documents. Each maker takes many at once and asks the database a constant
number of times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import translation

from assessments.distribution_table import DistributionTable, load_tables
from assessments.models import Assessment, CriterionQuestion, Level
from assessments.sentences import REPORT_DAY, condition_texts, grant_words, years_in_words
from assessments.shortening import first_sentences
from grants.applying.asked_papers import prefetches, wanted_papers
from grants.applying.completeness import budgets_of
from grants.models import Application, Call, TermsStage
from portal.committee.matter_text import paragraphs
from portal.committee.models import Decision
from portal.documents.templatetags.swedish_text import swedish_date
from portal.documents.work import Source

#: Levels as printed. They help to compare and never decide.
LEVEL_WORDS = {
    Level.SVAG: "svag",
    Level.TILLRACKLIG: "tillräcklig",
    Level.GOD: "god",
    Level.MYCKET_GOD: "mycket god",
}
#: The stages an assessment sheet and a letter show, as printed.
STAGE_WORDS = {
    TermsStage.APPLIED: "Sökt",
    TermsStage.PROPOSED: "Förvaltningens förslag",
    TermsStage.CHAIR: "Ordförandens förslag",
    TermsStage.DECIDED: "Beslut",
}
#: A criterion's judgement in a letter is at most this many characters.
SHORT_JUDGEMENT = 260


def assessment_sheets(keys: Sequence[int], *, numbered: bool = False) -> dict[int, Source]:
    """The assessment sheet of each assessment; without page numbers unless asked, as parts of a pack."""
    assessments = (
        Assessment.objects.filter(pk__in=keys)
        .select_related("application__association", "application__case", "application__call__authority")
        .prefetch_related(
            "judgements",
            "application__terms__year_amounts",
            *prefetches("application__"),
            "application__budget_lines",
            "application__call__budget_headings",
        )
    )
    questions = _Questions()
    with translation.override("sv"):
        return {row.pk: _sheet(row, questions.of(row.application.call), numbered) for row in assessments}


def distribution_tables(keys: Sequence[int], *, numbered: bool = False) -> dict[int, Source]:
    """The distribution table of each distribution; without page numbers unless asked, as parts of a pack."""
    with translation.override("sv"):
        return {key: _table(table, numbered) for key, table in load_tables(keys).items()}


def decision_letter(application: Application, decision: Decision, *, numbered: bool = True) -> Source:
    """The letter that tells an association what the committee decided on its application."""
    return decision_letters([application], decision, numbered=numbered)[application.pk]


def decision_letters(
    applications: Iterable[Application], decision: Decision, *, numbered: bool = True
) -> dict[int, Source]:
    """The letters of all applications that one decision is about, by application id.

    Raises ValueError for an application without decided terms.
    """
    rows = list(applications)
    prefetch_related_objects(
        rows, "association", "case", "call", "terms__year_amounts", "assessment__judgements"
    )
    questions = _Questions()
    with translation.override("sv"):
        return {row.pk: _letter(row, decision, questions.of(row.call), numbered) for row in rows}


class _Questions:
    """The wording of the criteria in force when a call opened, asked for once a call."""

    def __init__(self) -> None:
        self._by_call: dict[int, list[CriterionQuestion]] = {}

    def of(self, call: Call) -> list[CriterionQuestion]:
        if call.pk not in self._by_call:
            self._by_call[call.pk] = CriterionQuestion.objects.in_force(call.opens_at)
        return self._by_call[call.pk]


def _sheet(assessment: Assessment, questions: list[CriterionQuestion], numbered: bool) -> Source:
    application = assessment.application
    call = application.call
    proposed = application.terms_at(TermsStage.PROPOSED)
    rows = _judged(assessment, questions)
    attached = {attachment.paper.type for attachment in application.attachments.all()}
    wanted = wanted_papers(application)
    late = call.closes_at and application.submitted_at and application.submitted_at > call.closes_at
    context = {
        "committee": call.authority.name,
        "kind": "Bedömningsblad",
        "date": swedish_date(assessment.ready_at),
        "registry_number": application.received_case.registry_number,
        "heading": application.association.name,
        "application": application,
        "assessment": assessment,
        "call": call,
        "criteria": rows,
        "has_levels": any(row["level"] for row in rows),
        "amounts": _amounts(application, _stages_of_a_sheet(application)),
        "is_grant": bool(proposed and proposed.is_grant),
        "conditions": condition_texts(proposed) if proposed else [],
        "reason": paragraphs(assessment.reason),
        "costs": budgets_of(application)[0].costs,
        "attached": [paper_type.word_sv for paper_type in sorted(attached, key=lambda kind: kind.position)],
        "not_attached": [paper.asked.type.word_sv for paper in wanted if not paper.attachments],
        "is_late": bool(late),
    }
    html = render_to_string("pdf/bedomningsblad.html", context)
    return Source("bedomningsblad", f"Bedömning: {application.association.name}", html, numbered)


def _judged(assessment: Assessment, questions: list[CriterionQuestion]) -> list[dict[str, Any]]:
    """Each criterion with the committee's question, the level in words and the judgement."""
    judged = []
    for question in questions:
        judgement = assessment.judgement_of(question.criterion)
        judged.append(
            {
                "title": question.title,
                "question": question.question,
                "level": LEVEL_WORDS[Level(judgement.level)] if judgement and judgement.level else "",
                "text": judgement.text if judgement else "",
                "paragraphs": paragraphs(judgement.text) if judgement else (),
            }
        )
    return judged


def _stages_of_a_sheet(application: Application) -> list[TermsStage]:
    """What was sought and proposed, and what the chair proposes where that is something else."""
    stages = [TermsStage.APPLIED, TermsStage.PROPOSED]
    proposed, chair = application.terms_at(TermsStage.PROPOSED), application.terms_at(TermsStage.CHAIR)
    if chair and (proposed is None or chair.amounts != proposed.amounts):
        stages.append(TermsStage.CHAIR)
    return stages


def _amounts(application: Application, stages: Sequence[TermsStage]) -> dict[str, Any]:
    """A table of amounts: a column for each year that any of the stages has, a row for each stage."""
    found = [(stage, application.terms_at(stage)) for stage in stages]
    years = sorted({year for _stage, terms in found if terms for year in terms.years})
    return {
        "years": years,
        "rows": [
            {
                "stage": STAGE_WORDS[stage],
                "type": terms.grant_type if terms and terms.is_grant else "",
                "by_year": [terms.amounts.get(year, 0) if terms else 0 for year in years],
                "total": terms.total if terms else 0,
            }
            for stage, terms in found
        ],
    }


def _table(table: DistributionTable, numbered: bool) -> Source:
    matter = table.distribution.matter
    context = {
        "committee": matter.committee.name,
        "kind": "Fördelningstabell",
        "registry_number": matter.case.registry_number,
        "heading": matter.title,
        "table": table,
    }
    html = render_to_string("pdf/fordelningstabell.html", context)
    return Source("fordelningstabell", f"Fördelningstabell: {matter.title}", html, numbered)


def _letter(
    application: Application, decision: Decision, questions: list[CriterionQuestion], numbered: bool
) -> Source:
    decided = application.decided
    if decided is None:
        raise ValueError(f"Application {application.pk} has no decided terms")
    registry_number = application.received_case.registry_number
    applied = application.applied
    association = application.association
    heading = f"Beslut om er ansökan om {applied.grant_type if applied else application.call.grant_type}"
    years = decided.years
    proposed = application.terms_at(TermsStage.PROPOSED)
    # The reason was written for what the officers proposed, so the letter must say where that was changed.
    is_changed = proposed is not None and proposed.amounts != decided.amounts
    stages = [TermsStage.APPLIED, *([TermsStage.PROPOSED] if is_changed else []), TermsStage.DECIDED]
    matter = decision.matter
    context = {
        "committee": decision.committee.name,
        "administration": decision.committee.administration_name,
        "kind": "Beslut",
        "date": swedish_date(decision.agenda_item.meeting.date),
        "registry_number": registry_number,
        "heading": heading,
        "application": application,
        "association": association,
        "decision": decision,
        "matter_number": matter.case.registry_number,
        "amounts": _amounts(application, stages),
        "decided": decided,
        "grant": grant_words(decided) if decided.is_grant else "",
        "applied_type": applied.grant_type if applied else "",
        "is_other_type": bool(applied and decided.is_grant and applied.grant_type != decided.grant_type),
        "later_years": years_in_words(years[1:]) if years[1:] else "",
        "is_changed": is_changed,
        "chairs_comment": paragraphs(matter.chairs_proposal.comment) if matter.has_chairs_proposal else (),
        "reason": paragraphs(application.assessment.reason),
        "criteria": [
            {**row, "text": first_sentences(row["text"], SHORT_JUDGEMENT)}
            for row in _judged(application.assessment, questions)
            if row["text"]
        ],
        "conditions": condition_texts(decided) if decided.is_grant else [],
        "reports": [(year, f"{REPORT_DAY} {year + 1}") for year in years],
    }
    html = render_to_string("pdf/beslutsbrev.html", context)
    return Source("beslutsbrev", f"{heading}, {registry_number}", html, numbered)
