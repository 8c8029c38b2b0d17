"""What waits for heads, chair, secretary and members on the start page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from portal.committee.models import (
    Letter,
    Matter,
    MatterState,
    Meeting,
    Pack,
    PackCopy,
    PackState,
    awaiting_heads,
)
from portal.committee.report_review import to_approve
from portal.documents.models import Document
from portal.people import rules
from portal.people.front_page import Waiting


def waiting(user: Any) -> Iterable[Waiting]:
    """Counts through `visible_to`, each with the page where the person goes on."""
    if rules.head(user):
        yield _reports(user)
    if rules.chair(user):
        yield _proposals(user)
    if rules.secretary(user):
        yield _free_matters(user)
        yield _need_hands(user)
        yield _letters(user)
    if rules.committee_reader(user):
        yield _meetings(user)


def _reports(user: Any) -> Waiting:
    count = to_approve(user).count()
    text = ngettext("officers' report awaits your approval", "officers' reports await your approval", count)
    return Waiting(count, text, reverse("committee:reports"))


def _proposals(user: Any) -> Waiting:
    count = Matter.objects.wholly_visible_to(user).awaiting_chair().exclude(awaiting_heads()).count()
    text = ngettext("matter awaits your proposal", "matters await your proposal", count)
    return Waiting(count, text, reverse("committee:chair"))


def _free_matters(user: Any) -> Waiting:
    count = Matter.objects.visible_to(user).free().exclude(awaiting_heads()).count()
    text = ngettext("matter can be put on an agenda", "matters can be put on an agenda", count)
    return Waiting(count, text, reverse("committee:matters"))


def _need_hands(user: Any) -> Waiting:
    packs = Pack.objects.visible_to(user).filter(state=PackState.FAILED).count()
    copies = PackCopy.objects.filter(state=PackState.FAILED, pack__in=Pack.objects.visible_to(user)).count()
    count = packs + copies + Document.objects.visible_to(user).need_hands().count()
    text = ngettext("document needs hands", "documents need hands", count)
    return Waiting(count, text, reverse("committee:documents"))


def _letters(user: Any) -> Waiting:
    """Letters that are ready and not released, and those that failed or whose mail did."""
    count = Letter.objects.visible_to(user).waiting_for_the_secretary().count()
    text = ngettext("letter waits to be released or mended", "letters wait to be released or mended", count)
    return Waiting(count, text, reverse("committee:letters"))


def _meetings(user: Any) -> Waiting:
    """Meetings to come whose agenda holds something to decide and whose pack the members have."""
    undecided = Matter.objects.filter(agenda_items__meeting=OuterRef("pk"), state=MatterState.ON_AGENDA)
    published = Pack.objects.filter(meeting=OuterRef("pk"), published_at__isnull=False)
    count = (
        Meeting.objects.visible_to(user)
        .filter(Exists(undecided), Exists(published), starts_at__gte=timezone.now())
        .count()
    )
    text = ngettext("meeting to come has papers to read", "meetings to come have papers to read", count)
    return Waiting(count, text, reverse("committee:meetings"))
