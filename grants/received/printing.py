"""An association's own print of an application, drafts too: as a page, and as a PDF that a worker makes."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from grants.applying.submission import freeze
from grants.models import Application, Print
from grants.reading import chapters
from portal.documents.models import Document
from portal.documents.templatetags.swedish_text import swedish_moment
from portal.documents.work import Source, order, try_again
from portal.registry.models import Record


def content_of(application: Application) -> dict[str, Any]:
    """What is printed: of what was sent the newest version in the register, of a draft what is saved."""
    if application.is_draft:
        return freeze(application)
    versions = Record.objects.filter(case=application.case_id, kind=Record.Kind.APPLICATION)
    newest = versions.order_by("created_at", "pk").last()
    return dict(newest.content or {}) if newest else freeze(application)


def order_print(application: Application) -> Print:
    """Order the PDF of an application as it stands; the same text again gives the same document.

    Nothing in it tells when it was printed, so that equal texts are equal documents.
    """
    with transaction.atomic():
        document = order(_source(application))
        printed, _created = Print.objects.get_or_create(application=application, document=document)
        if document.has_failed:
            try_again(Document.objects.filter(pk=document.pk))
    return printed


def _source(application: Application) -> Source:
    with translation.override("sv"):
        html = render_to_string(
            "pdf/application.html",
            {
                "application": application,
                "association": application.association,
                "call": application.call,
                "chapters": chapters(content_of(application), application.call),
                "is_draft": application.is_draft,
                "committee": application.call.authority.name,
                "kind": "Utkast" if application.is_draft else "Ansökan",
                "date": swedish_moment(
                    application.saved_at if application.is_draft else application.submitted_at
                ),
                "registry_number": application.case.registry_number if application.case else "",
                "heading": application.title or application.call.title,
            },
        )
    title = f"Utkast till ansökan {application.pk}"
    if application.case is not None:
        title = f"Ansökan {application.case.registry_number}"
    return Source("ansokan_utskrift", title, html)
