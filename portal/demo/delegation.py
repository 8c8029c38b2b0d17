"""The demo committee's delegation order: who may decide what without a meeting, up to how much."""

from __future__ import annotations

from datetime import date

from portal.committee.models import Committee, DelegationRule
from portal.people.models import Role

#: Point, what may be decided, who decides, and at most how many kronor; no limit where no money is decided.
ORDER: tuple[tuple[str, str, Role, int | None], ...] = (
    ("4.1", "Ta emot eller avvisa en ansökan som har kommit in för sent", Role.CASE_OFFICER, None),
    ("4.2", "Bevilja utvecklingsbidrag till en förening", Role.CASE_OFFICER, 30_000),
    ("4.3", "Förlänga tiden för att redovisa ett bidrag", Role.CASE_OFFICER, None),
    ("6.1", "Besluta i brådskande ärenden som inte kan vänta till nästa sammanträde", Role.CHAIR, None),
)


def write_delegation_order(committee: Committee) -> None:
    """The points, in force since 2020."""
    DelegationRule.objects.bulk_create(
        DelegationRule(
            committee=committee,
            point=point,
            text=text,
            role=role,
            amount_limit=limit,
            valid_from=date(2020, 1, 1),
        )
        for point, text, role, limit in ORDER
    )
