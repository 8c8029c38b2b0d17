"""The officers' register of associations: the list, and all there is to know of one."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.associations.account_states import AccountState
from grants.associations.accounts import has_conflict
from grants.associations.association_reading import figure_table
from grants.associations.association_register import AssociationFilter, listed
from grants.models import (
    Application,
    Association,
    AssociationEvent,
    ContactNote,
    ContactOfficer,
    Eligibility,
    OfficeHolder,
    Paper,
    PaymentAccount,
    PromisedPaper,
    YearlyFigures,
)
from grants.received.following import Status
from portal.documents.download import stream
from portal.documents.templatetags.swedish_text import swedish_date
from portal.people import trail
from portal.people.rules import case_officer, checks_accounts, requires

ROWS_A_PAGE = 25
#: How many notes and events are shown; older ones are reached by their own pages.
ROWS_SHOWN = 50
YEARS_OF_FIGURES = 5


def known_association(request: HttpRequest, association_id: int) -> Association:
    """An association that the officer may see, or 404."""
    return get_object_or_404(
        Association.objects.visible_to(request.user).select_related("number_verified_by"),
        pk=association_id,
    )


def crumbs(association: Association, *labels: str) -> list[dict[str, str]]:
    """The way to a page below an association in the register."""
    return [
        {"label": _("Associations"), "url": reverse("grants:register")},
        {"label": association.name, "url": reverse("grants:known-association", args=[association.pk])},
        *({"label": label} for label in labels),
    ]


@requires(case_officer)
def register(request: HttpRequest) -> HttpResponse:
    """All associations: search, and what there is to do with them."""
    chosen = AssociationFilter(
        request.GET or None, queryset=Association.objects.visible_to(request.user), request=request
    )
    page = Paginator(listed(chosen.qs), ROWS_A_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    show = chosen.form["show"]
    return render(
        request,
        "grants/register.html",
        {
            "page_obj": page,
            "rows": [(row, _eligibility_tag(row.eligible_until, today)) for row in page],  # type: ignore[attr-defined]
            "form": chosen.form,
            "choices": [(str(value), label) for value, label in show.field.choices],
            "chosen": show.value() or "",
            "is_narrowed": any(request.GET.get(name) for name in ("q", "show")),
        },
    )


def _eligibility_tag(until: Any, today: Any) -> Status:
    if until is None:
        return Status(_("No status"), "neutral")
    day = {"day": swedish_date(until)}
    if until < today:
        return Status(_("Ran out %(day)s") % day, "warning")
    return Status(_("Eligible until %(day)s") % day, "success")


@requires(case_officer)
@trail.reads_people
def association(request: HttpRequest, association_id: int) -> HttpResponse:
    """One association: facts, number, status, account, papers, applications, contacts, history."""
    shown = known_association(request, association_id)
    user, today = request.user, timezone.localdate()
    periods = list(
        Eligibility.objects.visible_to(user)
        .filter(association=shown)
        .select_related("decided_by", "ended_by")
    )
    accounts = list(
        PaymentAccount.objects.visible_to(user)
        .filter(association=shown)
        .select_related("verified_by", "confirmed_by", "entered_by", "evidence")
    )
    contact = (
        ContactOfficer.objects.visible_to(user)
        .current()
        .filter(association=shown)
        .select_related("officer")
        .first()
    )
    notes = (
        ContactNote.objects.visible_to(user)
        .filter(association=shown)
        .select_related("written_by", "followed_up_by", "case")
    )
    context = {
        "association": shown,
        "people": _people(shown),
        "figures": figure_table(
            YearlyFigures.objects.visible_to(user).filter(association=shown)[:YEARS_OF_FIGURES]
        ),
        "offices": OfficeHolder.objects.visible_to(user).filter(association=shown),
        "contact": contact,
        "is_conflicted": has_conflict(user, shown),
        "status": _eligibility_tag(max((period.valid_until for period in periods), default=None), today),
        "periods": periods,
        "current_period": next(
            (period for period in periods if period.valid_from <= today <= period.valid_until), None
        ),
        "in_use": next((row for row in accounts if row.state == AccountState.EFFECTIVE), None),
        "waiting": next((row for row in accounts if row.is_waiting), None),
        "papers": Paper.objects.visible_to(user)
        .filter(association=shown)
        .select_related("type", "stored_file", "reviewed_by"),
        "promised": PromisedPaper.objects.visible_to(user)
        .filter(application__association=shown, paper=None)
        .select_related("type", "application__case"),
        "applications": _applications(user, shown),
        "notes": notes[:ROWS_SHOWN],
        "events": _story(user, shown),
        "breadcrumbs": [*crumbs(shown)[:1], {"label": shown.name}],
    }
    return render(request, "grants/known_association.html", context)


def _people(association: Association) -> list[tuple[str, str, str]]:
    """(name, roles, on behalf of) of those who act for the association today."""
    rows = (
        association.memberships.current()
        .select_related("user")
        .order_by("user__display_name", "user", "role")
    )
    found: dict[int, tuple[str, list[str], str]] = {}
    for row in rows:
        held = found.setdefault(row.user_id, (str(row.user), [], row.on_behalf_of))
        held[1].append(str(row.get_role_display()))
    return [(name, ", ".join(roles), behalf) for name, roles, behalf in found.values()]


def _applications(user: Any, association: Association) -> list[dict[str, Any]]:
    """What the officer may see of it over the years, with what was sought and granted, whole kronor."""
    rows = (
        Application.objects.visible_to(user)
        .filter(association=association)
        .select_related("call", "case")
        .prefetch_related("terms__year_amounts")
        .order_by("-submitted_at", "-pk")
    )
    return [
        {
            "application": row,
            "sought": row.applied.total if row.applied else None,
            "granted": row.decided.total if row.decided else None,
        }
        for row in rows
    ]


def _story(user: Any, association: Association) -> list[dict[str, Any]]:
    events = AssociationEvent.objects.visible_to(user).filter(association=association).select_related("actor")
    return [
        {
            "when": event.at,
            "text": event.get_kind_display() + (f": {event.detail}" if event.detail else ""),
            "who": str(event.actor or ""),
        }
        for event in events.order_by("-at", "-pk")[:ROWS_SHOWN]
    ]


@requires(case_officer)
@trail.reads_people
def paper_file(request: HttpRequest, association_id: int, paper_id: int) -> FileResponse:
    """A paper that the association has handed in."""
    found = get_object_or_404(
        Paper.objects.visible_to(request.user).select_related("stored_file"),
        association=association_id,
        pk=paper_id,
    )
    return stream(found.stored_file, found.filename)


@requires(checks_accounts)
@trail.reads_people
def account_evidence(request: HttpRequest, association_id: int, account_id: int) -> FileResponse:
    """What proves the number and the holder of an account."""
    found = get_object_or_404(
        PaymentAccount.objects.visible_to(request.user).select_related("evidence"),
        association=association_id,
        pk=account_id,
    )
    return stream(found.evidence, found.evidence_name)
