"""Pages about calls that everyone may read."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.models import Call, Section
from portal.people.rules import anyone, requires


@requires(anyone)
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """A call with its window and every question of its form, before anyone signs in."""
    shown = get_object_or_404(
        Call.objects.visible_to(request.user).select_related("authority").prefetch_related("questions"),
        pk=call_id,
    )
    in_form_order = {section: n for n, section in enumerate(Section.values)}
    questions = sorted(
        shown.questions.all(), key=lambda question: (in_form_order[question.section], question.position)
    )
    sections = [
        (Section(section), list(rows)) for section, rows in groupby(questions, key=lambda row: row.section)
    ]
    breadcrumbs = [{"label": _("Start page"), "url": reverse("home")}, {"label": shown.title}]
    return render(
        request, "grants/call.html", {"call": shown, "sections": sections, "breadcrumbs": breadcrumbs}
    )
