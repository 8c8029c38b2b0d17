"""What an officer verifies and decides about an association: number, account, papers, eligibility."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.associations import accounts, eligibility, number_check, paper_review
from grants.associations.accounts import AccountRefused
from grants.forms.accounts import ReasonForm
from grants.forms.officer import CutShortForm, EligibilityForm, NumberForm, ReviewForm
from grants.models import Association, Eligibility, Paper, PaymentAccount
from grants.views.officer import crumbs, known_association
from portal.people import kept_form, trail
from portal.people.rules import case_officer, checks_accounts, requires


def _page(
    request: HttpRequest, association: Association, title: str, form: Any, submit: str, **more: Any
) -> HttpResponse:
    """A page with one form about an association."""
    context = {
        "association": association,
        "title": title,
        "form": form,
        "submit": submit,
        "back": reverse("grants:known-association", args=[association.pk]),
        "breadcrumbs": crumbs(association, title),
        **more,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "grants/paper_form.html", context, status=status)


@requires(case_officer)
def verify_number(request: HttpRequest, association_id: int) -> HttpResponse:
    """The certificate of registration shows this number and this name (POST)."""
    association = known_association(request, association_id)
    if request.method == "POST":
        try:
            number_check.verify_number(association.pk, request.user)
        except number_check.CannotVerify as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The organisation number is verified and locked."))
    return redirect("grants:known-association", association.pk)


@requires(case_officer)
def change_number(request: HttpRequest, association_id: int) -> HttpResponse:
    """Write another organisation number, with the reason."""
    association = known_association(request, association_id)
    form = NumberForm(kept_form.data(request), initial={"number": association.organisation_number})
    if request.method == "POST" and form.is_valid():
        try:
            number_check.change_number(
                association.pk, form.cleaned_data["number"], form.cleaned_data["reason"], request.user
            )
        except number_check.CannotVerify as refused:
            form.add_error("number", str(refused))
        else:
            messages.success(request, _("The organisation number is changed and verified."))
            return redirect("grants:known-association", association.pk)
    return _page(request, association, _("Change the organisation number"), form, _("Change the number"))


@requires(checks_accounts)
@trail.reads_people
def check_account(request: HttpRequest, association_id: int, account_id: int) -> HttpResponse:
    """Compare an account with its evidence: verify, confirm, or refuse with a reason."""
    association = known_association(request, association_id)
    account = get_object_or_404(
        PaymentAccount.objects.visible_to(request.user)
        .filter(association=association)
        .select_related("verified_by", "entered_by", "evidence", "association"),
        pk=account_id,
    )
    act = request.POST.get("act", "")
    form = ReasonForm(request.POST if act == "refuse" else None)
    if request.method == "POST":
        done = {
            "verify": _("Holder and number are checked. A colleague confirms the account."),
            "confirm": _("The account is in use from now on."),
            "refuse": _("The account is not accepted. The association has been told."),
        }
        try:
            if act == "refuse" and form.is_valid():
                accounts.refuse(account.pk, form.cleaned_data["reason"], request.user)
            elif act == "verify":
                accounts.verify(account.pk, request.user)
            elif act == "confirm":
                accounts.confirm(account.pk, request.user)
        except AccountRefused as refused:
            messages.error(request, str(refused))
            return redirect("grants:check-account", association.pk, account.pk)
        if act in done and not form.errors:
            messages.success(request, done[act])
            if not case_officer(request.user):
                return redirect("grants:payments")
            return redirect("grants:known-association", association.pk)
    in_use = association.accounts.effective().exclude(pk=account.pk).first()
    return render(
        request,
        "grants/check_account.html",
        {
            "association": association,
            "account": account,
            "in_use": in_use,
            "may_verify": account.state == "entered",
            "may_confirm": account.state == "verified" and account.verified_by_id != request.user.pk,
            "is_conflicted": accounts.has_conflict(request.user, association),
            "form": form,
            "breadcrumbs": crumbs(association, _("Check the account"))
            if case_officer(request.user)
            else [{"label": _("Payments"), "url": reverse("grants:payments")}, {"label": association.name}],
        },
        status=422 if request.method == "POST" else 200,
    )


@requires(case_officer)
def review_paper(request: HttpRequest, association_id: int, paper_id: int) -> HttpResponse:
    """Approve a paper that was handed in, or say what is missing."""
    association = known_association(request, association_id)
    paper = get_object_or_404(
        Paper.objects.visible_to(request.user).filter(association=association).select_related("type"),
        pk=paper_id,
    )
    form = ReviewForm(
        kept_form.data(request), initial={"outcome": paper.review or None, "note": paper.review_note}
    )
    if request.method == "POST" and form.is_valid():
        approved = form.cleaned_data["outcome"] == "approved"
        try:
            paper_review.review(paper.pk, approved=approved, note=form.cleaned_data["note"], by=request.user)
        except paper_review.CannotReview as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request,
                _("%(name)s is approved.") % {"name": paper.name}
                if approved
                else _("The association has been told what is missing."),
            )
            return redirect("grants:known-association", association.pk)
    lead = f"{paper.filename} · {paper.validity_in_words}"
    return _page(
        request, association, _("Review: %(name)s") % {"name": paper.name}, form, _("Save"), lead=lead
    )


@requires(case_officer)
def decide_eligibility(request: HttpRequest, association_id: int) -> HttpResponse:
    """Find an association eligible for a period."""
    association = known_association(request, association_id)
    latest = association.eligibilities.order_by("-valid_until").first()
    today = timezone.localdate()
    first = max(today, latest.valid_until + timedelta(days=1)) if latest else today
    form = EligibilityForm(first, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            eligibility.decide(
                association, given["valid_from"], given["valid_until"], given["reason"], request.user
            )
        except eligibility.CannotDecide as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The decision on eligibility is saved."))
            return redirect("grants:known-association", association.pk)
    return _page(request, association, _("Decide on eligibility"), form, _("Save the decision"))


@requires(case_officer)
def cut_short(request: HttpRequest, association_id: int, eligibility_id: int) -> HttpResponse:
    """End a period of eligibility early."""
    association = known_association(request, association_id)
    period = get_object_or_404(
        Eligibility.objects.visible_to(request.user), association=association, pk=eligibility_id
    )
    form = CutShortForm(kept_form.data(request), initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            eligibility.cut_short(
                period.pk, form.cleaned_data["last_day"], form.cleaned_data["reason"], request.user
            )
        except eligibility.CannotDecide as refused:
            form.add_error("last_day", str(refused))
        else:
            messages.success(request, _("The period ends earlier now."))
            return redirect("grants:known-association", association.pk)
    return _page(request, association, _("End the eligibility early"), form, _("Save"))
