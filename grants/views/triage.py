"""Which grant, which committee, now or later? Plain pages whose address holds the answers."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.calls.triage import Advice, advise, path
from grants.models import Call, Contact, GrantProgramme
from grants.models.programmes import Window
from portal.people.rules import anyone, requires


@requires(anyone)
def triage(request: HttpRequest) -> HttpResponse:
    """The next question, or the advice that the answers lead to."""
    answers = request.GET
    walked = path(answers)
    advice = advise(answers)
    given = [(step, choice) for step, choice in walked if choice is not None]
    context = {
        "rows": [
            {
                "label": step.question,
                "value": choice.text,
                "change_url": _address({one.name: made.code for one, made in given[:n]}),
            }
            for n, (step, choice) in enumerate(given)
        ],
        "given": [(step.name, choice.code) for step, choice in given],
        "step": None if advice else walked[-1][0],
        "number": len(walked),
        "is_empty": "steg" in answers and not advice and answers["steg"] == walked[-1][0].name,
        "advice": advice,
        "calls": _calls(request, advice),
        "window": _next_window(advice),
        "contacts": Contact.objects.visible_to(request.user) if advice else [],
        "breadcrumbs": [
            {"label": _("Start page"), "url": reverse("home")},
            {"label": _("Find the right way")},
        ],
    }
    return render(request, "grants/triage.html", context)


def _address(answers: dict[str, str]) -> str:
    query = urlencode(answers)
    return reverse("grants:triage") + (f"?{query}" if query else "")


def _calls(request: HttpRequest, advice: Advice | None) -> list[Call]:
    """The calls of the grant advised that are open or to come; otherwise all of them."""
    if advice is None:
        return []
    found = (
        Call.objects.visible_to(request.user)
        .filter(published=True)
        .filter(Q(closes_at=None) | Q(closes_at__gt=timezone.now()))
        .order_by(F("closes_at").asc(nulls_last=True), "opens_at")
    )
    return list(found.filter(grant_type=advice.grant) if advice.grant else found)


def _next_window(advice: Advice | None) -> Window | None:
    """When the grant advised can be applied for next, as its recurring window says."""
    if advice is None or advice.grant is None:
        return None
    programme = GrantProgramme.objects.filter(grant_type=advice.grant, always_open=False).first()
    return programme.window(programme.next_first_year(timezone.localdate())) if programme else None
