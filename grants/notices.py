"""Mail that says there is something for you, and nothing of what: the rest stays behind sign-in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from grants.models import Application
from portal.documents.work import ring
from portal.people.models import Role, User
from portal.people.tasks import send_queued_mail
from portal.registry.models import ConflictOfInterest


def tell(addresses: Iterable[str], subject: str, template: str, context: dict[str, Any]) -> None:
    """Queue one mail to each address, in the transaction of its cause."""
    from post_office import mail

    with translation.override("sv"):
        text = render_to_string(template, context)
    # A subject takes no line breaks, whatever an association is called.
    for address in sorted(set(addresses)):
        mail.send(address, subject=" ".join(subject.split()), message=text)
    ring(send_queued_mail)


def case_officers(application: Application) -> list[User]:
    """Who handles the case: the officer it is assigned to, else those who have declared no conflict.

    Nobody with a conflict of interest, and nobody who has left.
    """
    declared = ConflictOfInterest.objects.filter(case=application.case_id)
    officers = User.objects.holding(Role.CASE_OFFICER).exclude(
        pk__in=declared.filter(has_conflict=True).values("user")
    )
    assigned = officers.filter(pk=getattr(application, "officer_id", None) or 0)
    return list(assigned) or list(
        officers.filter(pk__in=declared.filter(has_conflict=False).values("user")).distinct()
    )


def tell_association(application: Application, subject: str, template: str) -> None:
    """Queue a mail to the association's own address."""
    tell([application.association.email], subject, template, {"application": application})


def tell_officers(application: Application, subject: str, template: str) -> None:
    """Queue a mail to whoever handles the case; when nobody does yet, it stands in the queue anyway."""
    addresses = [officer.email for officer in case_officers(application)]
    tell(addresses, subject, template, {"application": application})
