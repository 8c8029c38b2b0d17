"""How the demo's round is shared: three formulas on copies, and the officers' own amounts, chosen."""

from __future__ import annotations

from assessments import scenarios
from assessments.models import Scenario
from grants.models import Call
from portal.demo.second_views import oversight
from portal.people.models import User


def share(call: Call, officer: User) -> None:
    """Make the scenarios and choose the officers' own, which is what every case proposes already."""
    for facts in oversight()["scenarios"]:
        scenarios.create(call, facts["name"], facts["method"], officer, parameters=facts["parameters"])
    choice = oversight()["choice"]
    own = scenarios.create(call, choice["name"], Scenario.Method.BY_HAND, officer)
    scenarios.choose(own, choice["reason"], officer)
