"""The association answers a request for completion: reads, writes in private, checks, and hands in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.applying.completeness import budgets_of, sections_of
from grants.applying.drafts import ChangedMeanwhile
from grants.applying.submission import freeze
from grants.forms.completion import ReplyForms
from grants.forms.sections import section_form
from grants.models import (
    Application,
    CompletionReply,
    CompletionRequest,
    PaperType,
    ReplyPaper,
    Section,
    may_sign,
)
from grants.reading import chapters
from grants.received import completing
from grants.received.things import BUDGET, Change, changes, things
from grants.views.sent import own_sent, sent_crumbs
from portal.documents import uploads
from portal.documents.download import stream
from portal.people import kept_form
from portal.people.limits import limited, posted
from portal.people.rules import applicant, requires


def _waiting(request: HttpRequest, application: Application) -> CompletionRequest | None:
    return (
        CompletionRequest.objects.visible_to(request.user)
        .open()
        .filter(application=application)
        .select_related("before", "asked_by")
        .prefetch_related("items")
        .first()
    )


def _reply(request: HttpRequest, waiting: CompletionRequest) -> CompletionReply | None:
    return CompletionReply.objects.visible_to(request.user).filter(request=waiting).first()


def _nothing_to_answer(request: HttpRequest, application: Application) -> HttpResponse:
    if request.method == "POST":
        messages.error(
            request, _("We no longer wait for a reply. What you wrote was not saved. Send a message instead.")
        )
    return redirect("grants:application", application.pk)


@requires(applicant)
def complete(request: HttpRequest, application_id: int) -> HttpResponse:
    """Each thing asked for, with what you answered, what is missing, and room to answer anew."""
    application = own_sent(request, application_id)
    waiting = _waiting(request, application)
    if waiting is None:
        return _nothing_to_answer(request, application)
    if request.method == "POST" and "remove" in request.POST:
        return _remove_paper(request, application, waiting)
    reply = _reply(request, waiting)
    shown = completing.replied(application, completing.values_of(reply))
    old = {thing.code: thing for thing in things(waiting.before.content or {}, application.call)}
    asked = [(item.code, old[item.code].section) for item in waiting.items.all() if item.code in old]
    forms = ReplyForms(
        shown,
        asked,
        kept_form.data(request),
        request.FILES or None,
        oversized=getattr(request, "oversized_uploads", ()),
    )
    changed_meanwhile = False
    if request.method == "POST" and forms.is_valid():
        try:
            _save(request, waiting, forms)
        except completing.CannotComplete as refused:
            messages.error(request, str(refused))
            return redirect("grants:complete", application.pk)
        except ChangedMeanwhile:
            changed_meanwhile = True
            reply = _reply(request, waiting)
            forms.shown = completing.replied(application, completing.values_of(reply))
        else:
            return redirect(
                "grants:hand-in" if request.POST.get("go") == "check" else "grants:complete", application.pk
            )
    context = {
        "application": application,
        "waiting": waiting,
        "reply": reply,
        "forms": forms,
        "changed_meanwhile": changed_meanwhile,
        "saved_chapters": chapters(freeze(forms.shown), application.call) if changed_meanwhile else [],
        "items": [
            {
                "item": item,
                "old": old[item.code].words if item.code in old else "",
                "fields": forms.fields_of(item.code),
                "url": _section_url(application, Section.ECONOMY) if item.code == BUDGET else "",
            }
            for item in waiting.items.all()
        ],
        "papers": _papers(request, reply),
        "other_sections": [
            (section.label, _section_url(application, section))
            for section in sections_of(application.call)
            if section != Section.PAPERS
        ],
        "breadcrumbs": sent_crumbs(application, _("Complete the application")),
    }
    return render(request, "grants/complete.html", context, status=422 if request.method == "POST" else 200)


def _papers(request: HttpRequest, reply: CompletionReply | None) -> list[tuple[str, ReplyPaper]]:
    """The papers of the reply with what they are called."""
    if reply is None:
        return []
    names = {kind.code: kind.name for kind in PaperType.objects.all()}
    papers = ReplyPaper.objects.visible_to(request.user).filter(reply=reply).select_related("stored_file")
    return [(names.get(paper.kind, paper.kind), paper) for paper in papers]


def _save(request: HttpRequest, waiting: CompletionRequest, forms: ReplyForms) -> None:
    """Keep the answers and the files that came with them. Raises as `grants.received.completing` does."""
    completing.save(waiting.pk, forms.values(), request.user, seen=forms.seen())
    for kind, upload in forms.papers.uploads():
        completing.add_paper(
            waiting.pk, kind, uploads.clean_name(upload.name), uploads.store(upload), request.user
        )
    messages.success(request, _("Saved, not handed in. Only you in the association can see it."))


def _section_url(application: Application, section: Section) -> str:
    return reverse("grants:complete-section", args=[application.pk, section])


def _remove_paper(request: HttpRequest, application: Application, waiting: CompletionRequest) -> HttpResponse:
    text = request.POST["remove"]
    paper = get_object_or_404(
        ReplyPaper.objects.visible_to(request.user),
        reply__request=waiting,
        pk=int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0,
    )
    try:
        completing.remove_paper(waiting.pk, paper.pk)
    except completing.CannotComplete as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s is removed.") % {"name": paper.filename})
    return redirect("grants:complete", application.pk)


#: Sections whose page shows more than fields one after another.
_OWN_PAGE = frozenset({Section.GRANT, Section.ECONOMY})


@requires(applicant)
def complete_section(request: HttpRequest, application_id: int, section: Section) -> HttpResponse:
    """Any section, also what nobody asked about: what is changed there is marked for the officer."""
    application = own_sent(request, application_id)
    waiting = _waiting(request, application)
    if section not in sections_of(application.call) or section == Section.PAPERS:
        raise Http404
    if waiting is None:
        return _nothing_to_answer(request, application)
    shown = completing.replied(application, completing.values_of(_reply(request, waiting)))
    form = section_form(shown, section, kept_form.data(request))
    form.see_as_one()
    changed_meanwhile = False
    if request.method == "POST" and form.is_valid():
        try:
            completing.save(
                waiting.pk, {section: form.values()}, request.user, seen={section: form.seen_as_one}
            )
        except completing.CannotComplete as refused:
            messages.error(request, str(refused))
            return redirect("grants:complete", application.pk)
        except ChangedMeanwhile:
            # Both texts are shown; the next save builds on the newer one knowingly.
            changed_meanwhile = True
            shown = completing.replied(application, completing.values_of(_reply(request, waiting)))
            form = section_form(shown, section, kept_form.data(request))
            form.see_latest()
        else:
            messages.success(request, _("Saved, not handed in. Only you in the association can see it."))
            return redirect(
                _section_url(application, section)
                if request.POST.get("go") == "stay"
                else reverse("grants:complete", args=[application.pk])
            )
    sections = sections_of(application.call)
    context = {
        "application": shown,
        "section": section,
        "number": sections.index(section) + 1,
        "count": len(sections),
        "form": form,
        "theirs": form if changed_meanwhile else None,
        "saved_rows": chapters(freeze(shown), application.call) if changed_meanwhile else [],
        "budgets": budgets_of(shown),
        "is_last": True,
        "breadcrumbs": [
            *sent_crumbs(application, _("Complete the application"))[:-1],
            {
                "label": _("Complete the application"),
                "url": reverse("grants:complete", args=[application.pk]),
            },
            {"label": section.label},
        ],
    }
    template = f"grants/section_{section}.html" if section in _OWN_PAGE else "grants/section.html"
    return render(request, template, context, status=422 if request.method == "POST" else 200)


@requires(applicant)
@limited("submit", applies=posted)
def hand_in(request: HttpRequest, application_id: int) -> HttpResponse:
    """Before and after on one page; POST hands it in as a new version."""
    application = own_sent(request, application_id)
    waiting = _waiting(request, application)
    if waiting is None:
        return _nothing_to_answer(request, application)
    if request.method == "POST":
        try:
            completing.hand_in(waiting.pk, request.user)
        except completing.CannotComplete as refused:
            messages.error(request, str(refused))
            return redirect("grants:complete", application.pk)
        messages.success(request, _("The completion is handed in. A case officer reads it."))
        return redirect("grants:application", application.pk)
    reply = _reply(request, waiting)
    found = _changes(request, application, waiting, reply)
    context = {
        "application": application,
        "waiting": waiting,
        "changes": found,
        "unanswered": [change for change in found if change.is_asked and not change.is_changed],
        "may_sign": may_sign(request.user, application.association),
        "breadcrumbs": sent_crumbs(application, _("Hand in the completion")),
    }
    return render(request, "grants/hand_in.html", context)


def _changes(
    request: HttpRequest,
    application: Application,
    waiting: CompletionRequest,
    reply: CompletionReply | None,
) -> list[Change]:
    """What the reply changes, papers among it."""
    after: dict[str, Any] = freeze(completing.replied(application, completing.values_of(reply)))
    after["attachments"] = [
        *after["attachments"],
        *({"kind": paper.kind, "filename": paper.filename} for _name, paper in _papers(request, reply)),
    ]
    asked = {item.code for item in waiting.items.all()}
    return changes(waiting.before.content or {}, after, application.call, asked)


@requires(applicant)
def reply_paper(request: HttpRequest, paper_id: int) -> FileResponse:
    """A file of the association's own reply, before it is handed in."""
    found = get_object_or_404(
        ReplyPaper.objects.visible_to(request.user).select_related("stored_file"), pk=paper_id
    )
    return stream(found.stored_file, found.filename)
