"""Equal treatment: comparable associations, as a part of the desk or a page of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessments.comparables import Comparable, comparables
from assessments.views.impartial import impartial
from assessments.views.tags import level_tags
from grants.models import Application
from portal.people import rules
from portal.people.rules import requires


@requires(rules.case_reader)
@impartial
def comparable(request: HttpRequest, application: Application) -> HttpResponse:
    """The closest associations, how they were treated, and why they are comparable."""
    is_part = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "assessments/parts/comparables.html" if is_part else "assessments/comparables.html",
        {
            "application": application,
            "rows": [_row(found) for found in comparables(application, request.user)],
        },
    )


def _row(found: Comparable) -> dict[str, Any]:
    return {
        "found": found,
        "levels": level_tags(dict(found.levels)) if any(found.levels.values()) else [],
    }
