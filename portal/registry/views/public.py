"""Pages of the register for anyone: the public list, one case's entries, a request for documents."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.people import kept_form
from portal.people.limits import limited, posted, searched
from portal.people.rules import anyone, requires
from portal.registry import disclosing, public_register
from portal.registry.forms import RegisterSearch, RequestForm
from portal.registry.models import Case

PER_PAGE = 50


@requires(anyone)
@limited("search", applies=searched)
def register(request: HttpRequest) -> HttpResponse:
    """What came in and went out, the newest first."""
    form = RegisterSearch(request.GET)
    found = public_register.with_what_is_shown(public_register.records(**form.asked))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "entries": public_register.entries(page.object_list),
        "is_narrowed": any(form.asked.values()),
    }
    return render(request, "registry/public/register.html", context)


@requires(anyone)
@limited("search", applies=searched)
def cases(request: HttpRequest) -> HttpResponse:
    """All cases, the newest first."""
    form = RegisterSearch(request.GET)
    page = Paginator(public_register.cases(**form.asked), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "is_narrowed": any(form.asked.values())}
    return render(request, "registry/public/cases.html", context)


@requires(anyone)
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """What the register says of one case and its records."""
    shown = get_object_or_404(Case.objects.defer("protected_title"), pk=case_id)
    records = public_register.records().filter(case=shown).order_by("created_at", "pk")
    context = {
        "case": shown,
        "entries": public_register.entries(public_register.with_what_is_shown(records)),
        "breadcrumbs": [
            {"label": _("The register"), "url": reverse("registry:register")},
            {"label": shown.registry_number},
        ],
    }
    return render(request, "registry/public/case.html", context)


@requires(anyone)
@limited("submit", applies=posted)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask to read public documents, without saying who one is."""
    number = request.GET.get("arende", "")
    about = Case.objects.filter(pk=number).first() if number.isdecimal() else None
    initial = {"asked_for": about.registry_number} if about else {}
    form = RequestForm(kept_form.data(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        received = disclosing.receive(case=about, **form.cleaned_data)
        messages.success(
            request,
            _("We have your request. Its number is %(number)s; tell us the number if you call.")
            % {"number": received},
        )
        return redirect("registry:register")
    context = {"form": form, "about": about}
    return render(request, "registry/public/ask.html", context, status=422 if form.is_bound else 200)
