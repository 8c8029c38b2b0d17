"""An association's facts: saved by group, office holders, yearly figures, confirmed once a year.

Each act locks the association's row and sees that its doer manages it. What changes here voids the
signatures of drafts that were signed with the old facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grants.applying.drafts import fingerprint
from grants.applying.signing import void_changed_of
from grants.associations.members import NotPossible, locked_for_manager
from grants.models import (
    Association,
    FactsConfirmation,
    OfficeHolder,
    YearlyFigures,
)

#: How long a confirmation of the facts is good for.
CONFIRMED_LASTS = timedelta(days=365)


class ChangedMeanwhile(Exception):
    """Somebody else has saved the same group since it was opened; nothing was overwritten."""


@dataclass(frozen=True)
class Group:
    """Facts that are read and changed together; `fields` in the order of the form."""

    code: str
    title: str | Promise
    fields: tuple[str, ...]


GROUPS = {
    group.code: group
    for group in (
        Group(
            "grund",
            _("The association"),
            (
                "organisation_number",
                "name",
                "legal_form",
                "about",
                "founded_year",
                "active_since",
                "registered_year",
            ),
        ),
        Group(
            "kontakt",
            _("Contact and places"),
            (
                "email",
                "phone",
                "website",
                "street",
                "postcode",
                "city",
                "visiting_address",
                "areas",
                "protected_address",
                "open_in_register",
            ),
        ),
        Group(
            "organisation",
            _("Organisation and signing"),
            ("parent_organisation", "independence", "signing_rule"),
        ),
    )
}


def values_of(association: Association, group: Group) -> dict[str, Any]:
    """The facts of a group as they are saved."""
    return {name: getattr(association, name) for name in group.fields}


def seen_of(association: Association, group: Group) -> str:
    """Tells whether a group is still as somebody saw it."""
    return fingerprint(values_of(association, group))


def save_group(association_id: int, group: Group, values: Mapping[str, Any], by: Any, *, seen: str) -> None:
    """Save a group of facts. Raises NotPossible, or ChangedMeanwhile when others have been saved since.

    A verified organisation number stays whatever the form says: officers change it.
    """
    with transaction.atomic():
        association = locked_for_manager(association_id, by)
        if seen_of(association, group) != seen:
            raise ChangedMeanwhile
        number = values.get("organisation_number", association.organisation_number)
        if association.number_verified_at and number != association.organisation_number:
            raise NotPossible(_("The organisation number has been checked and can only be changed by us."))
        for name in group.fields:
            setattr(association, name, values[name])
        association.save(update_fields=list(group.fields))
        void_changed_of(association)


def save_office_holder(holder: OfficeHolder, by: Any) -> None:
    """Write who holds an office, new or changed. Raises NotPossible."""
    with transaction.atomic():
        association = locked_for_manager(holder.association_id, by)
        holder.save()
        void_changed_of(association)


def remove_office_holder(association_id: int, holder_id: int, by: Any) -> None:
    """Take an office holder away; the audit log keeps who it was. Raises NotPossible."""
    with transaction.atomic():
        association = locked_for_manager(association_id, by)
        OfficeHolder.objects.filter(association=association, pk=holder_id).delete()
        void_changed_of(association)


def save_figures(association_id: int, year: int, values: Mapping[str, Any], by: Any) -> YearlyFigures:
    """Write the figures of 31 December of a year. Raises NotPossible."""
    with transaction.atomic():
        association = locked_for_manager(association_id, by)
        figures, _created = YearlyFigures.objects.update_or_create(
            association=association, year=year, defaults={**values, "saved_at": timezone.now()}
        )
        void_changed_of(association)
    return figures


def confirm_facts(association_id: int, by: Any) -> FactsConfirmation:
    """Say that the facts are right today; saying so twice a day is one confirmation. Raises NotPossible."""
    with transaction.atomic():
        association = locked_for_manager(association_id, by)
        today = association.facts_confirmations.filter(
            confirmed_by=by, confirmed_at__date=timezone.localdate()
        )
        return today.first() or FactsConfirmation.objects.create(association=association, confirmed_by=by)


def confirmation_due(associations: QuerySet[Association]) -> QuerySet[Association]:
    """Those whose facts nobody has confirmed for a year."""
    longest_ago = timezone.now() - CONFIRMED_LASTS
    confirmed = associations.annotate(last_confirmed=Max("facts_confirmations__confirmed_at"))
    return confirmed.filter(Q(last_confirmed=None) | Q(last_confirmed__lt=longest_ago))
