"""A guarantor (garant): a stable association that stands behind a temporary group's application.

Money cannot go to a too loosely composed group. An association may stand behind it: it receives and
answers for the grant, so a signatory of it accepts, for the sum that stood there and no larger one.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.associations.members import NotPossible, Role
from grants.models import Application, Association, Guarantee, LegalForm, may_sign
from grants.notices import tell


def sought(application: Application) -> int:
    """What the application asks for in all, kronor for all years."""
    return sum(application.applied.amounts.values()) if application.applied else 0


def current(application: Application) -> Guarantee | None:
    """The guarantee asked for or accepted, not one that was declined or taken back."""
    found = application.guarantees.standing().select_related("guarantor", "answered_by")
    return found.first()


def holds(guarantee: Guarantee | None, application: Application) -> bool:
    """Whether the guarantor has accepted at least the sum that is applied for now."""
    return (
        guarantee is not None
        and guarantee.accepted_amount is not None
        and sought(application) <= guarantee.accepted_amount
    )


def ask(application_id: int, organisation_number: str, by: Any) -> Guarantee:
    """Ask a registered association to be the guarantor; asking anew replaces an earlier question.

    Raises NotPossible.
    """
    with transaction.atomic():
        application = _locked_draft(application_id)
        guarantor = Association.objects.filter(organisation_number=organisation_number).first()
        if guarantor is None:
            raise NotPossible(
                _("No association with that number is registered here. Ask it to register, then ask again.")
            )
        if guarantor.legal_form == LegalForm.TILLFALLIG_GRUPP:
            raise NotPossible(_("A temporary group cannot be a guarantor."))
        asked = current(application)
        if asked is not None and asked.guarantor_id == guarantor.pk:
            return asked
        application.guarantees.standing().update(withdrawn_at=timezone.now())
        guarantee = Guarantee.objects.create(application=application, guarantor=guarantor, asked_by=by)
        signatories = guarantor.memberships.current().filter(role=Role.SIGNATORY, user__is_active=True)
        tell(
            signatories.values_list("user__email", flat=True),
            "Ni är tillfrågade om att stå bakom en ansökan i Samspel",
            "mail/guarantee_asked.txt",
            {"guarantor": guarantor},
        )
    return guarantee


def accept(guarantee_id: int, by: Any, *, seen: int) -> Guarantee:
    """Accept for the sum the signatory has seen, kronor. Accepting twice is harmless. Raises NotPossible."""
    with transaction.atomic():
        guarantee, application = _open_question(guarantee_id, by)
        amount = sought(application)
        if amount == 0:
            raise NotPossible(_("The group has not written yet what it applies for. Wait until it has."))
        if amount != seen:
            raise NotPossible(_("The sum has changed since you opened the page. Read it, then answer."))
        guarantee.accepted_at, guarantee.accepted_amount = timezone.now(), amount
        guarantee.answered_by = by
        guarantee.save(update_fields=["accepted_at", "accepted_amount", "answered_by"])
        _tell_the_group(application)
    return guarantee


def decline(guarantee_id: int, by: Any) -> Guarantee:
    """Say no, also after a yes as long as the application is not sent. Raises NotPossible."""
    with transaction.atomic():
        guarantee, application = _open_question(guarantee_id, by)
        guarantee.accepted_at = guarantee.accepted_amount = None
        guarantee.declined_at, guarantee.answered_by = timezone.now(), by
        guarantee.save(update_fields=["accepted_at", "accepted_amount", "declined_at", "answered_by"])
        _tell_the_group(application)
    return guarantee


def in_record(application: Application) -> dict[str, Any] | None:
    """Who stands behind the application, as the record keeps it; None when nobody has to."""
    guarantee = current(application)
    if guarantee is None or guarantee.accepted_at is None:
        return None
    return {
        "name": guarantee.guarantor.name,
        "organisation_number": guarantee.guarantor.organisation_number,
        "accepted_by": str(guarantee.answered_by),
        "accepted_at": guarantee.accepted_at,
        "accepted_amount": guarantee.accepted_amount,
    }


def _locked_draft(application_id: int) -> Application:
    application = (
        Application.objects.select_for_update(of=("self",))
        .select_related("association", "call")
        .get(pk=application_id)
    )
    if not application.is_draft:
        raise NotPossible(_("The application has been sent, so the guarantor can no longer change."))
    return application


def _open_question(guarantee_id: int, by: Any) -> tuple[Guarantee, Application]:
    """The guarantee and its draft, both locked, for a signatory of the guarantor."""
    asked = Guarantee.objects.select_related("guarantor").get(pk=guarantee_id)
    application = _locked_draft(asked.application_id)
    guarantee = Guarantee.objects.select_for_update(of=("self",)).get(pk=guarantee_id)
    if guarantee.withdrawn_at or guarantee.declined_at:
        raise NotPossible(_("The group no longer asks you, or you have already said no."))
    if not may_sign(by, asked.guarantor):
        raise NotPossible(_("Only a signatory of the association can answer."))
    return guarantee, application


def _tell_the_group(application: Application) -> None:
    tell(
        [application.association.email],
        "En förening har svarat om att stå bakom er ansökan",
        "mail/guarantee_answered.txt",
        {"association": application.association},
    )
