"""The secretary's pages of who sits in the committee."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee import seats as acts
from portal.committee.models import Committee, Seat
from portal.committee.said import rank
from portal.committee.seat_forms import ChangeSeatForm, EndSeatForm, NewSeatForm
from portal.committee.views.answers import attempt, status_of
from portal.people import kept_form, rules
from portal.people.rules import requires

ENDED_PER_PAGE = 25


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": _("Seats"), "url": reverse("committee:seats")}, {"label": label}]


@requires(rules.secretary)
def seats(request: HttpRequest) -> HttpResponse:
    """Who sits in the committee today or later, and who has sat there."""
    today = timezone.localdate()
    seen = Seat.objects.visible_to(request.user).select_related("user", "committee__authority")
    held = seen.filter(Q(valid_until=None) | Q(valid_until__gte=today))
    ended = seen.filter(valid_until__lt=today).order_by("-valid_until", "-pk")
    context = {
        "held": sorted(held, key=rank),
        "ended": Paginator(ended, ENDED_PER_PAGE).get_page(request.GET.get("page")),
        "today": today,
    }
    return render(request, "committee/secretary/seats.html", context)


@requires(rules.secretary)
def new_seat(request: HttpRequest) -> HttpResponse:
    form = NewSeatForm(Committee.objects.visible_to(request.user), kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        if attempt(
            request,
            lambda: acts.give_seat(
                form.committee,
                written["email"],
                written["name"],
                form.facts,
                written["first_day"],
                by=request.user,
            ),
            _("The seat is given."),
        ):
            return redirect("committee:seats")
    context = {"form": form, "breadcrumbs": _crumbs(_("New seat"))}
    return render(request, "committee/secretary/new_seat.html", context, status=status_of(request))


def _seat(request: HttpRequest, seat_id: int) -> Seat:
    found = Seat.objects.visible_to(request.user).select_related("user", "committee__authority")
    return get_object_or_404(found, pk=seat_id)


def _seat_page(request: HttpRequest, seat: Seat, change: ChangeSeatForm, end: EndSeatForm) -> HttpResponse:
    """The page of one seat. A form that was refused comes back with what stands now beside it."""
    for form in (change, end):
        if form.is_bound:
            # What is saved next is saved on what the page shows now.
            form.data = form.data.dict() | {"seen": acts.seat_mark(seat)}  # type: ignore[attr-defined]
    forms_shown: list[forms.Form] = [change, end]
    context = {
        "seat": seat,
        "change": change,
        "end": end,
        "forms": forms_shown,
        "breadcrumbs": _crumbs(str(seat)),
    }
    return render(request, "committee/secretary/seat.html", context, status=status_of(request))


@requires(rules.secretary)
def seat(request: HttpRequest, seat_id: int) -> HttpResponse:
    """One seat: what it is, and the form for another post, party or turn."""
    shown = _seat(request, seat_id)
    form = ChangeSeatForm(shown, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        if attempt(
            request,
            lambda: acts.change_seat(
                shown, form.facts, written["first_day"], seen=written["seen"], by=request.user
            ),
            _("The seat is changed."),
        ):
            return redirect("committee:seats")
    return _seat_page(request, _seat(request, seat_id), form, EndSeatForm(shown))


@requires(rules.secretary)
def end_seat(request: HttpRequest, seat_id: int) -> HttpResponse:
    """End a seat."""
    shown = _seat(request, seat_id)
    if request.method != "POST":
        return redirect("committee:seat", shown.pk)
    form = EndSeatForm(shown, request.POST)
    if form.is_valid() and attempt(
        request,
        lambda: acts.end_seat(
            shown, form.cleaned_data["last_day"], seen=form.cleaned_data["seen"], by=request.user
        ),
        _("The seat is ended."),
    ):
        return redirect("committee:seats")
    return _seat_page(request, _seat(request, seat_id), ChangeSeatForm(shown), form)
