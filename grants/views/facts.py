"""An association's facts: read, changed by group, confirmed each year, with their history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.associations import facts
from grants.associations.association_history import in_words, log_of
from grants.associations.association_reading import fact_rows, figure_table
from grants.associations.members import NotPossible
from grants.forms.facts import FactsForm, FiguresForm, OfficeHolderForm
from grants.models import Association, FactsConfirmation, OfficeHolder, YearlyFigures
from grants.views.people import crumbs, managed_association, own_association
from portal.people import kept_form
from portal.people.rules import applicant, requires

ROWS_A_PAGE = 25
#: How far back figures may be written.
YEARS_BACK = 5


def _manages(request: HttpRequest, association: Association) -> bool:
    return Association.objects.managed_by(request.user).filter(pk=association.pk).exists()


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


@requires(applicant)
def association(request: HttpRequest, association_id: int) -> HttpResponse:
    """The association's page: its facts by group, who holds its offices, its figures."""
    shown = own_association(request, association_id)
    manages = _manages(request, shown)
    confirmed = (
        FactsConfirmation.objects.visible_to(request.user)
        .filter(association=shown)
        .select_related("confirmed_by")
        .first()
    )
    return render(
        request,
        "grants/association.html",
        {
            "association": shown,
            "manages": manages,
            "groups": [
                (
                    group,
                    fact_rows(shown, group),
                    reverse("grants:facts", args=[shown.pk, group.code]) if manages else "",
                )
                for group in facts.GROUPS.values()
            ],
            "holders": list(
                OfficeHolder.objects.visible_to(request.user)
                .filter(association=shown)
                .order_by("office", "pk")
            ),
            "figures": figure_table(
                YearlyFigures.objects.visible_to(request.user).filter(association=shown)[:YEARS_BACK]
            ),
            "last_year": _last_year(),
            "confirmed": confirmed,
            "is_due": confirmed is None or confirmed.confirmed_at < timezone.now() - facts.CONFIRMED_LASTS,
            "next_confirmation": confirmed and confirmed.confirmed_at + timedelta(days=365),
            "breadcrumbs": [*crumbs(shown)[:-1], {"label": shown.name}],
        },
    )


def _last_year() -> int:
    """The year whose 31 December has passed."""
    return timezone.localdate().year - 1


@requires(applicant)
def confirm(request: HttpRequest, association_id: int) -> HttpResponse:
    """Say that the facts are right (POST)."""
    shown = managed_association(request, association_id)
    if request.method == "POST":
        try:
            facts.confirm_facts(shown.pk, request.user)
        except NotPossible as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Thank you. We ask again in a year."))
    return redirect("grants:association", shown.pk)


@requires(applicant)
def edit(request: HttpRequest, association_id: int, group: str) -> HttpResponse:
    """Change one group of facts."""
    shown = managed_association(request, association_id)
    if group not in facts.GROUPS:
        raise Http404
    chosen = facts.GROUPS[group]
    saved = fact_rows(shown, chosen)
    form = FactsForm(chosen, shown, kept_form.data(request))
    changed_meanwhile = False
    if request.method == "POST" and form.is_valid():
        try:
            facts.save_group(shown.pk, chosen, form.values, request.user, seen=form.cleaned_data["seen"])
        except NotPossible as refused:
            form.add_error(None, str(refused))
        except facts.ChangedMeanwhile:
            changed_meanwhile = True
            form = _seen_anew(form, chosen, association_id)
        else:
            messages.success(request, _("Saved. It counts from now on."))
            return redirect("grants:association", association_id)
    return render(
        request,
        "grants/facts_form.html",
        {
            "association": shown,
            "title": chosen.title,
            "form": form,
            "saved": saved if changed_meanwhile else [],
            "breadcrumbs": crumbs(shown, (str(chosen.title), "")),
        },
        status=_status(request),
    )


def _seen_anew(form: FactsForm, group: facts.Group, association_id: int) -> FactsForm:
    """The same form with what the person wrote; sent again, it counts as having seen what is saved now."""
    fresh = Association.objects.get(pk=association_id)
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["seen"] = facts.seen_of(fresh, group)
    again = FactsForm(group, fresh, data)
    again.full_clean()
    return again


@requires(applicant)
def office_holder(request: HttpRequest, association_id: int, holder_id: int | None = None) -> HttpResponse:
    """Add somebody who holds an office, or change who does; or take them away."""
    shown = managed_association(request, association_id)
    holder = OfficeHolder(association=shown)
    if holder_id is not None:
        holder = get_object_or_404(
            OfficeHolder.objects.visible_to(request.user), association=shown, pk=holder_id
        )
    back = redirect("grants:association", shown.pk)
    if request.method == "POST" and "remove" in request.POST and holder.pk:
        try:
            facts.remove_office_holder(shown.pk, holder.pk, request.user)
        except NotPossible as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("%(name)s is removed.") % {"name": holder.name})
        return back
    form = OfficeHolderForm(kept_form.data(request), instance=holder)
    if request.method == "POST" and form.is_valid():
        try:
            facts.save_office_holder(form.save(commit=False), request.user)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. It counts from now on."))
            return back
    title = _("Change an office holder") if holder.pk else _("Add an office holder")
    return render(
        request,
        "grants/facts_form.html",
        {
            "association": shown,
            "title": title,
            "form": form,
            "holder": holder if holder.pk else None,
            "breadcrumbs": crumbs(shown, (title, "")),
        },
        status=_status(request),
    )


@requires(applicant)
def figures(request: HttpRequest, association_id: int, year: int) -> HttpResponse:
    """The figures of 31 December of one year."""
    shown = managed_association(request, association_id)
    if not _last_year() - YEARS_BACK < year <= _last_year():
        raise Http404
    saved = YearlyFigures.objects.visible_to(request.user).filter(association=shown, year=year).first()
    form = FiguresForm(saved, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            facts.save_figures(shown.pk, year, form.cleaned_data, request.user)
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved. It counts from now on."))
            return redirect("grants:association", shown.pk)
    title = _("Members and board, 31 December %(year)s") % {"year": year}
    context: dict[str, Any] = {
        "association": shown,
        "title": title,
        "form": form,
        "breadcrumbs": crumbs(shown, (title, "")),
    }
    return render(request, "grants/figures_form.html", context, status=_status(request))


@requires(applicant)
def history(request: HttpRequest, association_id: int) -> HttpResponse:
    """Who changed what and when, for all who act for the association."""
    shown = own_association(request, association_id)
    page = Paginator(log_of(shown), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "grants/association_history.html",
        {
            "association": shown,
            "page_obj": page,
            "entries": in_words(list(page)),
            "breadcrumbs": crumbs(shown, (_("Changes"), "")),
        },
    )
