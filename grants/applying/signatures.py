"""Signatures on an application, bound to its content as it stood when each person signed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from grants.models import Application, Membership, Signature
from portal.registry.models import Record

#: What freezing adds when the application is sent; nobody signs it.
_NOT_SIGNED = frozenset({"submitted_at"})


def fingerprint(content: Mapping[str, Any]) -> str:
    """Tells one frozen content (`grants.applying.submission.freeze`) from another."""
    signed = {name: value for name, value in content.items() if name not in _NOT_SIGNED}
    return Record.checksum(json.loads(json.dumps(signed, cls=DjangoJSONEncoder)))


def record(application: Application, by: Any, content: str) -> bool:
    """Write that the person signs the content with this fingerprint; False when they had already.

    Signatures of any other content are voided. The caller holds the application's lock.
    """
    void_others(application, content)
    _signature, is_new = Signature.objects.get_or_create(
        application=application,
        user=by,
        voided_at=None,
        defaults={"fingerprint": content, "sign_in_method": by.sign_in_method},
    )
    return is_new


def void_others(application: Application, content: str) -> int:
    """Void what was signed before the content changed; returns how many signatures that was."""
    stale = application.signatures.standing().exclude(fingerprint=content)
    return int(stale.update(voided_at=timezone.now()))


def standing(application: Application, content: str) -> list[Signature]:
    """The signatures that count: of this content, by those who are signatories today."""
    signatories = (
        Membership.objects.current()
        .filter(association=application.association_id, role=Membership.Role.SIGNATORY)
        .values("user")
    )
    found = application.signatures.standing().filter(fingerprint=content, user__in=signatories)
    return list(found.select_related("user"))


def in_record(application: Application, signed: Sequence[Signature]) -> list[dict[str, Any]]:
    """Who signed and when, as the record keeps it: names at that time."""
    mandates = dict(
        Membership.objects.current()
        .filter(association=application.association_id, role=Membership.Role.SIGNATORY)
        .values_list("user", "on_behalf_of")
    )
    return [
        {
            "name": str(signature.user),
            "email": signature.user.email,
            "signed_at": signature.signed_at,
            "sign_in_method": signature.sign_in_method,
            "on_behalf_of": mandates.get(signature.user_id, ""),
        }
        for signature in signed
    ]
