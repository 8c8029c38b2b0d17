"""The frames: each year's money, reserve, goal and what is taken of it, set by officers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from assessments import frames as acts
from assessments.board_form import FrameForm, as_fields
from assessments.frame_use import frame_uses
from grants.calls.call_history import history_of
from grants.models import Frame
from portal.people import rules
from portal.people.rules import requires
from portal.registry.models import Authority


@requires(rules.reads_ledger)
def frames(request: HttpRequest) -> HttpResponse:
    """All years of each authority, with what is left."""
    authorities = [
        (authority, acts.known_years(authority, request.user))
        for authority in Authority.objects.visible_to(request.user).order_by("name")
    ]
    context = {"authorities": authorities, "follows_rounds": rules.case_reader(request.user)}
    return render(request, "assessments/frames.html", context)


@requires(rules.reads_ledger, post=rules.case_officer)
def frame(request: HttpRequest, authority_id: int, year: int) -> HttpResponse:
    """One year's frame, which officers set; what a colleague set meanwhile is shown beside what was typed."""
    authority = get_object_or_404(Authority.objects.visible_to(request.user), pk=authority_id)
    current = Frame.objects.visible_to(request.user).filter(authority=authority, year=year).first()
    posted = request.POST if request.method == "POST" else None
    form = FrameForm(posted, initial={**as_fields(current), "seen": acts.fingerprint(current)})
    theirs, status = None, 200
    if posted is not None:
        status = 422
        if form.is_valid():
            try:
                acts.set_frame(authority, year, form.values(), seen=form.cleaned_data["seen"])
            except acts.CannotSet as refusal:
                form.add_error(refusal.field, str(refusal))
            except acts.ChangedMeanwhile as meanwhile:
                theirs, status = meanwhile.frame, 409
                renewed = posted.copy()
                renewed["seen"] = acts.fingerprint(theirs)
                form = FrameForm(renewed)
            else:
                messages.success(request, _("The frame for %(year)s is saved.") % {"year": year})
                return redirect("assessments:frames")
    context = {
        "authority": authority,
        "year": year,
        "form": form,
        "theirs": theirs,
        "use": frame_uses(authority.pk, [year], request.user)[year],
        "history": history_of(current) if current else [],
        "follows_rounds": rules.case_reader(request.user),
        "is_officer": rules.case_officer(request.user),
    }
    return render(request, "assessments/frame.html", context, status=status)
