"""The registrar's pages: what waits, the cases with their protected titles, and one case."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.people import front_page, kept_form, trail
from portal.people.limits import limited, searched
from portal.people.rules import requires
from portal.registry import entering, public_register
from portal.registry.forms import EntryForm, MarkForm, RegisterSearch, TitleForm
from portal.registry.models import (
    ArchivePackage,
    Case,
    DisclosureRequest,
    Event,
    LegalHold,
    MaskedCopy,
    Record,
    SecrecyMark,
    TitleChanged,
)
from portal.registry.rules import registrar
from portal.registry.views.pages import case_step, crumbs, form_page, known_case

PER_PAGE = 50


@requires(registrar)
@limited("search", applies=searched)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, and all cases the registrar may see, found also by their protected titles."""
    form = RegisterSearch(request.GET)
    asked = form.asked
    found = Case.objects.visible_to(request.user)
    only_reopened = "reopened" in request.GET
    if only_reopened:
        found = found.reopened()
    if asked["year"]:
        found = found.filter(year=asked["year"])
    for word in asked["words"].split():
        found = found.filter(
            Q(registry_number__icontains=word)
            | Q(public_title__icontains=word)
            | Q(protected_title__icontains=word)
        )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    again = Case.objects.reopened().filter(pk__in=[row.pk for row in page])
    context = {
        "form": form,
        "rows": page,
        "reopened": set(again.values_list("pk", flat=True)),
        "is_narrowed": any(asked.values()) or only_reopened,
        "waiting": front_page.waiting(request.user),
    }
    return render(request, "registry/desk.html", context)


@requires(registrar)
@trail.reads_people
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case as the registrar sees it: titles, marks, records, requests, copies, holds and events."""
    shown = known_case(request, case_id)
    user = request.user
    records = (
        Record.objects.visible_to(user)
        .filter(case=shown)
        .select_related("register_entry", "destruction", "document")
        .prefetch_related("files", "secrecy_marks")
    )
    context = {
        "case": shown,
        "records": records,
        "marks": SecrecyMark.objects.visible_to(user).standing().filter(case=shown).select_related("record"),
        "requests": DisclosureRequest.objects.visible_to(user).filter(case=shown),
        "copies": MaskedCopy.objects.visible_to(user).filter(case=shown).select_related("document"),
        "hold": LegalHold.objects.visible_to(user).standing().filter(case=shown).first(),
        "packages": ArchivePackage.objects.visible_to(user).filter(case=shown),
        "events": Event.objects.visible_to(user).filter(case=shown).select_related("actor"),
        "latest_record": max((record.created_at for record in records), default=shown.opened_at),
        "breadcrumbs": crumbs((shown.registry_number, "")),
    }
    return render(request, "registry/case.html", context)


@requires(registrar)
def title(request: HttpRequest, case_id: int) -> HttpResponse:
    """Change the public and the protected title."""
    shown = known_case(request, case_id)
    records = Record.objects.visible_to(request.user).filter(case=shown).select_related("document")
    form = TitleForm(shown, records, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        try:
            shown.rename(
                public_title=written["public_title"],
                protected_title=written["protected_title"],
                seen=(written["seen_public"], written["seen_protected"]),
                by=request.user,
            )
        except TitleChanged:
            now = known_case(request, case_id)
            form = TitleForm(now, records)
            messages.error(
                request,
                _(
                    "Somebody else changed the titles while you wrote. Theirs are shown below; yours were: "
                    "%(yours)s"
                )
                % {"yours": f"{written['public_title']} / {written['protected_title'] or '–'}"},
            )
        else:
            messages.success(request, _("The titles are saved."))
            return redirect("registry:case", case_id)
    return form_page(
        request,
        form,
        title=_("Change the titles"),
        submit=_("Save the titles"),
        back=reverse("registry:case", args=[case_id]),
        breadcrumbs=crumbs(case_step(shown), (_("Change the titles"), "")),
    )


@requires(registrar)
def entry(request: HttpRequest, record_id: int) -> HttpResponse:
    """What the public register says of a record."""
    record = get_object_or_404(Record.objects.visible_to(request.user).select_related("case"), pk=record_id)
    form = EntryForm(record, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        entering.enter(record, request.user, **form.cleaned_data)
        messages.success(request, _("The public register is changed."))
        return redirect("registry:case", record.case_id)
    shown = public_register.entries(public_register.records().filter(pk=record.pk))[0]
    now = ", ".join(text for text in (shown.counterpart, shown.brief) if text)
    return form_page(
        request,
        form,
        title=_("What the public register says"),
        intro=_("It now says: %(text)s") % {"text": now or _("nothing; the record is marked as secret")},
        submit=_("Save"),
        back=reverse("registry:case", args=[record.case_id]),
        breadcrumbs=crumbs(case_step(record.case), (record.get_kind_display(), "")),
    )


@requires(registrar)
def mark(request: HttpRequest, case_id: int) -> HttpResponse:
    """Mark the case, or a record of it, as possibly secret."""
    shown = known_case(request, case_id)
    form = MarkForm(shown, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        entering.mark(shown, request.user, **form.cleaned_data)
        messages.success(request, _("The mark is set. It warns; each request is still tried."))
        return redirect("registry:case", case_id)
    return form_page(
        request,
        form,
        title=_("Mark as possibly secret"),
        intro=_(
            "A mark warns whoever gets a request; it decides nothing. The public register leaves out sender, "
            "receiver and brief content of what is marked."
        ),
        submit=_("Set the mark"),
        back=reverse("registry:case", args=[case_id]),
        breadcrumbs=crumbs(case_step(shown), (_("Mark as possibly secret"), "")),
    )


@requires(registrar)
def lift(request: HttpRequest, mark_id: int) -> HttpResponse:
    """Lift a mark (POST)."""
    found = get_object_or_404(SecrecyMark.objects.visible_to(request.user), pk=mark_id)
    if request.method == "POST" and entering.lift(found.pk, request.user):
        messages.success(request, _("The mark is lifted."))
    return redirect("registry:case", found.case_id)
