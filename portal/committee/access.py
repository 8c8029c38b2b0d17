"""What the committee opens in the rooms below: cases on published agendas, documents of readable packs."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from portal.committee.models import Decision, Letter, Matter, MatterLine, Minutes, Pack, PackCopy, PackPart
from portal.people import rules


def cases_in_published_packs(user: Any) -> Q:
    """Chair and members see the cases of the matters they may read."""
    if not rules.committee_reader(user):
        return Q(pk__in=[])
    return Q(pk__in=Matter.objects.visible_to(user).values("case")) | Q(
        pk__in=MatterLine.objects.visible_to(user).values("case")
    )


def documents_for_committee(user: Any) -> Q:
    """Parts of packs, summonses of copies, extracts, letters and minutes that a person may read."""
    return (
        Q(pk__in=PackPart.objects.visible_to(user).values("document"))
        | Q(pk__in=PackCopy.objects.visible_to(user).exclude(summons=None).values("summons"))
        | Q(pk__in=Decision.objects.visible_to(user).exclude(extract=None).values("extract"))
        | Q(pk__in=Letter.objects.visible_to(user).exclude(document=None).values("document"))
        | Q(pk__in=Minutes.objects.whole_for(user).exclude(document=None).values("document"))
    )


def files_for_committee(user: Any) -> Q:
    """The files of packs, copies, parts, extracts, letters and minutes that a person may read."""
    copies = PackCopy.objects.visible_to(user)
    return (
        Q(pk__in=Pack.objects.visible_to(user).exclude(file=None).values("file"))
        | Q(pk__in=copies.exclude(file=None).values("file"))
        | Q(pk__in=copies.exclude(summons__file=None).values("summons__file"))
        | Q(pk__in=PackPart.objects.visible_to(user).exclude(document__file=None).values("document__file"))
        | Q(pk__in=Decision.objects.visible_to(user).exclude(extract__file=None).values("extract__file"))
        | Q(pk__in=Letter.objects.visible_to(user).exclude(document__file=None).values("document__file"))
        | Q(pk__in=Minutes.objects.whole_for(user).exclude(document__file=None).values("document__file"))
    )
