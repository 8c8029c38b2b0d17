"""What chair, members and secretary read: meetings, matters, packs, extracts."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.committee.attached import APART, JOINED
from portal.committee.comparison import compare
from portal.committee.delegation import reported_to
from portal.committee.forms import ConflictForm, PrivateNoteForm
from portal.committee.matter_text import MatterText
from portal.committee.models import (
    Decision,
    Matter,
    MatterLine,
    Meeting,
    Pack,
    PackCopy,
    PackPart,
    ReportReview,
)
from portal.committee.private_notes import note_on
from portal.committee.reading import Agenda, Entry, agenda_for, packs_for, readable_parts
from portal.committee.views.answers import meeting_name, status_of
from portal.documents.download import stream
from portal.people import kept_form, rules
from portal.people.rules import requires
from portal.registry.models import declare

MEETINGS_PER_PAGE = 25


@requires(rules.committee_reader)
def meetings(request: HttpRequest) -> HttpResponse:
    """All meetings the person sees, the next ones first."""
    packs = Pack.objects.visible_to(request.user).order_by("-version")
    seen = (
        Meeting.objects.visible_to(request.user)
        .select_related("committee__authority")
        .annotate(item_count=Count("agenda", distinct=True))
        .prefetch_related(Prefetch("packs", packs, to_attr="seen_packs"))
        .order_by("-starts_at")
    )
    context = {
        "meetings": Paginator(seen, MEETINGS_PER_PAGE).get_page(request.GET.get("page")),
        "is_secretary": rules.secretary(request.user),
    }
    return render(request, "committee/meetings.html", context)


def _meeting(request: HttpRequest, meeting_id: int) -> Meeting:
    meetings = Meeting.objects.visible_to(request.user).select_related("committee__authority")
    return get_object_or_404(meetings, pk=meeting_id)


def _crumbs(meeting: Meeting, *labels: str) -> list[dict[str, str]]:
    """The way to a page below a meeting."""
    return [
        {"label": _("Meetings"), "url": reverse("committee:meetings")},
        {"label": meeting_name(meeting), "url": reverse("committee:meeting", args=[meeting.pk])},
        *({"label": label} for label in labels),
    ]


@requires(rules.committee_reader)
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The agenda of a meeting, with its pack and what was decided."""
    shown = _meeting(request, meeting_id)
    context = {
        "meeting": shown,
        "agenda": Agenda.of(agenda_for(shown, request.user)),
        "packs": packs_for(shown, request.user),
        "reported": reported_to(shown, request.user),
        "is_secretary": rules.secretary(request.user),
        "breadcrumbs": _crumbs(shown),
    }
    return render(request, "committee/meeting.html", context)


@requires(rules.committee_reader)
def matter(request: HttpRequest, meeting_id: int, matter_id: int) -> HttpResponse:
    """The web reading of one matter: the same context as its PDF, as much of it as the person may read."""
    shown = _meeting(request, meeting_id)
    readable = [entry for entry in agenda_for(shown, request.user) if entry.is_readable]
    place = _place_of(readable, matter_id)
    entry = readable[place]
    context = {
        "meeting": shown,
        "entry": entry,
        "previous": readable[place - 1] if place else None,
        "next": readable[place + 1] if place + 1 < len(readable) else None,
        "parts": readable_parts(shown, entry.matter, request.user),
        "breadcrumbs": _crumbs(shown, entry.matter.title),
    }
    if not entry.is_whole:
        return render(request, "committee/matter_in_part.html", context)
    note = note_on(entry.matter, request.user)
    own = {"note": note, "note_form": PrivateNoteForm(initial={"text": note.text, "version": note.version})}
    return render(request, "committee/matter.html", context | own | _whole_matter(entry, shown))


def _place_of(entries: list[Entry], matter_id: int) -> int:
    for place, entry in enumerate(entries):
        if entry.item.matter_id == matter_id:
            return place
    raise Http404


def _whole_matter(entry: Entry, meeting: Meeting) -> dict[str, object]:
    """The texts, amounts and decision of a matter; only for who may read all of it."""
    lines = MatterLine.objects.select_related("case").prefetch_related("amounts")
    whole = (
        Matter.objects.select_related("case", "chairs_proposal", "committee__authority")
        .prefetch_related(
            "decision_points",
            "sections",
            "appendices",
            "decisions__notes",
            Prefetch("report_reviews", ReportReview.objects.told()),
            Prefetch("lines", lines),
        )
        .get(pk=entry.item.matter_id)
    )
    decisions = list(whole.decisions.all())
    return {
        "text": MatterText.from_matter(whole, meeting=meeting),
        "approval": whole.approval,
        "comparison": compare(whole.lines.all()),
        "decision": entry.decision,
        # A matter keeps the points of its last decision; earlier ones stand in their extracts.
        "is_last_decision": bool(decisions) and decisions[-1] == entry.decision,
        "notes": entry.decision.notes.all() if entry.decision else [],
    }


@requires(rules.committee_reader)
def conflict(request: HttpRequest, meeting_id: int, matter_id: int) -> HttpResponse:
    """Declare a conflict of interest in a matter or one line of it (kommunallagen 6:28–32)."""
    shown = _meeting(request, meeting_id)
    readable = Matter.objects.visible_to(request.user).filter(agenda_items__meeting=shown)
    lines = MatterLine.objects.visible_to(request.user).select_related("case")
    concerned = get_object_or_404(
        readable.select_related("case").prefetch_related(Prefetch("lines", lines)), pk=matter_id
    )
    form = ConflictForm(concerned, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        declare(form.case, request.user, has_conflict=True, note=form.cleaned_data["note"])
        messages.success(
            request, _("Your conflict of interest is recorded. What it concerns is hidden from you.")
        )
        return redirect("committee:meeting", shown.pk)
    context = {
        "matter": concerned,
        "form": form,
        "lead": _(
            "What it concerns is hidden from you at once, and stands in the minutes. You leave the room when "
            "the matter is dealt with."
        ),
        "back": reverse("committee:matter", args=[shown.pk, concerned.pk]),
        "breadcrumbs": _crumbs(shown, _("Declare a conflict of interest")),
    }
    return render(request, "committee/conflict.html", context, status=status_of(request))


@requires(rules.committee_reader)
def pack_file(request: HttpRequest, pack_id: int) -> FileResponse:
    """The whole pack as one PDF."""
    packs = Pack.objects.visible_to(request.user)
    pack = get_object_or_404(packs.select_related("file", "meeting"), pk=pack_id)
    if pack.file is None:
        raise Http404
    return stream(pack.file, pack.filename, inline=True)


@requires(rules.committee_reader)
def copy_file(request: HttpRequest, copy_id: int) -> FileResponse:
    """The pack as one PDF, without what a conflict of interest hides."""
    copies = PackCopy.objects.visible_to(request.user)
    copy = get_object_or_404(copies.select_related("file", "pack__meeting"), pk=copy_id)
    if copy.file is None:
        raise Http404
    return stream(copy.file, copy.pack.filename, inline=True)


@requires(rules.committee_reader)
def part_file(request: HttpRequest, part_id: int) -> FileResponse:
    """One part of a pack as a PDF of its own."""
    parts = PackPart.objects.visible_to(request.user)
    part = get_object_or_404(parts.select_related("document__file"), pk=part_id)
    if part.document.file is None:
        raise Http404
    if part.document.kind in (JOINED, APART):
        return stream(part.document.file, part.title)
    return stream(part.document.file, f"{part.title}.pdf", inline=True)


@requires(rules.committee_reader)
def extract(request: HttpRequest, decision_id: int) -> FileResponse:
    """The extract of the minutes on one decision."""
    decisions = Decision.objects.visible_to(request.user)
    decision = get_object_or_404(decisions.select_related("extract__file"), pk=decision_id)
    if decision.extract is None or decision.extract.file is None:
        raise Http404
    return stream(
        decision.extract.file, f"protokollsutdrag-{decision.year}-{decision.paragraph}.pdf", inline=True
    )
