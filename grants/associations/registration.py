"""Registering an association, once; who registers it manages it and signs for it."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from grants.models import Association, FactsConfirmation, Membership


class AlreadyRegistered(Exception):
    """The organisation number belongs to an association that is here already."""


def register_association(association: Association, by: Any) -> Association:
    """Save a new association with `by` as its first manager and signatory.

    Raises AlreadyRegistered, also when two people register the same association at once.
    """
    try:
        with transaction.atomic():
            association.save(force_insert=True)
            Membership.objects.bulk_create(
                Membership(association=association, user=by, role=role)
                for role in (Membership.Role.MANAGER, Membership.Role.SIGNATORY)
            )
            # Who has just written the facts has said that they are right.
            FactsConfirmation.objects.create(association=association, confirmed_by=by)
    except IntegrityError as error:
        number = association.organisation_number
        if number and Association.objects.filter(organisation_number=number).exists():
            raise AlreadyRegistered from error
        raise
    return association
