"""The home page of partnerships: what each person does next, put together by the room's parts.

A part registers a maker of things to do in `IopConfig.ready`. Makers are called with the person on each
visit, count in few queries, and only through `visible_to`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from iop.models import Idea, Need, NeedAnswer
from portal.documents.templatetags.swedish_text import swedish_date
from portal.people import rules
from portal.people.models import Unit

#: As many of each kind as the page holds; the rest stand in their lists.
MOST = 8


@dataclass(frozen=True)
class ToDo:
    """Something to do: a link, and how it stands in words with a tag's colour."""

    title: str
    url: str
    state_text: str = ""
    state_color: str = "info"
    hint: str = ""


Maker = Callable[[Any], Iterable[ToDo]]
_makers: list[Maker] = []


def register(maker: Maker) -> None:
    """Add a maker of things to do; registering the same again changes nothing."""
    if maker not in _makers:
        _makers.append(maker)


def to_do(user: Any) -> list[ToDo]:
    return [row for make in _makers for row in make(user)]


def ideas_to_do(user: Any) -> Iterable[ToDo]:
    """An officer's own open ideas, the first to follow up on top; an association's with a new answer."""
    if rules.case_officer(user):
        held = Idea.objects.visible_to(user).open().filter(owner=user)
        for idea in held.select_related("association").order_by("follow_up_on", "pk")[:MOST]:
            yield ToDo(
                idea.title,
                reverse("iop:idea", args=[idea.pk]),
                _("The day has passed")
                if idea.is_overdue
                else _("By %(day)s") % {"day": swedish_date(idea.follow_up_on)},
                "danger" if idea.is_overdue else "info",
                idea.association.name,
            )


def answers_to_do(user: Any) -> Iterable[ToDo]:
    """Answers to the needs of a contact's units that nobody has replied to, and needs not published."""
    if not rules.unit_contact(user):
        return
    own = Unit.objects.with_contact(user).values("pk")
    waiting = NeedAnswer.objects.visible_to(user).filter(need__unit__in=own, replied_at=None)
    for given in waiting.select_related("need", "association").order_by("answered_at")[:MOST]:
        yield ToDo(
            _("Reply to %(name)s") % {"name": given.association.name},
            reverse("iop:need-reply", args=[given.pk]),
            _("Waits for your reply"),
            "warning",
            given.need.title,
        )
    for need in Need.objects.visible_to(user).filter(unit__in=own, published_at=None)[:MOST]:
        yield ToDo(need.title, reverse("iop:need", args=[need.pk]), _("Not published"), "neutral")
