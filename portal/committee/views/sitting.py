"""The secretary in the meeting: opening and closing it, the roll call, and what happens on each item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.committee import deliberating, sitting
from portal.committee.decision_forms import (
    DecisionForm,
    LinesForm,
    NotesFormSet,
    typed_in,
    written_notes,
)
from portal.committee.minutes import record as record_decision
from portal.committee.models import AgendaItem, Attendance, MatterLine, Seat
from portal.committee.notes import declared_by, suggested_notes
from portal.committee.phrases import (
    motion_sentence,
    proposal_name,
    recusal_sentence,
    vote_choices,
    vote_sentences,
)
from portal.committee.point_writing import points_for
from portal.committee.reading import Agenda, agenda_for
from portal.committee.said import Said, attendance_of, chairing, said_on
from portal.committee.sitting_forms import AttendanceForm, DissentForm, MotionForm, StepAsideForm, VoteForm
from portal.committee.views.agenda import desk_crumbs
from portal.committee.views.answers import attempt, status_of
from portal.committee.views.found import item_or_404, meeting_or_404
from portal.people import kept_form, rules
from portal.people.rules import requires


# --- The meeting ----------------------------------------------------------------------------------
@requires(rules.secretary)
def room(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The meeting as it goes: who is there, and each item with what is noted of it."""
    shown = meeting_or_404(request, meeting_id)
    seats, attendance = sitting.seats_at(shown), attendance_of(shown)
    entries = agenda_for(shown, request.user)
    context = {
        "meeting": shown,
        "agenda": Agenda.of(entries),
        "seats": seats,
        "attendance": attendance,
        "quorum": sitting.quorum(seats, attendance),
        "next_substitutes": sitting.next_substitutes(seats, attendance),
        "unrecorded": sum(entry.is_whole and entry.decision is None for entry in entries),
        "breadcrumbs": desk_crumbs(shown, _("In the meeting")),
    }
    return render(request, "committee/sitting/room.html", context)


@requires(rules.secretary)
def attendance(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The roll call: who is there, who serves, and for whom."""
    shown = meeting_or_404(request, meeting_id)
    seats, rows = sitting.seats_at(shown), attendance_of(shown)
    form = AttendanceForm(seats, rows, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        if attempt(
            request,
            lambda: sitting.register_attendance(shown, form.present, seen=form.cleaned_data["seen"]),
            _("The attendance is saved."),
        ):
            return redirect("committee:room", shown.pk)
        rows = attendance_of(shown)
        # What is saved next is saved on what the page shows now.
        form.data = form.data.dict() | {"seen": sitting.attendance_mark(rows)}  # type: ignore[attr-defined]
    context = {
        "meeting": shown,
        "form": form,
        "attendance": rows,
        "breadcrumbs": desk_crumbs(shown, _("Attendance")),
    }
    return render(request, "committee/sitting/attendance.html", context, status=status_of(request))


@requires(rules.secretary)
def let_serve(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Let the substitute who is next in turn serve (POST with `substitute` and `member`)."""
    shown = meeting_or_404(request, meeting_id)
    if request.method == "POST":
        seats = {str(seat.pk): seat for seat in sitting.seats_at(shown)}
        substitute = seats.get(request.POST.get("substitute", ""))
        member = seats.get(request.POST.get("member", ""))
        if substitute is None or member is None:
            raise Http404
        attempt(
            request,
            lambda: sitting.let_serve(shown, substitute, member),
            _("%(person)s serves.") % {"person": substitute},
        )
    return redirect("committee:room", shown.pk)


@requires(rules.secretary)
def open_meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    shown = meeting_or_404(request, meeting_id)
    if request.method == "POST":
        attempt(request, lambda: sitting.open_meeting(shown), _("The meeting is opened."))
    return redirect("committee:room", shown.pk)


@requires(rules.secretary)
def close_meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    shown = meeting_or_404(request, meeting_id)
    if request.method == "POST":
        attempt(request, lambda: sitting.close_meeting(shown), _("The meeting is closed."))
    return redirect("committee:room", shown.pk)


# --- One item --------------------------------------------------------------------------------------
@dataclass
class Noting:
    """What the page of one item stands on."""

    item: AgendaItem
    said: Said
    attendance: list[Attendance]

    @classmethod
    def of(cls, item: AgendaItem) -> Noting:
        return cls(item, said_on([item])[item.pk], attendance_of(item.meeting))

    @property
    def serving(self) -> list[Seat]:
        return self.said.serving(self.attendance)

    def form(self, what: str, data: Any = None) -> forms.Form:
        """One of the page's forms: `what` is aside, motion, vote or dissent."""
        if what == "aside":
            free = sitting.free_substitutes(self.attendance, self.said)
            return StepAsideForm(self.serving, free, data)
        if what == "motion":
            return MotionForm(self.serving, data)
        if what == "vote":
            return VoteForm(self.serving, vote_choices(self.item.matter, self.said), data)
        return DissentForm(self.serving, data)

    def note(self, what: str, form: Any, by: Any) -> Callable[[], Any]:
        """The act that a valid form asks for."""
        written = form.cleaned_data
        if what == "aside":
            return lambda: deliberating.step_aside(
                self.item, written["seat"], written["substitute"], by, written["reason"]
            )
        if what == "motion":
            return lambda: deliberating.move(
                self.item, written["kind"], written["moved_by"], written["supported_by"], written["text"]
            )
        if what == "vote":
            return lambda: deliberating.vote(
                self.item, written["yes_means"], written["no_means"], form.ballots
            )
        return lambda: deliberating.announce_dissent(self.item, written["seats"], written["dissent_text"])


WHAT = ("aside", "motion", "vote", "dissent")


@requires(rules.secretary)
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item in the meeting: who steps aside, motions, votes, dissent (POST with `what`)."""
    noting = Noting.of(item_or_404(request, item_id))
    data = kept_form.data(request)
    what = data.get("what", "") if data else ""
    shown = {name: noting.form(name, data if name == what else None) for name in WHAT}
    if (
        request.method == "POST"
        and what in WHAT
        and shown[what].is_valid()
        and attempt(request, noting.note(what, shown[what], request.user), _("It is noted."))
    ):
        return redirect("committee:item", item_id)
    context = _item_context(request, noting) | {"forms": shown, "what": what, "bound": shown.get(what)}
    return render(request, "committee/sitting/item.html", context, status=status_of(request))


def _item_context(request: HttpRequest, noting: Noting) -> dict[str, Any]:
    item, said = noting.item, noting.said
    proposal = proposal_name(item.matter)
    entries = [entry for entry in agenda_for(item.meeting, request.user) if entry.is_whole]
    place = next(place for place, entry in enumerate(entries) if entry.item.pk == item.pk)
    declared = declared_by(item.matter)
    return {
        "item": item,
        "number": entries[place].number,
        "previous": entries[place - 1] if place else None,
        "next": entries[place + 1] if place + 1 < len(entries) else None,
        "decision": entries[place].decision,
        "points": [point.text for point in item.matter.proposed_points()],
        "serving": noting.serving,
        "chair": chairing(noting.serving),
        "quorum": sitting.quorum(sitting.seats_at(item.meeting), noting.attendance, said),
        "partly_there": [row for row in noting.attendance if row.arrived_at or row.left_at],
        "declared": [seat for seat in noting.serving if seat.user in declared],
        "free": sitting.free_substitutes(noting.attendance, said),
        "recusals": [(recusal, recusal_sentence(recusal)) for recusal in said.recusals],
        "motions": [(motion, motion_sentence(motion, proposal)) for motion in said.motions],
        "votes": [(vote, vote_sentences(vote)) for vote in said.votes],
        "dissents": said.dissents,
        "breadcrumbs": [
            *desk_crumbs(item.meeting, "")[:-1],
            {"label": _("In the meeting"), "url": reverse("committee:room", args=[item.meeting_id])},
            {"label": _("Item %(number)s") % {"number": entries[place].number}},
        ],
    }


#: What can be taken back on an item, by the name that the page's buttons send.
UNDO: dict[str, tuple[str, Callable[[Any], None]]] = {
    "aside": ("recusals", deliberating.come_back),
    "withdraw": ("motions", deliberating.withdraw),
    "motion": ("motions", deliberating.take_away_motion),
    "vote": ("votes", deliberating.take_away_vote),
    "dissent": ("dissents", deliberating.take_away_dissent),
}


@requires(rules.secretary)
def undo(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take back something noted on an item (POST with `what` and the row's `pk`)."""
    shown = item_or_404(request, item_id)
    if request.method == "POST":
        name, act = UNDO.get(request.POST.get("what", ""), ("", None))
        if act is None or not request.POST.get("pk", "").isdecimal():
            raise Http404
        row = get_object_or_404(getattr(shown, name), pk=request.POST["pk"])
        attempt(request, lambda: act(row), _("It is taken back."))
    return redirect("committee:item", shown.pk)


def _with_points(
    request: HttpRequest, item: AgendaItem, said: Said, form: DecisionForm, lines: LinesForm, notes: Any
) -> tuple[DecisionForm, LinesForm, Any]:
    """The forms as they were typed, with points that say the amounts, to edit; nothing is recorded."""
    points = points_for(item.matter, lines.amounts, lines.rejected)
    if points:
        messages.success(request, _("The points say the amounts now. Read them, and change what is not so."))
    else:
        messages.warning(request, _("No points can be written from the amounts here. Write them yourself."))
    typed = typed_in(form)
    if points:
        typed["points"] = "\n".join(points)
    rows = [typed_in(note) for note in notes.forms]
    return (
        DecisionForm(item.matter, said, typed=typed),
        lines.as_typed(item.matter),
        NotesFormSet(prefix="notes", initial=[row for row in rows if row["text"] or row["kind"]]),
    )


@requires(rules.secretary)
def record(request: HttpRequest, item_id: int) -> HttpResponse:
    """Record what the committee decided on one item."""
    shown = item_or_404(request, item_id)
    if hasattr(shown, "decision"):
        messages.error(request, _("A decision is already recorded for this item."))
        return redirect("committee:desk", shown.meeting_id)
    said = said_on([shown])[shown.pk]
    attendance = attendance_of(shown.meeting)
    matter_lines = MatterLine.objects.filter(matter=shown.matter).select_related("case")
    data = kept_form.data(request)
    form = DecisionForm(shown.matter, said, data)
    lines = LinesForm(shown.matter, matter_lines.prefetch_related("amounts"), data)
    # Where the roll was called, who stepped aside is noted on the item's own page.
    suggested = [] if attendance else suggested_notes(shown.matter)
    notes = NotesFormSet(data, prefix="notes", initial=suggested)
    wants_points = request.method == "POST" and "write_points" in request.POST
    if wants_points and lines.is_valid():
        form, lines, notes = _with_points(request, shown, said, form, lines, notes)
    valid = [form.is_valid(), lines.is_valid(), notes.is_valid()]
    if request.method == "POST" and not wants_points and all(valid):
        decided = form.decided(lines.amounts, lines.rejected, written_notes(notes.forms))
        if attempt(
            request,
            lambda: record_decision(shown, decided, request.user),
            _("The decision is recorded. The extract of the minutes is being made."),
        ):
            in_session = shown.meeting.is_in_session
            return redirect("committee:room" if in_session else "committee:desk", shown.meeting_id)
    context = {
        "item": shown,
        "form": form,
        "lines": lines,
        "notes": notes,
        "forms": [form, lines, *notes.forms],
        "said": said,
        "attendance": attendance,
        "quorum": sitting.quorum(sitting.seats_at(shown.meeting), attendance, said),
        "points": [point.text for point in shown.matter.proposed_points()],
        "breadcrumbs": desk_crumbs(shown.meeting, _("Record decision")),
    }
    status = status_of(request) if form.is_bound else 200
    return render(request, "committee/secretary/record.html", context, status=status)
