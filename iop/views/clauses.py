"""A clause as all parties see it: its text, help, comments and suggestions, history, and each party's yes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from iop import wording
from iop.agreement_forms import ClauseForm, CommentForm
from iop.models import Agreement, Clause, ClauseComment
from iop.rules import partner
from iop.under_clauses import page_of
from iop.views.opening import page, partnership
from iop.views.together import at
from iop.writing import Conflict, Refused
from portal.people import kept_form
from portal.people.rules import requires


@requires(partner)
@partnership
def clause(request: HttpRequest, agreement: Agreement, number: int) -> HttpResponse:
    """Read and write one clause."""
    row = _found(agreement, number)
    if request.method != "POST":
        return _show(request, agreement, row)
    form = ClauseForm(request.POST)
    if not form.is_valid():
        return _show(request, agreement, row, form=form, status=422)
    text = form.cleaned_data["text"].replace("\r\n", "\n").strip()
    try:
        wording.save_text(row, text, form.cleaned_data["version"], request.user)
    except Conflict as conflict:
        again = ClauseForm(at(form.data, version=conflict.current.version))
        return _show(request, agreement, conflict.current, form=again, mine=text, status=409)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, agreement, row, form=form, status=422)
    messages.success(request, _("Saved. The parties are asked to say yes to the new wording."))
    return redirect("iop:clause", agreement.pk, number)


@requires(partner)
@partnership
def yes(request: HttpRequest, agreement: Agreement, number: int) -> HttpResponse:
    """The person's party says yes to the wording that was read (POST)."""
    row = _found(agreement, number)
    if request.method == "POST":
        try:
            wording.say_yes(row, _number(request.POST.get("version")), request.user)
        except Conflict:
            messages.warning(request, _("Somebody has changed the clause. Read it again before you say yes."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Your party has said yes to this wording."))
    return redirect("iop:clause", agreement.pk, number)


@requires(partner)
@partnership
def yes_to_all(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Read the whole agreement, and say yes to all of it for the person's party."""
    if request.method == "POST":
        versions = {
            _number(key.removeprefix("clause_")): _number(request.POST.get(key))
            for key in request.POST
            if key.startswith("clause_")
        }
        try:
            wording.say_yes_to_all(agreement, versions, request.user)
        except Conflict:
            messages.warning(
                request, _("Something has changed while you read, so nothing was said yes to. Read it again.")
            )
            return redirect("iop:clauses-yes", agreement.pk)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Your party has said yes to the whole agreement."))
        return redirect("iop:agreement", agreement.pk)
    states = wording.states_of(agreement)
    rows = [(state, page_of(agreement, state.clause.key)) for state in states]
    return page(request, agreement, "read_all", {"rows": rows}, here=_("Read all of it"))


@requires(partner)
@partnership
def comment(request: HttpRequest, agreement: Agreement, number: int) -> HttpResponse:
    """Comment on a clause, or suggest another wording (POST)."""
    row = _found(agreement, number)
    if request.method != "POST":
        return redirect("iop:clause", agreement.pk, number)
    form = CommentForm(request.POST)
    if form.is_valid():
        said, suggestion = (
            form.cleaned_data[name].replace("\r\n", "\n") for name in ("comment", "suggestion")
        )
        try:
            wording.comment(row, said, suggestion, request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your comment stands on the clause."))
            return redirect(f"{reverse('iop:clause', args=[agreement.pk, number])}#comments")
    return _show(request, agreement, row, comment_form=form, status=422)


@requires(partner)
@partnership
def settle_comment(request: HttpRequest, agreement: Agreement, number: int, comment_id: int) -> HttpResponse:
    """Take a suggestion into the text, leave it, or say that a comment is talked through (POST)."""
    remark = get_object_or_404(ClauseComment, pk=comment_id, clause=_found(agreement, number))
    fate = request.POST.get("fate", "")
    if request.method == "POST" and fate in (
        ClauseComment.Fate.TAKEN,
        ClauseComment.Fate.LEFT,
        ClauseComment.Fate.DONE,
    ):
        try:
            wording.settle(remark, fate, request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Saved."))
    return redirect("iop:clause", agreement.pk, number)


def _found(agreement: Agreement, number: int) -> Clause:
    return get_object_or_404(agreement.clauses.select_related("standard", "agreement"), number=number)


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdecimal() else 0


def _show(
    request: HttpRequest,
    agreement: Agreement,
    row: Clause,
    *,
    form: ClauseForm | None = None,
    mine: str | None = None,
    comment_form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    states = wording.states_of(agreement)
    place = next(place for place, state in enumerate(states) if state.clause.pk == row.pk)
    bound = kept_form.data(request) if form is None and comment_form is None else None
    context = {
        "clause": row,
        "state": states[place],
        "before": states[place - 1].clause if place else None,
        "after": states[place + 1].clause if place + 1 < len(states) else None,
        "help": _help(row),
        "is_compulsory": wording.is_compulsory(row),
        "form": form or ClauseForm(bound, initial={"version": row.version, "text": row.text}),
        "difference": wording.difference(row.text, mine) if mine is not None else None,
        "comment_form": comment_form or CommentForm(),
        "remarks": _remarks(row),
        "history": _history(row),
        "under": page_of(agreement, row.key),
        "said_yes": any(party.acts(request.user) for party in states[place].agreed),
    }
    return page(request, agreement, "clause", context, here=str(row), status=status)


def _help(row: Clause) -> str:
    if row.standard is None:
        return ""
    return row.standard.help_en if translation.get_language() == "en" else row.standard.help_sv


def _remarks(row: Clause) -> list[dict[str, Any]]:
    """Comments and suggestions, open ones first; a suggestion with how it differs from the present text."""
    rows = row.comments.select_related(
        "written_by", "settled_by", "party__association", "party__unit"
    ).order_by("written_at", "pk")
    found = [
        {
            "remark": remark,
            "difference": wording.difference(row.text, remark.suggestion) if remark.suggestion else None,
            "is_open": remark.fate == ClauseComment.Fate.OPEN,
        }
        for remark in rows
    ]
    return sorted(found, key=lambda entry: not entry["is_open"])


def _history(row: Clause) -> list[dict[str, Any]]:
    """Every wording, the latest first, each with how it differs from the one before."""
    versions = list(row.versions.select_related("written_by", "party__association", "party__unit"))
    return [
        {
            "version": version,
            "difference": wording.difference(before.text, version.text) if before else None,
            "is_same": before is not None and before.text == version.text,
        }
        for before, version in reversed(list(zip([None, *versions], versions, strict=False)))
    ]
