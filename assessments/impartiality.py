"""Who may handle a case (kommunallagen 7:4 and 6:28): the same for officers, second readers and units."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from grants.models import Application
from portal.registry.models import has_declared


def reason_to_refuse(application: Application, person: Any) -> str:
    """Why the person may not handle the case; empty for one who has declared, and acts for nobody in it."""
    if not has_declared(application.received_case, person):
        return _("Declare first that you have no conflict of interest in this case.")
    if application.association.memberships.filter(user_id=person.pk).exists():
        return _("You act for this association yourself, so a colleague has to handle the case.")
    return ""
