"""Beginnings of what else the minutes must say, for the secretary to keep, change or clear."""

from __future__ import annotations

from django.db.models import Q

from portal.committee.matter_text import conflict_sentence
from portal.committee.models import Matter, MinutesNote
from portal.people.models import Role
from portal.registry.models import ConflictOfInterest


def suggested_notes(matter: Matter) -> list[dict[str, str]]:
    """One note for each chair or member who has declared a conflict of interest in the matter or a line."""
    declared = (
        ConflictOfInterest.objects.filter(has_conflict=True)
        .filter(Q(case=matter.case_id) | Q(case__matter_lines__matter=matter))
        .filter(user__role_assignments__role__in=[Role.CHAIR, Role.MEMBER])
        .select_related("user")
        .order_by("declared_at", "pk")
        .distinct()
    )
    people = dict.fromkeys(str(declaration.user) for declaration in declared)
    return [{"kind": MinutesNote.Kind.CONFLICT.value, "text": conflict_sentence(person)} for person in people]
