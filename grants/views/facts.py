"""An association's facts: read, changed by group, confirmed each year, with their history."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from grants.views.people import crumbs, own_association
from portal.people.rules import applicant, requires


@requires(applicant)
def association(request: HttpRequest, association_id: int) -> HttpResponse:
    """The association's page: its facts, and the way to its people."""
    shown = own_association(request, association_id)
    return render(request, "grants/association.html", {"association": shown, "breadcrumbs": crumbs(shown)})
