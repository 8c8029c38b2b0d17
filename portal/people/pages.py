"""The pages of accounts and roles: their entries in the menu, and what the audit trail calls them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.people.navigation import Entry

MENU = (Entry(600, _("Roles"), "roles", rules.administrator),)
NAMES = {
    "home": _("Start page"),
    "accessibility": _("Accessibility statement"),
    "privacy": _("Personal data"),
    "openid": _("Signing in"),
    "end_session": _("Sign out a session"),
    "roles": _("Roles"),
    "give-role": _("Give a role"),
    "end-role": _("End a role"),
}
