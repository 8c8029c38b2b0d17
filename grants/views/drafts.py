"""Writing, checking and sending an application."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applying import cross_checks, drafts
from grants.applying.asked_papers import other_attachments, prefetches, wanted_papers
from grants.applying.completeness import Task, budgets_of, sections_of, tasks, unread_copies
from grants.applying.picking import pick, unpick
from grants.applying.requirements import missing_requirements, requirements
from grants.applying.signing import sign, signing_of
from grants.applying.submission import CannotSubmit, freeze
from grants.associations.library import NewPaper, add_paper
from grants.forms.associations import SignForm
from grants.forms.rows import REMOVE_ROW
from grants.forms.sections import EconomyForm, PapersForm, SectionForm, section_form
from grants.models import Application, Attachment, PaperType, Section
from grants.reading import chapters
from grants.received.following import Status
from grants.views.cowriting import autosave, closed_answer, earlier_of, earlier_sources, is_autosave
from grants.views.sent import show_sent
from portal.documents import uploads
from portal.documents.download import stream
from portal.people import kept_form
from portal.people.arrival import arrived_at
from portal.people.limits import limited, posted
from portal.people.rules import applicant, requires


def own_application(request: HttpRequest, application_id: int) -> Application:
    """An application of the person's own associations with all that its pages show, or 404."""
    own = Application.objects.visible_to(request.user).select_related(
        "call__authority", "association", "case"
    )
    return get_object_or_404(
        own.prefetch_related(
            "call__questions",
            "call__budget_headings",
            "answers",
            "terms__year_amounts",
            "copied_answers__source__terms__year_amounts",
            *prefetches(),
            "budget_lines",
        ),
        pk=application_id,
    )


def crumbs(application: Application, *labels: str) -> list[dict[str, str]]:
    """The way to a page below an application."""
    return [
        {"label": _("Our applications"), "url": reverse("grants:applications")},
        {
            "label": application.title or application.call.title,
            "url": reverse("grants:application", args=[application.pk]),
        },
        *({"label": label} for label in labels),
    ]


@requires(applicant)
def application(request: HttpRequest, application_id: int) -> HttpResponse:
    """The task list of a draft; the way of what has been sent."""
    shown = own_application(request, application_id)
    if not shown.is_draft:
        return show_sent(request, shown, crumbs(shown))
    done = tasks(shown)
    is_open = shown.call.receives
    return render(
        request,
        "grants/draft.html",
        {
            "application": shown,
            "tasks": [
                {
                    "title": task.section.label,
                    "url": _section_url(shown, task.section) if is_open else "",
                    "state_text": _state_of(task).text,
                    "state_color": _state_of(task).color,
                }
                for task in done
            ],
            "sending": {
                "title": _("Check and send"),
                "url": reverse("grants:check", args=[shown.pk]),
                "state_text": _("Not sent"),
                "state_color": "warning",
                "hint": "" if all(task.is_done for task in done) else _("When all tasks above are done."),
            },
            "done_count": sum(task.is_done for task in done),
            "beside": [
                {
                    "title": one.title,
                    "url": one.url,
                    "state_text": one.state,
                    "state_color": "" if one.is_done else "warning",
                }
                for one in requirements(shown)
            ],
            "signing": signing_of(shown, freeze(shown), request.user),
            "unread": len(unread_copies(shown)),
            "earlier": earlier_sources(unread_copies(shown), request.user),
            "breadcrumbs": crumbs(shown),
        },
    )


def _section_url(application: Application, section: Section) -> str:
    return reverse("grants:section", args=[application.pk, section])


def _state_of(task: Task) -> Status:
    if task.is_done:
        return Status(_("Done"), "")
    return Status(_("Begun"), "info") if task.is_begun else Status(_("Not begun"), "neutral")


@requires(applicant)
def section(request: HttpRequest, application_id: int, section: Section) -> HttpResponse:
    """One section of a draft: shown, and saved as far as it has come."""
    draft = own_application(request, application_id)
    asked = sections_of(draft.call)
    if section not in asked:
        raise Http404
    if not draft.is_draft or not draft.call.receives:
        if request.method == "POST":
            closed_text = _("The application can no longer be changed. What you wrote was not saved.")
            if is_autosave(request):
                return closed_answer(closed_text)
            messages.error(request, closed_text)
        return redirect("grants:application", draft.pk)
    if request.method == "POST" and "remove" in request.POST:
        return _remove_paper(request, draft)
    form = _bound_form(request, draft, section)
    if request.method == "POST" and is_autosave(request):
        form.is_valid()
        return autosave(request, draft, section, form)
    conflicts: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, draft, section, form)
        except drafts.DraftClosed as closed:
            messages.error(request, str(closed))
            return redirect("grants:application", draft.pk)
        if not saved.conflicts:
            return redirect(_next_page(request, draft, section))
        draft = own_application(request, application_id)
        mine, form = form.values(), section_form(draft, section)
        form.show_conflicts(saved, mine, request.user)
        conflicts = list(saved.conflicts)
    return render(
        request,
        f"grants/section_{section}.html" if section in OWN_PAGE else "grants/section.html",
        {
            "application": draft,
            "section": section,
            "number": asked.index(section) + 1,
            "count": len(asked),
            "form": form,
            "conflicts": [form[name] for name in conflicts],
            "autosaves": True,
            "is_unsaved": form.is_bound or bool(conflicts),
            "earlier": earlier_of(form, request.user),
            **(_papers_of(draft) if section == Section.PAPERS else {}),
            "budgets": budgets_of(draft, form.budget_years if isinstance(form, EconomyForm) else None),
            "is_last": section == asked[-1],
            "breadcrumbs": crumbs(draft, str(section.label)),
        },
        status=422 if request.method == "POST" else 200,
    )


def _papers_of(draft: Application) -> dict[str, Any]:
    """What the call asks for as a list of tasks, and what else goes with the application."""
    return {
        "asked_papers": [
            {
                "title": wanted.name,
                "url": reverse("grants:asked-paper", args=[draft.pk, wanted.asked.type.code]),
                "state_text": wanted.status.text,
                "state_color": wanted.status.color,
                "hint": wanted.hint,
            }
            for wanted in wanted_papers(draft)
        ],
        "other_papers": other_attachments(draft),
    }


#: Sections whose page shows more than fields one after another.
OWN_PAGE = frozenset({Section.GRANT, Section.ECONOMY, Section.PAPERS})


def _bound_form(request: HttpRequest, draft: Application, section: Section) -> SectionForm:
    data = kept_form.data(request)
    if section != Section.PAPERS:
        return section_form(draft, section, data)
    oversized = "file" in getattr(request, "oversized_uploads", ())
    return PapersForm(draft, section, data, request.FILES or None, oversized=oversized)


def _save(request: HttpRequest, draft: Application, section: Section, form: SectionForm) -> drafts.Saved:
    """Save what the person changed and the paper that came with it. Raises as `drafts` does."""
    saved = drafts.save_section(
        draft.pk, section, form.chosen(), seen=form.seen, by=request.user, page=form.page
    )
    if read := form.confirmed():
        drafts.note_as_read(draft.pk, read, request.user)
    if upload := form.cleaned_data.get("file"):
        new = NewPaper(
            PaperType.objects.get(code=form.cleaned_data["kind"]),
            uploads.clean_name(upload.name),
            uploads.store(upload),
            year=form.cleaned_data.get("year"),
        )
        pick(draft.pk, add_paper(draft.association, new, request.user), request.user)
    if not saved.conflicts:
        local = timezone.localtime()
        saved_text = _("Saved %(time)s") % {"time": local.strftime("%H.%M")}
        messages.success(request, saved_text, extra_tags="section-saved")
    return saved


def _remove_paper(request: HttpRequest, draft: Application) -> HttpResponse:
    paper_id = request.POST["remove"]
    paper = get_object_or_404(
        Attachment.objects.visible_to(request.user).select_related("paper"),
        application=draft,
        pk=int(paper_id) if paper_id.isascii() and paper_id.isdecimal() and len(paper_id) < 18 else 0,
    )
    try:
        unpick(draft.pk, paper.pk)
    except drafts.DraftClosed as closed:
        messages.error(request, str(closed))
    else:
        messages.success(request, _("%(name)s is removed.") % {"name": paper.paper.filename})
    return redirect("grants:section", draft.pk, Section.PAPERS)


def _next_page(request: HttpRequest, draft: Application, section: Section) -> str:
    go = request.POST.get("go", "")
    if go == "tasks":
        return reverse("grants:application", args=[draft.pk])
    if go != "next" or REMOVE_ROW in request.POST:
        return _section_url(draft, section)
    asked = sections_of(draft.call)
    if section == asked[-1]:
        return reverse("grants:check", args=[draft.pk])
    return _section_url(draft, asked[asked.index(section) + 1])


@requires(applicant)
def attachment(request: HttpRequest, application_id: int, attachment_id: int) -> FileResponse:
    """A file of the association's own draft."""
    found = get_object_or_404(
        Attachment.objects.visible_to(request.user).select_related("paper__stored_file"),
        application=application_id,
        pk=attachment_id,
    )
    return stream(found.paper.stored_file, found.paper.filename)


@requires(applicant)
@limited("submit", applies=posted)
def check(request: HttpRequest, application_id: int) -> HttpResponse:
    """All answers on one page, then the signature; sending twice leads to the same receipt."""
    draft = own_application(request, application_id)
    if not draft.is_draft:
        return redirect("grants:receipt", draft.pk)
    form = SignForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            signed = sign(draft.pk, request.user, arrived_at=arrived_at(request))
        except CannotSubmit as refused:
            messages.error(request, str(refused))
            return redirect("grants:check", draft.pk)
        if signed.is_draft:
            messages.success(request, _("You have signed. The application is sent when one more has signed."))
            return redirect("grants:check", draft.pk)
        return redirect("grants:receipt", draft.pk)
    return render(
        request,
        "grants/check.html",
        _check_context(request, draft, form),
        status=422 if request.method == "POST" else 200,
    )


def _check_context(request: HttpRequest, draft: Application, form: SignForm) -> dict[str, Any]:
    left = [task for task in tasks(draft) if not task.is_done]
    is_open = draft.call.receives
    content = freeze(draft)
    return {
        "application": draft,
        "chapters": [
            (chapter, _section_url(draft, chapter.section) if is_open else "")
            for chapter in chapters(content, draft.call)
        ],
        "left": [
            *((task.section.label, _section_url(draft, task.section)) for task in left),
            *((one.title, one.url) for one in missing_requirements(draft)),
        ],
        "contradictions": [
            (finding.text, _section_url(draft, finding.section)) for finding in cross_checks.stops(draft)
        ],
        "advice": cross_checks.warnings(draft, cross_checks.other_applications(draft, request.user)),
        "is_open": is_open,
        "signing": signing_of(draft, content, request.user),
        "form": form,
        "breadcrumbs": crumbs(draft, _("Check and send")),
    }
