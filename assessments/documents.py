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
from portal.documents.work import Source


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


def distribution_tables(keys: Sequence[int], *, numbered: bool = False) -> dict[int, Source]:
    """The distribution table of each distribution; without page numbers unless asked, as parts of a pack."""
    with translation.override("sv"):
        return {key: _table(table, numbered) for key, table in load_tables(keys).items()}


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
