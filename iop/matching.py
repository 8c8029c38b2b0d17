"""Who could meet about what: needs for an association, and associations for a need.

Two things count: the target groups that an association named in what it has sent and in its ideas, and
the area of its ideas. Drafts are never read, not even to suggest something to their own association.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from grants.models import Application, Association
from grants.models import TargetGroup as NamedGroup
from iop.models import Idea, Need
from portal.people import rules
from portal.registry.models import ConflictOfInterest

#: As many as are suggested at a time.
MOST = 10


@dataclass
class Interests:
    """What an association has said it works with: codes of target groups and of areas."""

    groups: set[str] = field(default_factory=set)
    areas: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class NeedMatch:
    """A need that could suit an association, and the groups they share."""

    need: Need
    shared: list[str]
    same_area: bool


@dataclass(frozen=True)
class AssociationMatch:
    """An association that could suit a need, and the groups they share."""

    association: Association
    shared: list[str]
    same_area: bool


def interests(sent: Any, ideas: Any) -> dict[int, Interests]:
    """Association → its interests, from the sent applications and ideas given; three queries."""
    found: dict[int, Interests] = defaultdict(Interests)
    named = NamedGroup.objects.filter(application__in=sent.values("pk"))
    for association, code in named.values_list("application__association", "code").distinct():
        found[association].groups.add(code)
    for association, code, area in ideas.values_list("association", "target_groups__code", "area__code"):
        if code:
            found[association].groups.add(code)
        if area:
            found[association].areas.add(area)
    return found


def needs_for(associations: Any, user: Any) -> list[NeedMatch]:
    """Open needs that share a group or an area with what the associations have sent; most shared first."""
    sent = Application.objects.sent().filter(association__in=associations)
    all_interests = interests(sent, Idea.objects.filter(association__in=associations)).values()
    groups = {code for one in all_interests for code in one.groups}
    areas = {code for one in all_interests for code in one.areas}
    open_needs = (
        Need.objects.visible_to(user)
        .open()
        .filter(Q(target_groups__code__in=groups) | Q(area__code__in=areas))
        .exclude(answers__association__in=associations)
        .distinct()
        .select_related("unit", "area")
        .prefetch_related("target_groups")
    )
    matches = []
    for need in open_needs:
        shared = [group.name for group in need.target_groups.all() if group.code in groups]
        matches.append(NeedMatch(need, shared, need.area.code in areas))
    matches.sort(key=lambda match: (len(match.shared), match.same_area), reverse=True)
    return matches[:MOST]


def associations_for(need: Need, user: Any) -> list[AssociationMatch]:
    """Associations that named the need's groups in what they sent, or its area in an idea; most shared first.

    A case officer sees all but those whose cases a conflict of interest hides; a unit's contact those that
    may be shown in the city's public register.
    """
    conflicts = ConflictOfInterest.objects.declared_by(user).values("case")
    sent = Application.objects.sent().exclude(case__in=conflicts)
    ideas = Idea.objects.exclude(case__in=conflicts)
    wanted = {group.code: group.name for group in need.target_groups.all()}
    rows = []
    for association, said in interests(sent, ideas).items():
        shared = [name for code, name in wanted.items() if code in said.groups]
        same_area = need.area.code in said.areas
        if shared or same_area:
            rows.append((association, shared, same_area))
    rows.sort(key=lambda row: (len(row[1]), row[2]), reverse=True)
    shown = Association.objects.filter(pk__in=[pk for pk, *_rest in rows]).exclude(need_answers__need=need)
    if not rules.case_officer(user):
        shown = shown.filter(open_in_register=True)
    by_id = shown.in_bulk()
    found = [AssociationMatch(by_id[pk], shared, same) for pk, shared, same in rows if pk in by_id]
    return found[:MOST]
