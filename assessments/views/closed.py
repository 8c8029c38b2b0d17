"""What a closed assessment shows: everything written, and its versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.dateparse import parse_datetime

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
    return {
        "written": as_read(freezing.content_of(assessment, beside.questions), beside.places),
        "versions": AssessmentVersion.objects.visible_to(user)
        .filter(assessment=assessment)
        .select_related("made_by")
        .order_by("-number"),
        "may_reopen": state == State.ASSESSED,
        "may_correct": state == State.BEFORE_COMMITTEE,
    }


def as_read(content: Mapping[str, Any], places: Iterable[Place]) -> dict[str, Any]:
    """A frozen content as the page shows it, with `places` that the reader may see as links."""
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


def visible_places(content: Mapping[str, Any], user: Any) -> list[Place]:
    """The other applications that a frozen content names, as far as `user` may see them; one query.

    Without addresses: a version is read as it was, and what it names may have moved since.
    """
    proofs = {fact["place"]: fact["proof"] for row in content["criteria"] for fact in row["facts"]}
    ids = {int(code.partition(":")[2]) for code in proofs if code.partition(":")[0] == EARLIER}
    seen = Application.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)
    hidden = {f"{EARLIER}:{pk}" for pk in ids - set(seen)}
    return [Place(code, "", proof, "") for code, proof in proofs.items() if code not in hidden]


def _criteria(rows: Iterable[Mapping[str, Any]], places: Mapping[str, Place]) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "tag": level_tag(row["level"]),
            "facts": [(fact["text"], places.get(fact["place"])) for fact in row["facts"]],
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
