"""The documents the assessments room makes for packs: assessment sheets and distribution tables.

Swedish only, as all official documents. Each maker takes many at once and asks the database a constant
number of times.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils import translation

from assessments import sheet
from assessments.distribution_table import DistributionTable, load_tables
from assessments.models import Assessment, CriterionQuestion
from grants.models import Call
from portal.documents.filled import Filled
from portal.documents.templatetags.swedish_text import number
from portal.documents.work import Source

#: Rows of a distribution table in one document.
ROWS_A_DOCUMENT = 250


def assessment_sheets(keys: Sequence[int], *, numbered: bool = False) -> dict[int, Source]:
    """The assessment sheet of each assessment; without page numbers unless asked, as parts of a pack."""
    assessments = (
        Assessment.objects.filter(pk__in=keys)
        .select_related("application__association", "application__case")
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


class _Questions:
    """The wording of the criteria in force when a call opened, asked for once a call."""

    def __init__(self) -> None:
        self._by_call: dict[int, list[CriterionQuestion]] = {}

    def of(self, call: Call) -> list[CriterionQuestion]:
        if call.pk not in self._by_call:
            self._by_call[call.pk] = CriterionQuestion.objects.in_force(call.opens_at)
        return self._by_call[call.pk]


def _sheet(assessment: Assessment, questions: list[CriterionQuestion], numbered: bool) -> Source:
    facts = sheet.facts(assessment, questions)
    title = f"Bedömning: {facts['heading']}"
    return Filled("bedomningsblad", title, "pdf/bedomningsblad.html", facts, numbered=numbered)


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
