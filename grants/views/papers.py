"""An association's papers: the library, a paper that a call asks for, one that was promised for later."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applying import drafts, picking
from grants.applying.asked_papers import WantedPaper, last_day_to_promise, wanted_papers
from grants.associations import library, library_retention
from grants.associations.library import NewPaper, PaperRefused
from grants.forms.papers import KindForm, LaterForm, LibraryForm
from grants.models import Application, Association, Attachment, Eligibility, Paper, PromisedPaper, Section
from grants.received import late_papers
from grants.received.following import Status
from grants.views.drafts import crumbs as application_crumbs
from grants.views.drafts import own_application
from grants.views.people import crumbs, own_association
from portal.documents import uploads
from portal.documents.download import stream
from portal.documents.templatetags.swedish_text import swedish_date
from portal.people import kept_form
from portal.people.rules import applicant, requires


@dataclass(frozen=True)
class Shelf:
    """One kind and year in the library: the version that counts, and the earlier ones."""

    current: Paper
    earlier: list[Paper]
    status: Status
    may_hand_in: bool
    may_take_back: bool


def review_status(paper: Paper, *, handed_in: bool) -> Status:
    """Where a paper stands with the administration, in words for the association."""
    if paper.review == Paper.Review.APPROVED:
        return Status(_("Approved"), "success")
    if paper.review == Paper.Review.NOT_APPROVED:
        return Status(_("Not approved"), "danger")
    if paper.has_run_out:
        return Status(_("Has run out"), "warning")
    if handed_in:
        return Status(_("Handed in, not yet reviewed"), "info")
    return Status(_("Only with you"), "neutral")


def _url(association: Association) -> str:
    return reverse("grants:papers", args=[association.pk])


@requires(applicant)
def papers(request: HttpRequest, association_id: int) -> HttpResponse:
    """The library: each paper with how long it is valid, and its earlier versions."""
    association = own_association(request, association_id)
    manages = library.is_manager(request.user, association)
    found = (
        Paper.objects.visible_to(request.user)
        .filter(association=association)
        .select_related("type", "stored_file", "added_by")
        .order_by("type__position", "type", "-year", "-version")
    )
    came_in = set(
        Attachment.objects.filter(
            paper__association=association, application__case__isnull=False
        ).values_list("paper", flat=True)
    )
    shelves = []
    for (_type, stands_beside, _year), versions in groupby(
        found, lambda paper: (paper.type_id, paper.type.stands_beside, paper.year)
    ):
        rows = list(versions)
        for current in rows if stands_beside else rows[:1]:
            handed_in = current.handed_in_at is not None or current.pk in came_in
            shelves.append(
                Shelf(
                    current,
                    [] if stands_beside else rows[1:],
                    review_status(current, handed_in=handed_in),
                    may_hand_in=manages and not handed_in,
                    may_take_back=not handed_in,
                )
            )
    return render(
        request,
        "grants/papers.html",
        {
            "association": association,
            "shelves": shelves,
            "leaving": library_retention.leaving(association, timezone.now()),
            "eligibility": eligibility_in_words(association),
            "breadcrumbs": crumbs(association, (_("Our papers"), "")),
        },
    )


def eligibility_in_words(association: Association) -> Status | None:
    """The association's status as it reads it; None before anything has been decided."""
    periods = list(Eligibility.objects.filter(association=association).order_by("-valid_until")[:2])
    if not periods:
        return None
    today = timezone.localdate()
    latest = periods[0]
    day = {"day": swedish_date(latest.valid_until)}
    if latest.valid_until < today:
        return Status(
            _("Your status as eligible for grants ran out on %(day)s. Talk to us to renew it.") % day,
            "warning",
        )
    if latest.valid_from > today and not any(period.valid_until >= today for period in periods[1:]):
        begins = {"day": swedish_date(latest.valid_from)}
        return Status(_("You are eligible for grants from %(day)s.") % begins, "info")
    return Status(_("You are eligible for grants until %(day)s.") % day, "success")


@requires(applicant)
def add(request: HttpRequest, association_id: int) -> HttpResponse:
    """Put a paper in the library."""
    association = own_association(request, association_id)
    initial = {"kind": request.GET.get("typ", ""), "year": request.GET.get("ar", "")}
    form = LibraryForm(
        kept_form.data(request), request.FILES or None, oversized=_is_oversized(request), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        kind = form.kinds[form.cleaned_data["kind"]]
        paper = library.add_paper(association, _new_paper(kind, form.cleaned_data), request.user)
        messages.success(request, _("%(name)s is in your library.") % {"name": paper.name})
        return redirect(_url(association))
    return render(
        request,
        "grants/paper_form.html",
        {
            "association": association,
            "form": form,
            "title": _("Add a paper"),
            "lead": _(
                "Add it once. Then it is there in every application, and you change it only when there is "
                "a new one."
            ),
            "submit": _("Add the paper"),
            "back": _url(association),
            "breadcrumbs": crumbs(association, (_("Our papers"), _url(association)), (_("Add a paper"), "")),
        },
        status=422 if request.method == "POST" else 200,
    )


def _is_oversized(request: HttpRequest) -> bool:
    return "file" in getattr(request, "oversized_uploads", ())


def _new_paper(kind: Any, cleaned: dict[str, Any]) -> NewPaper:
    upload = cleaned["file"]
    return NewPaper(
        kind,
        uploads.clean_name(upload.name),
        uploads.store(upload),
        year=cleaned.get("year"),
        dated_on=cleaned.get("dated_on"),
    )


def _own_paper(request: HttpRequest, association_id: int, paper_id: int) -> Paper:
    return get_object_or_404(
        Paper.objects.visible_to(request.user).select_related("stored_file", "type", "association"),
        association=association_id,
        pk=paper_id,
    )


@requires(applicant)
def paper_file(request: HttpRequest, association_id: int, paper_id: int) -> FileResponse:
    """A file of the association's own library."""
    paper = _own_paper(request, association_id, paper_id)
    return stream(paper.stored_file, paper.filename)


@requires(applicant)
def hand_in(request: HttpRequest, association_id: int, paper_id: int) -> HttpResponse:
    """Hand in a paper by itself, for an officer to look at (POST)."""
    paper = _own_paper(request, association_id, paper_id)
    if request.method == "POST":
        try:
            library.hand_in(paper.pk, request.user)
        except PaperRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("%(name)s is handed in. We look at it.") % {"name": paper.name})
    return redirect("grants:papers", association_id)


@requires(applicant)
def take_back(request: HttpRequest, association_id: int, paper_id: int) -> HttpResponse:
    """Take a paper out of the library (POST)."""
    paper = _own_paper(request, association_id, paper_id)
    if request.method == "POST":
        try:
            library.take_back(paper.pk)
        except PaperRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("%(name)s is removed.") % {"name": paper.filename})
    return redirect("grants:papers", association_id)


@requires(applicant)
def asked(request: HttpRequest, application_id: int, code: str) -> HttpResponse:
    """One paper that the call asks for: choose it, upload it, or say when it comes."""
    draft = own_application(request, application_id)
    wanted = next((one for one in wanted_papers(draft) if one.asked.type.code == code), None)
    if wanted is None:
        raise Http404
    if not draft.is_draft or not draft.call.is_open:
        return redirect("grants:application", draft.pk)
    act = request.POST.get("act", "")
    upload = KindForm(
        wanted.asked.type,
        kept_form.data(request) if act in {"", "upload"} else None,
        request.FILES or None if act == "upload" else None,
        oversized=act == "upload" and _is_oversized(request),
        year=wanted.asked.year,
    )
    later = LaterForm(
        last_day_to_promise(wanted.asked),
        request.POST if act == "later" else None,
        initial={"due_on": wanted.promise.due_on if wanted.promise else None},
    )
    if request.method == "POST":
        try:
            if _settle(request, draft, wanted, act, upload, later):
                return redirect("grants:section", draft.pk, Section.PAPERS)
        except drafts.DraftClosed as closed:
            messages.error(request, str(closed))
            return redirect("grants:application", draft.pk)
    return render(
        request,
        "grants/asked_paper.html",
        {
            "application": draft,
            "wanted": wanted,
            "choices": _choices(request, draft, wanted),
            "upload": upload,
            "later": later if wanted.asked.may_come_later else None,
            "form": later if act == "later" else upload,
            "breadcrumbs": [
                *application_crumbs(draft),
                {
                    "label": str(Section.PAPERS.label),
                    "url": reverse("grants:section", args=[draft.pk, Section.PAPERS]),
                },
                {"label": wanted.name},
            ],
        },
        status=422 if request.method == "POST" else 200,
    )


def _choices(request: HttpRequest, draft: Application, wanted: WantedPaper) -> list[tuple[Paper, bool]]:
    """What of the library may be chosen, with whether it is; what has run out can be seen but not chosen."""
    kinds = [kind for kind in (wanted.asked.type_id, wanted.asked.instead_id) if kind]
    chosen = {attachment.paper_id for attachment in wanted.attachments}
    found = Paper.objects.visible_to(request.user).filter(
        association=draft.association_id, type__in=kinds, replaced_by=None
    )
    return [(paper, paper.pk in chosen) for paper in found.select_related("type", "stored_file")]


def _settle(
    request: HttpRequest,
    draft: Application,
    wanted: WantedPaper,
    act: str,
    upload: KindForm,
    later: LaterForm,
) -> bool:
    """Do what was asked; False when a form has to be shown again. Raises DraftClosed."""
    if act == "upload":
        if not upload.is_valid():
            return False
        paper = library.add_paper(
            draft.association, _new_paper(wanted.asked.type, upload.cleaned_data), request.user
        )
        picking.pick(draft.pk, paper, request.user)
        messages.success(
            request, _("%(name)s is in your library and goes with the application.") % {"name": paper.name}
        )
        return True
    if act == "later":
        if not later.is_valid():
            return False
        try:
            picking.promise(draft.pk, wanted.asked, later.cleaned_data["due_on"], request.user)
        except picking.CannotPromise as refused:
            later.add_error("due_on", str(refused))
            return False
        messages.success(request, _("Noted. We remind you when the day comes near."))
        return True
    if act == "not_later":
        picking.take_back_promise(draft.pk, wanted.asked)
        return True
    return _choose(request, draft, wanted)


def _choose(request: HttpRequest, draft: Application, wanted: WantedPaper) -> bool:
    """Choose a paper of the library (`pick`), or leave one out again (`unpick`)."""
    wish = "pick" if "pick" in request.POST else "unpick"
    text = request.POST.get(wish, "")
    pk = int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
    if wish == "unpick":
        attachment = get_object_or_404(
            Attachment.objects.visible_to(request.user), application=draft, paper=pk
        )
        picking.unpick(draft.pk, attachment.pk)
        return True
    paper = get_object_or_404(
        Paper.objects.visible_to(request.user).valid(),
        association=draft.association_id,
        pk=pk,
        type__in=[kind for kind in (wanted.asked.type_id, wanted.asked.instead_id) if kind],
    )
    picking.pick(draft.pk, paper, request.user)
    return True


@requires(applicant)
def promised(request: HttpRequest, application_id: int, promise_id: int) -> HttpResponse:
    """Hand in a paper that was promised when the application was sent."""
    application = own_application(request, application_id)
    promise = get_object_or_404(
        PromisedPaper.objects.visible_to(request.user).select_related("type"),
        application=application,
        pk=promise_id,
    )
    if application.is_draft:
        return redirect("grants:section", application.pk, Section.PAPERS)
    if not promise.is_waiting:
        return redirect("grants:application", application.pk)
    form = KindForm(
        promise.type,
        kept_form.data(request),
        request.FILES or None,
        oversized=_is_oversized(request),
        year=promise.year,
    )
    if request.method == "POST" and form.is_valid():
        try:
            late_papers.hand_in_promised(
                promise.pk, _new_paper(promise.type, form.cleaned_data), request.user
            )
        except (late_papers.CannotHandIn, PaperRefused) as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("%(name)s is handed in. Thank you.") % {"name": promise.name})
        return redirect("grants:application", application.pk)
    return render(
        request,
        "grants/paper_form.html",
        {
            "association": application.association,
            "form": form,
            "title": _("Hand in: %(name)s") % {"name": promise.name},
            "lead": promise.type.help_text,
            "submit": _("Hand in the paper"),
            "back": reverse("grants:application", args=[application.pk]),
            "breadcrumbs": application_crumbs(application, promise.name),
        },
        status=422 if request.method == "POST" else 200,
    )
