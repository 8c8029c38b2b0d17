"""What an association sees of what it has sent: receipt, answers, way and decision."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.access import DECISION_KINDS
from grants.models import Application, CompletionRequest, Message
from grants.reading import chapters
from grants.received.following import steps, told
from grants.received.record_reading import registered, signed_rows
from grants.states import OPEN_STATES
from portal.people.rules import applicant, requires
from portal.registry.models import Event, Record, RecordFile


def own_sent(request: HttpRequest, application_id: int) -> Application:
    own = Application.objects.visible_to(request.user).sent()
    return get_object_or_404(own.select_related("call__authority", "association", "case"), pk=application_id)


def _records(request: HttpRequest, application: Application, *kinds: str) -> list[Record]:
    """The newest record of each kind that the person may read, in the order asked for."""
    found = (
        Record.objects.visible_to(request.user)
        .filter(case=application.case_id, kind__in=kinds)
        .select_related("document")
        .defer("document__html")
        .order_by("created_at", "pk")
    )
    newest = {record.kind: record for record in found}
    return [newest[kind] for kind in kinds if kind in newest]


def _files(request: HttpRequest, application: Application, *more: Record.Kind) -> list[RecordFile]:
    """The files that came with the application, and with further kinds of records."""
    return list(
        RecordFile.objects.visible_to(request.user)
        .filter(
            Q(record=_newest_application(application))
            # A version that came after them holds their files already.
            | Q(
                record__case=application.case_id,
                record__kind__in=more,
                record__gt=_newest_application(application),
            )
        )
        .select_related("stored_file")
        .order_by("pk")
    )


def _newest_application(application: Application) -> QuerySet[Record, Any]:
    """The id of the application's newest version in the register."""
    versions = Record.objects.filter(case=application.case_id, kind=Record.Kind.APPLICATION)
    return versions.order_by("-created_at", "-pk").values("pk")[:1]


def sent_crumbs(application: Application, label: str) -> list[dict[str, str]]:
    return [
        {"label": _("Our applications"), "url": reverse("grants:applications")},
        {"label": application.title, "url": reverse("grants:application", args=[application.pk])},
        {"label": label},
    ]


def show_sent(
    request: HttpRequest, application: Application, breadcrumbs: list[dict[str, str]]
) -> HttpResponse:
    """The page of a sent application: its way, its decision once released, its papers."""
    receipt = _records(request, application, Record.Kind.RECEIPT)
    rulings = _records(request, application, Record.Kind.LATE_RULING)
    requests = list(
        CompletionRequest.objects.visible_to(request.user)
        .filter(application=application)
        .prefetch_related("items")
    )
    ended = Event.objects.filter(
        case=application.case_id, kind__in=[Event.Kind.WITHDRAWN, Event.Kind.DISMISSED]
    ).first()
    context: dict[str, Any] = {
        "application": application,
        "applied": application.applied,
        "steps": steps(application, requests, ended.at if ended else None),
        "events": told(application),
        "ruling": rulings[0] if rulings else None,
        "ruling_reason": (rulings[0].content or {}).get("reason", "") if rulings else "",
        "waiting_request": next((row for row in requests if row.is_open), None),
        "unread": Message.objects.visible_to(request.user)
        .unread_by(request.user)
        .filter(application=application)
        .count(),
        "may_withdraw": application.state in OPEN_STATES,
        "files": _files(request, application, Record.Kind.PROMISED_PAPER),
        "promised": list(application.promised_papers.select_related("type")),
        "receipt": receipt[0] if receipt else None,
        "notices": _records(request, application, Record.Kind.NOTICE),
        "breadcrumbs": breadcrumbs,
    }
    if application.is_released:
        context |= {
            "decided": application.decided,
            "decision_records": _records(request, application, *DECISION_KINDS),
        }
    return render(request, "grants/sent.html", context)


@requires(applicant)
def receipt(request: HttpRequest, application_id: int) -> HttpResponse:
    """The receipt: registry number, time, files and what happens next."""
    application = get_object_or_404(Application.objects.visible_to(request.user), pk=application_id)
    if application.is_draft:
        return redirect("grants:application", application.pk)
    application = own_sent(request, application_id)
    records = _records(request, application, Record.Kind.RECEIPT)
    if not records:
        raise Http404
    return render(
        request,
        "grants/receipt.html",
        {
            "application": application,
            "receipt": records[0],
            "files": _files(request, application),
            "breadcrumbs": sent_crumbs(application, _("Receipt")),
        },
    )


@requires(applicant)
def receipt_document(request: HttpRequest, application_id: int) -> HttpResponse:
    """The part of the receipt's page that says whether the PDF is ready; asked for every few seconds."""
    application = own_sent(request, application_id)
    records = _records(request, application, Record.Kind.RECEIPT)
    if not records:
        raise Http404
    if not request.headers.get("HX-Request"):
        return redirect("grants:receipt", application.pk)
    return render(
        request, "grants/receipt_document.html", {"application": application, "receipt": records[0]}
    )


@requires(applicant)
def answers(request: HttpRequest, application_id: int) -> HttpResponse:
    """The answers as they were sent, from the frozen record."""
    application = own_sent(request, application_id)
    record = (
        Record.objects.visible_to(request.user)
        .filter(case=application.case_id, kind=Record.Kind.APPLICATION)
        .order_by("created_at", "pk")
        .last()
    )
    if record is None:
        raise Http404
    return render(
        request,
        "grants/answers.html",
        {
            "application": application,
            "record": record,
            "chapters": chapters(record.content, application.call),
            "signed": signed_rows(registered(application)),
            "breadcrumbs": sent_crumbs(application, _("What you sent")),
        },
    )
