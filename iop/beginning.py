"""An agreement begins: from an idea, with its association and a unit as its first parties."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from iop.models import Agreement, Area, Idea, Party
from portal.people.models import Unit
from portal.registry.models import Event


def begin_agreement(idea: Idea, *, by: Any, unit: Unit, area: Area | None = None) -> Agreement:
    """Open a case for the partnership and let association and unit write it together."""
    with transaction.atomic():
        case = idea.case.authority.open_case(
            public_title="Idéburet offentligt partnerskap (IOP)",
            protected_title=f"Idéburet offentligt partnerskap: {idea.title}"[:300],
            by=by,
        )
        agreement = Agreement.objects.create(
            case=case,
            idea=idea,
            title=idea.title,
            summary=idea.text,
            area=area or idea.area or Area.objects.earliest("position"),
            coordinator=by,
            created_by=by,
        )
        agreement.target_groups.set(idea.target_groups.all())
        Party.objects.create(agreement=agreement, position=1, association=idea.association)
        Party.objects.create(agreement=agreement, position=2, unit=unit)
        case.log(Event.Kind.AGREEMENT_BEGUN, by=by)
    return agreement
