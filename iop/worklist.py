"""What waits for a person in partnerships, on the start page: few queries, and only what they may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import ngettext

from iop.models import Agreement, Signature
from iop.room import MOST, ToDo
from iop.rules import partner
from iop.states import State
from portal.people import rules
from portal.people.front_page import Part, Waiting


def to_sign(user: Any) -> Any:
    """The agreements that lie ready and that the person has not signed."""
    own = Signature.objects.filter(text=OuterRef("text_to_sign"), signed_by=user.pk)
    return Agreement.objects.visible_to(user).filter(~Exists(own), state=State.TO_SIGN)


def waiting(user: Any) -> list[Waiting]:
    """For staff: agreements to sign as a unit's contact, and for officers those that wait for signatures."""
    if not (rules.unit_contact(user) or rules.case_officer(user)):
        return []
    count = to_sign(user).count()
    if not count:
        return []
    text = ngettext("partnership agreement to be signed", "partnership agreements to be signed", count)
    return [Waiting(count, text, reverse("iop:agreements"))]


def to_do(user: Any) -> Iterable[ToDo]:
    """The agreements that wait for the person's signature, for the room's home page."""
    if rules.applicant(user) or rules.unit_contact(user):
        for agreement in to_sign(user)[:MOST]:
            yield ToDo(
                agreement.title,
                reverse("iop:agreement", args=[agreement.pk]),
                str(agreement.get_state_display()),
                "warning",
            )


def parts(user: Any) -> list[Part]:
    """For associations: their partnerships, when they take part in any."""
    if not (user.is_authenticated and rules.applicant(user) and partner(user)):
        return []
    rows = list(
        Agreement.objects.visible_to(user)
        .exclude(state__in=[State.DROPPED, State.ENDED])
        .only("title", "state")[:10]
    )
    return [Part("iop/agreement/front_page.html", {"agreements": rows})] if rows else []
