"""Signing an application, alone or two jointly; the last signature that is needed sends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from grants.applying import signatures
from grants.applying.submission import freeze, refuse_unless_sendable, submit
from grants.models import Application, Association, Membership, Signature
from grants.notices import tell


def sign(application_id: int, by: Any, *, arrived_at: datetime | None = None) -> Application:
    """Sign an application, and send it when nobody else has to sign; it counts from `arrived_at`, or now.

    Pressed twice, or by two signatories at the same second, it gives one case. The application returned is
    still a draft when another signature is awaited. Raises CannotSubmit as `submit` does.
    """
    # Before the wait for the lock: who signs in time is in time.
    arrived_at = arrived_at or timezone.now()
    with transaction.atomic():
        application = (
            Application.objects.select_for_update(of=("self",))
            .select_related("call__authority", "association")
            .get(pk=application_id)
        )
        if not application.is_draft:
            return application
        refuse_unless_sendable(application, by, arrived_at)
        content = signatures.fingerprint(freeze(application))
        is_new = signatures.record(application, by, content)
        signed = signatures.standing(application, content)
        if len(signed) >= application.association.signatures_needed:
            return submit(application_id, by, arrived_at=arrived_at)
        if is_new:
            _ask_the_others(application, signed)
    return application


def void_if_changed(draft: Application) -> bool:
    """Void the signatures of a draft whose content is no longer what was signed; True when there were any.

    Called by whoever has written in the draft, in the same transaction.
    """
    if not draft.signatures.standing().exists():
        return False
    fresh = Application.objects.select_related("call", "association").get(pk=draft.pk)
    return signatures.void_others(fresh, signatures.fingerprint(freeze(fresh))) > 0


def void_changed_of(association: Association) -> None:
    """The same for every draft of an association whose facts have changed."""
    for draft in association.applications.drafts().filter(signatures__voided_at=None).distinct():
        void_if_changed(draft)


@dataclass(frozen=True)
class Signing:
    """How far the signing of a draft has come, for one who looks at it.

    `lapsed` holds names of people whose signature no longer counts since the content has changed.
    """

    needed: int
    signed: list[Signature]
    lapsed: list[str]
    awaited: list[str]
    may_sign: bool
    has_signed: bool

    @property
    def too_few(self) -> bool:
        """Whether the association has fewer signatories here than have to sign."""
        return len(self.signed) + len(self.awaited) < self.needed

    @property
    def is_waiting(self) -> bool:
        return 0 < len(self.signed) < self.needed


def signing_of(draft: Application, content: dict[str, Any], user: Any) -> Signing:
    """The signing of a draft with this frozen content."""
    signed = signatures.standing(draft, signatures.fingerprint(content))
    signatories = _signatories(draft.association)
    have_signed = {signature.user_id for signature in signed}
    earlier = draft.signatures.filter(user__in=signatories).exclude(user__in=have_signed)
    return Signing(
        needed=draft.association.signatures_needed,
        signed=signed,
        lapsed=sorted({str(signature.user) for signature in earlier.select_related("user")}),
        awaited=[str(person) for pk, person in signatories.items() if pk not in have_signed],
        may_sign=user.pk in signatories,
        has_signed=user.pk in have_signed,
    )


def _signatories(association: Association) -> dict[int, Any]:
    rows = (
        association.memberships.current()
        .filter(role=Membership.Role.SIGNATORY, user__is_active=True)
        .select_related("user")
        .order_by("user__display_name", "user__email")
    )
    return {row.user_id: row.user for row in rows}


def _ask_the_others(application: Application, signed: list[Signature]) -> None:
    have_signed = {signature.user_id for signature in signed}
    others = _signatories(application.association)
    tell(
        [person.email for pk, person in others.items() if pk not in have_signed],
        "En ansökan väntar på din underskrift i Samspel",
        "mail/signature_awaited.txt",
        {"association": application.association},
    )
