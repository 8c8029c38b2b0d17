"""Ideas in lists: an officer's own, the overdue, all; and what the start page and the mail say of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from grants import reminders
from grants.reminders import Due, Kind
from iop import owners
from iop.models import Area, Idea, TargetGroup
from portal.people import rules
from portal.people.front_page import Waiting

VIEWS = (
    ("mine", _("Mine")),
    ("overdue", _("Overdue")),
    ("open", _("All open")),
    ("ended", _("Answered")),
)


class IdeaFilter(django_filters.FilterSet):
    """Whose and how far, the area and the group it is about; chosen in the address."""

    view = django_filters.ChoiceFilter(choices=VIEWS, method="of_view")
    area = django_filters.ModelChoiceFilter(
        label=_("Area"), queryset=Area.objects.all(), to_field_name="code", empty_label=_("All areas")
    )
    group = django_filters.ModelChoiceFilter(
        label=_("Whom it is about"),
        field_name="target_groups",
        queryset=TargetGroup.objects.all(),
        to_field_name="code",
        empty_label=_("All groups"),
    )

    class Meta:
        model = Idea
        fields = ["view", "area", "group"]

    def of_view(self, queryset: Any, name: str, value: str) -> Any:
        if value == "mine":
            return queryset.open().filter(owner=self.request.user)
        if value == "overdue":
            return queryset.overdue(timezone.localdate())
        return queryset.open() if value == "open" else queryset.exclude(outcome="")


def listed(rows: QuerySet[Idea]) -> QuerySet[Idea]:
    """The rows with what a list shows of each; the first to follow up on top, answered ones newest first."""
    return (
        rows.select_related("association", "case", "owner", "area")
        .prefetch_related("target_groups")
        .order_by("outcome", "follow_up_on", "-ended_at", "pk")
    )


def waiting(user: Any) -> Iterable[Waiting]:
    """An officer's own ideas to follow up, and those of others that are overdue."""
    if not rules.case_officer(user):
        return
    today, url = timezone.localdate(), reverse("iop:ideas")
    seen = Idea.objects.visible_to(user)
    own = seen.open().filter(owner=user, follow_up_on__lte=today).count()
    others = seen.overdue(today).exclude(owner=user).count()
    if own:
        yield Waiting(own, ngettext("idea to follow up", "ideas to follow up", own), f"{url}?view=mine")
    if others:
        text = ngettext("colleague's idea is overdue", "colleagues' ideas are overdue", others)
        yield Waiting(others, text, f"{url}?view=overdue")


def _overdue(now: datetime) -> Iterable[Due]:
    """Who holds overdue ideas, once a day and person until they are followed up."""
    today = timezone.localtime(now).date()
    able = owners.officers().values("pk")
    rows = Idea.objects.overdue(today).filter(owner__in=able).order_by().values_list("owner")
    for owner_id, number in rows.annotate(number=Count("pk")):
        yield Due(owner_id, f"ideas:{today}", str(number))


def register_reminders() -> None:
    reminders.register(
        Kind(
            "ideas_overdue",
            _("Each day while an idea you hold is overdue"),
            "Idéer att följa upp: {what}",
            "mail/reminders/ideas_overdue.txt",
            _overdue,
            may_turn_off=False,
        )
    )
