"""Who may open the committee's pages where the rules of one role are not enough."""

from __future__ import annotations

from typing import Any

from portal.people import rules


def prepares_matters(user: Any) -> bool:
    """Who puts papers beside a matter: the officers who wrote it and the secretary."""
    return rules.case_officer(user) or rules.secretary(user)


def reads_delegation(user: Any) -> bool:
    """Who reads the decisions by delegation and the order behind them: also an auditor."""
    return follows_decisions(user) or rules.auditor(user)


def reads_minutes(user: Any) -> bool:
    """Who reads the approved minutes of all meetings: also an auditor."""
    return follows_decisions(user) or rules.auditor(user)


def follows_decisions(user: Any) -> bool:
    """Secretary, case officers, chair and members: who works with what the committee has decided."""
    return rules.administration(user) or rules.committee_reader(user)
