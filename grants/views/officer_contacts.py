"""The officers' contact register: notes, who keeps in touch, handing over."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants.associations import contact_register
from grants.associations.contact_register import CannotHandOver
from grants.forms.officer import ContactOfficerForm, HandOverForm, NoteForm, cases_of
from grants.models import ContactNote, ContactOfficer
from grants.views.officer import crumbs, known_association
from portal.people import kept_form, trail
from portal.people.rules import case_officer, requires


@requires(case_officer)
@trail.reads_people
def add_note(request: HttpRequest, association_id: int) -> HttpResponse:
    """Write down what was said."""
    association = known_association(request, association_id)
    form = NoteForm(cases_of(association.pk, request.user), kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        contact_register.write_note(association, request.user, **form.cleaned_data)
        messages.success(request, _("The note is saved."))
        return redirect("grants:known-association", association.pk)
    return render(
        request,
        "grants/paper_form.html",
        {
            "association": association,
            "title": _("New note"),
            "form": form,
            "submit": _("Save the note"),
            "back": reverse("grants:known-association", args=[association.pk]),
            "breadcrumbs": crumbs(association, _("New note")),
        },
        status=422 if request.method == "POST" else 200,
    )


@requires(case_officer)
@trail.reads_people
def follow_up(request: HttpRequest, association_id: int, note_id: int) -> HttpResponse:
    """Mark a note as followed up (POST)."""
    note = get_object_or_404(
        ContactNote.objects.visible_to(request.user), association=association_id, pk=note_id
    )
    if request.method == "POST":
        contact_register.follow_up(note.pk, request.user)
        messages.success(request, _("Marked as followed up."))
    return redirect("grants:known-association", association_id)


@requires(case_officer)
def contact_officer(request: HttpRequest, association_id: int) -> HttpResponse:
    """Choose who keeps in touch with the association."""
    association = known_association(request, association_id)
    held = ContactOfficer.objects.visible_to(request.user).current().filter(association=association).first()
    form = ContactOfficerForm(
        kept_form.data(request), initial={"officer": held.officer_id if held else request.user.pk}
    )
    if request.method == "POST" and form.is_valid():
        contact_register.set_contact_officer(association, form.cleaned_data["officer"], request.user)
        messages.success(request, _("The contact is saved."))
        return redirect("grants:known-association", association.pk)
    return render(
        request,
        "grants/paper_form.html",
        {
            "association": association,
            "title": _("Contact in the administration"),
            "form": form,
            "submit": _("Save"),
            "back": reverse("grants:known-association", args=[association.pk]),
            "breadcrumbs": crumbs(association, _("Contact in the administration")),
        },
        status=422 if request.method == "POST" else 200,
    )


@requires(case_officer)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Hand over all of one officer's associations to another in one act."""
    form = HandOverForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            count = contact_register.hand_over(
                form.cleaned_data["giver"], form.cleaned_data["taker"], request.user
            )
        except CannotHandOver as refused:
            form.add_error("taker", str(refused))
        else:
            text = ngettext(
                "%(count)s association is handed over to %(name)s.",
                "%(count)s associations are handed over to %(name)s.",
                count,
            )
            messages.success(request, text % {"count": count, "name": form.cleaned_data["taker"]})
            return redirect("grants:register")
    return render(
        request,
        "grants/paper_form.html",
        {
            "association": None,
            "title": _("Hand over associations"),
            "lead": _("All at once. The notes stay, and each association's history says who took over."),
            "form": form,
            "submit": _("Hand over all"),
            "back": reverse("grants:register"),
            "breadcrumbs": [
                {"label": _("Associations"), "url": reverse("grants:register")},
                {"label": _("Hand over associations")},
            ],
        },
        status=422 if request.method == "POST" else 200,
    )
