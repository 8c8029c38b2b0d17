"""What waits for those who keep the register, on their start page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from portal.people.front_page import Waiting
from portal.registry import retention
from portal.registry.models import Case, Destruction, DestructionState, DisclosureRequest, ObstacleReport
from portal.registry.rules import answers_obstacles, registrar


def waiting(user: Any) -> Iterable[Waiting]:
    if registrar(user):
        count = DisclosureRequest.objects.visible_to(user).waiting().count()
        if count:
            text = ngettext("request for documents to answer", "requests for documents to answer", count)
            yield Waiting(count, text, reverse("registry:requests"))
        again = Case.objects.visible_to(user).reopened().count()
        if again:
            text = ngettext(
                "case opened again by a new record, to close",
                "cases opened again by a new record, to close",
                again,
            )
            yield Waiting(again, text, f"{reverse('registry:desk')}?reopened=1")
        failed = Destruction.objects.visible_to(user).filter(state=DestructionState.FAILED).count()
        if failed:
            text = ngettext("destruction that needs hands", "destructions that need hands", failed)
            yield Waiting(failed, text, reverse("registry:retention"))
        soon = sum(one.soon for one in retention.going())
        if soon:
            text = ngettext(
                "row that is destroyed by rule within 30 days",
                "rows that are destroyed by rule within 30 days",
                soon,
            )
            yield Waiting(soon, text, reverse("registry:retention"))
    if answers_obstacles(user):
        told = ObstacleReport.objects.visible_to(user).waiting().count()
        if told:
            text = ngettext("obstacle that somebody told of", "obstacles that people told of", told)
            yield Waiting(told, text, reverse("registry:obstacles"))
