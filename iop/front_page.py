"""What partnerships tell on the start page: answers and needs to associations, replies to units' contacts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from grants.associations.acting import still_acting_for
from grants.models import Association
from iop import matching
from iop.models import Idea, NeedAnswer
from portal.people import rules
from portal.people.front_page import Part, Waiting

#: How long an answer is still news.
RECENT = timedelta(days=60)
ROWS = 3


def parts(user: Any) -> Iterable[Part]:
    """Ways in for everyone; for an association its newest answers, and needs that might suit it."""
    if not user.is_authenticated:
        yield Part("iop/front_page_public.html", {})
    if not rules.applicant(user):
        return
    own = Association.objects.visible_to(user)
    if chosen := still_acting_for(user):
        own = own.filter(pk=chosen)
    since = timezone.now() - RECENT
    answered = Idea.objects.visible_to(user).filter(association__in=own, ended_at__gte=since)
    replied = NeedAnswer.objects.visible_to(user).filter(association__in=own, replied_at__gte=since)
    context = {
        "ideas": list(answered.select_related("case").order_by("-ended_at")[:ROWS]),
        "replies": list(replied.select_related("need").order_by("-replied_at")[:ROWS]),
        "matches": matching.needs_for(own, user)[:ROWS],
    }
    if any(context.values()):
        yield Part("iop/front_page.html", context)


def waiting(user: Any) -> Iterable[Waiting]:
    """Associations that wait for a reply from the units a contact answers for."""
    if not rules.unit_contact(user):
        return
    number = NeedAnswer.objects.visible_to(user).filter(replied_at=None).count()
    if number:
        text = ngettext(
            "association waits for a reply to its answer to a need",
            "associations wait for a reply to their answers to needs",
            number,
        )
        yield Waiting(number, text, reverse("iop:home"))
