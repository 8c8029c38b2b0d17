"""The associations that a person acts for, and choosing for which one they act now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from grants.associations import acting
from grants.models import Association, Membership
from portal.people.rules import applicant, requires


@dataclass(frozen=True)
class Own:
    """An association with what the person may do for it."""

    association: Association
    roles: list[str]
    on_behalf_of: str
    until: date | None
    is_chosen: bool


@requires(applicant)
def associations(request: HttpRequest) -> HttpResponse:
    """All that the person acts for: which one now, and the way to each."""
    chosen = acting.chosen_id(request)
    rows = (
        Membership.objects.current()
        .held_by(request.user)
        .select_related("association")
        .order_by("association__name", "association", "role")
    )
    by_association: dict[int, list[Membership]] = {}
    for row in rows:
        by_association.setdefault(row.association_id, []).append(row)
    own = [
        Own(
            association=held[0].association,
            roles=[str(row.get_role_display()) for row in held],
            on_behalf_of=held[0].on_behalf_of,
            until=max((row.valid_until for row in held if row.valid_until), default=None),
            is_chosen=held[0].association_id == chosen,
        )
        for held in by_association.values()
    ]
    return render(request, "grants/associations.html", {"own": own, "chosen": chosen})


@requires(applicant)
def choose(request: HttpRequest) -> HttpResponse:
    """Act for one of one's own associations, or for all of them (POST)."""
    if request.method != "POST":
        return redirect("grants:associations")
    text = request.POST.get("association", "")
    if not text:
        acting.choose(request, None)
        messages.success(request, _("You see all your associations."))
        return redirect("grants:applications")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        return redirect("grants:associations")
    association = get_object_or_404(Association.objects.visible_to(request.user), pk=int(text))
    acting.choose(request, association)
    messages.success(request, _("You act for %(name)s.") % {"name": association.name})
    return redirect("grants:applications")
