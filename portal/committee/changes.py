"""What a new version of a pack changes, told in sentences: matters that came or went, parts that are other.

A part is another when its document is: documents are found by the hash of their content.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any, TypedDict

from django.db.models import Q, QuerySet

from portal.committee.hiding import cases_of
from portal.committee.models import Pack, PackPart, PackState, takes_approvals_away
from portal.registry.models import Event

#: Ends of the Swedish words that take "ändrat" and "nytt".
_NEUTER = ("förslag", "avtal", "yttrande", "utdrag", "beslut", "protokoll")

#: What can happen to a case before the committee that makes a finished pack tell something else than is so.
#: Who approved the report stands in it, so an approval, or what takes one away, does so too.
_CHANGES_PAPERS = (Event.Kind.REPORT_APPROVED, Event.Kind.CHAIRS_PROPOSAL)


class Change(TypedDict):
    """A sentence, and the ids of the cases that it speaks of; none when it is public."""

    text: str
    cases: list[int]


def version_before(pack: Pack) -> Pack | None:
    """What the readers had before: the last published version, or else the last that was ready."""
    earlier = Pack.objects.filter(
        meeting=pack.meeting_id,
        supplement=pack.supplement,
        version__lt=pack.version,
        state=PackState.READY,
    ).order_by("-version")
    return earlier.filter(published_at__isnull=False).first() or earlier.first()


def changes_since(earlier: Pack, pack: Pack) -> list[Change]:
    """What `pack` changes of `earlier`, in the order of the pack; matters that went come last."""
    before, now = _parts(earlier), _parts(pack)
    had = {part.matter_id for part in before}
    changes: list[Change] = []
    for matter_id, group in groupby(now, key=lambda part: part.matter_id):
        parts = list(group)
        if matter_id is not None and matter_id not in had:
            changes.append(_public(f"Ärende {parts[0].number} är nytt: {parts[0].matter}."))
        else:
            changes += _changes_in(parts, [part for part in before if part.matter_id == matter_id])
    left = {part.matter_id: part for part in before} | {part.matter_id: None for part in now}
    changes += [_public(f"Ärendet är borttaget: {part.matter}.") for part in left.values() if part]
    return changes


def happened_since(pack: Pack) -> QuerySet[Event]:
    """What has changed the papers of the pack's cases since it was ordered, the first first."""
    since = Event.objects.filter(
        Q(kind__in=_CHANGES_PAPERS) | takes_approvals_away(),
        case__in=pack.cases.all(),
        at__gt=pack.requested_at,
    )
    return since.select_related("case")


def readable(changes: Iterable[Any], hidden: Collection[int]) -> list[str]:
    """The sentences for whoever may not read about the `hidden` cases."""
    return [change["text"] for change in changes if not set(hidden).intersection(change["cases"])]


def _parts(pack: Pack) -> list[PackPart]:
    return list(pack.parts.prefetch_related("matter__lines"))


def _changes_in(now: list[PackPart], before: list[PackPart]) -> Iterator[Change]:
    old, new = _named(before), _named(now)
    for name, part in new.items():
        if name not in old:
            yield _of_part(part, "nytt" if _is_neuter(part.title) else "ny")
        elif old[name].document_id != part.document_id:
            yield _of_part(part, "ändrat" if _is_neuter(part.title) else "ändrad")
    for name, part in old.items():
        if name not in new:
            yield _of_part(part, "borttaget" if _is_neuter(part.title) else "borttagen", now[0].number)


def _named(parts: list[PackPart]) -> dict[tuple[int | None, str], PackPart]:
    """Parts by what they are: the line they are about, and what they are called."""
    return {(part.case_id, part.title if part.matter_id else ""): part for part in parts}


def _of_part(part: PackPart, how: str, number: int | None = None) -> Change:
    if part.matter is None:
        return _public("Kallelsen är ändrad.")
    number = part.number if number is None else number
    return Change(text=f"Ärende {number}: {part.title} är {how}.", cases=sorted(cases_of(part)))


def _public(text: str) -> Change:
    return Change(text=text, cases=[])


def _is_neuter(title: str) -> bool:
    return title.partition(":")[0].lower().endswith(_NEUTER)
