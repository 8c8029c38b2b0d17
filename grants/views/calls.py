"""Officers' pages about calls: the list, a new one or a copy, its facts, publishing and prolonging."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.applying.completeness import sections_of
from grants.associations.shipped_papers import ask_for_papers
from grants.calls import call_editing
from grants.calls.call_checks import lacks
from grants.calls.call_copying import copy_call, window_for
from grants.calls.call_discarding import discard_call
from grants.calls.call_editing import CannotChange, ChangedMeanwhile
from grants.calls.call_history import history
from grants.calls.call_reminders import coming
from grants.calls.standard_form import add_standard_form
from grants.calls.standard_rows import add_standard_rows
from grants.forms.calls import CallForm, CopyForm, DecisionExpectedForm, ProlongForm
from grants.models import Call
from portal.people import kept_form, rules
from portal.people.rules import requires
from portal.registry.models import Authority

PAGE_SIZE = 25
#: Lists of answers that officers change more often than the rest, by the key of their question.
OWN_LISTS = {"target_groups": gettext_lazy("Target groups"), "goals": gettext_lazy("The committee's goals")}
#: How each state looks in a tag.
COLOURS = {
    Call.State.DRAFT: "neutral",
    Call.State.PLANNED: "info",
    Call.State.OPEN: "success",
    Call.State.CLOSED: "warning",
}


def officers_call(request: HttpRequest, call_id: int) -> Call:
    """A call that the officer may change, or 404."""
    found = Call.objects.visible_to(request.user).select_related("authority", "copied_from")
    return get_object_or_404(found, pk=call_id)


def crumbs(call: Call | None, *labels: str) -> list[dict[str, str]]:
    """The way to an officer's page about calls."""
    way = [{"label": _("Calls"), "url": reverse("grants:calls")}]
    if call is not None:
        way.append({"label": call.title, "url": reverse("grants:call-edit", args=[call.pk])})
    return [*way, *({"label": label} for label in labels)]


@requires(rules.case_officer)
def calls(request: HttpRequest) -> HttpResponse:
    """All calls, or those in one state, the newest first."""
    now = timezone.now()
    chosen = request.GET.get("lage", "")
    found = Call.objects.visible_to(request.user).select_related("authority").order_by("-opens_at", "-pk")
    if chosen in Call.State.values:
        found = found.in_state(Call.State(chosen), now)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "grants/calls.html",
        {
            "page_obj": page,
            "rows": [(call, call.state.label, COLOURS[call.state]) for call in page],
            "states": Call.State.choices,
            "chosen": chosen,
            "missing": [row for row in coming(request.user, timezone.localdate()) if row.is_missing],
            "breadcrumbs": crumbs(None),
        },
    )


@requires(rules.case_officer)
def new(request: HttpRequest) -> HttpResponse:
    """A new draft; it gets the standard questions unless it is to begin empty."""
    form = CallForm(None, kept_form.data(request), Authority.objects.visible_to(request.user))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = call_editing.create_call(given["authority"], given["grant_type"], form.values(), request.user)
        if given["standard_form"]:
            add_standard_form(made)
            ask_for_papers(made)
            add_standard_rows(made)
        messages.success(request, _("The call is created as a draft. Nobody but officers can read it."))
        return redirect("grants:call-edit", made.pk)
    return _form_page(request, form, None, _("New call"), _("Create the draft"))


@requires(rules.case_officer)
def edit(request: HttpRequest, call_id: int) -> HttpResponse:
    """Everything of a call in one place: its state, what it lacks, and a link to each of its pages."""
    call = officers_call(request, call_id)
    return render(
        request,
        "grants/call_edit.html",
        {
            "call": call,
            "state": call.state.label,
            "state_color": COLOURS[call.state],
            "pages": _pages(call),
            "sections": sections_of(call),
            "lacks": [
                (lack, reverse(lack.page, args=[call.pk]))
                for lack in ([] if call.is_frozen or call.state == Call.State.CLOSED else lacks(call))
            ],
            "breadcrumbs": crumbs(call),
        },
    )


def _pages(call: Call) -> list[dict[str, Any]]:
    """The pages on which a call is changed, each with how much it holds."""
    rows = [
        (_("Title, window and years"), "grants:call-facts", ""),
        (_("Questions"), "grants:call-questions", call.questions.count()),
        (_("Papers asked for"), "grants:call-papers", call.asked_papers.count()),
        (_("Budget lines"), "grants:call-headings", call.budget_headings.count()),
        (_("Conditions"), "grants:call-conditions", call.conditions.count()),
        (_("Report dates"), "grants:call-report-dates", call.report_dates.count()),
        (_("Formal check"), "assessments:check-list", call.formal_checks.count()),
        (_("What the levels mean"), "assessments:anchors", call.level_anchors.count()),
    ]
    pages = [
        {"title": title, "url": reverse(name, args=[call.pk]), "state_text": str(held)}
        for title, name, held in rows
    ]
    lists = dict(call.questions.filter(key__in=OWN_LISTS).values_list("key", "options"))
    pages[2:2] = [
        {
            "title": str(OWN_LISTS[key]),
            "url": reverse("grants:call-options", args=[call.pk, key]),
            "state_text": str(len(lists[key])),
        }
        for key in OWN_LISTS
        if key in lists
    ]
    return pages


@requires(rules.case_officer)
def facts(request: HttpRequest, call_id: int) -> HttpResponse:
    """The call's own facts; when the form is frozen, only when a decision can be expected."""
    call = officers_call(request, call_id)
    if call.is_frozen:
        return _decision_expected(request, call)
    form = CallForm(call, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            call_editing.change_call(call.pk, form.values(), seen=form.cleaned_data["seen"])
        except CannotChange as refused:
            form.add_error(None, str(refused))
        except ChangedMeanwhile:
            form = started_anew(CallForm(officers_call(request, call_id), request.POST))
        else:
            messages.success(request, _("The call is saved."))
            return redirect("grants:call-edit", call.pk)
    return _form_page(request, form, call, _("Title, window and years"), _("Save"))


def started_anew(form: Any) -> Any:
    """The form as it was sent, now built on the newest version, with a word about it."""
    data = form.data.copy()
    data["seen"] = str(form.fields["seen"].initial)
    form.data = data
    form.is_valid()
    form.add_error(
        None,
        _(
            "A colleague has changed the call since you opened the page. Look at the call in another "
            "tab, then save again: what you wrote is still here."
        ),
    )
    return form


def _decision_expected(request: HttpRequest, call: Call) -> HttpResponse:
    form = DecisionExpectedForm(kept_form.data(request), instance=call)
    if request.method == "POST" and form.is_valid():
        call_editing.change_when_decided(call.pk, form.cleaned_data)
        messages.success(request, _("The call is saved."))
        return redirect("grants:call-edit", call.pk)
    return _form_page(request, form, call, _("Title, window and years"), _("Save"))


@requires(rules.case_officer)
def copy(request: HttpRequest, call_id: int) -> HttpResponse:
    """Begin another year's call from this one."""
    call = officers_call(request, call_id)
    form = CopyForm(call, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        made = copy_call(call, request.user, first_year=form.cleaned_data["first_year"])
        messages.success(
            request, _("The call is copied to a draft. Read it through: dates and years have been moved.")
        )
        return redirect("grants:call-edit", made.pk)
    return render(
        request,
        "grants/call_copy.html",
        {
            "call": call,
            "form": form,
            "window": window_for(call, call.first_year + 1),
            "breadcrumbs": crumbs(call, _("Copy")),
        },
        status=422 if request.method == "POST" else 200,
    )


@requires(rules.case_officer)
def prolong(request: HttpRequest, call_id: int) -> HttpResponse:
    """Let a call close later, with a reason that everybody can read."""
    call = officers_call(request, call_id)
    form = ProlongForm(call, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            call_editing.prolong(call.pk, form.closes_at, form.cleaned_data["reason"], request.user)
        except CannotChange as refused:
            form.add_error("last_day", str(refused))
        else:
            messages.success(request, _("The time to apply is prolonged."))
            return redirect("grants:call-edit", call.pk)
    return _form_page(request, form, call, _("Prolong the time to apply"), _("Prolong"))


@requires(rules.case_officer)
def publish(request: HttpRequest, call_id: int) -> HttpResponse:
    """Publish the call, or take it back before it opens (POST)."""
    call = officers_call(request, call_id)
    if request.method != "POST":
        return redirect("grants:call-edit", call.pk)
    try:
        if "withdraw" in request.POST:
            call_editing.withdraw(call.pk, request.user)
            messages.success(request, _("The call is a draft again."))
        else:
            published = call_editing.publish(call.pk, request.user)
            messages.success(
                request,
                _("The call is published and open.")
                if published.is_open
                else _("The call is published. It opens by itself at the time you have set."),
            )
    except CannotChange as refused:
        messages.error(request, str(refused))
    return redirect("grants:call-edit", call.pk)


@requires(rules.case_officer)
def discard(request: HttpRequest, call_id: int) -> HttpResponse:
    """Ask whether to throw a draft away, and do it."""
    call = officers_call(request, call_id)
    if request.method == "POST":
        try:
            discard_call(call.pk)
        except CannotChange as refused:
            messages.error(request, str(refused))
            return redirect("grants:call-edit", call.pk)
        messages.success(request, _("The draft is thrown away."))
        return redirect("grants:calls")
    return _form_page(request, forms.Form(), call, _("Throw the draft away?"), _("Throw the draft away"))


@requires(rules.case_officer)
def call_history(request: HttpRequest, call_id: int) -> HttpResponse:
    """Who changed what, and when."""
    call = officers_call(request, call_id)
    return render(
        request,
        "grants/call_history.html",
        {"call": call, "entries": history(call), "breadcrumbs": crumbs(call, _("History"))},
    )


def _form_page(request: HttpRequest, form: Any, call: Call | None, title: str, button: str) -> HttpResponse:
    """A page that is one form."""
    return render(
        request,
        "grants/call_form.html",
        {
            "form": form,
            "call": call,
            "title": title,
            "button": button,
            "back": reverse("grants:call-edit", args=[call.pk]) if call else reverse("grants:calls"),
            "breadcrumbs": crumbs(call, title),
        },
        status=422 if request.method == "POST" else 200,
    )
