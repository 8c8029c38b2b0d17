"""Pages about calls that everyone may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.calls.call_reading import PREFETCH, reading
from grants.models import Call
from portal.people import rules
from portal.people.rules import anyone, requires


@requires(anyone)
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """A call with its window and every question of its form, before anyone signs in."""
    shown = get_object_or_404(
        Call.objects.visible_to(request.user).select_related("authority").prefetch_related(*PREFETCH),
        pk=call_id,
    )
    return render(
        request,
        "grants/call.html",
        {
            "call": shown,
            "reading": reading(shown),
            "may_edit": rules.case_officer(request.user),
            "breadcrumbs": [{"label": _("Start page"), "url": reverse("home")}, {"label": shown.name}],
        },
    )
