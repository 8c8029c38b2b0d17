"""Turns in a partnership's life: to talk it over anew, to pause, to resume, to end, to renew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from iop import renewal, turns
from iop.acting import party_of
from iop.models import Agreement
from iop.running_forms import NoticeForm, RenegotiationForm, RenewalForm, ResumeForm, TalkForm
from iop.views.within import page, writes
from iop.writing import Refused
from portal.people import kept_form


@writes
def ask_renegotiation(request: HttpRequest, agreement: Agreement) -> HttpResponseBase:
    """A party asks to talk the agreement over."""
    form = RenegotiationForm(kept_form.data(request))
    done = _("The parties are told. Agree on a day to meet.")
    return _turn(
        request,
        agreement,
        form,
        turns.ask_renegotiation,
        "ask_renegotiation",
        _("Talk the agreement over"),
        done,
    )


@writes
def pause(request: HttpRequest, agreement: Agreement) -> HttpResponseBase:
    """Let the partnership rest."""
    form = TalkForm(kept_form.data(request))
    done = _("The partnership is paused. The parties are told.")
    return _turn(request, agreement, form, turns.pause, "pause", _("Pause the partnership"), done)


@writes
def resume(request: HttpRequest, agreement: Agreement) -> HttpResponseBase:
    """Go on after a pause."""
    form = ResumeForm(kept_form.data(request))
    done = _("The partnership goes on. The parties are told.")
    return _turn(request, agreement, form, turns.resume, "resume", _("Go on after the pause"), done)


@writes
def give_notice(request: HttpRequest, agreement: Agreement) -> HttpResponseBase:
    """End the partnership earlier than agreed."""
    form = NoticeForm(kept_form.data(request))
    done = _("The last day is moved. The parties are told.")
    return _turn(
        request, agreement, form, turns.give_notice, "give_notice", _("End the partnership early"), done
    )


@writes
def renew(request: HttpRequest, agreement: Agreement) -> HttpResponseBase:
    """Begin the agreement that follows."""
    first, last = renewal.suggested_days(agreement)
    initial = {"title": agreement.title, "starts_on": first, "ends_on": last}
    form = RenewalForm(kept_form.data(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            new = renewal.renew(agreement, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The new agreement is begun, with what you agreed on carried over. Go through it.")
            )
            return redirect("iop:agreement", new.pk)
    status = 422 if request.method == "POST" else 200
    return page(request, agreement, "turns/renew", _("Renew the partnership"), status=status, form=form)


def _turn(
    request: HttpRequest,
    agreement: Agreement,
    form: Any,
    act: Callable[..., Any],
    name: str,
    title: str,
    done: str,
) -> HttpResponseBase:
    """Show the turn's form, or take the turn with what was written."""
    if request.method == "POST" and form.is_valid():
        words = {key: value for key, value in form.cleaned_data.items() if key != "no_personal_number"}
        try:
            act(agreement, party_of(agreement, request.user), by=request.user, **words)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("iop:running", agreement.pk)
    status = 422 if request.method == "POST" else 200
    return page(request, agreement, "turns/turn", title, status=status, form=form, turn=name)
