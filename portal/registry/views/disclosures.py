"""Requests for public documents, decided record by record, and copies with masking."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.documents.download import stream
from portal.people import kept_form, trail
from portal.people.rules import requires
from portal.registry import copying, disclosing, masking
from portal.registry.forms import DecisionForm, RequestForm
from portal.registry.models import Case, DisclosureRequest, MaskedCopy, Record, RecordFile, SecrecyMark
from portal.registry.rules import registrar
from portal.registry.views.pages import attempt, case_step, crumbs, form_page, known_case

PER_PAGE = 50


@requires(registrar)
def requests(request: HttpRequest) -> HttpResponse:
    """All requests, those that wait first."""
    seen = DisclosureRequest.objects.visible_to(request.user).select_related("case")
    found = seen.order_by("-closed_at", "received_at") if request.GET.get("alla") else seen.waiting()
    context = {
        "rows": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "all": bool(request.GET.get("alla")),
        "breadcrumbs": crumbs((_("Requests for documents"), "")),
    }
    return render(request, "registry/requests.html", context)


@requires(registrar)
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a request that came by telephone, mail or visit."""
    form = RequestForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        received = disclosing.receive(by=request.user, **form.cleaned_data)
        return redirect("registry:request", received.pk)
    return form_page(
        request,
        form,
        title=_("Enter a request"),
        intro=_("Do not ask who the person is or why they ask, more than the test needs."),
        submit=_("Enter"),
        back=reverse("registry:requests"),
        breadcrumbs=crumbs(
            (_("Requests for documents"), reverse("registry:requests")), (_("Enter a request"), "")
        ),
    )


def _known(request: HttpRequest, request_id: int) -> DisclosureRequest:
    seen = DisclosureRequest.objects.visible_to(request.user).select_related("case", "decision")
    return get_object_or_404(seen, pk=request_id)


@requires(registrar)
@trail.reads_people
def one(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request: its case, what is decided, and what is left to decide."""
    asked = _known(request, request_id)
    records = disclosing.records_to_try(asked, request.user)
    form = DecisionForm(asked, records, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        attempt(
            request,
            lambda: disclosing.decide(asked.pk, by=request.user, **written),
            _("The decision is noted."),
            disclosing.CannotDisclose,
        )
        return redirect("registry:request", asked.pk)
    context = {
        "asked": asked,
        "form": form,
        "decisions": asked.decisions.select_related("record", "decided_by"),
        "left": records.exclude(pk__in=asked.decisions.values("record")).count() if asked.case_id else 0,
        "marks": SecrecyMark.objects.standing().filter(case=asked.case_id).select_related("record"),
        "copies": asked.copies.select_related("document"),
        "breadcrumbs": crumbs((_("Requests for documents"), reverse("registry:requests")), (str(asked), "")),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "registry/request.html", context, status=status)


@requires(registrar)
def about(request: HttpRequest, request_id: int) -> HttpResponse:
    """Say which case a request is about (POST: `number`)."""
    asked = _known(request, request_id)
    if request.method == "POST":
        number = request.POST.get("number", "").strip()
        case = Case.objects.visible_to(request.user).filter(registry_number=number).first()
        if case is None:
            messages.error(request, _("There is no case with that number that you may see."))
        else:
            attempt(
                request,
                lambda: disclosing.set_case(asked.pk, case),
                _("The request is about %(number)s.") % {"number": number},
                disclosing.CannotDisclose,
            )
    return redirect("registry:request", request_id)


@requires(registrar)
def answer(request: HttpRequest, request_id: int) -> HttpResponse:
    """Close a request (POST); refusals become a written decision."""
    asked = _known(request, request_id)
    if request.method == "POST":
        answered = disclosing.answer(asked.pk, request.user)
        messages.success(
            request,
            _("The request is answered. The written decision is being made.")
            if answered.decision_id
            else _("The request is answered."),
        )
    return redirect("registry:request", request_id)


@requires(registrar)
def decision(request: HttpRequest, request_id: int) -> FileResponse:
    """The written decision of a request."""
    asked = _known(request, request_id)
    if asked.decision is None or asked.decision.file is None:
        raise Http404
    return stream(asked.decision.file, f"beslut-{asked}.pdf", inline=True)


@requires(registrar)
@trail.reads_people
def copy(request: HttpRequest, case_id: int) -> HttpResponse:
    """Choose records and what to mask in them; what looks protected is proposed."""
    case = known_case(request, case_id)
    seen = Record.objects.visible_to(request.user).filter(case=case, destruction=None)
    seen = seen.select_related("document", "case").prefetch_related("files")
    data = request.POST if request.method == "POST" else request.GET
    chosen = list(seen.filter(pk__in=[key for key in data.getlist("record") if key.isdecimal()]))
    proposals = masking.propose(chosen)
    about = DisclosureRequest.objects.visible_to(request.user).filter(case=case, closed_at=None)
    if request.method == "POST":
        codes = set(data.getlist("mask"))
        files = RecordFile.objects.filter(record__in=chosen, pk__in=_numbers(data.getlist("file")))
        made: list[MaskedCopy] = []
        if attempt(
            request,
            lambda: made.append(
                copying.make(
                    case,
                    chosen,
                    request.user,
                    proposals=[one for one in proposals if one.code in codes],
                    by_hand=data.get("words", "").splitlines(),
                    whole_files=list(files),
                    request=about.filter(pk__in=_numbers(data.getlist("request"))).first(),
                )
            ),
            _("The copy is being made. Read it before you hand it out."),
            copying.CannotCopy,
        ):
            return redirect("registry:masked-copy", made[0].pk)
    context: dict[str, Any] = {
        "case": case,
        "records": seen,
        "chosen": {record.pk for record in chosen},
        "proposals": proposals,
        "unticked": _unticked(request, proposals),
        "words": data.get("words", ""),
        "files": [file for record in chosen for file in record.files.all()],
        "requests": about,
        "breadcrumbs": crumbs(case_step(case), (_("Copy with masking"), "")),
    }
    return render(request, "registry/copy.html", context, status=422 if request.method == "POST" else 200)


def _numbers(values: list[str]) -> list[int]:
    return [int(value) for value in values if value.isdecimal()]


def _unticked(request: HttpRequest, proposals: list[masking.Proposal]) -> set[str]:
    """Every proposal is ticked until the registrar has said otherwise."""
    if request.method != "POST":
        return set()
    return {one.code for one in proposals} - set(request.POST.getlist("mask"))


@requires(registrar)
def masked_copy(request: HttpRequest, copy_id: int) -> HttpResponse:
    """A copy with its log."""
    seen = MaskedCopy.objects.visible_to(request.user).select_related("case", "document", "made_by")
    made = get_object_or_404(seen, pk=copy_id)
    records = Record.objects.in_bulk([row["record"] for row in made.log])
    context = {
        "copy": made,
        "log": [(records[row["record"]], row) for row in made.log],
        "files": made.files.all(),
        "breadcrumbs": crumbs(case_step(made.case), (_("Copy with masking"), "")),
    }
    return render(request, "registry/masked_copy.html", context)


@requires(registrar)
@trail.takes_out
def copy_file(request: HttpRequest, copy_id: int) -> FileResponse:
    """The PDF of a copy, once a worker has made it."""
    seen = MaskedCopy.objects.visible_to(request.user).select_related("case", "document__file")
    made = get_object_or_404(seen, pk=copy_id)
    if made.document is None or made.document.file is None:
        raise Http404
    return stream(made.document.file, f"kopia-{made.case.registry_number}.pdf", inline=True)
