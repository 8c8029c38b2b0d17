"""What every act of writing together begins with: the agreement is held, and the person may write in it.

Holding the agreement's row lets one act at a time change what it holds, so that a save, a yes and a freezing
never cross each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from iop.acting import party_of
from iop.models import Agreement, Party
from iop.states import State
from portal.people import rules
from portal.registry.models import Record, has_declared


class Refused(Exception):
    """The act is not possible now; the message tells the person why and what to do."""


class Conflict(Exception):
    """Somebody saved meanwhile; `current` is as they left it, and nothing was written."""

    def __init__(self, current: Any) -> None:
        super().__init__(f"{current!r} was saved by somebody else")
        self.current = current


@dataclass(frozen=True)
class Writer:
    """Who writes in a held agreement: for a party, or as the case officer who helps all of them."""

    agreement: Agreement
    person: Any
    party: Party | None


def hold(agreement: Agreement, states: Iterable[str], by: Any) -> Agreement:
    """Lock the agreement until the transaction ends. Raises Refused when it is in none of the states."""
    current = Agreement.objects.select_for_update(of=("self",)).select_related("case").get(pk=agreement.pk)
    if not Agreement.objects.visible_to(by).filter(pk=current.pk).exists():
        raise Refused(_("You no longer take part in this partnership."))
    if reason := reason_to_refuse(current, by):
        raise Refused(reason)
    if current.state not in states:
        raise Refused(
            _("The agreement is now: %(state)s. So this can no longer be done.")
            % {"state": current.get_state_display()}
        )
    return current


def begin_to_write(agreement: Agreement, by: Any) -> Writer:
    """Hold an agreement that is being written for somebody who writes in it. Raises Refused otherwise."""
    current = hold(agreement, [State.WRITING], by)
    party = party_of(current, by)
    if party is None and not rules.case_officer(by):
        raise Refused(_("Only the parties and the case officer write in the agreement."))
    return Writer(current, by, party)


def reason_to_refuse(agreement: Agreement, person: Any) -> str:
    """Why the person may not handle the agreement; empty when they may (kommunallagen 7:4 and 6:28).

    Who works for the city declares first. Nobody stands on both sides.
    """
    if not rules.handles_cases(person):
        return ""
    if not has_declared(agreement.case, person):
        return _("Declare first that you have no conflict of interest in this case.")
    sides = agreement.parties.filter(association__memberships__user_id=person.pk)
    if sides.filter(association__memberships__ended_at=None).exists():
        return _("You act for one of the associations yourself, so a colleague has to take part instead.")
    return ""


def fingerprint(rows: Iterable[Any]) -> str:
    """Tells whether rows that are shown on one page and saved together are still as they were read."""
    return Record.checksum([str(row) for row in rows])[:16]
