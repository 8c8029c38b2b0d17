"""Messages on the case, as the association and as its officers see them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.forms.dialogue import MessageForm
from grants.models import Application, Message, MessageFile
from grants.received import dialogue
from grants.received.dialogue_news import awaiting_ruling, with_unread
from grants.views.impartial import impartial
from grants.views.sent import own_sent, sent_crumbs
from portal.documents import uploads
from portal.documents.download import stream
from portal.people import kept_form, rules, trail
from portal.people.rules import applicant, requires, signed_in

MESSAGES_A_PAGE = 20


@requires(applicant)
def of_association(request: HttpRequest, application_id: int) -> HttpResponse:
    """What was written on the case, and a form to write more."""
    application = own_sent(request, application_id)
    return _page(
        request,
        application,
        reverse("grants:messages", args=[application.pk]),
        {"breadcrumbs": sent_crumbs(application, _("Messages"))},
    )


@requires(rules.case_officer)
@trail.reads_people
@impartial
def of_officer(request: HttpRequest, application: Application) -> HttpResponse:
    """The same messages from the other side."""
    return _page(
        request,
        application,
        reverse("grants:officer-messages", args=[application.pk]),
        {"breadcrumbs": officer_crumbs(application, _("Messages")), "is_officer": True},
    )


def officer_crumbs(application: Application, label: str) -> list[dict[str, str]]:
    """The way to an officer's page below a case."""
    return [
        {"label": _("Applications"), "url": reverse("assessments:queue")},
        {
            "label": application.association.name,
            "url": reverse("assessments:application", args=[application.pk]),
        },
        {"label": label},
    ]


def _page(request: HttpRequest, application: Application, here: str, extra: dict[str, Any]) -> HttpResponse:
    unsent = dialogue.unsent(application, request.user)
    if request.method == "POST" and "remove" in request.POST:
        _remove(request, unsent)
        return redirect(here)
    form = MessageForm(
        kept_form.data(request),
        request.FILES or None,
        initial={"text": unsent.text if unsent else ""},
        oversized="file" in getattr(request, "oversized_uploads", ()),
    )
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, application, form)
        except dialogue.CannotSend as refused:
            form.add_error("text", str(refused))
        else:
            return redirect(here)
    new = set(
        Message.objects.visible_to(request.user)
        .unread_by(request.user)
        .filter(application=application)
        .values_list("pk", flat=True)
    )
    dialogue.mark_read(application, request.user)
    rows = (
        Message.objects.visible_to(request.user)
        .sent()
        .filter(application=application)
        .select_related("writer")
        .prefetch_related("record__files__stored_file")
        .order_by("-sent_at", "-pk")
    )
    unsent = dialogue.unsent(application, request.user)
    context = {
        "application": application,
        "here": here,
        "form": form,
        "new": new,
        "page_obj": Paginator(rows, MESSAGES_A_PAGE).get_page(request.GET.get("page")),
        "unsent": unsent,
        "unsent_files": list(unsent.files.select_related("stored_file")) if unsent else [],
        **extra,
    }
    return render(request, "grants/messages.html", context, status=422 if request.method == "POST" else 200)


def _save(request: HttpRequest, application: Application, form: MessageForm) -> None:
    """Keep text and file; send when that is what was pressed. Raises as `grants.received.dialogue` does."""
    message = dialogue.write(application, request.user, form.cleaned_data["text"])
    if upload := form.cleaned_data.get("file"):
        dialogue.attach(message, uploads.clean_name(upload.name), uploads.store(upload))
    if request.POST.get("go") == "send":
        dialogue.send(message.pk, request.user)
        messages.success(request, _("The message is sent."))
    else:
        messages.success(request, _("Saved, not sent. Only you can see it."))


def _remove(request: HttpRequest, unsent: Message | None) -> None:
    text = request.POST["remove"]
    if unsent is not None and text.isascii() and text.isdecimal() and len(text) < 18:
        try:
            dialogue.detach(unsent, int(text))
        except dialogue.CannotSend as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The file is removed."))


@requires(rules.case_officer)
def news(request: HttpRequest) -> HttpResponse:
    """Cases with messages that no officer has opened, and late applications that wait for a decision."""
    found = with_unread(request.user).select_related("association", "case").order_by("-newest", "-pk")
    late = awaiting_ruling(request.user).select_related("association", "case", "call")
    context = {
        "page_obj": Paginator(found, MESSAGES_A_PAGE).get_page(request.GET.get("page")),
        "late": late.order_by("submitted_at", "pk")[:MESSAGES_A_PAGE],
    }
    return render(request, "grants/news.html", context)


@requires(signed_in)
def unsent_file(request: HttpRequest, file_id: int) -> FileResponse:
    """A file of a message that the person is writing; once sent, it is read from the register."""
    found = get_object_or_404(
        MessageFile.objects.visible_to(request.user)
        .filter(message__sent_at=None, message__writer_id=request.user.pk)
        .select_related("stored_file"),
        pk=file_id,
    )
    return stream(found.stored_file, found.filename)
