"""What the city owes partnerships, for who pays: the money that decisions bind for them, a payment a year.

The standard clause on economy pays the city's money at the beginning of each year, or of the co-operation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from grants.decided import decided
from grants.models import Association, Commitment, CommitmentSource, PaymentAccount
from grants.payables import Payable
from grants.payment_plan import Payment
from iop.models import Party
from iop.states import State


def payables(user: Any, today: date) -> list[Payable]:
    """This year's money and later years', in a constant number of queries.

    Cases in which the person proposed or decided, or has a conflict of interest, are not among them.
    """
    rows = list(_bound(user, today.year))
    decisions = decided({row.case_id for row in rows})
    associations = _associations({row.case_id for row in rows})
    accounts = _accounts({one.pk for own in associations.values() for one in own})
    found = []
    for row in rows:
        own = associations[row.case_id]
        one = own[0] if len(own) == 1 else None
        found.append(
            Payable(
                ", ".join(association.name for association in own),
                one.organisation_number or "" if one else "",
                row.registry_number,
                Payment(row.year, 1, 1, _month(row), row.amount),
                accounts.get(one.pk) if one else None,
                decisions.get(row.case_id),
                is_later_year=False,
                today=today,
                source=CommitmentSource.IOP,
                waits_for=_waits_for(row.state, len(own)),
            )
        )
    return found


def _bound(user: Any, first_year: int) -> Any:
    """What is bound for each partnership and year, as the ledger has it."""
    agreement = "case__agreement"
    bound = Commitment.objects.visible_to(user).filter(source=CommitmentSource.IOP, year__gte=first_year)
    return bound.annotate(
        registry_number=F("case__registry_number"),
        state=F(f"{agreement}__state"),
        starts_on=F(f"{agreement}__starts_on"),
    )


def _associations(cases: Collection[int]) -> dict[int, list[Association]]:
    """The associations of each case's agreement, in the agreement's order, without those that left."""
    found: dict[int, list[Association]] = defaultdict(list)
    parties = Party.objects.filter(agreement__case__in=cases, association__isnull=False, left_on=None)
    for party in parties.select_related("association").annotate(case=F("agreement__case")):
        found[party.case].append(party.association)
    return found


def _accounts(associations: Collection[int]) -> dict[int, PaymentAccount]:
    accounts = PaymentAccount.objects.effective().filter(association__in=associations)
    return {account.association_id: account for account in accounts}


def _month(row: Any) -> int:
    """The month of the year by whose end it is paid."""
    begins_then = row.starts_on is not None and row.starts_on.year == row.year
    return row.starts_on.month if begins_then else 1


def _waits_for(state: str, receivers: int) -> str:
    if state != State.RUNNING:
        return _("The partnership is not running: %(state)s") % {"state": State(state).label}
    if receivers != 1:
        return _("Read in the agreement which party is paid what")
    return ""
