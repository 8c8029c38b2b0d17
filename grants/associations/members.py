"""Who acts for an association: giving and changing roles, leaving, ending somebody's access.

Each act locks the association's row and looks again at what its doer may, so that of two managers who
remove each other at once one succeeds, and at least one manager always remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.models import Association, Invitation, Membership
from grants.notices import tell

Role = Membership.Role


class NotPossible(Exception):
    """The people cannot be changed so; the message says why and what to do."""

    def __init__(self, text: str | Promise) -> None:
        super().__init__(text)


@dataclass(frozen=True)
class Standing:
    """What a person may do for an association, and until when.

    With `on_behalf_of` it is a mandate, which `until` always ends. `signs_from` and `signs_until` are the
    first and last day the person signs; both counted.
    """

    roles: frozenset[str]
    signs_from: date | None = None
    signs_until: date | None = None
    on_behalf_of: str = ""
    until: date | None = None

    def rows(self) -> dict[str, dict[str, Any]]:
        """Role → the fields of its row."""
        return {role: self._row(role) for role in self.roles}

    def _row(self, role: str) -> dict[str, Any]:
        signs = role == Role.SIGNATORY
        last_days = [day for day in (self.until, self.signs_until if signs else None) if day]
        return {
            "valid_from": self.signs_from if signs else None,
            "valid_until": min(last_days) if last_days else None,
            "on_behalf_of": self.on_behalf_of,
        }


def standing_of(association: Association, user_id: int) -> Standing | None:
    """What stands in the person's rows, those whose time has run out too; None when all have ended."""
    rows = list(association.memberships.filter(user_id=user_id, ended_at=None))
    if not rows:
        return None
    signing = next((row for row in rows if row.role == Role.SIGNATORY), None)
    mandate = rows[0].on_behalf_of
    return Standing(
        roles=frozenset(row.role for row in rows),
        signs_from=signing.valid_from if signing else None,
        signs_until=signing.valid_until if signing else None,
        on_behalf_of=mandate,
        until=max((row.valid_until for row in rows if row.valid_until), default=None) if mandate else None,
    )


def give(association: Association, user: Any, standing: Standing, by: Any) -> None:
    """Add what `standing` says to what the person may do already; the caller has the lock.

    A role that the person holds today without end is never made shorter by an invitation.
    """
    kept = association.memberships.current().held_by(user)
    endless = set(kept.filter(valid_until=None).values_list("role", flat=True))
    rows = {role: fields for role, fields in standing.rows().items() if role not in endless}
    _write(association, user.pk, rows, by)


def change(association_id: int, user_id: int, standing: Standing, by: Any) -> None:
    """Let the person have these roles and no others. Raises NotPossible.

    Nobody gives themselves more than they have: another manager does.
    """
    with transaction.atomic():
        association = locked_for_manager(association_id, by)
        before = {
            row.role: {"valid_from": row.valid_from, "valid_until": row.valid_until,
                       "on_behalf_of": row.on_behalf_of}
            for row in association.memberships.filter(user_id=user_id, ended_at=None)
        }  # fmt: skip
        if not before:
            raise NotPossible(_("The person no longer acts for the association. Invite them anew."))
        if not standing.roles:
            raise NotPossible(_("Choose at least one role, or end the person's access."))
        rows = standing.rows()
        if user_id == by.pk and any(before.get(role) != fields for role, fields in rows.items()):
            raise NotPossible(_("Nobody gives themselves more roles. Ask another manager of yours to do it."))
        if standing.on_behalf_of and Role.MANAGER in standing.roles:
            raise NotPossible(_("Who acts by a mandate cannot manage the association's people."))
        if Role.MANAGER in before and Role.MANAGER not in rows:
            _refuse_unless_another_manager(association, user_id)
        _end(association, user_id, by, roles=set(before) - set(rows))
        _write(association, user_id, rows, by)


def end_access(association_id: int, user_id: int, by: Any) -> None:
    """End all that a person may do for the association, at once. Raises NotPossible.

    A manager does it to others; everyone does it to themselves. What they invited others to is withdrawn.
    Ending what has ended is no error.
    """
    with transaction.atomic():
        if user_id == by.pk:
            association = Association.objects.select_for_update().get(pk=association_id)
        else:
            association = locked_for_manager(association_id, by)
        rows = association.memberships.filter(user_id=user_id, ended_at=None).select_related("user")
        person = next((row.user for row in rows), None)
        if person is None:
            return
        if any(row.role == Role.MANAGER for row in rows):
            _refuse_unless_another_manager(association, user_id)
        _end(association, user_id, by, roles=set(Role.values))
        Invitation.objects.filter(
            association=association, invited_by=user_id, accepted_at=None, withdrawn_at=None
        ).update(withdrawn_at=timezone.now())
        if user_id != by.pk:
            tell(
                [person.email],
                "Du företräder inte längre en förening i Samspel",
                "mail/access_ended.txt",
                {"association": association},
            )


def locked_for_manager(association_id: int, by: Any) -> Association:
    """The association, locked, after making sure that `by` manages it. Raises NotPossible."""
    association = Association.objects.select_for_update().get(pk=association_id)
    if not association.memberships.current().held_by(by).filter(role=Role.MANAGER).exists():
        raise NotPossible(_("Only those who manage the association can do this."))
    return association


def _refuse_unless_another_manager(association: Association, user_id: int) -> None:
    others = association.memberships.current().filter(role=Role.MANAGER, user__is_active=True)
    if not others.exclude(user_id=user_id).exists():
        raise NotPossible(
            _(
                "The association must have at least one manager. Make somebody else a manager first, or "
                "invite a new one and wait until they have accepted."
            )
        )


def _end(association: Association, user_id: int, by: Any, *, roles: set[str]) -> None:
    """Row by row, so that the audit log tells each."""
    for row in association.memberships.filter(user_id=user_id, ended_at=None, role__in=roles):
        row.ended_at, row.ended_by = timezone.now(), by
        row.save(update_fields=["ended_at", "ended_by"])


def _write(association: Association, user_id: int, rows: dict[str, dict[str, Any]], by: Any) -> None:
    """Make the person's rows of these roles as wanted; one that differs ends and a new one begins."""
    for role, fields in rows.items():
        held = association.memberships.filter(user_id=user_id, ended_at=None, role=role).first()
        if held and {name: getattr(held, name) for name in fields} == fields:
            continue
        if held:
            _end(association, user_id, by, roles={role})
        Membership.objects.create(association=association, user_id=user_id, role=role, given_by=by, **fields)


def bar(person: Any) -> str:
    """Why the person can hold no role for the city: staff apply for nothing with their staff account."""
    if Membership.objects.current().held_by(person).exists():
        return gettext(
            "The person acts for an association with this address. Write another address for the role."
        )
    return ""
