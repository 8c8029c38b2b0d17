"""The pages of calls, applications and associations: entries in the menu, and names in the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.people.navigation import Entry

MENU = (
    Entry(100, _("Our applications"), "grants:applications", rules.applicant),
    Entry(110, _("Our associations"), "grants:associations", rules.applicant),
    Entry(220, _("Calls"), "grants:calls", rules.case_officer),
    Entry(230, _("Associations"), "grants:register", rules.case_officer),
    Entry(240, _("Payments"), "grants:payments", rules.finance),
    Entry(610, _("When grants are paid"), "grants:payment-rules", rules.administrator),
)
_OWN = _("The associations that somebody acts for")
_OWN_CASE = _("The association's application")
_ASKED = _("Completion")
_FACTS = _("The association's facts")
_PAPERS = _("The association's papers")
_PEOPLE = _("The association's people")
_ACCOUNT = _("Payment account")
NAMES = {
    "messages": _("Messages"),
    "officer-messages": _("Messages"),
    "unsent-file": _("Messages"),
    "news": _("New from associations"),
    "withdraw": _("Withdraw the application"),
    "withdraw-account": _ACCOUNT,
    "withdraw-invitation": _PEOPLE,
    "discard": _("Discarded drafts"),
    "print": _("Print"),
    "reminders": _("Reminders and calendar"),
    "renew-calendar": _("Reminders and calendar"),
    "calendar-feed": _("Reminders and calendar"),
    "late": _("Late application"),
    "complete": _ASKED,
    "hand-in": _ASKED,
    "hand-in-paper": _PAPERS,
    "reply-paper": _ASKED,
    "ask": _("Ask for completion"),
    "asked-paper": _OWN_CASE,
    "compare": _("Before and after"),
    "triage": _("Find the right way"),
    "call": _("A call"),
    "calls": _("Calls"),
    "new-call": _("Calls"),
    "new-question": _("A call"),
    "contacts": _("Whom to talk to"),
    "contact-officer": _("An association in the register"),
    "programme": _("Recurring windows"),
    "new-programme": _("Recurring windows"),
    "payment-rule": _("When grants are paid"),
    "new-payment-rule": _("When grants are paid"),
    "payments": _("Payments"),
    "payments-export": _("Payments"),
    "register": _("Associations"),
    "register-association": _("Register an association"),
    "hand-over-associations": _("Associations"),
    "known-association": _("An association in the register"),
    "known-paper": _PAPERS,
    "review-paper": _PAPERS,
    "verify-number": _("The association's number"),
    "change-number": _("The association's number"),
    "check-account": _("Check the account"),
    "decide-eligibility": _("The association's right to grants"),
    "cut-eligibility-short": _("The association's right to grants"),
    "add-note": _("Contacts with the association"),
    "follow-up": _("Contacts with the association"),
    "start": _("Start an application"),
    "associations": _OWN,
    "choose-association": _OWN,
    "association": _FACTS,
    "confirm-facts": _FACTS,
    "facts": _FACTS,
    "figures": _FACTS,
    "office-holder": _FACTS,
    "new-office-holder": _FACTS,
    "people": _PEOPLE,
    "person": _PEOPLE,
    "invite": _PEOPLE,
    "invitation": _("Invitation"),
    "end-access": _PEOPLE,
    "statement": _("The city's democracy conditions"),
    "guarant": _("Stand behind a group"),
    "paper": _PAPERS,
    "add-paper": _PAPERS,
    "take-back-paper": _PAPERS,
    "account": _ACCOUNT,
    "application": _OWN_CASE,
    "applications": _("The association's applications"),
    "section": _OWN_CASE,
    "attachment": _OWN_CASE,
    "promised-paper": _OWN_CASE,
    "versions": _("Earlier versions"),
    "signed-in-again": _OWN_CASE,
    "check": _("Check your answers"),
    "receipt": _("Receipt"),
    "answers": _("What you sent"),
}
