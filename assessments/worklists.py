"""The officers' worklists: what is mine, nobody's, waiting for a reply, overdue."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from grants.models import Application, CompletionRequest
from grants.states import OPEN_STATES


class Worklist(models.TextChoices):
    """All of them but `ALL` hold only what officers still work on."""

    ALL = "all", _("All")
    MINE = "mine", _("Mine")
    UNASSIGNED = "unassigned", _("Unassigned")
    WAITING = "waiting", _("Waiting for reply")
    OVERDUE = "overdue", _("Overdue")

    def condition(self, user: Any) -> Q:
        """Which applications are in it, for a queryset that starts at `visible_to`."""
        match self:
            case Worklist.MINE:
                return _OPEN & Q(officer=user.pk)
            case Worklist.UNASSIGNED:
                return _OPEN & Q(officer=None)
            case Worklist.WAITING:
                return _OPEN & Q(pk__in=CompletionRequest.objects.open().values("application"))
            case Worklist.OVERDUE:
                return _OPEN & Q(pk__in=CompletionRequest.objects.overdue().values("application"))
        return Q()


_OPEN = Q(state__in=sorted(OPEN_STATES))
#: Those whose number can be told at once: they hold only what is open.
COUNTED = (Worklist.MINE, Worklist.UNASSIGNED, Worklist.WAITING, Worklist.OVERDUE)


def counts(user: Any) -> dict[str, int]:
    """How many applications each worklist holds, of those the person may see; one query."""
    found: dict[str, int] = (
        Application.objects.visible_to(user)
        .filter(_OPEN)
        .order_by()
        .aggregate(**{worklist.value: Count("pk", filter=worklist.condition(user)) for worklist in COUNTED})
    )
    return found
