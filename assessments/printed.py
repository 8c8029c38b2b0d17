"""What documents print of an assessment alike, in Swedish: levels, stages, criteria, amounts, report days.

Pure functions over loaded rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assessments.models import Assessment, CriterionQuestion, Level
from assessments.sentences import REPORT_DAY
from grants.models import Application, Terms, TermsStage
from portal.committee.matter_text import paragraphs
from portal.documents.templatetags.swedish_text import swedish_date

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


def level_word(level: str) -> str:
    """The level as printed; empty where none was given."""
    return LEVEL_WORDS[Level(level)] if level else ""


def judged(assessment: Assessment, questions: Sequence[CriterionQuestion]) -> list[dict[str, Any]]:
    """Each criterion with the committee's question, level, judgement and the reason the association reads."""
    rows = []
    for question in questions:
        judgement = assessment.judgement_of(question.criterion)
        rows.append(
            {
                "code": question.criterion,
                "title": question.title,
                "question": question.question,
                "step": judgement.level if judgement else "",
                "level": level_word(judgement.level) if judgement else "",
                "text": judgement.text if judgement else "",
                "paragraphs": paragraphs(judgement.text) if judgement else (),
                "reason": judgement.reason if judgement else "",
            }
        )
    return rows


def amounts_table(application: Application, stages: Sequence[TermsStage]) -> dict[str, Any]:
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


def report_days(terms: Terms) -> list[tuple[int, str]]:
    """(grant year, last day to report it): as the terms say, else the usual day of the year after."""
    said = {report.year: swedish_date(report.due_on) for report in terms.reports.all()}
    return [(year, said.get(year, f"{REPORT_DAY} {year + 1}")) for year in terms.years]
