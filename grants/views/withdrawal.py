"""Taking back an application: withdrawing what is sent, discarding a draft and undoing that."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.forms.dialogue import WithdrawForm
from grants.models import UNDO_DISCARD, Application, may_sign
from grants.received.withdrawal import CannotWithdraw, discard, refusal, restore, withdraw
from grants.states import State
from grants.views.sent import own_sent, sent_crumbs
from portal.people import kept_form
from portal.people.rules import applicant, requires

ROWS_A_PAGE = 25


@requires(applicant)
def withdraw_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """Ask whether it is meant, with the reason if the association wants to give one; then withdraw."""
    application = own_sent(request, application_id)
    if application.state == State.WITHDRAWN:
        return redirect("grants:application", application.pk)
    form = WithdrawForm(kept_form.data(request))
    stopped = refusal(application)
    signs = may_sign(request.user, application.association)
    if request.method == "POST" and (stopped or not signs or form.is_valid()):
        try:
            withdraw(
                application.pk, request.user, "" if stopped or not signs else form.cleaned_data["reason"]
            )
        except CannotWithdraw as refused:
            messages.error(request, str(refused))
            return redirect("grants:withdraw", application.pk)
        messages.success(request, _("The application is withdrawn."))
        return redirect("grants:application", application.pk)
    context = {
        "application": application,
        "form": form,
        "stopped": stopped,
        "may_sign": signs,
        "breadcrumbs": sent_crumbs(application, _("Withdraw the application")),
    }
    return render(request, "grants/withdraw.html", context, status=422 if request.method == "POST" else 200)


@requires(applicant)
def discard_draft(request: HttpRequest, application_id: int) -> HttpResponse:
    """Ask whether the draft is to be discarded; then put it out of sight."""
    own = Application.objects.visible_to(request.user).select_related("call", "association", "case")
    draft = get_object_or_404(own, pk=application_id)
    if not draft.is_draft:
        return redirect("grants:application", draft.pk)
    if request.method == "POST":
        try:
            discard(draft.pk, request.user)
        except CannotWithdraw as refused:
            messages.error(request, str(refused))
            return redirect("grants:application", draft.pk)
        messages.success(request, _("The draft is discarded. You can take it back for 30 days."))
        return redirect("grants:discarded")
    breadcrumbs = [
        {"label": _("Our applications"), "url": reverse("grants:applications")},
        {
            "label": draft.title or draft.call.title,
            "url": reverse("grants:application", args=[draft.pk]),
        },
        {"label": _("Discard the draft")},
    ]
    return render(request, "grants/discard.html", {"application": draft, "breadcrumbs": breadcrumbs})


@requires(applicant)
def discarded(request: HttpRequest) -> HttpResponse:
    """Drafts discarded in the last 30 days; POST takes one back."""
    found = Application.objects.discarded_of(request.user).select_related("call", "association")
    if request.method == "POST":
        text = request.POST.get("restore", "")
        draft = get_object_or_404(
            found, pk=int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
        )
        try:
            restore(draft.pk)
        except CannotWithdraw as refused:
            messages.error(request, str(refused))
            return redirect("grants:discarded")
        messages.success(request, _("The draft is back."))
        return redirect("grants:application", draft.pk)
    page = Paginator(found.order_by("-discarded_at", "-pk"), ROWS_A_PAGE).get_page(request.GET.get("page"))
    breadcrumbs = [
        {"label": _("Our applications"), "url": reverse("grants:applications")},
        {"label": _("Discarded drafts")},
    ]
    rows = [(draft, draft.discarded_at + UNDO_DISCARD) for draft in page if draft.discarded_at]
    return render(
        request, "grants/discarded.html", {"page_obj": page, "rows": rows, "breadcrumbs": breadcrumbs}
    )
