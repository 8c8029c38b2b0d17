"""Who handles an application: assigned to an officer, by themselves or a colleague, one or many at once.

Being assigned gives no access and takes none: every officer still sees what `visible_to` shows. Who has
had a case stands in its events.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from assessments.models import SecondReading
from grants.models import Application, Membership
from portal.people.models import Role, RoleAssignment, User
from portal.registry.models import ConflictOfInterest, Event

#: As many as one page of the queue could ever show.
MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Assigned:
    """What came of it: the applications that changed hands, and those the officer may not handle."""

    changed: list[Application] = field(default_factory=list)
    refused: list[Application] = field(default_factory=list)


class Colleagues(NamedTuple):
    """Who can be given cases, by name: to handle, and to read a second time (case officers too)."""

    officers: list[User]
    readers: list[User]


def colleagues() -> Colleagues:
    """Everybody who can be given cases today; one query."""
    held = RoleAssignment.objects.held_on(timezone.localdate()).filter(
        role__in=(Role.CASE_OFFICER, Role.SECOND_READER), user__is_active=True
    )
    found = sorted(held.select_related("user"), key=lambda row: str(row.user).lower())
    officers = {row.user_id: row.user for row in found if row.role == Role.CASE_OFFICER}
    return Colleagues(list(officers.values()), list({row.user_id: row.user for row in found}.values()))


def officers() -> list[User]:
    """The case officers who can be assigned, by name."""
    return colleagues().officers


def assign(application_ids: Collection[int], officer: User | None, by: Any) -> Assigned:
    """Assign the applications, of those that `by` may see, to an officer, or to nobody.

    Never to one who has declared a conflict of interest or acts for the association (kommunallagen 7:4),
    nor to its second reader: those come back as refused. As many queries for fifty as for one.
    """
    with transaction.atomic():
        found = list(
            Application.objects.visible_to(by)
            .filter(pk__in=application_ids)
            .select_related("case", "association")
            .select_for_update(of=("self",))
            .order_by("pk")[:MOST_AT_ONCE]
        )
        barred = _barred(found, officer) if officer else set()
        refused = [application for application in found if application.pk in barred]
        changed = [
            application
            for application in found
            if application.pk not in barred and application.officer_id != (officer.pk if officer else None)
        ]
        Application.objects.filter(pk__in=[application.pk for application in changed]).update(officer=officer)
        Event.objects.bulk_create(
            Event(
                case=application.received_case,
                kind=Event.Kind.ASSIGNED if officer else Event.Kind.UNASSIGNED,
                detail=str(officer or ""),
                actor=by,
            )
            for application in changed
        )
    return Assigned(changed, refused)


def _barred(applications: list[Application], officer: User) -> set[int]:
    """Those of the applications that the officer may not handle; three queries."""
    cases = set(
        ConflictOfInterest.objects.declared_by(officer)
        .filter(case__in=[application.case_id for application in applications])
        .values_list("case", flat=True)
    )
    own = set(
        Membership.objects.filter(
            user=officer, association__in=[application.association_id for application in applications]
        ).values_list("association", flat=True)
    )
    read = set(
        SecondReading.objects.filter(reader=officer, application__in=applications).values_list(
            "application", flat=True
        )
    )
    return {
        application.pk
        for application in applications
        if application.case_id in cases or application.association_id in own or application.pk in read
    }


def give_back_conflicted(
    sender: type[ConflictOfInterest], instance: ConflictOfInterest, **kwargs: Any
) -> None:
    """Signal: who declares a conflict of interest no longer has the case."""
    if not instance.has_conflict:
        return
    given_back = Application.objects.filter(case=instance.case_id, officer=instance.user_id).update(
        officer=None
    )
    if given_back:
        instance.case.log(Event.Kind.UNASSIGNED, by=instance.user)
