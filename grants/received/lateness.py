"""What came after its call had closed: a named officer admits it, or dismisses it (avvisar).

Nothing of it happens by itself: a matter that can be tried by a court under kommunallagen chapter 13 may
not be decided automatically (6:38).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from grants.models import Application, Lateness
from grants.notices import tell_association
from grants.states import State, move
from portal.documents.templatetags.swedish_text import swedish_date
from portal.documents.work import Source, order
from portal.registry.models import Event, Record, has_declared


class CannotRule(Exception):
    """The late application cannot be ruled on; the text tells the officer why."""


def admit(application_id: int, by: Any, reason: str) -> Application:
    """Let a late application be tried like the others; doing so twice is one decision."""
    return _rule(application_id, by, reason, Lateness.ADMITTED)


def dismiss(application_id: int, by: Any, reason: str) -> Application:
    """Dismiss a late application without trying it; doing so twice is one decision."""
    return _rule(application_id, by, reason, Lateness.DISMISSED)


def _rule(application_id: int, by: Any, reason: str, ruling: Lateness) -> Application:
    """One decision, by a person who has declared no conflict of interest: state, event, record, mail.

    Raises CannotRule when it is not late, is already ruled on another way, or lacks a reason.
    """
    with transaction.atomic():
        application = (
            Application.objects.select_for_update(of=("self",))
            .select_related("association", "call", "case__authority")
            .get(pk=application_id)
        )
        if application.lateness == ruling:
            return application
        if application.lateness != Lateness.WAITING or application.state != State.SUBMITTED:
            raise CannotRule(_("The application does not wait for a decision on its lateness."))
        if not has_declared(application.received_case, by):
            raise CannotRule(_("Declare first that you have no conflict of interest in this case."))
        if not reason.strip():
            raise CannotRule(_("Write the reason: the association reads it."))
        Application.objects.filter(pk=application.pk).update(lateness=ruling)
        application.lateness = ruling
        dismissed = ruling == Lateness.DISMISSED
        if dismissed:
            move(application, State.DISMISSED)
        _register(application, by, reason.strip(), dismissed=dismissed)
    return application


def _register(application: Application, by: Any, reason: str, *, dismissed: bool) -> None:
    case = application.received_case
    heading = "Vi avvisar er ansökan" if dismissed else "Vi tar upp er sena ansökan"
    with translation.override("sv"):
        html = render_to_string(
            "pdf/late_ruling.html",
            {
                "application": application,
                "call": application.call,
                "reason": [line for line in reason.splitlines() if line.strip()],
                "dismissed": dismissed,
                "decided_by": str(by),
                "committee": case.authority.name,
                "kind": "Beslut",
                "date": swedish_date(timezone.now()),
                "registry_number": case.registry_number,
                "heading": heading,
            },
        )
    case.register(
        Record.Kind.LATE_RULING,
        "Beslut om sen ansökan",
        by=by,
        content={"ruling": application.lateness, "reason": reason, "decided_by": str(by)},
        document=order(Source("beslut_sen_ansokan", f"Beslut om sen ansökan {case.registry_number}", html)),
    )
    case.log(Event.Kind.DISMISSED if dismissed else Event.Kind.LATE_ADMITTED, by=by)
    tell_association(application, f"Beslut om er sena ansökan {case.registry_number}", "mail/late_ruling.txt")
