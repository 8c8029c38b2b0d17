"""The organisation number, verified by an officer against the certificate of registration.

The number alone proves nothing: that it is the association's is seen on the certificate. Once verified
it is locked; only an officer changes it, with a reason.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.associations.accounts import has_conflict
from grants.models import Association, AssociationEvent, note_event


class CannotVerify(Exception):
    """The number cannot be verified or changed; the message says why and what to do."""


def verify_number(association_id: int, by: Any) -> Association:
    """The certificate shows this number and this name; doing so again changes nothing."""
    with transaction.atomic():
        association = _locked(association_id, by)
        if association.organisation_number is None:
            raise CannotVerify(_("A temporary group has no organisation number."))
        if association.number_verified_at is None:
            association.number_verified_at, association.number_verified_by = timezone.now(), by
            association.save(update_fields=["number_verified_at", "number_verified_by"])
            note_event(
                association,
                AssociationEvent.Kind.NUMBER_VERIFIED,
                by=by,
                detail=_written(association.organisation_number),
            )
    return association


def change_number(association_id: int, number: str, reason: str, by: Any) -> Association:
    """Write another number, as the certificate shows it, with the reason; it is verified thereby.

    `number` is ten digits as `normalise_organisation_number` gives them. Raises CannotVerify.
    """
    with transaction.atomic():
        association = _locked(association_id, by)
        if not reason.strip():
            raise CannotVerify(_("Write why the number is changed."))
        if Association.objects.filter(organisation_number=number).exclude(pk=association.pk).exists():
            raise CannotVerify(_("Another association is registered with this number."))
        if association.is_temporary_group:
            raise CannotVerify(_("A temporary group has no organisation number."))
        before = association.organisation_number
        association.organisation_number = number
        association.number_verified_at, association.number_verified_by = timezone.now(), by
        association.save(update_fields=["organisation_number", "number_verified_at", "number_verified_by"])
        note_event(
            association,
            AssociationEvent.Kind.NUMBER_CHANGED,
            by=by,
            detail=f"{_written(before)} → {_written(number)}: {reason.strip()}",
        )
    return association


def _written(number: str | None) -> str:
    return f"{number[:6]}-{number[6:]}" if number else "–"


def _locked(association_id: int, by: Any) -> Association:
    association = Association.objects.select_for_update().get(pk=association_id)
    if has_conflict(by, association):
        raise CannotVerify(
            _("You have declared a conflict of interest with this association. A colleague checks it.")
        )
    return association
