"""The menu of each role; on every page, so free of queries beyond the person's roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.people import rules
from portal.people.models import Role

#: The session's key for the association a person acts for: {"id", "name"}; see `grants.associations.acting`.
ACTING_FOR = "acting_for"


@dataclass(frozen=True)
class MenuItem:
    label: str
    url: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation`, the menu items of the person, and `acting_for`, whom they act for."""
    user = getattr(request, "user", None)
    items: list[tuple[str, str]] = []
    acting_for = ""
    if user is not None and user.is_authenticated:
        if rules.applicant(user):
            items.append((_("Our applications"), "grants:applications"))
            items.append((_("Our associations"), "grants:associations"))
            acting_for = request.session.get(ACTING_FOR, {}).get("name", "")
        if rules.case_officer(user):
            items += [
                (_("Applications"), "assessments:queue"),
                (_("Rounds"), "assessments:rounds"),
                (_("Calls"), "grants:calls"),
                (_("Associations"), "grants:register"),
            ]
        elif rules.case_reader(user):
            items += [(_("Applications"), "assessments:queue"), (_("Rounds"), "assessments:rounds")]
        if rules.finance(user):
            items.append((_("Payments"), "grants:payments"))
        if rules.reads_ledger(user) and not rules.case_officer(user):
            items.append((_("The frames"), "assessments:frames"))
        if rules.reader(user):
            items.append((_("Second readings"), "assessments:readings"))
        if rules.unit_contact(user):
            items.append((_("Statements"), "assessments:statements"))
        if rules.applicant(user) or rules.unit_contact(user) or rules.case_reader(user):
            items.append((_("Partnerships"), "iop:home"))
        if rules.head(user):
            items.append((_("Officers' reports"), "committee:reports"))
        if rules.chair(user):
            items.append((_("Chair's proposals"), "committee:chair"))
        if rules.secretary(user):
            items.append((_("Matters"), "committee:matters"))
            items.append((_("Letters"), "committee:letters"))
        if rules.committee_reader(user):
            items.append((_("Meetings"), "committee:meetings"))
        if rules.administration(user) or rules.chair(user) or rules.auditor(user):
            items.append((_("Decisions by delegation"), "committee:delegation"))
        if rules.auditor(user):
            items.append((_("Minutes"), "committee:approved-minutes"))
        if rules.reviews_access(user):
            items.append((_("Audit trail"), "registry:trail"))
        if rules.administrator(user):
            items += [
                (_("Roles"), "roles"),
                (_("When grants are paid"), "grants:payment-rules"),
                (_("Lists"), "iop:lists"),
            ]
        if user.has_role(Role.REGISTRAR):
            items += [
                (_("Register and archive"), "registry:desk"),
                (_("Requests for documents"), "registry:requests"),
                (_("Keeping and destroying"), "registry:retention"),
                (_("Obstacles"), "registry:obstacles"),
            ]
        if user.has_role(Role.REGISTRAR, Role.DATA_PROTECTION_OFFICER):
            items.append((_("Extracts"), "registry:extracts"))
    links = [(label, reverse(name)) for label, name in items]
    # The rounds' address lies below the queue's: the longest that fits is where one is.
    here = max((url for _label, url in links if request.path.startswith(url)), key=len, default="")
    menu = [MenuItem(label, url, url == here) for label, url in links]
    return {"navigation": menu, "acting_for": acting_for}
