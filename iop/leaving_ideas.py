"""An association leaves an idea: a few lines, a case, an owner and a day to follow up, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from grants.models import Association
from grants.notices import tell
from iop import owners
from iop.models import Area, FollowUpRule, Idea, TargetGroup
from portal.registry.models import Authority, Event, Record

#: What the open register says: nothing of what the association thinks of (offentlighets- och sekretesslagen
#: 5:2).
PUBLIC_TITLE = "Idé från en förening"


@dataclass(frozen=True)
class Thought:
    """What the association wrote; a title is enough."""

    title: str
    text: str = ""
    area: Area | None = None
    target_groups: Iterable[TargetGroup] = ()


def leave(association: Association, thought: Thought, by: Any, authority: Authority | None = None) -> Idea:
    """Register an idea. Raises `owners.NobodyToOwn` when no officer could hold it; nothing is kept then."""
    owner = owners.owner_for(association)
    authority = authority or Authority.objects.order_by("pk")[0]
    now = timezone.now()
    today = timezone.localdate(now)
    groups = list(thought.target_groups)
    with transaction.atomic():
        case = authority.open_case(
            public_title=PUBLIC_TITLE,
            protected_title=f"Idé från {association.name}: {thought.title}"[:300],
            by=by,
        )
        idea = Idea.objects.create(
            case=case,
            association=association,
            title=thought.title,
            text=thought.text,
            area=thought.area,
            left_by=by,
            left_at=now,
            owner=owner,
            follow_up_on=today + timedelta(days=FollowUpRule.objects.days_on(today)),
        )
        idea.target_groups.set(groups)
        case.log(Event.Kind.IDEA_LEFT, by=by)
        case.log(Event.Kind.IDEA_OWNER, detail=str(owner)[:500])
        case.register(
            Record.Kind.IDEA,
            "Idé",
            by=by,
            content={
                "association": association.name,
                "title": idea.title,
                "text": idea.text,
                "area": idea.area.code if idea.area else "",
                "target_groups": [group.code for group in groups],
            },
        )
        owners.tell_owner(idea)
        tell([association.email], "Vi har tagit emot er idé", "mail/iop/idea_received.txt", {"idea": idea})
    return idea
