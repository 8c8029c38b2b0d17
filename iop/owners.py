"""Who holds an idea: a named officer from the first moment, and another as soon as that one cannot."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from grants.models import Application, Association, ContactOfficer, Membership
from grants.notices import tell
from iop.models import Agreement, Idea, IdeaNote, Party
from portal.people.models import Role, RoleAssignment, User
from portal.registry.models import Case, ConflictOfInterest, Event

logger = structlog.get_logger(__name__)


class NobodyToOwn(Exception):
    """The city has no case officer who could hold the idea."""


def officers() -> QuerySet[User]:
    """The case officers of today, by name."""
    today = RoleAssignment.objects.held_on(timezone.localdate()).filter(role=Role.CASE_OFFICER)
    return User.objects.filter(is_active=True, pk__in=today.values("user")).order_by("display_name", "email")


def able(association: Association, case: Case | None = None) -> QuerySet[User]:
    """The officers who may hold an idea of the association: no conflict, and not one of its people.

    A conflict counts when it is declared in any case of the association (kommunallagen 6:28 and 7:4).
    """
    conflicts = ConflictOfInterest.objects.filter(
        Q(case__in=_cases_of(association)) | Q(case=case), user=OuterRef("pk"), has_conflict=True
    )
    own = Membership.objects.filter(association=association, user=OuterRef("pk"))
    return officers().exclude(Exists(conflicts)).exclude(Exists(own))


def _cases_of(association: Association) -> QuerySet[Case]:
    sent = Application.objects.sent().filter(association=association)
    together = Party.objects.filter(association=association)
    return Case.objects.filter(
        Q(pk__in=sent.values("case"))
        | Q(pk__in=Idea.objects.filter(association=association).values("case"))
        | Q(pk__in=Agreement.objects.filter(pk__in=together.values("agreement")).values("case"))
    )


def owner_for(association: Association, case: Case | None = None) -> User:
    """The association's contact, else the officer with fewest open ideas. Raises NobodyToOwn.

    Where everyone has a conflict of interest in some case of the association, somebody without one in this
    very case holds the idea until it is handed over: it never lies without an owner.
    """
    possible = able(association, case)
    contact = ContactOfficer.objects.current().filter(association=association).values("officer")
    of_case = ConflictOfInterest.objects.filter(case=case, has_conflict=True).values("user")
    for choice in (possible.filter(pk__in=contact), possible, officers().exclude(pk__in=of_case)):
        if found := _least_burdened(choice):
            return found
    raise NobodyToOwn


def _least_burdened(choice: QuerySet[User]) -> User | None:
    counted = choice.annotate(held=Count("owned_ideas", filter=Q(owned_ideas__outcome="")))
    return counted.order_by("held", "pk").first()


def give(idea: Idea, owner: User, *, by: Any = None, words: str = "") -> None:
    """Write another owner on a locked idea, and tell them and the association.

    `by` is nobody when Samspel itself found the owner.
    """
    idea.owner = owner
    idea.save(update_fields=["owner"])
    IdeaNote.objects.create(idea=idea, kind=IdeaNote.Kind.OWNER, owner=owner, text=words, written_by=by)
    idea.case.log(Event.Kind.IDEA_OWNER, by=by, detail=str(owner)[:500])
    tell_owner(idea)
    tell(
        [idea.association.email], "Er idé har en ny kontakt hos oss", "mail/iop/idea_news.txt", {"idea": idea}
    )


def tell_owner(idea: Idea) -> None:
    tell([idea.owner.email], "En idé väntar på dig", "mail/iop/idea_owner.txt", {"idea": idea})


def without_able_owner() -> QuerySet[Idea]:
    """Open ideas whose owner has left, or has a conflict of interest."""
    conflicts = ConflictOfInterest.objects.filter(
        case=OuterRef("case"), user=OuterRef("owner"), has_conflict=True
    )
    return Idea.objects.open().filter(Exists(conflicts) | ~Q(owner__in=officers().values("pk")))


def find_new_owners() -> int:
    """Give open ideas whose owner cannot hold them another; returns how many. Running it again gives none."""
    ids = list(without_able_owner().order_by("pk").values_list("pk", flat=True))
    return sum(_find_new_owner(idea_id) for idea_id in ids)


def _find_new_owner(idea_id: int) -> bool:
    with transaction.atomic():
        idea = (
            without_able_owner()
            .select_for_update(of=("self",))
            .select_related("association", "case", "owner")
            .filter(pk=idea_id)
            .first()
        )
        if idea is None:
            return False
        try:
            owner = owner_for(idea.association, idea.case)
        except NobodyToOwn:
            logger.error("idea_without_able_owner", idea_id=idea_id)
            return False
        give(idea, owner)
    return True


def give_away_conflicted(
    sender: type[ConflictOfInterest], instance: ConflictOfInterest, **kwargs: Any
) -> None:
    """Signal: who declares a conflict of interest no longer holds the idea; somebody else does at once."""
    if not instance.has_conflict:
        return
    held = Idea.objects.open().filter(case=instance.case_id, owner=instance.user_id)
    for idea_id in held.values_list("pk", flat=True):
        _find_new_owner(idea_id)
