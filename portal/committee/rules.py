"""Who may open the committee's pages where the rules of one role are not enough."""

from __future__ import annotations

from typing import Any

from portal.people import rules


def follows_decisions(user: Any) -> bool:
    """Secretary, case officers, chair and members: who works with what the committee has decided."""
    return rules.administration(user) or rules.committee_reader(user)
