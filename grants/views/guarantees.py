"""A guarantor for a temporary group: asked by the group, answered by a signatory of the association."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.associations import guarantees
from grants.associations.members import NotPossible
from grants.forms.statements import AnswerGuaranteeForm, AskGuarantorForm
from grants.models import Application, Guarantee, Membership, may_sign
from portal.people import kept_form
from portal.people.rules import applicant, requires


@requires(applicant)
def guarantor(request: HttpRequest, application_id: int) -> HttpResponse:
    """Whom the group has asked and what they answered, and asking another."""
    application = get_object_or_404(
        Application.objects.visible_to(request.user)
        .drafts()
        .select_related("association", "call")
        .prefetch_related("terms__year_amounts"),
        pk=application_id,
    )
    if not application.association.is_temporary_group:
        raise Http404
    form = AskGuarantorForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            asked = guarantees.ask(application.pk, form.cleaned_data["organisation_number"], request.user)
        except NotPossible as refused:
            form.add_error("organisation_number", str(refused))
        else:
            messages.success(
                request,
                _("We have told the signatories of %(name)s by mail.") % {"name": asked.guarantor.name},
            )
            return redirect("grants:guarantor", application.pk)
    current = guarantees.current(application)
    declined = application.guarantees.exclude(declined_at=None).select_related("guarantor").first()
    return render(
        request,
        "grants/guarantor.html",
        {
            "application": application,
            "guarantee": current,
            "holds": guarantees.holds(current, application),
            "declined": declined if current is None else None,
            "form": form,
            "breadcrumbs": [
                {"label": _("Our applications"), "url": reverse("grants:applications")},
                {
                    "label": application.title or application.call.title,
                    "url": reverse("grants:application", args=[application.pk]),
                },
                {"label": _("An association that stands behind you")},
            ],
        },
        status=422 if request.method == "POST" else 200,
    )


@requires(applicant)
def guarantee(request: HttpRequest, guarantee_id: int) -> HttpResponse:
    """What the guarantor is asked to stand behind, for its own people, and its signatory's answer."""
    own = Membership.objects.current().held_by(request.user).values("association")
    shown = get_object_or_404(
        Guarantee.objects.visible_to(request.user)
        .filter(guarantor__in=own, withdrawn_at=None)
        .select_related("guarantor", "application__association", "application__call", "answered_by"),
        pk=guarantee_id,
    )
    sought = guarantees.sought(shown.application)
    form = AnswerGuaranteeForm(kept_form.data(request), seen=sought)
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["answer"] == "yes":
                guarantees.accept(shown.pk, request.user, seen=form.cleaned_data["seen"])
                text = _("Thank you. You stand behind the application.")
            else:
                guarantees.decline(shown.pk, request.user)
                text = _("You have said no. We have told the group that there is an answer.")
        except NotPossible as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, text)
        return redirect("grants:guarantee", shown.pk)
    return render(
        request,
        "grants/guarantee.html",
        {
            "guarantee": shown,
            "application": shown.application,
            "sought": sought,
            "holds": guarantees.holds(shown, shown.application),
            "may_answer": may_sign(request.user, shown.guarantor)
            and shown.application.is_draft
            and shown.declined_at is None,
            "form": form,
            "breadcrumbs": [
                {"label": _("Our associations"), "url": reverse("grants:associations")},
                {
                    "label": shown.guarantor.name,
                    "url": reverse("grants:association", args=[shown.guarantor_id]),
                },
                {"label": _("Stand behind a group")},
            ],
        },
        status=422 if request.method == "POST" else 200,
    )
