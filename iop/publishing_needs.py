"""A unit's need: written, published for all to read, answered by associations, and closed with words."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import Association
from grants.notices import tell
from iop.models import Need, NeedAnswer
from portal.people import rules
from portal.people.models import Unit


class CannotChange(Exception):
    """The act is not possible; the message says why, and what to do."""


def units_of(user: Any) -> Any:
    """The units whose needs the person writes: a contact's own, any for a case officer."""
    units = Unit.objects.visible_to(user).filter(is_active=True)
    return units if rules.case_officer(user) else units.with_contact(user)


def may_write(need: Need, user: Any) -> bool:
    """Whether the person speaks for the need's unit."""
    if rules.case_officer(user):
        return True
    return rules.unit_contact(user) and Unit.objects.with_contact(user).filter(pk=need.unit_id).exists()


def write(fields: dict[str, Any], groups: Any, by: Any) -> Need:
    """Keep a new need; nobody else reads it until it is published."""
    with transaction.atomic():
        need = Need.objects.create(**fields, written_by=by)
        need.target_groups.set(groups)
    return need


def publish(need: Need) -> None:
    """Let everyone read the need; doing so again changes nothing."""
    Need.objects.filter(pk=need.pk, published_at=None).update(published_at=timezone.now())


def close(need: Need, words: str) -> None:
    """Close a published need with words on how it went. Raises CannotChange."""
    if not words.strip():
        raise CannotChange(_("Write how it went: those who answered read it."))
    closed = Need.objects.open().filter(pk=need.pk).update(closed_at=timezone.now(), closing_words=words)
    if not closed:
        raise CannotChange(_("The need is not open, so it cannot be closed."))


def answer(need: Need, association: Association, role: str, text: str, by: Any) -> NeedAnswer:
    """Answer a need for an association, or write its answer anew until the unit has replied.

    Raises CannotChange when the need is not open, or the unit has replied.
    """
    with transaction.atomic():
        current = Need.objects.select_for_update(of=("self",)).select_related("unit").get(pk=need.pk)
        if not current.is_open:
            raise CannotChange(_("The need is closed. Leave an idea instead, and we talk about it."))
        given, is_new = NeedAnswer.objects.select_for_update(of=("self",)).get_or_create(
            need=current,
            association=association,
            defaults={"role": role, "text": text, "answered_by": by},
        )
        if not is_new:
            if given.replied_at is not None:
                raise CannotChange(_("The unit has replied. Go on in the log of your co-operation."))
            given.role, given.text, given.answered_by = role, text, by
            given.answered_at = timezone.now()
            given.save()
        contacts = current.unit.contacts.filter(user__is_active=True).values_list("user__email", flat=True)
        tell(contacts, "En förening har svarat på ett behov", "mail/iop/need_answered.txt", {"need": current})
    return given


def reply(given: NeedAnswer, text: str, by: Any) -> None:
    """Write the unit's reply, or write it anew; the association gets a mail."""
    with transaction.atomic():
        NeedAnswer.objects.filter(pk=given.pk).update(reply=text, replied_by=by, replied_at=timezone.now())
        tell(
            [given.association.email],
            "Ni har fått svar från verksamheten",
            "mail/iop/need_replied.txt",
            {"need": given.need},
        )
