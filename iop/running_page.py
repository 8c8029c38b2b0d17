"""What a partnership's own page shows: promised and done, the next check-in, what was learned, documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from iop import promised
from iop.models import Addendum, Agreement, CheckIn, FollowUp
from iop.states import State
from portal.documents.templatetags.swedish_text import swedish_date
from portal.registry.models import Record

#: How many of the latest lessons the page shows.
MOST_LEARNED = 5
STATE_COLORS = {State.RUNNING: "success", State.PAUSED: "warning", State.ENDED: "neutral"}


@dataclass(frozen=True)
class Task:
    """A row of `parts/task_list.html`."""

    title: str
    url: str
    state_text: str
    state_color: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Year:
    """A year's promises and deliveries, with their picture."""

    year: int
    rows: Sequence[promised.Row]
    picture: SafeString | str


def years(agreement: Agreement) -> list[Year]:
    """Each year with something promised or delivered; two queries."""
    rows = promised.by_year(promised.rows_of(agreement))
    return [Year(year, of_year, promised.picture(of_year, year)) for year, of_year in rows.items()]


def of_today(years: Sequence[Year], today: date) -> Year | None:
    """The year that the page shows at once: the present one, else the last before, else the first."""
    if not years:
        return None
    past = [one for one in years if one.year <= today.year]
    return past[-1] if past else years[0]


def follow_up_tasks(agreement: Agreement, follow_ups: Sequence[FollowUp], today: date) -> list[Task]:
    return [
        Task(str(row), reverse("iop:follow-up", args=[agreement.pk, row.pk]), *_follow_up_state(row, today))
        for row in follow_ups
    ]


def _follow_up_state(row: FollowUp, today: date) -> tuple[str, str]:
    if row.finished_at is not None:
        return _("Agreed by all %(day)s") % {"day": swedish_date(row.finished_at)}, ""
    due = _("By %(day)s") % {"day": swedish_date(row.due_on)}
    if row.due_on < today:
        return due, "warning"
    return due, "info" if row.version > 1 else "neutral"


def addendum_tasks(agreement: Agreement, addenda: Sequence[Addendum]) -> list[Task]:
    colors = {
        Addendum.State.WRITING: "info",
        Addendum.State.BEFORE_COMMITTEE: "info",
        Addendum.State.TO_SIGN: "warning",
        Addendum.State.DROPPED: "neutral",
    }
    return [
        Task(
            str(row),
            reverse("iop:addendum", args=[agreement.pk, row.number]),
            str(row.get_state_display()),
            colors.get(Addendum.State(row.state), ""),
        )
        for row in addenda
    ]


def learned(check_ins: Sequence[CheckIn], follow_ups: Sequence[FollowUp]) -> list[dict[str, Any]]:
    """What the parties learned, the latest first: {day, text, changes}."""
    rows = [
        {"day": row.held_on, "text": row.learned, "changes": row.changes}
        for row in check_ins
        if row.held_on and (row.learned or row.changes)
    ]
    rows += [
        {"day": row.finished_at.date(), "text": row.learned, "changes": row.changes}
        for row in follow_ups
        if row.finished_at
    ]
    return sorted(rows, key=lambda row: str(row["day"]), reverse=True)[:MOST_LEARNED]


def documents(agreement: Agreement, user: Any) -> list[Record]:
    """The agreement, its addenda and follow-ups as registered, the latest first; one query."""
    kinds = (Record.Kind.AGREEMENT, Record.Kind.ADDENDUM, Record.Kind.FOLLOW_UP)
    records = Record.objects.visible_to(user).filter(case=agreement.case_id, kind__in=kinds)
    return list(records.select_related("document__file").order_by("-created_at", "-pk"))


def context(agreement: Agreement, user: Any, today: date) -> dict[str, Any]:
    """All that the page shows, in a constant number of queries."""
    check_ins = list(agreement.check_ins.filter(cancelled_at=None))
    follow_ups = list(agreement.follow_ups.order_by("due_on"))
    all_years = years(agreement)
    coming = [row for row in check_ins if row.held_on is None]
    return {
        "state_color": STATE_COLORS[State(agreement.state)],
        "parties": list(agreement.parties.select_related("association", "unit", "process_leader")),
        "year": of_today(all_years, today),
        "next_check_in": coming[0] if coming else None,
        "learned": learned(check_ins, follow_ups),
        "follow_ups": follow_up_tasks(agreement, follow_ups, today),
        "addenda": addendum_tasks(agreement, list(agreement.addenda.all())),
        "turns": list(agreement.turns.select_related("party__association", "party__unit").order_by("-pk")),
        "documents": documents(agreement, user),
        "renewed_by": Agreement.objects.visible_to(user).filter(renews=agreement).first(),
        "today": today,
    }
