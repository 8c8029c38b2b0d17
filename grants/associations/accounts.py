"""Payment accounts: entered by the association, verified by one officer, confirmed by another.

Never changed in silence: another account is another row, the one in use stays until the new one is
verified twice, and each step is an event and a mail to the association. The moves are in
`grants.associations.account_states`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.associations.account_states import TRANSITIONS, AccountState
from grants.models import Association, AssociationEvent, Membership, PaymentAccount, note_event
from grants.notices import tell
from portal.documents.models import StoredFile
from portal.people import rules
from portal.registry.models import ConflictOfInterest

#: Who in the association may say where its money goes.
MAY_ENTER = (Membership.Role.MANAGER, Membership.Role.SIGNATORY)


class AccountRefused(Exception):
    """The step cannot be taken; the message says why and what to do."""


@dataclass(frozen=True)
class NewAccount:
    """What the association enters: kind, digits, holder, and the paper that proves both."""

    kind: str
    number: str
    holder: str
    evidence: StoredFile
    evidence_name: str


def may_enter(user: Any, association: Association) -> bool:
    """Whether the person may enter the association's account: its managers and signatories."""
    return association.memberships.current().held_by(user).filter(role__in=MAY_ENTER).exists()


def has_conflict(user: Any, association: Association) -> bool:
    """Whether the person has declared a conflict of interest in any case of the association."""
    return (
        ConflictOfInterest.objects.declared_by(user)
        .filter(case__in=association.applications.exclude(case=None).values("case"))
        .exists()
    )


def enter(association: Association, new: NewAccount, by: Any) -> PaymentAccount:
    """Enter an account for officers to verify; one that still waits is taken back in its place.

    Raises AccountRefused.
    """
    with transaction.atomic():
        association = Association.objects.select_for_update().get(pk=association.pk)
        if not may_enter(by, association):
            raise AccountRefused(_("Only managers and signatories can enter the association's account."))
        in_use = association.accounts.effective().first()
        if in_use and (in_use.kind, in_use.number) == (new.kind, new.number):
            raise AccountRefused(_("This account is already in use. Nothing needs to be changed."))
        for waiting in association.accounts.waiting():
            _move(waiting, AccountState.WITHDRAWN, by)
        account = PaymentAccount.objects.create(
            association=association,
            kind=new.kind,
            number=new.number,
            holder=new.holder,
            evidence=new.evidence,
            evidence_name=new.evidence_name,
            entered_by=by,
        )
        _tell(account, AssociationEvent.Kind.ACCOUNT_ENTERED, by)
    return account


def withdraw(account_id: int, by: Any) -> PaymentAccount:
    """The association takes back an account that still waits. Raises AccountRefused."""
    with transaction.atomic():
        account = _locked(account_id)
        if not may_enter(by, account.association):
            raise AccountRefused(_("Only managers and signatories can take back the account."))
        _move(account, AccountState.WITHDRAWN, by)
    return account


def verify(account_id: int, by: Any) -> PaymentAccount:
    """One officer has compared holder and number with the evidence. Raises AccountRefused."""
    with transaction.atomic():
        account = _locked(account_id)
        _refuse_unless_officer(account, by)
        account.verified_by, account.verified_at = by, timezone.now()
        _move(account, AccountState.VERIFIED, by)
    return account


def confirm(account_id: int, by: Any) -> PaymentAccount:
    """A second officer has compared too: the account comes into use instead of the one before.

    Raises AccountRefused, also for the officer who verified it.
    """
    with transaction.atomic():
        account = _locked(account_id)
        _refuse_unless_officer(account, by)
        if account.verified_by_id == by.pk:
            raise AccountRefused(_("You have checked the account yourself. A colleague has to confirm it."))
        if account.state != AccountState.VERIFIED:
            raise _already_moved()
        for before in account.association.accounts.effective():
            _move(before, AccountState.REPLACED, by)
        account.confirmed_by, account.confirmed_at = by, timezone.now()
        _move(account, AccountState.EFFECTIVE, by)
    return account


def refuse(account_id: int, reason: str, by: Any) -> PaymentAccount:
    """An officer does not accept the account, and says why. Raises AccountRefused."""
    with transaction.atomic():
        account = _locked(account_id)
        _refuse_unless_officer(account, by)
        if not reason.strip():
            raise AccountRefused(_("Write why, so that the association knows what to do."))
        account.reason = reason.strip()
        _move(account, AccountState.REFUSED, by)
    return account


def _locked(account_id: int) -> PaymentAccount:
    """The account as it is, with its association's row held: all steps of one association wait in line."""
    association_id = PaymentAccount.objects.values_list("association", flat=True).get(pk=account_id)
    Association.objects.select_for_update().get(pk=association_id)
    return PaymentAccount.objects.select_related("association").get(pk=account_id)


def _refuse_unless_officer(account: PaymentAccount, by: Any) -> None:
    if not rules.checks_accounts(by):
        raise AccountRefused(_("Only case officers and finance officers can check accounts."))
    if has_conflict(by, account.association):
        raise AccountRefused(
            _("You have declared a conflict of interest with this association. A colleague checks it.")
        )


_EVENT_OF = {
    AccountState.VERIFIED: AssociationEvent.Kind.ACCOUNT_VERIFIED,
    AccountState.EFFECTIVE: AssociationEvent.Kind.ACCOUNT_CONFIRMED,
    AccountState.REFUSED: AssociationEvent.Kind.ACCOUNT_REFUSED,
    AccountState.WITHDRAWN: AssociationEvent.Kind.ACCOUNT_WITHDRAWN,
}
_SETTLED = frozenset({AccountState.REFUSED, AccountState.WITHDRAWN, AccountState.REPLACED})


def _move(account: PaymentAccount, to: AccountState, by: Any) -> None:
    """Move an account within the caller's transaction, which holds its association's row."""
    if (AccountState(account.state), to) not in TRANSITIONS:
        raise _already_moved()
    account.state = to
    if to in _SETTLED:
        account.settled_by, account.settled_at = by, timezone.now()
    account.save()
    if to in _EVENT_OF:
        _tell(account, _EVENT_OF[to], by)


def _already_moved() -> AccountRefused:
    return AccountRefused(_("Somebody else was first. Look at the account again."))


def _tell(account: PaymentAccount, kind: AssociationEvent.Kind, by: Any) -> None:
    """The event, and the mail that something was done; which account it is stays behind sign-in."""
    association = account.association
    note_event(association, kind, by=by, detail=f"{account.get_kind_display()} …{account.number[-3:]}")
    managers = association.memberships.current().filter(role=Membership.Role.MANAGER, user__is_active=True)
    tell(
        [association.email, *managers.values_list("user__email", flat=True)],
        "Ert konto för utbetalning i Samspel",
        "mail/account.txt",
        {"association": association, "kind": kind.value},
    )
