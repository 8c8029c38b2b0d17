"""All approved minutes in one list, for who reviews what was decided and whether it is final."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.committee.models import Minutes, MinutesState
from portal.committee.notice import standing_of_minutes
from portal.committee.phrases import paragraph_range
from portal.committee.rules import reads_minutes
from portal.people.rules import requires

ROWS_A_PAGE = 25


@requires(reads_minutes)
def approved_minutes(request: HttpRequest) -> HttpResponse:
    """Each set of approved minutes, the newest first: notice, last day to appeal, state, page and PDF."""
    seen = (
        Minutes.objects.visible_to(request.user)
        .filter(state=MinutesState.APPROVED)
        .select_related("meeting__committee__authority", "document__file")
        .prefetch_related("paragraphs__decision__appeals")
        .order_by("-meeting__starts_at", "pk")
    )
    page = Paginator(seen, ROWS_A_PAGE).get_page(request.GET.get("page"))
    whole = Minutes.objects.whole_for(request.user).filter(pk__in=[minutes.pk for minutes in page])
    today = timezone.localdate()
    context = {
        "page_obj": page,
        "rows": [
            {
                "minutes": minutes,
                "paragraphs": paragraph_range(row.decision.paragraph for row in minutes.paragraphs.all()),
                "standing": standing_of_minutes(minutes, today),
            }
            for minutes in page
        ],
        "whole": set(whole.values_list("pk", flat=True)),
    }
    return render(request, "committee/minutes/approved.html", context)
