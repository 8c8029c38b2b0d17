"""An association's payment account: what is in use, what waits for officers, and entering another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from grants.associations import accounts
from grants.associations.account_states import AccountState
from grants.associations.accounts import AccountRefused, NewAccount
from grants.forms.accounts import AccountForm
from grants.models import PaymentAccount
from grants.views.people import crumbs, own_association
from portal.documents import uploads
from portal.documents.download import stream
from portal.people import kept_form, trail
from portal.people.rules import applicant, requires

#: The colour of each state's tag.
COLORS = {
    AccountState.ENTERED: "info",
    AccountState.VERIFIED: "info",
    AccountState.EFFECTIVE: "success",
    AccountState.REFUSED: "danger",
    AccountState.WITHDRAWN: "neutral",
    AccountState.REPLACED: "neutral",
}


@requires(applicant)
@trail.reads_people
def account(request: HttpRequest, association_id: int) -> HttpResponse:
    """The accounts with where each stands; managers and signatories enter another."""
    association = own_association(request, association_id)
    may_enter = accounts.may_enter(request.user, association)
    form = AccountForm(
        kept_form.data(request),
        request.FILES or None,
        oversized="file" in getattr(request, "oversized_uploads", ()),
        initial={"holder": association.name},
    )
    if request.method == "POST" and form.is_valid():
        try:
            accounts.enter(association, _new_account(form.cleaned_data), request.user)
        except AccountRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("We check the account. What you have today is used until then."))
            return redirect("grants:account", association.pk)
    rows = PaymentAccount.objects.visible_to(request.user).filter(association=association)
    found = list(rows.select_related("entered_by", "evidence"))
    return render(
        request,
        "grants/account.html",
        {
            "association": association,
            "in_use": next((row for row in found if row.state == AccountState.EFFECTIVE), None),
            "waiting": next((row for row in found if row.is_waiting), None),
            "earlier": [
                (row, COLORS[AccountState(row.state)])
                for row in found
                if not row.is_waiting and row.state != AccountState.EFFECTIVE
            ],
            "may_enter": may_enter,
            "form": form,
            "breadcrumbs": crumbs(association, (_("Payment account"), "")),
        },
        status=422 if request.method == "POST" else 200,
    )


def _new_account(cleaned: dict[str, Any]) -> NewAccount:
    return NewAccount(
        cleaned["kind"],
        cleaned["number"],
        cleaned["holder"],
        uploads.store(cleaned["file"]),
        uploads.clean_name(cleaned["file"].name),
    )


def _own_account(request: HttpRequest, association_id: int, account_id: int) -> PaymentAccount:
    return get_object_or_404(
        PaymentAccount.objects.visible_to(request.user).select_related("evidence"),
        association=association_id,
        pk=account_id,
    )


@requires(applicant)
@trail.reads_people
def evidence(request: HttpRequest, association_id: int, account_id: int) -> FileResponse:
    """The paper that came with the association's own account."""
    found = _own_account(request, association_id, account_id)
    return stream(found.evidence, found.evidence_name)


@requires(applicant)
def withdraw(request: HttpRequest, association_id: int, account_id: int) -> HttpResponse:
    """Take back an account that still waits (POST)."""
    found = _own_account(request, association_id, account_id)
    if request.method == "POST":
        try:
            accounts.withdraw(found.pk, request.user)
        except AccountRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The account is taken back."))
    return redirect("grants:account", association_id)
