"""What there is to do around an agreement's clauses, as the task lists of its page show it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iop.advising import Counsel
from iop.models import Agreement
from portal.documents.templatetags.swedish_text import swedish_date


@dataclass(frozen=True)
class Task:
    """One row of a task list; an empty colour means that it is done."""

    title: str
    url: str
    state_text: str
    state_color: str = ""
    hint: str = ""


def preparing(agreement: Agreement, counsel: Counsel, is_assessed: bool) -> list[Task]:
    """The test that the parties answer together, and the assessment that must be signed."""
    answered = _("%(answered)s of %(asked)s answered") % {
        "answered": counsel.answered,
        "asked": counsel.asked,
    }
    return [
        Task(
            _("Is IOP right?"),
            _page("suitability", agreement),
            counsel.title if counsel.is_whole else answered,
            "" if counsel.is_whole else "info",
            _("Answered together. It gives advice with reasons, never a stop."),
        ),
        Task(
            _("Market, procurement and state aid"),
            _page("market", agreement),
            _("Signed") if is_assessed else _("Not signed yet"),
            "" if is_assessed else "warning",
            _("Written and signed by the case officer. Has to be signed before the committee."),
        ),
    ]


def promising(agreement: Agreement) -> list[Task]:
    """Facts, parties and promises; what has no meaning for a short partnership is left out."""
    counts = {
        "goals": agreement.goals.count(),
        "contributions": agreement.contributions.values("party").distinct().count(),
        "parties": agreement.parties.filter(left_on=None).count(),
        "budget": agreement.budget_rows.count(),
        "groups": agreement.steering_seats.count(),
        "plan": agreement.check_ins.count() + agreement.follow_ups.count(),
    }
    days = ""
    if agreement.starts_on and agreement.ends_on:
        days = f"{swedish_date(agreement.starts_on)} – {swedish_date(agreement.ends_on)}"
    giving = ngettext("%(n)s party contributes", "%(n)s parties contribute", counts["contributions"]) % {
        "n": counts["contributions"]
    }
    rows = [
        Task(_("Facts and days"), _page("agreement-facts", agreement), *_state(days, _("Days are missing"))),
        Task(
            _("Parties"),
            _page("parties", agreement),
            ngettext("%(n)s party", "%(n)s parties", counts["parties"]) % {"n": counts["parties"]},
        ),
        Task(_("Goals"), _page("goals", agreement), *_counted(counts["goals"])),
        Task(
            _("What we contribute"),
            _page("contributions", agreement),
            giving,
            "" if counts["contributions"] == counts["parties"] else "info",
        ),
        Task(_("Budget"), _page("budget", agreement), *_counted(counts["budget"])),
    ]
    if not agreement.is_short or counts["groups"]:
        rows.append(Task(_("Groups"), _page("groups", agreement), *_counted(counts["groups"])))
    rows.append(Task(_("Check-ins and follow-up"), _page("plan", agreement), *_counted(counts["plan"])))
    return rows


def _page(name: str, agreement: Agreement) -> str:
    return reverse(f"iop:{name}", args=[agreement.pk])


def _state(done: str, missing: str) -> tuple[str, str]:
    return (done, "") if done else (missing, "info")


def _counted(count: int) -> tuple[str, str]:
    if not count:
        return _("Nothing yet"), "info"
    return ngettext("%(n)s row", "%(n)s rows", count) % {"n": count}, ""
