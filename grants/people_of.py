"""Who acts for associations, for mail: one place that knows who still does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from grants.models import Membership


def people_of(association_ids: Iterable[int]) -> dict[int, set[int]]:
    """Association → the ids of its people who can sign in; one query."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = Membership.objects.current().filter(association__in=set(association_ids), user__is_active=True)
    for association_id, user_id in rows.values_list("association", "user"):
        found[association_id].add(user_id)
    return found
