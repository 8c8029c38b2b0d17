"""What a person does for their associations: register one, begin an application, follow them all."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants.applying import copying, drafts
from grants.associations import acting
from grants.associations.registration import AlreadyRegistered, register_association
from grants.forms.associations import AssociationForm, StartForm
from grants.models import Application, Association, Call
from grants.received.following import status
from portal.people import kept_form
from portal.people.rules import applicant, requires

ROWS_A_PAGE = 25


@requires(applicant)
def register(request: HttpRequest) -> HttpResponse:
    """Register an association; who came from a call goes back to it."""
    call = _call_they_came_from(request)
    form = AssociationForm(kept_form.data(request), initial={"email": getattr(request.user, "email", "")})
    if request.method == "POST" and form.is_valid():
        try:
            association = register_association(form.save(commit=False), request.user)
        except AlreadyRegistered:
            form.add_error("organisation_number", AssociationForm.already_registered())
        else:
            messages.success(
                request,
                _("%(name)s is registered. You manage it and sign for it.") % {"name": association.name},
            )
            return redirect("grants:start", call.pk) if call else redirect("grants:applications")
    breadcrumbs = [
        {"label": _("Our applications"), "url": reverse("grants:applications")},
        {"label": _("Register an association")},
    ]
    return render(
        request,
        "grants/register_association.html",
        {"form": form, "call": call, "breadcrumbs": breadcrumbs},
        status=422 if request.method == "POST" else 200,
    )


def _call_they_came_from(request: HttpRequest) -> Call | None:
    text = request.GET.get("omgang", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        return None
    return Call.objects.visible_to(request.user).filter(pk=int(text)).first()


@requires(applicant)
def start(request: HttpRequest, call_id: int) -> HttpResponse:
    """Choose the association and begin an application in an open call."""
    call = get_object_or_404(Call.objects.visible_to(request.user), pk=call_id)
    associations = Association.objects.visible_to(request.user)
    if not associations.exists():
        return redirect(f"{reverse('grants:register-association')}?omgang={call.pk}")
    form = StartForm(
        associations,
        kept_form.data(request),
        chosen=acting.chosen_id(request),
        earlier=copying.sources(call, request.user),
    )
    if request.method == "POST" and form.is_valid():
        try:
            draft = drafts.start(call, form.cleaned_data["association"], request.user)
            copied = copying.copy_answers(draft.pk, form.source, request.user) if form.source else []
        except drafts.DraftClosed as closed:
            messages.error(request, str(closed))
            return redirect("grants:call", call.pk)
        if copied:
            messages.success(
                request,
                ngettext(
                    "%(count)s answer is copied. Read it through in its task.",
                    "%(count)s answers are copied. Read them through, task by task.",
                    len(copied),
                )
                % {"count": len(copied)},
            )
        elif form.source:
            messages.info(request, _("There was nothing to copy: the questions are others this time."))
        return redirect("grants:application", draft.pk)
    earlier = (
        Application.objects.visible_to(request.user)
        .filter(call=call)
        .select_related("association", "call")
        .prefetch_related("signatures")
    )
    breadcrumbs = [
        {"label": _("Start page"), "url": reverse("home")},
        {"label": call.title, "url": reverse("grants:call", args=[call.pk])},
        {"label": _("Start an application")},
    ]
    return render(
        request,
        "grants/start.html",
        {
            "call": call,
            "form": form,
            "earlier": [(application, status(application)) for application in earlier[:10]],
            "breadcrumbs": breadcrumbs,
        },
        status=422 if request.method == "POST" else 200,
    )


@requires(applicant)
def applications(request: HttpRequest) -> HttpResponse:
    """All applications of the person's associations, or of the chosen one, and where new ones start."""
    associations = acting.own_associations(request)
    own = (
        Application.objects.visible_to(request.user)
        .with_completion()
        .filter(association__in=associations.values("pk"))
        .select_related("call", "association", "case")
        .prefetch_related("signatures")
        .order_by("-saved_at", "-pk")
    )
    page = Paginator(own, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "grants/applications.html",
        {
            "page_obj": page,
            "rows": [(application, status(application)) for application in page],
            "associations": list(associations),
            "open_calls": list(Call.objects.visible_to(request.user).open()),
        },
    )
