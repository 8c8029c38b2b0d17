"""The people of an association: who they are, inviting and changing them, leaving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.associations import acting, invitations, members
from grants.forms.people import InviteForm, RolesForm
from grants.models import Association, Invitation, Membership
from portal.people import kept_form, rules, trail
from portal.people.limits import always, limited
from portal.people.rules import anyone, applicant, requires


@dataclass(frozen=True)
class Person:
    """One person of an association with all that they may do."""

    user: Any
    roles: list[Membership]

    @property
    def on_behalf_of(self) -> str:
        return self.roles[0].on_behalf_of

    @property
    def has_run_out(self) -> bool:
        """Whether none of the roles counts any longer."""
        today = timezone.localdate()
        return all(role.valid_until is not None and role.valid_until < today for role in self.roles)


def own_association(request: HttpRequest, association_id: int) -> Association:
    """An association that the person acts for, or 404."""
    return get_object_or_404(Association.objects.visible_to(request.user), pk=association_id)


def managed_association(request: HttpRequest, association_id: int) -> Association:
    """An association that the person manages, or 404."""
    return get_object_or_404(Association.objects.managed_by(request.user), pk=association_id)


def crumbs(association: Association, *more: tuple[str, str]) -> list[dict[str, str]]:
    """The way to a page below an association."""
    return [
        {"label": _("Our associations"), "url": reverse("grants:associations")},
        {"label": association.name, "url": reverse("grants:association", args=[association.pk])},
        *({"label": label, "url": url} for label, url in more),
    ]


def _people_url(association: Association) -> str:
    return reverse("grants:people", args=[association.pk])


def _manages(request: HttpRequest, association: Association) -> bool:
    return Association.objects.managed_by(request.user).filter(pk=association.pk).exists()


@requires(applicant)
@trail.reads_people
def people(request: HttpRequest, association_id: int) -> HttpResponse:
    """Who acts for the association, for all of them; changing it is for those who manage it."""
    association = own_association(request, association_id)
    rows = (
        Membership.objects.visible_to(request.user)
        .filter(association=association, ended_at=None)
        .select_related("user")
        .order_by("user__display_name", "user__email", "role")
    )
    by_user: dict[int, Person] = {}
    for row in rows:
        by_user.setdefault(row.user_id, Person(row.user, [])).roles.append(row)
    found = list(by_user.values())
    today = timezone.localdate()
    signatories = association.memberships.current(today).filter(role=Membership.Role.SIGNATORY).count()
    return render(
        request,
        "grants/people.html",
        {
            "association": association,
            "people": [person for person in found if not person.has_run_out],
            "run_out": [person for person in found if person.has_run_out],
            "manages": _manages(request, association),
            "invitations": list(
                Invitation.objects.visible_to(request.user).filter(
                    association=association, accepted_at=None, withdrawn_at=None
                )
            ),
            "signatories_missing": max(0, association.signatures_needed - signatories),
            "breadcrumbs": crumbs(association, (_("Our people"), "")),
        },
    )


@requires(applicant)
def invite(request: HttpRequest, association_id: int) -> HttpResponse:
    """Invite somebody by mail."""
    association = managed_association(request, association_id)
    form = InviteForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        site = request.build_absolute_uri("/").rstrip("/")
        try:
            invitations.invite(
                association.pk, form.cleaned_data["email"], form.standing, request.user, site=site
            )
        except members.NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request,
                _("We have mailed an invitation to %(email)s. The link works for 14 days.")
                % {"email": form.cleaned_data["email"]},
            )
            return redirect("grants:people", association.pk)
    return render(
        request,
        "grants/person_form.html",
        {
            "association": association,
            "form": form,
            "title": _("Invite a person"),
            "lead": _("They get a link by mail, and act for the association when they have accepted."),
            "submit": _("Send the invitation"),
            "breadcrumbs": crumbs(
                association, (_("Our people"), _people_url(association)), (_("Invite a person"), "")
            ),
        },
        status=422 if request.method == "POST" else 200,
    )


@requires(applicant)
def withdraw(request: HttpRequest, association_id: int, invitation_id: int) -> HttpResponse:
    """Take an invitation back (POST)."""
    association = managed_association(request, association_id)
    if request.method != "POST":
        return redirect("grants:people", association.pk)
    try:
        invitations.withdraw(association.pk, invitation_id, request.user)
    except members.NotPossible as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The invitation is withdrawn. Its link no longer works."))
    return redirect("grants:people", association.pk)


@requires(applicant)
@trail.reads_people
def person(request: HttpRequest, association_id: int, user_id: int) -> HttpResponse:
    """What one person may do: shown and changed by those who manage the association."""
    association = managed_association(request, association_id)
    one = _person_or_404(request, association, user_id)
    form = RolesForm(kept_form.data(request), standing=members.standing_of(association, user_id))
    if request.method == "POST" and form.is_valid():
        try:
            members.change(association.pk, user_id, form.standing, request.user)
        except members.NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. It counts at once."))
            return redirect("grants:people", association.pk)
    return render(
        request,
        "grants/person_form.html",
        {
            "association": association,
            "form": form,
            "title": str(one),
            "lead": one.email if one.display_name else "",
            "submit": _("Save"),
            "breadcrumbs": crumbs(association, (_("Our people"), _people_url(association)), (str(one), "")),
        },
        status=422 if request.method == "POST" else 200,
    )


def _person_or_404(request: HttpRequest, association: Association, user_id: int) -> Any:
    row = (
        Membership.objects.visible_to(request.user)
        .filter(association=association, user_id=user_id, ended_at=None)
        .select_related("user")
    )
    return get_object_or_404(row[:1]).user


@requires(applicant)
def end_access(request: HttpRequest, association_id: int, user_id: int) -> HttpResponse:
    """Ask, then end a person's access: one's own, or somebody else's by those who manage the association."""
    is_own = user_id == request.user.pk
    fetch = own_association if is_own else managed_association
    association = fetch(request, association_id)
    one = _person_or_404(request, association, user_id)
    refused = ""
    if request.method == "POST":
        try:
            members.end_access(association.pk, user_id, request.user)
        except members.NotPossible as error:
            refused = str(error)
        else:
            return _access_ended(request, association, one, is_own=is_own)
    return render(
        request,
        "grants/end_access.html",
        {
            "association": association,
            "person": one,
            "is_own": is_own,
            "refused": refused,
            "breadcrumbs": crumbs(
                association,
                (_("Our people"), _people_url(association)),
                (_("Leave the association") if is_own else _("End the access"), ""),
            ),
        },
        status=422 if refused else 200,
    )


def _access_ended(request: HttpRequest, association: Association, one: Any, *, is_own: bool) -> HttpResponse:
    if is_own:
        acting.choose(request, None)
        messages.success(request, _("You no longer act for %(name)s.") % {"name": association.name})
        return redirect("grants:associations")
    messages.success(
        request,
        _("%(person)s no longer acts for the association. It counts at once.") % {"person": one},
    )
    return redirect("grants:people", association.pk)


@requires(anyone)
@limited("code", applies=always)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of an invitation leads: what it means, and accepting it once signed in."""
    found = invitations.find(token)
    refused = ""
    if request.method == "POST" and found is not None and request.user.is_authenticated:
        try:
            association = invitations.accept(found, request.user)
        except members.NotPossible as error:
            refused = str(error)
        else:
            messages.success(request, _("You now act for %(name)s.") % {"name": association.name})
            return redirect("grants:association", association.pk)
    if found is not None and found.accepted_at and found.accepted_by_id == request.user.pk:
        return redirect("grants:association", found.association_id)
    status = 404 if found is None else 422 if refused else 200 if found.is_waiting else 410
    return render(
        request,
        "grants/invitation.html",
        {
            "invitation": found if found is not None and found.is_waiting else None,
            "refused": refused,
            "may_accept": rules.applicant(request.user),
            "here": request.path,
        },
        status=status,
    )
