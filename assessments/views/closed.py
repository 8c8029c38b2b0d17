"""What a closed assessment shows: everything written, and its versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from assessments import freezing
from assessments.facts import EARLIER, Place
from assessments.models import Assessment, AssessmentVersion, CheckOutcome, Criterion
from assessments.texts_form import Beside
from assessments.views.tags import level_tag
from grants.models import Application, GrantType, Outcome, Referral
from grants.states import State


def closed_context(user: Any, assessment: Assessment, beside: Beside) -> dict[str, Any]:
    """The assessment as it stands, for the closed page."""
    state = assessment.application.state
    freezing.complete(assessment)
    [content] = seen_by(user, freezing.content_of(assessment, beside.questions))
    return {
        "written": as_read(content, beside.places),
        "versions": AssessmentVersion.objects.visible_to(user)
        .filter(assessment=assessment)
        .select_related("made_by")
        .order_by("-number"),
        "may_reopen": state == State.ASSESSED,
        "may_correct": state == State.BEFORE_COMMITTEE,
    }


def as_read(content: Mapping[str, Any], places: Iterable[Place] = ()) -> dict[str, Any]:
    """A frozen content as the page shows it; what proves a fact is a link where `places` holds it."""
    proposal = content["proposal"]
    return {
        **content["texts"],
        "previous_amount": content["previous_amount"],
        "outcome": Outcome(proposal["outcome"]).label,
        "is_grant": any(proposal.get("amounts", {}).values()),
        "grant_type": GrantType(proposal["grant_type"]).label if proposal.get("grant_type") else "",
        "amounts": list(proposal.get("amounts", {}).items()),
        "referral": Referral(proposal["referral"]).label if proposal.get("referral") else "",
        "referred_to": proposal.get("referred_to", ""),
        "conditions": proposal.get("conditions", ""),
        "reports": [(year, date.fromisoformat(day)) for year, day in proposal.get("reports", {}).items()],
        "criteria": _criteria(content["criteria"], {place.code: place for place in places}),
        "checks": [
            (row["point"], CheckOutcome.Outcome(row["outcome"]).label, row["note"])
            for row in content["checks"]
        ],
        "second_reading": _second_reading(content["second_reading"]),
        "statements": [
            {**row, "answered_at": parse_datetime(row["answered_at"])} for row in content["statements"]
        ],
    }


def seen_by(user: Any, *contents: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Frozen contents without the other applications' names that `user` may not see; one query."""
    named = {fact["place"] for content in contents for row in content["criteria"] for fact in row["facts"]}
    ids = {int(key) for kind, _colon, key in (code.partition(":") for code in named) if kind == EARLIER}
    seen = Application.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)
    hidden = {f"{EARLIER}:{pk}" for pk in ids - set(seen)}
    return [
        {
            **content,
            "criteria": [
                {**row, "facts": [_without(hidden, fact) for fact in row["facts"]]}
                for row in content["criteria"]
            ],
        }
        for content in contents
    ]


def _without(hidden: set[str], fact: Mapping[str, str]) -> Mapping[str, str]:
    return {**fact, "proof": _("Something you may not see")} if fact["place"] in hidden else fact


def _criteria(rows: Iterable[Mapping[str, Any]], places: Mapping[str, Place]) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "tag": level_tag(row["level"]),
            "facts": [(fact["text"], fact["proof"], places.get(fact["place"])) for fact in row["facts"]],
        }
        for row in rows
    ]


def _second_reading(reading: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if reading is None:
        return None
    return {
        **reading,
        "judgements": [
            {**row, "title": Criterion(row["criterion"]).label, "tag": level_tag(row["level"])}
            for row in reading["judgements"]
        ],
    }
