"""Co-operation: the log of an association and a unit, its picture, and overviews of each side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants.associations.acting import own_associations
from grants.models import Association
from iop import cooperating, cooperation_lists
from iop.cooperation_forms import EntryForm, PairForm
from iop.cooperation_picture import in_words, picture
from iop.models import Agreement, Cooperation, CooperationEntry, Level
from iop.rules import partner, writes_in_log
from iop.views.crumbs import Crumb, crumbs
from portal.people import kept_form
from portal.people.models import Unit
from portal.people.rules import applicant, requires

ROWS_A_PAGE = 25
ENTRIES_A_PAGE = 30
#: So many of the latest entries are drawn.
MOST_DRAWN = 200
#: Pictures on an overview; the other pairs stand in its table.
MOST_PICTURES = 12


def _trail(*steps: tuple[str, str] | str) -> list[Crumb]:
    return crumbs((_("Co-operation"), reverse("iop:cooperations")), *steps)


@requires(partner)
def cooperations(request: HttpRequest) -> HttpResponse:
    """Every pair that the person sees, with the latest level."""
    found = cooperation_lists.listed(request.user)
    if applicant(request.user):
        found = found.filter(association__in=own_associations(request))
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": cooperation_lists.with_levels(page),
        "may_begin": writes_in_log(request.user),
        "breadcrumbs": _trail(),
    }
    return render(request, "iop/cooperation/list.html", context)


@requires(writes_in_log)
def new_cooperation(request: HttpRequest) -> HttpResponse:
    """Choose association and unit; the log they have is opened, or begun."""
    user = request.user
    form = PairForm(
        cooperation_lists.associations_of(user), cooperation_lists.units_of(user), kept_form.data(request)
    )
    if request.method == "POST" and form.is_valid():
        pair = cooperating.between(form.cleaned_data["association"], form.cleaned_data["unit"])
        return redirect("iop:cooperation", pair.pk)
    title = _("A log together")
    context = {
        "form": form,
        "title": title,
        "lead": _("Association and unit share one log. Both write, and both read all of it."),
        "submit": _("Open the log"),
        "back": reverse("iop:cooperations"),
        "breadcrumbs": _trail(title),
    }
    return render(request, "iop/form.html", context, status=422 if request.method == "POST" else 200)


@requires(partner)
def cooperation(request: HttpRequest, cooperation_id: int) -> HttpResponse:
    """The log of a pair: its picture, agreements, entries, and a form to write another."""
    seen = Cooperation.objects.visible_to(request.user).select_related("association", "unit")
    pair = get_object_or_404(seen, pk=cooperation_id)
    form = EntryForm(kept_form.data(request)) if writes_in_log(request.user) else None
    if request.method == "POST" and form is not None and form.is_valid():
        fields = ("on", "kind", "level", "text", "role")
        happened = cooperating.Happened(**{name: form.cleaned_data[name] for name in fields})
        cooperating.write(pair, happened, request.user)
        messages.success(request, _("Written in the log."))
        return redirect("iop:cooperation", pair.pk)
    entries = CooperationEntry.objects.visible_to(request.user).filter(cooperation=pair)
    entries = entries.select_related("level")
    drawn = list(entries.order_by("-on", "-pk")[:MOST_DRAWN])
    page = Paginator(entries.select_related("written_by"), ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    theirs = set(pair.association.memberships.values_list("user", flat=True))
    agreements = Agreement.objects.visible_to(request.user).filter(parties__association=pair.association)
    context = {
        "pair": pair,
        "form": form,
        "page_obj": page,
        "entries": [(entry, entry.written_by_id in theirs) for entry in page],
        "drawn": drawn,
        "picture": picture(drawn, list(Level.objects.all()), str(pair), "levels") if drawn else "",
        "in_words": in_words(drawn) if drawn else "",
        "agreements": agreements.filter(parties__unit=pair.unit).distinct(),
        "breadcrumbs": _trail(str(pair)),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "iop/cooperation/pair.html", context, status=status)


@requires(partner)
def of_association(request: HttpRequest, association_id: int) -> HttpResponse:
    """All that an association does with the city's units, over time."""
    found = cooperation_lists.listed(request.user).filter(association=association_id)
    association = get_object_or_404(
        Association.objects.filter(pk__in=found.values("association"))
        | Association.objects.visible_to(request.user),
        pk=association_id,
    )
    return _overview(request, found, association.name)


@requires(partner)
def of_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """All that a unit does with associations, as far as the person sees it."""
    found = cooperation_lists.listed(request.user).filter(unit=unit_id)
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=unit_id)
    return _overview(request, found, unit.name)


def _overview(request: HttpRequest, found: Any, name: str) -> HttpResponse:
    """The pairs of one side, each with its picture; three queries however many there are."""
    page = Paginator(found, MOST_PICTURES).get_page(request.GET.get("page"))
    rows = cooperation_lists.with_levels(page)
    logs: dict[int, list[CooperationEntry]] = {row.pk: [] for row, _level in rows}
    entries = CooperationEntry.objects.visible_to(request.user).filter(cooperation__in=list(logs))
    levels = list(Level.objects.all())
    for entry in entries.select_related("level").order_by("-on", "-pk").defer("text"):
        logs[entry.cooperation_id].append(entry)
    context = {
        "name": name,
        "page_obj": page,
        "rows": [
            (
                row,
                level,
                logs[row.pk][:MOST_DRAWN],
                picture(logs[row.pk][:MOST_DRAWN], levels, str(row), f"levels-{row.pk}")
                if logs[row.pk]
                else "",
            )
            for row, level in rows
        ],
        "breadcrumbs": _trail(name),
    }
    return render(request, "iop/cooperation/overview.html", context)
