"""The administrator's pages: who has which role, giving one and ending one."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.people import kept_form, roles, trail
from portal.people.models import Role, RoleAssignment
from portal.people.role_forms import EndRoleForm, GiveRoleForm
from portal.people.roles import CannotChange
from portal.people.rules import administrator, requires

ROWS_A_PAGE = 50
#: So long ended roles stay in the list.
SHOWN_AFTER_END = timedelta(days=365)


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": _("Roles"), "url": reverse("roles")}, {"label": label}]


@requires(administrator)
@trail.reads_people
def all_roles(request: HttpRequest) -> HttpResponse:
    """Who has which role today or later, and who had one during the last year."""
    since = timezone.localdate() - SHOWN_AFTER_END
    seen = (
        RoleAssignment.objects.visible_to(request.user)
        .filter(Q(valid_until=None) | Q(valid_until__gte=since))
        .select_related("user")
        .order_by("user__display_name", "user__email", "role", "pk")
    )
    if chosen := request.GET.get("role", ""):
        seen = seen.filter(role=chosen)
    context = {
        "page_obj": Paginator(seen, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "today": timezone.localdate(),
        "elected": roles.ELECTED,
        "choices": Role.choices,
        "chosen": chosen,
        "separation": roles.SEPARATION,
    }
    return render(request, "people/roles.html", context)


@requires(administrator)
def give_role(request: HttpRequest) -> HttpResponse:
    """Give somebody a role."""
    form = GiveRoleForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        try:
            given = roles.give(
                written["email"],
                written["name"],
                Role(written["role"]),
                written["first_day"],
                written["last_day"],
                by=request.user,  # type: ignore[arg-type]  # the rule lets in nobody else
            )
        except CannotChange as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("%(who)s: %(role)s.") % {"who": given.user, "role": given.get_role_display()}
            )
            return redirect("roles")
    context = {"form": form, "breadcrumbs": _crumbs(_("Give a role"))}
    return render(request, "people/give_role.html", context, status=422 if request.method == "POST" else 200)


@requires(administrator)
def end_role(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """End somebody's role."""
    seen = RoleAssignment.objects.visible_to(request.user).select_related("user")
    held = get_object_or_404(seen, pk=assignment_id)
    form = EndRoleForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            roles.end(held.pk, form.cleaned_data["last_day"], by=request.user)  # type: ignore[arg-type]
        except CannotChange as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The role is ended."))
            return redirect("roles")
    context = {"held": held, "form": form, "breadcrumbs": _crumbs(_("End a role"))}
    return render(request, "people/end_role.html", context, status=422 if request.method == "POST" else 200)
