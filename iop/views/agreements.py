"""Agreements: the list, the beginning, the shared page of one, and one that comes to nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from iop import advising, beginning, market, tasks_of_agreement
from iop.agreement_forms import BeginForm, WordsForm
from iop.beginning import Facts, Parties
from iop.models import Agreement, Idea
from iop.readiness import changed_decision
from iop.rules import partner
from iop.signing import party_to_sign_for, signatures_of
from iop.states import State
from iop.views.opening import found, page, partnership
from iop.wording import states_of
from iop.writing import Refused
from portal.people import kept_form, rules
from portal.people.rules import requires
from portal.registry.declaration_form import DeclarationForm
from portal.registry.models import Event, declare


@requires(partner)
def agreements(request: HttpRequest) -> HttpResponse:
    """The partnerships that the person takes part in; the administration's are all."""
    rows = (
        Agreement.objects.visible_to(request.user)
        .select_related("case", "area")
        .prefetch_related("parties__association", "parties__unit")
    )
    context = {
        "agreements": rows,
        "is_officer": rules.case_officer(request.user),
        "breadcrumbs": [{"label": _("Partnerships"), "url": reverse("iop:home")}, {"label": _("Agreements")}],
    }
    return render(request, "iop/agreement/list.html", context)


@requires(rules.case_officer)
def begin(request: HttpRequest) -> HttpResponse:
    """Begin to write with the first two parties; from an idea when `ide` names one."""
    idea = _idea(request)
    initial: dict[str, Any] = {}
    if idea is not None:
        initial = {"title": idea.title, "area": idea.area_id, "association": idea.association_id}
    form = BeginForm(kept_form.data(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        facts = Facts(
            title=cleaned["title"],
            area=cleaned["area"],
            summary=idea.text if idea else "",
            target_groups=list(idea.target_groups.all()) if idea else (),
        )
        try:
            made = beginning.begin_agreement(
                facts, Parties([cleaned["association"]], [cleaned["unit"]]), request.user, idea
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The parties can begin to write. They have been told by e-mail."))
            return redirect("iop:agreement", made.pk)
    context = {
        "form": form,
        "idea": idea,
        "breadcrumbs": [
            {"label": _("Partnerships"), "url": reverse("iop:home")},
            {"label": _("Agreements"), "url": reverse("iop:agreements")},
            {"label": _("Begin an agreement")},
        ],
    }
    return render(
        request, "iop/agreement/begin.html", context, status=422 if request.method == "POST" else 200
    )


def _idea(request: HttpRequest) -> Idea | None:
    if not (wanted := request.GET.get("ide")) or not wanted.isdecimal():
        return None
    return get_object_or_404(Idea.objects.visible_to(request.user), pk=wanted)


@requires(partner)
@partnership
def agreement(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """One page for all parties: what waits, what we agree on, each clause's state, and what comes next."""
    parties = list(
        agreement.parties.filter(left_on=None).select_related("association", "unit", "process_leader")
    )
    states = states_of(agreement)
    counsel = advising.counsel(agreement)
    context = {
        "parties": parties,
        "idea": Idea.objects.visible_to(request.user).filter(agreements=agreement).first(),
        "states": states,
        "agreed": sum(state.is_agreed for state in states),
        "counsel": counsel,
        "prepare": tasks_of_agreement.preparing(agreement, counsel, market.holds(agreement)),
        "promise": tasks_of_agreement.promising(agreement),
        "proposals": agreement.proposals.select_related("matter", "text").order_by("-pk"),
        "changed": changed_decision(agreement) if agreement.is_being_written else None,
        "is_to_sign": agreement.state == State.TO_SIGN,
        "signatures": signatures_of(agreement) if agreement.text_to_sign_id else [],
        "signs_for": party_to_sign_for(agreement, request.user) if agreement.state == State.TO_SIGN else None,
        "records": agreement.case.records.filter(kind="overenskommelse", document__isnull=False),
        "returned": agreement.case.events.filter(kind=Event.Kind.AGREEMENT_RETURNED).last(),
        "declares": rules.handles_cases(request.user),
        "is_dropped": agreement.state == State.DROPPED,
    }
    return page(request, agreement, "agreement", context)


@requires(rules.handles_cases)
def declare_conflict(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Declare a conflict of interest, or none, before the partnership opens (kommunallagen 7:4)."""
    agreement = found(request, agreement_id)
    form = DeclarationForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        declare(
            agreement.case,
            request.user,
            has_conflict=form.has_conflict,
            note=form.cleaned_data["note"],
        )
        if form.has_conflict:
            messages.success(
                request, _("Your conflict of interest is registered. A colleague takes part instead.")
            )
            return redirect("iop:agreements")
        return redirect("iop:agreement", agreement.pk)
    return page(
        request,
        agreement,
        "declare",
        {"form": form},
        here=_("Conflict of interest"),
        status=422 if request.method == "POST" else 200,
    )


@requires(rules.case_officer)
@partnership
def drop_agreement(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """End an agreement that came to nothing, with words to the parties."""
    form = WordsForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            beginning.drop(agreement, form.cleaned_data["words"], request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The agreement has ended, and the parties are told why."))
            return redirect("iop:agreement", agreement.pk)
    return page(
        request,
        agreement,
        "drop",
        {"form": form},
        here=_("It comes to nothing"),
        status=422 if request.method == "POST" else 200,
    )
