"""The minutes of a meeting: written by the secretary, approved by those chosen, announced, appealed."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee import approval, notice, whole_minutes
from portal.committee.delegation import reported_to
from portal.committee.minutes_deadlines import next_deadline
from portal.committee.minutes_forms import (
    CorrectionForm,
    FrontForm,
    VersionForm,
    passages_formset,
    written_passages,
)
from portal.committee.minutes_print import (
    ParagraphPrinted,
    filename,
    front_page,
    paragraphs_printed,
)
from portal.committee.models import (
    Decision,
    Meeting,
    Minutes,
    MinutesCorrection,
    MinutesParagraph,
    Seat,
)
from portal.committee.notice import Standing
from portal.committee.passages import printed
from portal.committee.rules import follows_decisions, reads_minutes
from portal.committee.signing import Signing
from portal.committee.views.answers import attempt, meeting_name, status_of
from portal.committee.whole_minutes import ChangedMeanwhile, FrontChangedMeanwhile
from portal.documents.download import stream
from portal.people import kept_form, rules
from portal.people.rules import requires


@dataclass(frozen=True)
class Row:
    """A paragraph on the page of its minutes; without `text` where a conflict of interest hides it."""

    number: int
    paragraph: MinutesParagraph
    text: ParagraphPrinted | None
    standing: Standing


def _meeting(request: HttpRequest, meeting_id: int) -> Meeting:
    meetings = Meeting.objects.visible_to(request.user).select_related("committee__authority")
    return get_object_or_404(meetings, pk=meeting_id)


def minutes_or_404(request: HttpRequest, minutes_id: int) -> Minutes:
    seen = Minutes.objects.visible_to(request.user)
    return get_object_or_404(
        seen.select_related("meeting__committee__authority", "document__file"), pk=minutes_id
    )


def minutes_crumbs(minutes: Minutes, *labels: str) -> list[dict[str, str]]:
    """The way to the minutes, or to a page below them."""
    meeting = minutes.meeting
    crumbs = [
        {"label": _("Minutes"), "url": reverse("committee:meeting-minutes", args=[meeting.pk])},
        {"label": meeting_name(meeting), "url": reverse("committee:minutes", args=[minutes.pk])},
        *({"label": label} for label in labels),
    ]
    return crumbs if labels else [crumbs[0], {"label": crumbs[1]["label"]}]


@requires(follows_decisions)
def of_meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The minutes of a meeting, and those of paragraphs approved at once; the secretary begins them here."""
    shown = _meeting(request, meeting_id)
    if request.method == "POST" and rules.secretary(request.user):
        is_immediate = request.POST.get("immediate") == "1"
        if attempt(
            request,
            lambda: whole_minutes.begin(shown, immediate=is_immediate),
            _("The minutes hold what is recorded until now."),
        ):
            begun = shown.minutes.filter(is_immediate=is_immediate, state="draft").latest("pk")
            return redirect("committee:minutes", begun.pk)
        return redirect("committee:meeting-minutes", shown.pk)
    today = timezone.localdate()
    seen = list(
        Minutes.objects.visible_to(request.user).filter(meeting=shown).select_related("meeting__committee")
    )
    context = {
        "meeting": shown,
        "rows": [(minutes, next_deadline(minutes, today)) for minutes in seen],
        "is_secretary": rules.secretary(request.user),
        "has_ordinary": any(not minutes.is_immediate for minutes in seen),
        "waits_for_immediate": Decision.objects.filter(
            agenda_item__meeting=shown, is_immediate=True, paragraph_text=None
        ).exists(),
        "breadcrumbs": [
            {"label": _("Meetings"), "url": reverse("committee:meetings")},
            {"label": meeting_name(shown), "url": reverse("committee:meeting", args=[shown.pk])},
            {"label": _("Minutes")},
        ],
    }
    return render(request, "committee/minutes/of_meeting.html", context)


@requires(reads_minutes)
def minutes(request: HttpRequest, minutes_id: int) -> HttpResponse:
    """The minutes to read, with what each person may do: write, send, approve, announce, correct."""
    shown = minutes_or_404(request, minutes_id)
    today = timezone.localdate()
    signing = Signing(shown)
    is_secretary = rules.secretary(request.user)
    context = {
        "minutes": shown,
        "page": front_page(shown),
        "rows": _rows(request, shown),
        "reported": [] if shown.is_immediate else reported_to(shown.meeting, request.user),
        "signers": signing.signers,
        "gaps": signing.gaps if shown.is_for_approval else [],
        "asked": signing.asked_of(request.user) if shown.is_for_approval else [],
        "deadline": next_deadline(shown, today),
        "missing": whole_minutes.what_is_missing(shown) if is_secretary and shown.is_draft else [],
        "corrections": _corrections(request, shown),
        "is_whole": Minutes.objects.whole_for(request.user).filter(pk=shown.pk).exists(),
        "is_secretary": is_secretary,
        "follows_appeals": rules.administration(request.user) or rules.chair(request.user),
        "breadcrumbs": minutes_crumbs(shown) if follows_decisions(request.user) else _auditors_crumbs(shown),
    }
    return render(request, "committee/minutes/minutes.html", context)


def _auditors_crumbs(shown: Minutes) -> list[dict[str, str]]:
    """An auditor comes from the list of all minutes, and does not open the meeting."""
    return [
        {"label": _("Minutes"), "url": reverse("committee:approved-minutes")},
        {"label": meeting_name(shown.meeting)},
    ]


def _rows(request: HttpRequest, shown: Minutes) -> list[Row]:
    """Every paragraph by number, with the text of those that no conflict of interest hides."""
    readable = set(
        MinutesParagraph.objects.visible_to(request.user).filter(minutes=shown).values_list("pk", flat=True)
    )
    today = timezone.localdate()
    paragraphs = (
        shown.paragraphs.select_related("decision__matter__case", "minutes")
        .prefetch_related("decision__appeals")
        .order_by("decision__paragraph")
    )
    return [
        Row(
            paragraph.decision.paragraph,
            paragraph,
            paragraphs_printed([paragraph])[0] if paragraph.pk in readable else None,
            notice.standing_of(paragraph.decision, today),
        )
        for paragraph in paragraphs
    ]


def _corrections(request: HttpRequest, shown: Minutes) -> list[MinutesCorrection]:
    """Those of the whole minutes, and of the paragraphs that the person may read."""
    readable = MinutesParagraph.objects.visible_to(request.user).values("decision")
    corrections = MinutesCorrection.objects.visible_to(request.user).filter(minutes=shown)
    hidden = corrections.exclude(decision=None).exclude(decision__in=readable)
    return list(corrections.exclude(pk__in=hidden.values("pk")).select_related("decision", "by"))


@requires(reads_minutes)
def file(request: HttpRequest, minutes_id: int) -> FileResponse:
    """The minutes as a PDF, for who has no conflict of interest in any of its paragraphs."""
    whole = Minutes.objects.whole_for(request.user).select_related("document__file", "meeting")
    shown = get_object_or_404(whole, pk=minutes_id)
    if shown.document is None or shown.document.file is None:
        raise Http404
    return stream(shown.document.file, filename(shown), inline=True)


@requires(rules.secretary)
def front(request: HttpRequest, minutes_id: int) -> HttpResponse:
    """Page one: who approves, where, who else took part, where the minutes are kept."""
    shown = minutes_or_404(request, minutes_id)
    if not shown.is_draft:
        messages.error(request, _("The minutes are sent for approval and stand as they are."))
        return redirect("committee:minutes", shown.pk)
    seats = Seat.objects.visible_to(request.user).filter(committee=shown.meeting.committee_id)
    serving = seats.filter(pk__in=shown.meeting.attendance.serving().values("seat"))
    form = FrontForm(shown, serving.select_related("user"), kept_form.data(request))
    stored = None
    if request.method == "POST" and form.is_valid():
        try:
            if attempt_front(request, shown, form):
                return redirect("committee:minutes", shown.pk)
        except FrontChangedMeanwhile as refusal:
            messages.warning(request, str(refusal))
            stored = minutes_or_404(request, minutes_id)
            form.show_anew(stored)
    context = {
        "minutes": shown,
        "form": form,
        "stored": stored,
        "stored_approvers": stored.approvers.select_related("user") if stored else [],
        "breadcrumbs": minutes_crumbs(shown, _("Page one")),
    }
    return render(request, "committee/minutes/front.html", context, status=status_of(request))


def attempt_front(request: HttpRequest, shown: Minutes, form: FrontForm) -> bool:
    """Save page one; FrontChangedMeanwhile goes to the caller, who shows both."""
    written = form.cleaned_data
    try:
        whole_minutes.write_front(
            shown,
            approvers=list(written["approvers"]),
            approval_place=written["approval_place"],
            others_present=written["others_present"],
            kept_at=written["kept_at"],
            seen=written["seen"],
        )
    except whole_minutes.CannotChangeMinutes as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, _("Page one is saved."))
    return True


def _paragraph(request: HttpRequest, paragraph_id: int) -> MinutesParagraph:
    paragraphs = MinutesParagraph.objects.visible_to(request.user).select_related(
        "minutes__meeting__committee__authority", "decision__matter__case"
    )
    return get_object_or_404(paragraphs, pk=paragraph_id)


@requires(rules.secretary)
def paragraph(request: HttpRequest, paragraph_id: int) -> HttpResponse:
    """Edit one paragraph, passage by passage; who comes second is shown both texts."""
    shown = _paragraph(request, paragraph_id)
    if not shown.minutes.is_draft:
        messages.error(request, _("The minutes are sent for approval and stand as they are."))
        return redirect("committee:minutes", shown.minutes_id)
    data = kept_form.data(request)
    formset = passages_formset(shown, data)
    posted = VersionForm(data)
    version, stored = shown.version, None
    if request.method == "POST" and formset.is_valid() and posted.is_valid():
        try:
            whole_minutes.write(
                shown, written_passages(formset), posted.cleaned_data["version"], request.user
            )
            messages.success(request, _("The paragraph is saved."))
            return redirect("committee:minutes", shown.minutes_id)
        except ChangedMeanwhile as refusal:
            messages.warning(request, str(refusal))
            stored, version = refusal.stored, refusal.stored.version
        except whole_minutes.CannotChangeMinutes as refusal:
            messages.error(request, str(refusal))
    context = {
        "paragraph": shown,
        "formset": formset,
        "version": version,
        "stored": stored,
        "stored_passages": printed(stored.text) if stored else [],
        "breadcrumbs": minutes_crumbs(shown.minutes, f"§ {shown.decision.paragraph}"),
    }
    return render(request, "committee/minutes/paragraph.html", context, status=status_of(request))


@requires(rules.secretary)
def paragraph_anew(request: HttpRequest, paragraph_id: int) -> HttpResponse:
    """Make the text of a paragraph again from what was recorded."""
    shown = _paragraph(request, paragraph_id)
    posted = VersionForm(request.POST)
    if request.method == "POST" and posted.is_valid():
        attempt(
            request,
            lambda: whole_minutes.make_anew(shown, posted.cleaned_data["version"], request.user),
            _("The paragraph is made anew from what was recorded."),
        )
    return redirect("committee:minutes-paragraph", shown.pk)


@requires(rules.secretary)
def send(request: HttpRequest, minutes_id: int) -> HttpResponse:
    """Send the minutes to secretary, chair and approvers."""
    shown = minutes_or_404(request, minutes_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: whole_minutes.send_for_approval(shown, request.user),
            _("The minutes wait to be approved. Nothing in them changes unless you take them back."),
        )
    return redirect("committee:minutes", shown.pk)


@requires(rules.secretary)
def take_back(request: HttpRequest, minutes_id: int) -> HttpResponse:
    """Take the minutes back to change them; approval starts anew."""
    shown = minutes_or_404(request, minutes_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: whole_minutes.take_back(shown),
            _("The minutes can be changed again. Everybody has to approve them anew."),
        )
    return redirect("committee:minutes", shown.pk)


@requires(follows_decisions)
def approve(request: HttpRequest, minutes_id: int) -> HttpResponse:
    """Approve the minutes as one of those chosen to."""
    shown = minutes_or_404(request, minutes_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: approval.approve(shown, request.user, request.POST.get("content", "")),
            _("You have approved the minutes."),
        )
    return redirect("committee:minutes", shown.pk)


@requires(rules.secretary)
def correct(request: HttpRequest, minutes_id: int) -> HttpResponse:
    """Add a correction to approved minutes."""
    shown = minutes_or_404(request, minutes_id)
    seen = Decision.objects.visible_to(request.user).filter(paragraph_text__minutes=shown)
    form = CorrectionForm(seen, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        if attempt(
            request,
            lambda: approval.correct(shown, written["text"], request.user, written["decision"]),
            _("The correction is added. The text of the minutes stands as it was approved."),
        ):
            return redirect("committee:minutes", shown.pk)
    context = {"minutes": shown, "form": form, "breadcrumbs": minutes_crumbs(shown, _("Correction"))}
    return render(request, "committee/minutes/correct.html", context, status=status_of(request))
