"""Taking back: a sent application before the decision, or a draft that nobody needs."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.models import UNDO_DISCARD, Application, CompletionRequest, may_sign
from grants.notices import tell_officers
from grants.states import OPEN_STATES, CompletionState, State, move
from portal.registry.models import Event, Record


class CannotWithdraw(Exception):
    """The application cannot be taken back; the text tells the person why and whom to ask."""


def refusal(application: Application) -> str:
    """Why a sent application can no longer be withdrawn here; empty when it can."""
    if application.state in OPEN_STATES:
        return ""
    if application.state == State.BEFORE_COMMITTEE:
        return gettext(
            "The application already lies before the committee, so it cannot be withdrawn here. Call the "
            "city's switchboard, ask for the committee secretary and give the registry number."
        )
    if application.state == State.WITHDRAWN:
        return gettext("The application is already withdrawn.")
    return gettext("The application is decided, so there is nothing left to withdraw.")


def withdraw(application_id: int, by: Any, reason: str = "") -> Application:
    """Withdraw a sent application before it goes to the committee; doing so twice changes nothing more.

    It stays in the register, but is part of no round, board or matter. An open request for completion is
    closed with it. Raises CannotWithdraw when it is too late, or the person may not sign.
    """
    with transaction.atomic():
        application = (
            Application.objects.select_for_update(of=("self",))
            .select_related("association", "case__authority")
            .get(pk=application_id)
        )
        if application.state == State.WITHDRAWN:
            return application
        if application.is_draft:
            raise CannotWithdraw(_("The application is not sent, so there is nothing to withdraw."))
        if not may_sign(by, application.association):
            raise CannotWithdraw(_("Only a signatory of the association can withdraw the application."))
        if text := refusal(application):
            raise CannotWithdraw(text)
        move(application, State.WITHDRAWN)
        case = application.received_case
        CompletionRequest.objects.open().filter(application=application).update(
            state=CompletionState.CLOSED,
            ended_by=by,
            ended_at=timezone.now(),
            ending_note="Ansökan återkallades.",
        )
        case.register(
            Record.Kind.WITHDRAWAL, "Återkallelse av ansökan", by=by, content={"reason": reason.strip()}
        )
        case.log(Event.Kind.WITHDRAWN, by=by)
        tell_officers(application, f"Återkallad ansökan {case.registry_number}", "mail/withdrawn.txt")
    return application


def discard(application_id: int, by: Any) -> Application:
    """Put a draft out of sight; for 30 days it can be taken back. Raises CannotWithdraw when it is sent."""
    with transaction.atomic():
        draft = Application.objects.select_for_update().get(pk=application_id)
        if not draft.is_draft:
            raise CannotWithdraw(_("The application has been sent. It can be withdrawn, but not discarded."))
        if draft.discarded_at is None:
            draft.discarded_at = timezone.now()
            draft.discarded_by = by
            draft.save(update_fields=["discarded_at", "discarded_by"])
    return draft


def restore(application_id: int) -> Application:
    """Take a discarded draft back. Raises CannotWithdraw when more than 30 days have gone."""
    with transaction.atomic():
        draft = Application.objects.select_for_update().get(pk=application_id)
        if draft.discarded_at is not None:
            if draft.discarded_at <= timezone.now() - UNDO_DISCARD:
                raise CannotWithdraw(_("The draft was discarded more than 30 days ago."))
            draft.discarded_at = draft.discarded_by = None
            draft.save(update_fields=["discarded_at", "discarded_by"])
    return draft
