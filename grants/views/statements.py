"""The city's conditions as an association reads and confirms them, version by version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.associations import conditions
from grants.associations.members import NotPossible
from grants.forms.statements import StatementForm
from grants.models import Application, ConditionsStatement, StatementConfirmation
from grants.views.people import crumbs, own_association
from portal.people import kept_form
from portal.people.rules import applicant, requires


@requires(applicant)
def statements(request: HttpRequest, association_id: int) -> HttpResponse:
    """Which versions there are, and which the association has confirmed."""
    association = own_association(request, association_id)
    confirmed = {
        row.statement_id: row
        for row in StatementConfirmation.objects.visible_to(request.user)
        .filter(association=association)
        .select_related("confirmed_by")
    }
    today = timezone.localdate()
    found = (
        ConditionsStatement.objects.visible_to(request.user)
        .filter(valid_from__lte=today)
        .select_related("authority")
        .order_by("authority", "-valid_from")
    )
    newest: dict[int, int] = {}
    for row in found:
        newest.setdefault(row.authority_id, row.pk)
    return render(
        request,
        "grants/statements.html",
        {
            "association": association,
            "rows": [
                (row, confirmed.get(row.pk), newest[row.authority_id] == row.pk)
                for row in found
                if row.pk in confirmed or newest[row.authority_id] == row.pk
            ],
            "breadcrumbs": crumbs(association, (_("Conditions"), "")),
        },
    )


@requires(applicant)
def statement(request: HttpRequest, association_id: int, statement_id: int) -> HttpResponse:
    """One version with its nine conditions: who confirmed it, or the form that does."""
    association = own_association(request, association_id)
    shown = get_object_or_404(
        ConditionsStatement.objects.visible_to(request.user).select_related("authority"), pk=statement_id
    )
    form = StatementForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            conditions.confirm(association, shown, request.user, form.cleaned_data["explanation"])
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("You have confirmed the conditions for %(name)s.")
                             % {"name": association.name})  # fmt: skip
            came_from = _application_they_came_from(request)
            if came_from is not None:
                return redirect("grants:application", came_from.pk)
            return redirect("grants:statement", association.pk, shown.pk)
    confirmation = (
        StatementConfirmation.objects.visible_to(request.user)
        .filter(association=association, statement=shown)
        .select_related("confirmed_by")
        .first()
    )
    return render(
        request,
        "grants/statement.html",
        {
            "association": association,
            "statement": shown,
            "confirmation": confirmation,
            "may_confirm": conditions.may_confirm(association, request.user),
            "form": form,
            "breadcrumbs": crumbs(
                association,
                (_("Conditions"), reverse("grants:statements", args=[association.pk])),
                (_("Version %(version)s") % {"version": shown.version}, ""),
            ),
        },
        status=422 if request.method == "POST" else 200,
    )


def _application_they_came_from(request: HttpRequest) -> Application | None:
    text = request.GET.get("ansokan", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        return None
    return Application.objects.visible_to(request.user).filter(pk=int(text)).first()
