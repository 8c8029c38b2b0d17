"""What a case officer reads: the declaration that opens a case, and the application."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments import assigning, case_file, formal_checks, hints
from assessments.forms import DeclarationForm
from assessments.views.impartial import impartial, received
from assessments.views.tags import lateness_tag, state_tag
from grants.models import Application, TermsStage
from grants.received.correspondence import correspondence
from grants.states import State
from portal.people import kept_form, rules
from portal.people.rules import requires
from portal.registry.models import Record
from portal.registry.models import declare as register_declaration


@requires(rules.case_officer)
def declare(request: HttpRequest, application_id: int) -> HttpResponse:
    """Ask for a declaration of conflict of interest; of the case, only what it is called is shown."""
    application = received(request, application_id)
    case = application.received_case
    form = DeclarationForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        register_declaration(
            case, request.user, has_conflict=form.has_conflict, note=form.cleaned_data["note"]
        )
        if form.has_conflict:
            messages.info(
                request,
                _("You have declared a conflict of interest. The case is no longer shown to you."),
            )
            return redirect("assessments:queue")
        return redirect("assessments:application", application_id)
    context = {
        "application": application,
        "form": form,
        "declared": application.is_declared,  # type: ignore[attr-defined]  # annotated by `received`
    }
    return render(
        request, "assessments/declare.html", context, status=422 if request.method == "POST" else 200
    )


@requires(rules.case_officer)
@impartial
def application(request: HttpRequest, application: Application) -> HttpResponse:
    """Everything about one application: answers, budget, files, the case's story and history."""
    file = case_file.read(application, request.user)
    context = {
        "application": application,
        "file": file,
        "warnings": [finding for finding in file.warnings if finding.code not in hints.REPLACES],
        "hints": hints.own(application, file.history),
        "years": case_file.money_by_year([application, *file.history]),
        "checks": formal_checks.progress_of(application),
        "officers": assigning.officers(),
        "late": lateness_tag(application.lateness),
        "receipt": _receipt(application),
        "events": _story(application),
        "assessment": getattr(application, "assessment", None),
        "proposed": application.terms_at(TermsStage.PROPOSED),
        "tag": state_tag(application.state),
        "contact": (contact := correspondence(application, request.user)),
        "may_begin": application.state == State.SUBMITTED and not contact.awaits_ruling,
        "may_assess": application.state == State.IN_ASSESSMENT,
        "may_hand_over": application.state == State.ASSESSED and not application.call.is_round,
    }
    return render(request, "assessments/application.html", context)


@requires(rules.case_officer)
@impartial
def compared(request: HttpRequest, application: Application) -> HttpResponse:
    """What is like this in other applications: a part of the case's page, or a page of its own."""
    is_part = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "assessments/parts/compared.html" if is_part else "assessments/compared.html",
        {"application": application, "hints": hints.compared(application, request.user)},
    )


def _receipt(application: Application) -> int | None:
    """The record of the receipt letter, to be printed for who applied on paper."""
    if not application.is_on_paper:
        return None
    receipts = application.received_case.records.filter(kind=Record.Kind.RECEIPT)
    return receipts.values_list("pk", flat=True).first()


def _story(application: Application) -> list[dict[str, Any]]:
    """The case's events, newest first, as the timeline shows them."""
    events = application.received_case.events.select_related("actor").order_by("-at", "-pk")
    return [
        {
            "when": event.at,
            "text": event.get_kind_display() + (f": {event.detail}" if event.detail else ""),
            "who": str(event.actor or ""),
        }
        for event in events
    ]
