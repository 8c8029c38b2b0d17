"""Writing whom people talk to, by target group."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from grants.models import Contact
from portal.registry.models import Authority

#: Room beside the positions in use while rows change places.
_ASIDE = 10_000


def save_contacts(authority: Authority, rows: list[dict[str, Any]]) -> None:
    """Let an authority have these contacts in this order; a row whose `key` is a contact's id is that one."""
    with transaction.atomic():
        Authority.objects.select_for_update().get(pk=authority.pk)
        current = {str(contact.pk): contact for contact in authority.contacts.all()}
        kept = {values["key"] for values in rows}
        for key, contact in current.items():
            if key not in kept:
                contact.delete()
        authority.contacts.update(position=F("position") + _ASIDE)
        for position, values in enumerate(rows, start=1):
            contact = current.get(values["key"]) or Contact(authority=authority)
            for name, value in values.items():
                if name != "key":
                    setattr(contact, name, value)
            contact.position = position
            contact.save()
