"""The board: each row's amounts are a small form, and only what the change touched comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import amounts
from assessments.board import Board, Line, line_of
from assessments.board_form import AmountsForm
from assessments.board_sums import board_sums
from assessments.models import Scenario, ScenarioAmount
from assessments.views.of_round import round_of, scenario_of
from assessments.views.tags import level_tags, state_tag
from grants.models import Application, Call, TermsStage
from portal.people import rules
from portal.people.rules import requires


def rows_of(this: Board, *, may_edit: bool) -> list[dict[str, Any]]:
    """The table's rows: amounts by year in the call's order, levels and state as tags."""
    years = [year.year for year in this.years]
    return [_row(this, line, years, may_edit) for line in this.lines]


def _row(this: Board, line: Line, years: list[int], may_edit: bool) -> dict[str, Any]:
    application, assessment = line.application, line.assessment
    proposed = application.terms_at(TermsStage.PROPOSED)
    is_open = may_edit and line.is_assessed and not line.is_closed
    if this.scenario is None:
        is_open = is_open and not (proposed and proposed.referral)
    return {
        "pk": application.pk,
        "application": application,
        "line": line,
        "url": _address(this.call, application.pk, this.scenario) if is_open else "",
        "previous": line.previous,
        "sought_first": application.applied.first_amount if application.applied else 0,
        "cells": [
            {"year": year, "amount": line.proposed.get(year, 0), "sought": line.sought.get(year, 0)}
            for year in years
        ],
        "levels": level_tags({row.criterion: row.level for row in assessment.judgements.all()})
        if assessment
        else [],
        "tag": state_tag(application.state),
    }


def _address(call: Call, application_id: int, scenario: Scenario | None) -> str:
    """Where a row is posted."""
    if scenario is None:
        return reverse("assessments:amounts", args=[call.pk, application_id])
    return reverse("assessments:scenario-amounts", args=[call.pk, scenario.pk, application_id])


@requires(rules.case_officer)
def change(
    request: HttpRequest, call_id: int, application_id: int, scenario_id: int | None = None
) -> HttpResponse:
    """Save one row's amounts (POST): in the proposal, or in a scenario made by hand."""
    call = round_of(request, call_id)
    scenario = None if scenario_id is None else scenario_of(request, call, scenario_id)
    edit = Edit(request, call, application_id, scenario)
    if request.method != "POST":
        edit.line()  # 404 for what the officer may not see
        return edit.back()
    return edit.save(AmountsForm(call.years, data=request.POST))


@dataclass(frozen=True)
class Edit:
    """One posted row."""

    request: HttpRequest
    call: Call
    application_id: int
    scenario: Scenario | None

    def save(self, form: AmountsForm) -> HttpResponse:
        if not form.is_valid():
            texts = [f"{field.label}: {error}" for field in form for error in field.errors]
            return self.explain(form, texts, status=422)
        try:
            amounts.change(
                self.call,
                self.application_id,
                wanted=form.wanted,
                seen=form.seen,
                by=self.request.user,
                scenario=self.scenario,
            )
        except Application.DoesNotExist:
            raise Http404 from None
        except amounts.ChangedMeanwhile as meanwhile:
            return self.explain(form, [], status=409, meanwhile=meanwhile)
        except amounts.Refused as refusal:
            return self.explain(form, [str(refusal)], status=422)
        return self.answer() if self.is_live else self.saved()

    @property
    def is_live(self) -> bool:
        """Sent by the row itself, which waits for what has changed; else by its Save button."""
        return bool(self.request.htmx)  # type: ignore[attr-defined]

    def line(self) -> Line:
        """The row as it now stands."""
        rows = (
            Application.objects.visible_to(self.request.user)
            .filter(call=self.call)
            .select_related("association", "case", "assessment")
            .prefetch_related("terms__year_amounts")
        )
        application = rows.filter(pk=self.application_id).first()
        if application is None:
            raise Http404
        if self.scenario is None:
            return line_of(application)
        shared = ScenarioAmount.objects.filter(scenario=self.scenario, application=application)
        return line_of(application, dict(shared.values_list("year", "amount")))

    def answer(self) -> HttpResponse:
        """The row's changed cells and the sums, each put where it belongs."""
        line = self.line()
        sums = board_sums(self.call, self.request.user, self.scenario)
        context = {
            "call": self.call,
            "scenario": self.scenario,
            "row": {
                "pk": line.application.pk,
                "line": line,
                "cells": [
                    {"year": year, "amount": line.proposed.get(year, 0), "sought": line.sought.get(year, 0)}
                    for year in self.call.years
                ],
            },
            "sums": sums,
            "figures": sums.figures,
            "stops": [year.stop for year in sums.years if year.stop],
        }
        return render(self.request, "assessments/parts/board_answer.html", context)

    def saved(self) -> HttpResponse:
        messages.success(self.request, _("The amounts are saved."))
        return self.back()

    def back(self) -> HttpResponse:
        name, args = "assessments:round", [self.call.pk]
        if self.scenario is not None:
            name, args = "assessments:scenario", [self.call.pk, self.scenario.pk]
        return redirect(f"{reverse(name, args=args)}#row-{self.application_id}")

    def explain(
        self,
        form: AmountsForm,
        texts: list[str],
        *,
        status: int,
        meanwhile: amounts.ChangedMeanwhile | None = None,
    ) -> HttpResponse:
        """Why nothing was written, with all that the officer typed kept."""
        line = self.line()
        context = {
            "call": self.call,
            "scenario": self.scenario,
            "line": line,
            "pk": self.application_id,
            "texts": texts,
            "meanwhile": meanwhile,
            "url": _address(self.call, self.application_id, self.scenario),
            "cells": [
                {
                    "year": year,
                    "typed": form.data.get(f"amount_{year}", ""),
                    "now": line.proposed.get(year, 0),
                    "sought": line.sought.get(year, 0),
                }
                for year in form.years
            ],
        }
        template = (
            "assessments/parts/board_refusal.html" if self.is_live else "assessments/board_amounts.html"
        )
        return render(self.request, template, context, status=status)
