"""What a sent application keeps of its association beside name and address."""

from __future__ import annotations

from typing import Any

from grants.models import Association, YearlyFigures


def in_record(association: Association) -> dict[str, Any]:
    """The facts as plain values, ready to be frozen.

    Office holders stand with their office, name and period; how to reach them stays here.
    """
    figures = association.yearly_figures.first()
    return {
        **{
            name: getattr(association, name)
            for name in (
                "visiting_address",
                "areas",
                "founded_year",
                "active_since",
                "registered_year",
                "parent_organisation",
                "independence",
                "signing_rule",
            )
        },
        "office_holders": [
            {
                "office": holder.office,
                "name": holder.name,
                "chosen_from": holder.chosen_from,
                "chosen_until": holder.chosen_until,
            }
            for holder in association.office_holders.all()
        ],
        "figures": None
        if figures is None
        else {
            field.name: getattr(figures, field.name)
            for field in YearlyFigures._meta.fields
            if field.name not in {"id", "association", "saved_at"}
        },
    }
