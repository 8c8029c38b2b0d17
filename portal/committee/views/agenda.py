"""The secretary plans: meetings, the items of an agenda and their order, and the summons."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.committee import agenda
from portal.committee.forms import ChangeMeetingForm, ItemForm, MeetingForm
from portal.committee.models import Committee, Meeting
from portal.committee.refused import Refused
from portal.committee.views.answers import attempt, meeting_name, status_of
from portal.committee.views.found import item_or_404, meeting_or_404
from portal.people import kept_form, rules
from portal.people.rules import requires


@requires(rules.secretary)
def new_meeting(request: HttpRequest) -> HttpResponse:
    form = MeetingForm(Committee.objects.visible_to(request.user), kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        return redirect("committee:desk", form.save().pk)
    context = {
        "form": form,
        "breadcrumbs": [
            {"label": _("Meetings"), "url": reverse("committee:meetings")},
            {"label": _("New meeting")},
        ],
    }
    return render(request, "committee/secretary/new_meeting.html", context, status=status_of(request))


def desk_crumbs(meeting: Meeting, label: str) -> list[dict[str, str]]:
    """The way to a page below the secretary's desk of a meeting."""
    return [
        {"label": _("Meetings"), "url": reverse("committee:meetings")},
        {"label": meeting_name(meeting), "url": reverse("committee:desk", args=[meeting.pk])},
        {"label": label},
    ]


@requires(rules.secretary)
def change_meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """When and where a meeting is, and what it begins with."""
    shown = meeting_or_404(request, meeting_id)
    form = ChangeMeetingForm(shown, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        if attempt(
            request,
            lambda: agenda.change_meeting(shown, form.facts, written["standing"], seen=written["seen"]),
            _("The meeting is changed."),
        ):
            return redirect("committee:desk", shown.pk)
        # What is saved next is saved on what the page shows now.
        form.data = form.data.dict() | {"seen": agenda.meeting_mark(shown)}  # type: ignore[attr-defined]
    context = {
        "meeting": shown,
        "standing": shown.standing_items.all(),
        "form": form,
        "breadcrumbs": desk_crumbs(shown, _("Change the meeting")),
    }
    return render(request, "committee/secretary/change_meeting.html", context, status=status_of(request))


@requires(rules.secretary)
def change_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Who presents an item, when, and whether it is secret."""
    item = item_or_404(request, item_id)
    form = ItemForm(item, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        if attempt(
            request,
            lambda: agenda.describe(item, form.facts, seen=form.cleaned_data["seen"]),
            _("The item is changed."),
        ):
            return redirect("committee:desk", item.meeting_id)
        form.data = form.data.dict() | {"seen": agenda.item_mark(item)}  # type: ignore[attr-defined]
    context = {
        "item": item,
        "form": form,
        "breadcrumbs": desk_crumbs(item.meeting, _("Change the item")),
    }
    return render(request, "committee/secretary/change_item.html", context, status=status_of(request))


@requires(rules.secretary)
def move_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Move an item one step up or down (POST with `way`)."""
    item = item_or_404(request, item_id)
    if request.method == "POST":
        try:
            moved = agenda.move(item, up=request.POST.get("way") == "up")
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            text = _("The item is moved.") if moved else _("The item cannot be moved further.")
            messages.success(request, text)
    return redirect(f"{reverse('committee:desk', args=[item.meeting_id])}#arende-{item.pk}")


@requires(rules.secretary)
def take_off(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take a matter off an agenda."""
    item = item_or_404(request, item_id)
    if request.method == "POST":
        attempt(request, lambda: agenda.take_off_agenda(item), _("The matter is taken off the agenda."))
    return redirect("committee:desk", item.meeting_id)


@requires(rules.secretary)
def summon(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Send the summons."""
    shown = meeting_or_404(request, meeting_id)
    if request.method == "POST":
        try:
            told = agenda.summon(shown, request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            text = ngettext(
                "The summons is sent to %(count)s person. The agenda is locked.",
                "The summons is sent to %(count)s persons. The agenda is locked.",
                told,
            )
            messages.success(request, text % {"count": told})
    return redirect("committee:desk", shown.pk)
