"""An association prints its own application: a page for paper, and a PDF made by a worker."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from grants.models import Application, Print
from grants.reading import chapters
from grants.received.printing import content_of, order_print
from grants.views.drafts import crumbs, own_application
from portal.documents.download import stream
from portal.people.rules import applicant, requires


@requires(applicant)
def print_application(request: HttpRequest, application_id: int) -> HttpResponse:
    """The whole application on one page; POST orders the PDF of it."""
    application = own_application(request, application_id)
    if request.method == "POST":
        order_print(application)
        return redirect("grants:print", application.pk)
    return render(
        request,
        "grants/print.html",
        {
            "application": application,
            "chapters": chapters(content_of(application), application.call),
            "printed": _newest(request, application),
            "breadcrumbs": crumbs(application, _("Print")),
        },
    )


def _newest(request: HttpRequest, application: Application) -> Print | None:
    return (
        Print.objects.visible_to(request.user)
        .filter(application=application)
        .select_related("document__file")
        .defer("document__html")
        .first()
    )


@requires(applicant)
def print_state(request: HttpRequest, application_id: int) -> HttpResponse:
    """The part of the page that says whether the PDF is ready; asked for every few seconds."""
    application = own_application(request, application_id)
    if not request.headers.get("HX-Request"):
        return redirect("grants:print", application.pk)
    return render(
        request,
        "grants/print_document.html",
        {"application": application, "printed": _newest(request, application)},
    )


@requires(applicant)
def print_file(request: HttpRequest, print_id: int) -> FileResponse:
    """The PDF, for the association alone."""
    printed = get_object_or_404(
        Print.objects.visible_to(request.user).select_related("document__file").defer("document__html"),
        pk=print_id,
    )
    if printed.document.file is None:
        raise Http404
    return stream(printed.document.file, f"{printed.document.title}.pdf", inline=True)
