"""The committee's pages: their entries in the menu, and what the audit trail calls them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.people.navigation import Entry


def follows_delegation(user: Any) -> bool:
    """Whose menu has the decisions by delegation; members reach them from their meetings."""
    return rules.administration(user) or rules.chair(user) or rules.auditor(user)


#: Pages that people reach from their meetings.
_OF_MEETINGS = ("../platser/", "../kalender/", "../dagordning/", "../protokoll/", "../beslut/")
MENU = (
    Entry(400, _("Officers' reports"), "committee:reports", rules.head),
    Entry(410, _("Chair's proposals"), "committee:chair", rules.chair),
    Entry(420, _("Matters"), "committee:matters", rules.secretary),
    Entry(430, _("Letters"), "committee:letters", rules.secretary),
    Entry(440, _("Meetings"), "committee:meetings", rules.committee_reader, _OF_MEETINGS),
    Entry(450, _("Decisions by delegation"), "committee:delegation", follows_delegation),
    Entry(460, _("Minutes"), "committee:approved-minutes", rules.auditor),
)
NAMES = {
    "report": _("Officers' reports"),
    "chair": _("Chair's proposals"),
    "seat": _("Seats"),
    "new-seat": _("Seats"),
    "end-seat": _("Seats"),
    "calendar": _("Calendar"),
    "renew-calendar": _("Calendar"),
    "matter": _("A matter to read"),
    "matters": _("Matters"),
    "appendi": _("Appendices of a matter"),
    "meeting": _("Meetings"),
    "new-meeting": _("New meeting"),
    "change-meeting": _("Change the meeting"),
    "meeting-minutes": _("Minutes"),
    "conflict": _("Conflict of interest"),
    "report-conflict": _("Conflict of interest"),
    "note": _("Your own notes"),
    "search": _("Search in the papers"),
    "desk": _("The secretary's page of a meeting"),
    "summon": _("Summons"),
    "room": _("In the meeting"),
    "open-meeting": _("In the meeting"),
    "close-meeting": _("In the meeting"),
    "item": _("In the meeting"),
    "undo": _("In the meeting"),
    "attendance": _("Attendance"),
    "let-serve": _("Attendance"),
    "pack": _("Pack of papers"),
    "copy": _("Pack of papers"),
    "part": _("A paper of the pack"),
    "change-item": _("Change the item"),
    "move-item": _("The agenda"),
    "take-off": _("The agenda"),
    "record": _("Record decision"),
    "extract": _("Extract from the minutes"),
    "approved-minutes": _("Minutes"),
    "minutes": _("Minutes"),
    "minutes-notice": _("Notice"),
    "appeal": _("Appeals"),
    "letter": _("Letters"),
    "delegation": _("Decisions by delegation"),
    "delegation-order": _("Delegation order"),
    "delegation-rule": _("Delegation order"),
    "delegation-new-rule": _("Delegation order"),
    "document": _("Documents that need hands"),
}
