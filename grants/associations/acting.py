"""For which of their associations a person acts now: a choice kept in the session.

It narrows lists and says where one is. It never opens anything: whatever it leads to is asked for through
`visible_to` like everything else.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from grants.models import Association
from portal.people.navigation import ACTING_FOR


def choose(request: HttpRequest, association: Association | None) -> None:
    """Act for one association, or for all of one's own."""
    if association is None:
        request.session.pop(ACTING_FOR, None)
    else:
        request.session[ACTING_FOR] = {"id": association.pk, "name": association.name}


def chosen_id(request: HttpRequest) -> int | None:
    """The chosen association, as long as the person still acts for it; one query when there is a choice."""
    choice = request.session.get(ACTING_FOR)
    if choice is None:
        return None
    if not Association.objects.visible_to(request.user).filter(pk=choice["id"]).exists():
        choose(request, None)
        return None
    return int(choice["id"])


def still_acting_for(user: Any) -> int | None:
    """The choice the start page goes by, unless the person no longer acts for it."""
    if not user.acting_for:
        return None
    found = Association.objects.visible_to(user).filter(pk=user.acting_for)
    return found.values_list("pk", flat=True).first()


def own_associations(request: HttpRequest) -> QuerySet[Association]:
    """The chosen association alone, or all that the person acts for."""
    own = Association.objects.visible_to(request.user)
    chosen = chosen_id(request)
    return own if chosen is None else own.filter(pk=chosen)
