"""Beginnings of what else the minutes must say, for the secretary to keep, change or clear."""

from __future__ import annotations

from django.db.models import Q

from portal.committee.models import Matter, MinutesNote
from portal.committee.phrases import conflict_sentence
from portal.people.models import Role, User
from portal.registry.models import ConflictOfInterest


def declared_by(matter: Matter) -> list[User]:
    """Chair and members who have declared a conflict of interest in the matter or a line, in order."""
    declared = (
        ConflictOfInterest.objects.filter(has_conflict=True)
        .filter(Q(case=matter.case_id) | Q(case__matter_lines__matter=matter))
        .filter(user__role_assignments__role__in=[Role.CHAIR, Role.MEMBER])
        .select_related("user")
        .order_by("declared_at", "pk")
        .distinct()
    )
    return list(dict.fromkeys(declaration.user for declaration in declared))


def suggested_notes(matter: Matter) -> list[dict[str, str]]:
    """One note for each who has declared a conflict of interest, for meetings without a roll call."""
    kind = MinutesNote.Kind.CONFLICT.value
    return [{"kind": kind, "text": conflict_sentence(str(person))} for person in declared_by(matter)]
