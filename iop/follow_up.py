"""The joint follow-up of a year, and the evaluation: written together, agreed by all parties, then frozen.

Each party says yes to the whole as it stands, named by its checksum: whatever anybody changes afterwards,
in the joint text, a party's own view or what was delivered, asks all for another yes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from iop import follow_up_document, promised
from iop.follow_up_plan import opens_on
from iop.models import Agreement, FollowUp, Goal, Indicator, Party, PartyView, Reading
from iop.writing import Conflict, Refused
from portal.documents.work import order
from portal.registry.models import Event, Record

#: What the parties write together. The evaluation follows the chain from resources to worth for society.
YEARLY_TEXTS = ("reached", "survey", "story", "learned", "changes", "risks")
EVALUATION_TEXTS = (
    *("activities", "reached", "effect", "survey", "story", "society"),
    *("learned", "changes", "risks"),
)
#: What cannot be left out when all say yes.
NEEDED = {
    FollowUp.Kind.YEARLY: ("reached", "learned", "onward"),
    FollowUp.Kind.EVALUATION: ("activities", "reached", "effect", "society", "learned", "onward"),
}


def texts_of(kind: str) -> tuple[str, ...]:
    return EVALUATION_TEXTS if kind == FollowUp.Kind.EVALUATION else YEARLY_TEXTS


@dataclass(frozen=True)
class Written:
    """The joint text by field name, how to go on, and per indicator (id) its outcome and thoughts on it."""

    texts: Mapping[str, str]
    onward: str
    readings: Mapping[int, tuple[str, str]] = field(default_factory=dict)


def written(follow_up: FollowUp) -> Written:
    return Written(
        {name: getattr(follow_up, name) for name in texts_of(follow_up.kind)},
        follow_up.onward,
        {row.indicator_id: (row.value, row.text) for row in follow_up.readings.all()},
    )


def save(follow_up: FollowUp, data: Written, version: int) -> FollowUp:
    """Save the joint text, if it is at the version it was read at.

    Raises Conflict when somebody saved after that, and Refused when all have agreed already.
    """
    with transaction.atomic():
        current = _locked(follow_up)
        if current.version != version:
            raise Conflict(current)
        for name, text in data.texts.items():
            setattr(current, name, text)
        current.onward = data.onward
        current.version += 1
        current.save()
        own = set(Indicator.objects.filter(goal__agreement=current.agreement_id).values_list("pk", flat=True))
        for indicator_id, (value, text) in data.readings.items():
            if indicator_id in own:
                Reading.objects.update_or_create(
                    follow_up=current, indicator_id=indicator_id, defaults={"value": value, "text": text}
                )
    return current


def view_of(follow_up: FollowUp, party: Party) -> PartyView:
    """The party's own view; not saved yet when it has written none."""
    found = PartyView.objects.filter(follow_up=follow_up, party=party).first()
    return found or PartyView(follow_up=follow_up, party=party, version=0)


def write_view(
    follow_up: FollowUp, party: Party, worked: str, hindered: str, version: int, by: Any
) -> PartyView:
    """Save how a party itself sees it; `version` 0 when it had written nothing.

    Raises Conflict when a colleague saved meanwhile, and Refused when all have agreed already.
    """
    with transaction.atomic():
        current = view_of(_locked(follow_up), party)
        if current.version != version:
            raise Conflict(current)
        current.worked, current.hindered = worked, hindered
        current.version += 1
        current.written_by = by
        current.save()
    return current


def content_of(follow_up: FollowUp) -> dict[str, Any]:
    """The whole as it stands, as plain values in Swedish; codes stay codes."""
    agreement = (Agreement.objects.select_related("case", "area").prefetch_related("goals__indicators")).get(
        pk=follow_up.agreement_id
    )
    is_evaluation = follow_up.kind == FollowUp.Kind.EVALUATION
    rows = promised.rows_of(agreement, None if is_evaluation else follow_up.year)
    readings = {row.indicator_id: row for row in follow_up.readings.all()}
    views = follow_up.party_views.select_related("party__association", "party__unit")
    with translation.override("sv"):
        content = {
            "kind": follow_up.kind,
            "year": follow_up.year,
            "title": agreement.title,
            "registry_number": agreement.case.registry_number,
            "starts_on": agreement.starts_on,
            "ends_on": agreement.ends_on,
            "parties": [party.name for party in active_parties(agreement)],
            "texts": {name: getattr(follow_up, name) for name in texts_of(follow_up.kind)},
            "onward": follow_up.onward,
            "goals": [_goal(goal, readings) for goal in agreement.goals.all()],
            "promised": promised.as_content(rows),
            "views": [
                {"party": view.party.name, "worked": view.worked, "hindered": view.hindered} for view in views
            ],
        }
    plain: dict[str, Any] = json.loads(json.dumps(content, cls=DjangoJSONEncoder))
    return plain


def _goal(goal: Goal, readings: Mapping[int, Reading]) -> dict[str, Any]:
    return {
        "level": goal.level,
        "text": goal.text,
        "indicators": [
            {
                "text": indicator.text,
                "unit": indicator.unit,
                "baseline": indicator.baseline,
                "target": indicator.target,
                "value": readings[indicator.pk].value if indicator.pk in readings else "",
                "thoughts": readings[indicator.pk].text if indicator.pk in readings else "",
            }
            for indicator in goal.indicators.all()
        ],
    }


def checksum(follow_up: FollowUp) -> str:
    return Record.checksum(content_of(follow_up))


def active_parties(agreement: Agreement) -> list[Party]:
    return list(agreement.parties.filter(left_on=None).select_related("association", "unit"))


def missing(follow_up: FollowUp, party: Party) -> list[str]:
    """Names of what has to be written before the party can say yes; `own` stands for its own view."""
    lacking = [name for name in NEEDED[FollowUp.Kind(follow_up.kind)] if not getattr(follow_up, name).strip()]
    own = view_of(follow_up, party)
    return lacking if own.worked.strip() or own.hindered.strip() else [*lacking, "own"]


def agree(follow_up: FollowUp, party: Party, sha256: str, by: Any) -> bool:
    """A party's yes to the whole with this checksum; returns whether all have agreed and it is frozen.

    Raises Refused when it reads otherwise now, something is missing, it is too early, or it is frozen.
    """
    with transaction.atomic():
        current = _locked(follow_up)
        if timezone.localdate() < opens_on(current):
            raise Refused(_("It is too early: what you follow up is not over yet. What you wrote is saved."))
        if missing(current, party):
            raise Refused(_("Something is missing. Write it together first; the list says what."))
        content = content_of(current)
        if Record.checksum(content) != sha256:
            raise Refused(_("Somebody has changed it since you read it. Read it again before you say yes."))
        PartyView.objects.filter(follow_up=current, party=party).update(
            agreed_sha256=sha256, agreed_by=by, agreed_at=timezone.now()
        )
        parties = active_parties(current.agreement)
        agreed = list(
            current.party_views.filter(agreed_sha256=sha256, party__in=parties).select_related(
                "party__association", "party__unit"
            )
        )
        if len(agreed) < len(parties):
            return False
        _freeze(current, content, agreed, by)
    return True


def _freeze(follow_up: FollowUp, content: dict[str, Any], agreed: list[PartyView], by: Any) -> None:
    whole = content | {
        "content_sha256": Record.checksum(content),
        "agreed": [
            {"party": view.party.name, "at": timezone.localtime(view.agreed_at).isoformat()}
            for view in agreed
        ],
    }
    document = order(follow_up_document.source(whole))
    follow_up.content, follow_up.document, follow_up.finished_at = whole, document, timezone.now()
    follow_up.save(update_fields=["content", "document", "finished_at"])
    case = follow_up.agreement.case
    title = follow_up_document.heading(whole)
    case.register(Record.Kind.FOLLOW_UP, title, by=by, content=whole, document=document)
    case.log(Event.Kind.FOLLOWED_UP, by=by, detail=title)


def _locked(follow_up: FollowUp) -> FollowUp:
    current = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if current.finished_at is not None:
        raise Refused(_("All parties have said yes, so it can no longer be changed."))
    return current
