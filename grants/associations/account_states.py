"""The states of a payment account and the moves between them, readable as a table."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountState(models.TextChoices):
    ENTERED = "entered", _("Waits to be checked")
    VERIFIED = "verified", _("Checked once, waits for a second officer")
    EFFECTIVE = "effective", _("In use")
    REFUSED = "refused", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Taken back")
    REPLACED = "replaced", _("Replaced")


#: What the officers have yet to settle.
WAITING_STATES = frozenset({AccountState.ENTERED, AccountState.VERIFIED})

#: (from, to): who moves it (grants.associations.accounts).
TRANSITIONS = {
    (AccountState.ENTERED, AccountState.VERIFIED): "a case officer, holder and number against evidence",
    (AccountState.VERIFIED, AccountState.EFFECTIVE): "a second case officer",
    (AccountState.ENTERED, AccountState.REFUSED): "a case officer, with a reason",
    (AccountState.VERIFIED, AccountState.REFUSED): "a case officer, with a reason",
    (AccountState.ENTERED, AccountState.WITHDRAWN): "the association takes it back or enters another",
    (AccountState.VERIFIED, AccountState.WITHDRAWN): "the association takes it back or enters another",
    (AccountState.EFFECTIVE, AccountState.REPLACED): "another account comes into use",
}
