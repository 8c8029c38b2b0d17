"""The documents the assessments room makes: assessment sheets and distribution tables for packs, letters.

Swedish only, as all official documents. Each maker takes many at once and asks the database a constant
number of times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import translation

from assessments import sheet
from assessments.distribution_table import DistributionTable, load_tables
from assessments.models import Assessment, CriterionQuestion
from assessments.printed import amounts_table, judged, report_days
from assessments.sentences import condition_texts, grant_words, years_in_words
from assessments.shortening import first_sentences
from grants.models import Application, Call, Referral, Terms, TermsStage
from portal.committee.matter_text import paragraphs
from portal.committee.models import Decision
from portal.documents.templatetags.swedish_text import number, swedish_date
from portal.documents.work import Source

#: A criterion's judgement in a letter is at most this many characters.
SHORT_JUDGEMENT = 260
#: Rows of a distribution table in one document.
ROWS_A_DOCUMENT = 250
IOP = "idéburet offentligt partnerskap (IOP)"


def assessment_sheets(keys: Sequence[int], *, numbered: bool = False) -> dict[int, Source]:
    """The assessment sheet of each assessment; without page numbers unless asked, as parts of a pack."""
    assessments = (
        Assessment.objects.filter(pk__in=keys)
        .select_related("application__association", "application__case", "application__call__authority")
        .prefetch_related(*sheet.prefetches())
    )
    questions = _Questions()
    with translation.override("sv"):
        return {row.pk: _sheet(row, questions.of(row.application.call), numbered) for row in assessments}


def distribution_tables(keys: Sequence[int], *, numbered: bool = False) -> dict[int, list[Source]]:
    """The distribution table of each distribution; without page numbers unless asked, as parts of a pack.

    A table of more than `ROWS_A_DOCUMENT` applications is cut: laying it out in one takes 250 kB a row. The
    sums stand in the last document.
    """
    with translation.override("sv"):
        return {key: _tables(table, numbered) for key, table in load_tables(keys).items()}


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
        rows,
        "association",
        "case",
        "call",
        "terms__year_amounts",
        "terms__reports",
        "assessment__judgements",
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
    shown = sheet.context(assessment, questions)
    html = render_to_string("pdf/bedomningsblad.html", shown)
    return Source("bedomningsblad", f"Bedömning: {shown['heading']}", html, numbered)


def _tables(table: DistributionTable, numbered: bool) -> list[Source]:
    """The documents of one table: all its rows, or one piece after another."""
    beginnings = range(0, max(len(table.rows), 1), ROWS_A_DOCUMENT)
    return [_table(table, begin, numbered) for begin in beginnings]


def _table(table: DistributionTable, begin: int, numbered: bool) -> Source:
    matter = table.distribution.matter
    total = len(table.rows)
    end = min(begin + ROWS_A_DOCUMENT, total)
    context = {
        "rows": table.rows[begin:end],
        "extent": f"Förening {begin + 1}–{end} av {number(total)}." if total > ROWS_A_DOCUMENT else "",
        "is_last": end == total,
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
    assessment = application.assessment
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
        "amounts": amounts_table(application, stages),
        "decided": decided,
        "grant": grant_words(decided) if decided.is_grant else "",
        "applied_type": applied.grant_type if applied else "",
        "is_other_type": bool(applied and decided.is_grant and applied.grant_type != decided.grant_type),
        "later_years": years_in_words(years[1:]) if years[1:] else "",
        "is_changed": is_changed,
        "chairs_comment": paragraphs(matter.chairs_proposal.comment) if matter.has_chairs_proposal else (),
        "reason": paragraphs(assessment.reason),
        "criteria": _reasons(assessment, questions),
        "could_change": paragraphs(assessment.could_change),
        "talk_to": assessment.talk_to.strip().rstrip("."),
        "referred": _referred(decided),
        "conditions": condition_texts(decided) if decided.is_grant else [],
        "reports": report_days(decided),
    }
    html = render_to_string("pdf/beslutsbrev.html", context)
    return Source("beslutsbrev", f"{heading}, {registry_number}", html, numbered)


def _reasons(assessment: Assessment, questions: list[CriterionQuestion]) -> list[tuple[str, str]]:
    """(criterion, reason as written for the association, else the beginning of the judgement)."""
    rows = [
        (row["title"], row["reason"].strip() or first_sentences(row["text"], SHORT_JUDGEMENT))
        for row in judged(assessment, questions)
    ]
    return [(title, text) for title, text in rows if text]


def _referred(decided: Terms) -> str:
    """Where an association that gets no money here is shown instead; empty when nowhere."""
    if decided.is_grant or not decided.referral:
        return ""
    return decided.referred_to if decided.referral == Referral.COMMITTEE else IOP
