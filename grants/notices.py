"""Mail that says there is something for you, and nothing of what: the rest stays behind sign-in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from portal.documents.work import ring
from portal.people.tasks import send_queued_mail


def tell(addresses: Iterable[str], subject: str, template: str, context: dict[str, Any]) -> None:
    """Queue one mail to each address, in the transaction of its cause."""
    from post_office import mail

    with translation.override("sv"):
        text = render_to_string(template, context)
    # A subject takes no line breaks, whatever an association is called.
    for address in sorted(set(addresses)):
        mail.send(address, subject=" ".join(subject.split()), message=text)
    ring(send_queued_mail)
