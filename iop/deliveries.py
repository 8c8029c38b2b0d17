"""What each party says that it has contributed, and takes back when it was wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from iop.acting import party_of
from iop.models import Agreement, CheckIn, Delivery, Party
from iop.writing import Refused
from portal.people import rules


@dataclass(frozen=True)
class Written:
    """One contribution: whole kronor, whole hours or words; people are counted, never named."""

    kind: str
    on: date
    kronor: int | None = None
    hours: int | None = None
    women: int | None = None
    men: int | None = None
    text: str = ""


def parties_of(agreement: Agreement, user: Any) -> list[Party]:
    """The parties that the person speaks for here: their own; for case officers the city's units."""
    if rules.case_officer(user):
        return list(agreement.parties.filter(unit__isnull=False).select_related("unit", "association"))
    own = party_of(agreement, user)
    return [own] if own else []


def register(party: Party, data: Written, by: Any, check_in: CheckIn | None = None) -> Delivery:
    """Note what a party has contributed. Raises Refused on a day outside the agreement or after today."""
    agreement = party.agreement
    first, last = agreement.first_day, min(agreement.last_day, timezone.localdate())
    if not first <= data.on <= last:
        raise Refused(_("Choose a day within the agreement, today at the latest."))
    return Delivery.objects.create(
        agreement=agreement, party=party, check_in=check_in, written_by=by, **asdict(data)
    )


def take_back(delivery: Delivery, by: Any) -> None:
    """Take back what was wrong; it stays in the story and counts no more. A second time changes nothing."""
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
