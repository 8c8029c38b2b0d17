"""What a case officer reads: the declaration that opens a case, and the application."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import access, assigning, case_file, formal_checks, hints, readings, statement_lists
from assessments.matters import matters_about
from assessments.models import AssessmentVersion, Statement
from assessments.views.impartial import impartial_also_blind, is_blind, reading_of
from assessments.views.reading import shown_on_case
from assessments.views.tags import lateness_tag, state_tag
from grants.models import Application, TermsStage
from grants.received.correspondence import correspondence
from grants.states import OPEN_STATES, State
from portal.people import kept_form, rules, trail
from portal.people.rules import requires
from portal.registry.declaration_form import DeclarationForm
from portal.registry.models import Event, Record, has_declared
from portal.registry.models import declare as register_declaration


@requires(rules.handles_cases)
def declare(request: HttpRequest, application_id: int) -> HttpResponse:
    """Ask for a declaration of conflict of interest; of the case, only what it is called is shown."""
    application = _to_declare_in(request, application_id)
    case = application.received_case
    form = DeclarationForm(kept_form.data(request))
    listed, label = _list_of(request.user)
    if request.method == "POST" and form.is_valid():
        register_declaration(
            case, request.user, has_conflict=form.has_conflict, note=form.cleaned_data["note"]
        )
        if form.has_conflict:
            messages.info(
                request,
                _("You have declared a conflict of interest. The case is no longer shown to you."),
            )
            return redirect(listed)
        return _opened(request, application)
    context = {
        "application": application,
        "form": form,
        "declared": has_declared(case, request.user),
        "back": listed,
        "breadcrumbs": [{"label": label, "url": listed}, {"label": case.registry_number}],
    }
    return render(
        request, "assessments/declare.html", context, status=422 if request.method == "POST" else 200
    )


def _to_declare_in(request: HttpRequest, application_id: int) -> Application:
    found = access.to_declare_in(request.user).select_related("association", "case", "second_reading")
    return get_object_or_404(found, pk=application_id)


def _list_of(user: Any) -> tuple[str, str]:
    """Where the person's cases are listed, and what that page is called."""
    if rules.case_reader(user):
        return reverse("assessments:queue"), _("Applications")
    if rules.reader(user):
        return reverse("assessments:readings"), _("Second readings")
    return reverse("assessments:statements"), _("Statements")


def _opened(request: HttpRequest, application: Application) -> HttpResponse:
    """The page that the declaration opened: the reader's, the officer's, or the unit's."""
    reading = reading_of(application)
    if reading is not None and reading.reader_id == request.user.pk and not reading.is_open_to_both:
        return redirect("assessments:reading", application.pk)
    if rules.case_reader(request.user):
        return redirect("assessments:application", application.pk)
    if reading is not None and reading.reader_id == request.user.pk:
        return redirect("assessments:reading", application.pk)
    asked = Statement.objects.asked_of(request.user).filter(application=application).last()
    return redirect("assessments:statement", asked.pk) if asked else redirect("assessments:statements")


@requires(rules.case_reader)
@trail.reads_people
@impartial_also_blind
def application(request: HttpRequest, application: Application) -> HttpResponse:
    """Everything about one application: answers, budget, files, the case's story and history."""
    if not rules.case_officer(request.user):
        return _followed(request, application)
    blind = is_blind(request, application)
    file = case_file.read(application, request.user, is_blind=blind)
    colleagues = assigning.colleagues()
    has = case_file.surroundings(application)
    contact = correspondence(application, request.user, has_messages=has.messages, has_requests=has.requests)
    context = {
        "application": application,
        "file": file,
        "warnings": [finding for finding in file.warnings if finding.code not in hints.REPLACES],
        "hints": hints.own(application, file.history),
        "years": case_file.money_by_year([application, *file.history], readings.blind_for(request.user)),
        "checks": formal_checks.progress_of(application),
        "officers": colleagues.officers,
        "late": lateness_tag(application.lateness),
        "receipt": _receipt(application),
        "events": _story(application, blind=blind),
        "is_blind": blind,
        "assessment": None if blind else getattr(application, "assessment", None),
        "proposed": None if blind else application.terms_at(TermsStage.PROPOSED),
        "matters": matters_about(application, request.user) if has.matters and not blind else [],
        "second_reading": shown_on_case(application, request.user, colleagues.readers),
        "may_ask": application.state in OPEN_STATES and not blind,
        "statements": statement_lists.of_case(application, request.user) if has.statements else [],
        "tag": state_tag(application.state),
        "contact": contact,
        "may_begin": application.state == State.SUBMITTED and not contact.awaits_ruling and not blind,
        "may_assess": application.state == State.IN_ASSESSMENT,
        "may_hand_over": application.state == State.ASSESSED and not application.call.is_round,
    }
    return render(request, "assessments/application.html", context)


def _followed(request: HttpRequest, application: Application) -> HttpResponse:
    """The case as the officers' head reads it: nothing on the page changes anything."""
    file = case_file.read(application, request.user)
    versions = AssessmentVersion.objects.visible_to(request.user).filter(assessment__application=application)
    context = {
        "application": application,
        "file": file,
        "years": case_file.money_by_year([application, *file.history], readings.blind_for(request.user)),
        "late": lateness_tag(application.lateness),
        "events": _story(application, blind=False),
        "proposed": application.terms_at(TermsStage.PROPOSED),
        "newest_version": versions.order_by("-number").values_list("number", flat=True).first(),
        "tag": state_tag(application.state),
    }
    return render(request, "assessments/followed.html", context)


@requires(rules.case_reader)
@impartial_also_blind
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


def _story(application: Application, *, blind: bool) -> list[dict[str, Any]]:
    """The case's events, newest first, as the timeline shows them; to a blind reader without sums."""
    events = application.received_case.events.select_related("actor").order_by("-at", "-pk")
    if blind:
        events = events.exclude(kind=Event.Kind.AMOUNT_CHANGED)
    return [
        {
            "when": event.at,
            "text": event.get_kind_display() + (f": {event.detail}" if event.detail else ""),
            "who": str(event.actor or ""),
        }
        for event in events
    ]
