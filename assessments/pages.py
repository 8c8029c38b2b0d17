"""The pages of cases and assessments: entries in the menu, and names in the audit trail."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.people.navigation import Entry


def only_reads_frames(user: Any) -> bool:
    """Whose menu has the frames; case officers reach them from their rounds."""
    return rules.reads_ledger(user) and not rules.case_officer(user)


MENU = (
    Entry(200, _("Applications"), "assessments:queue", rules.case_reader),
    Entry(210, _("Rounds"), "assessments:rounds", rules.case_reader),
    Entry(250, _("The frames"), "assessments:frames", only_reads_frames),
    Entry(260, _("Second readings"), "assessments:readings", rules.reader),
    Entry(270, _("Statements"), "assessments:statements", rules.unit_contact),
)
_ASSESSMENT = _("The assessment")
_SCENARIO = _("Ways to share the frame")
NAMES = {
    "queue": _("Applications"),
    "export": _("The list of applications"),
    "application": _("An application's case"),
    "assign": _("Applications"),
    "paper": _("Enter an application on paper"),
    "comparables": _("Comparable associations"),
    "compared": _("Compared with other applications"),
    "declare": _("Conflict of interest"),
    "check": _("Formal check"),
    "registry-entry": _("Registry entry"),
    "begin": _ASSESSMENT,
    "assess": _ASSESSMENT,
    "ready": _ASSESSMENT,
    "reopen": _ASSESSMENT,
    "correct": _ASSESSMENT,
    "version": _ASSESSMENT,
    "single": _("To the committee"),
    "hand-over": _("To the committee"),
    "reading": _("Second readings"),
    "choose-reader": _("Second readings"),
    "both-views": _("Both views side by side"),
    "statement": _("Statements"),
    "hand-in-statement": _("Statements"),
    "ask-statement": _("Statements"),
    "withdraw-statement": _("Statements"),
    "round": _("Rounds"),
    "anchors": _("What the levels mean"),
    "calibration": _("How the levels spread"),
    "amounts": _("Rounds"),
    "scenario": _SCENARIO,
    "new-scenario": _SCENARIO,
    "compare-scenarios": _SCENARIO,
    "rename-scenario": _SCENARIO,
    "choose-scenario": _SCENARIO,
    "frame": _("The frames"),
}
