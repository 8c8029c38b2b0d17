"""Addenda: written together, decided where the city's money changes, signed by all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.forms.differences import differences, with_choices
from iop import addenda, addendum_signing, addendum_text
from iop.acting import may_write
from iop.addendum_forms import AddendumForm, ClauseForm, PartiesForm, PromiseForm
from iop.addendum_money import needs_decision
from iop.models import Addendum, Agreement, ContributionKind
from iop.signing import party_to_sign_for, signatures_of
from iop.views.within import page, reads, writes
from iop.writing import Conflict, Refused
from portal.people import kept_form


@writes
def begin_addendum(request: HttpRequest, agreement: Agreement) -> HttpResponseBase:
    """Begin the next addendum."""
    form = AddendumForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = addenda.begin(agreement, form.written(), request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The addendum is begun. Now write together what changes."))
            return redirect("iop:addendum", agreement.pk, row.number)
    status = 422 if request.method == "POST" else 200
    return page(
        request, agreement, "addenda/write", _("Change the agreement by an addendum"), status=status,
        form=form,
        back=reverse("iop:running", args=[agreement.pk]),
    )  # fmt: skip


@reads
def addendum(request: HttpRequest, agreement: Agreement, number: int) -> HttpResponseBase:
    """The addendum as it stands: all that changes, and what comes next."""
    row = _row(agreement, number)
    text = row.text_to_sign or row.texts.order_by("-number").first()
    is_open = row.is_being_written
    content = addendum_text.content_of(row) if is_open or text is None else text.content
    changes = list(row.contribution_changes.all()) if is_open else []
    proposal = getattr(row.texts.order_by("-number").first(), "proposal", None)
    is_to_sign = row.state == Addendum.State.TO_SIGN
    return page(
        request, agreement, "addenda/addendum", _("Addendum %(addendum)s") % {"addendum": row},
        addendum=row,
        text=text if not is_open else None,
        content=content,
        contributions=_contributions(content, changes),
        clauses=list(agreement.clauses.all()) if is_open else [],
        proposal=proposal,
        needs_decision=is_open and needs_decision(row),
        changes_something=is_open and addenda.changes_something(row),
        may_write=may_write(agreement, request.user),
        signatures=signatures_of(agreement, row.text_to_sign_id) if is_to_sign else [],
        signs_for=party_to_sign_for(agreement, request.user, row.text_to_sign_id)
        if is_to_sign else None,
    )  # fmt: skip


@writes
def write_addendum(request: HttpRequest, agreement: Agreement, number: int) -> HttpResponseBase:
    """What it is about, why, and a new last day."""
    row = _row(agreement, number)
    saved = addenda.written(row).__dict__
    posted = kept_form.data(request)
    chosen, decided = with_choices(posted, saved) if posted is not None else (None, True)
    form = AddendumForm(chosen if decided else posted, initial=saved | {"version": row.version})
    if request.method == "POST" and form.is_valid():
        if not decided:
            return _choose(request, row, form, saved, unanswered=True)
        try:
            addenda.save(row, form.written(), form.cleaned_data["version"] or 0)
        except Conflict as meanwhile:
            return _choose(request, meanwhile.current, form, addenda.written(meanwhile.current).__dict__)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request, row)
    return _form(request, row, "addenda/write", _("What the addendum is about"), form)


@writes
def change_clause(
    request: HttpRequest, agreement: Agreement, number: int, clause_number: int
) -> HttpResponseBase:
    """Another wording of one clause, beside the one that it has."""
    row = _row(agreement, number)
    clause = get_object_or_404(agreement.clauses, number=clause_number)
    change = row.clause_changes.filter(clause=clause).first()
    saved = {"text": change.text if change else clause.text}
    posted = kept_form.data(request)
    chosen, decided = with_choices(posted, saved) if posted is not None else (None, True)
    form = ClauseForm(clause, chosen if decided else posted, initial=saved | {"version": row.version})
    if request.method == "POST" and form.is_valid():
        if not decided:
            return _choose(request, row, form, saved, unanswered=True)
        try:
            addenda.change_clause(row, clause, form.cleaned_data["text"], form.cleaned_data["version"])
        except Conflict as meanwhile:
            now = meanwhile.current.clause_changes.filter(clause=clause).first()
            return _choose(request, meanwhile.current, form, {"text": now.text if now else clause.text})
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request, row)
    return _form(request, row, "addenda/clause", str(clause), form, clause=clause)


@writes
def change_contribution(request: HttpRequest, agreement: Agreement, number: int) -> HttpResponseBase:
    """What a party promises instead, or besides."""
    row = _row(agreement, number)
    form = PromiseForm(row, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            addenda.change_contribution(row, form.written())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request, row)
    return _form(request, row, "addenda/contribution", _("Another promise"), form)


@writes
def keep_contribution(
    request: HttpRequest, agreement: Agreement, number: int, change_id: int
) -> HttpResponseBase:
    """Take a change of a contribution away (POST)."""
    return _act(
        request, _row(agreement, number),
        lambda row: addenda.keep_contribution(row, change_id),
        _("The contribution stays as it was promised."),
    )  # fmt: skip


@writes
def change_parties(request: HttpRequest, agreement: Agreement, number: int) -> HttpResponseBase:
    """Who leaves and who joins."""
    row = _row(agreement, number)
    changes = list(row.party_changes.select_related("association"))
    joining = [change for change in changes if change.joins]
    initial = {
        "leaving": [change.leaving_id for change in changes if not change.joins],
        "association": next((c.association.organisation_number for c in joining if c.association), ""),
        "unit": next((c.unit_id for c in joining if c.unit_id), None),
    }
    form = PartiesForm(agreement, kept_form.data(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            addenda.change_parties(row, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request, row)
    return _form(request, row, "addenda/parties", _("Parties that leave or join"), form)


@writes
def ready_addendum(request: HttpRequest, agreement: Agreement, number: int) -> HttpResponseBase:
    """The text is done: to the committee where money changes, else to signing (POST)."""
    version = request.POST.get("version", "")
    return _act(
        request, _row(agreement, number),
        lambda row: addendum_signing.ready(row, int(version) if version.isdecimal() else 0, request.user),
        _("The addendum is done and goes on."),
    )  # fmt: skip


@writes
def reopen_addendum(request: HttpRequest, agreement: Agreement, number: int) -> HttpResponseBase:
    """Back to writing (POST)."""
    return _act(
        request, _row(agreement, number),
        lambda row: addenda.reopen(row, request.user),
        _("The addendum can be changed again. All sign anew."),
    )  # fmt: skip


@writes
def drop_addendum(request: HttpRequest, agreement: Agreement, number: int) -> HttpResponseBase:
    """Let it come to nothing (POST)."""
    return _act(
        request, _row(agreement, number),
        lambda row: addenda.drop(row, request.user),
        _("The addendum came to nothing. The agreement stays as it is."),
    )  # fmt: skip


@writes
def sign_addendum(request: HttpRequest, agreement: Agreement, number: int) -> HttpResponseBase:
    """The person signs for their party (POST)."""
    return _act(
        request, _row(agreement, number),
        lambda row: addendum_signing.sign(row, request.POST.get("sha256", ""), request.user),
        _("You have signed the addendum."),
    )  # fmt: skip


def _row(agreement: Agreement, number: int) -> Addendum:
    rows = agreement.addenda.select_related("agreement__case", "text_to_sign__document__file")
    return get_object_or_404(rows, number=number)


def _act(request: HttpRequest, row: Addendum, act: Callable[[Addendum], Any], done: str) -> HttpResponseBase:
    if request.method == "POST":
        try:
            act(row)
        except Refused as refusal:
            messages.error(request, str(refusal))
        except Conflict:
            messages.error(request, _("Somebody has changed the addendum since you read it. Read it again."))
        else:
            messages.success(request, done)
    return redirect("iop:addendum", row.agreement_id, row.number)


def _saved(request: HttpRequest, row: Addendum) -> HttpResponseBase:
    messages.success(request, _("The addendum is saved. Everybody reads what you wrote."))
    return redirect("iop:addendum", row.agreement_id, row.number)


def _form(
    request: HttpRequest, row: Addendum, template: str, here: str, form: Any, **context: Any
) -> HttpResponseBase:
    status = 422 if request.method == "POST" else 200
    back = reverse("iop:addendum", args=[row.agreement_id, row.number])
    return page(request, row.agreement, template, here, status=status, form=form, back=back, **context)


def _choose(
    request: HttpRequest, current: Addendum, form: Any, theirs: dict[str, Any], *, unanswered: bool = False
) -> HttpResponseBase:
    """Show both texts where somebody saved another than the person wrote."""
    return page(
        request, current.agreement, "running/choose", _("Choose between two texts"),
        status=422 if unanswered else 409,
        differences=differences(form, form.cleaned_data, theirs),
        kept=[(name, form.data.get(name, "")) for name in form.fields if name != "version"],
        version=current.version,
        unanswered=unanswered,
        back=reverse("iop:addendum", args=[current.agreement_id, current.number]),
    )  # fmt: skip


def _contributions(content: dict[str, Any], changes: list[Any]) -> list[dict[str, Any]]:
    """The changed promises in words; while it is written, with the id by which one is taken away."""
    ids = {(str(row.party), row.kind, row.year): row.pk for row in changes}
    return [
        row
        | {
            "kind_name": ContributionKind(row["kind"]).label,
            "before": addendum_text.in_words(row["before"]),
            "after": addendum_text.in_words(row["after"]),
            "change_id": ids.get((row["party"], row["kind"], row["year"])),
        }
        for row in content["contributions"]
    ]
