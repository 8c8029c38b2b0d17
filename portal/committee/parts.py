"""What a pack consists of: the summons, then for each matter report, chair's proposal and appendices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from portal.committee import appendices, attached
from portal.committee.matter_text import MatterText
from portal.committee.models import Matter, MatterAppendix, Meeting, Pack, PackPart
from portal.committee.papers import chairs_proposal, officers_report
from portal.committee.summons import delegation_cases, summons
from portal.committee.supplement import NumberedItem, numbered_items
from portal.documents.models import Document
from portal.documents.work import Source, order_all

Each = TypeVar("Each")

#: What the title page of an attached file is called beside the file itself.
TITLE_PAGE = "Bilaga: {title}"
#: Parts that are made and ordered at a time, so that memory does not grow with the pack. The first are few:
#: other workers render them while the next are made.
FIRST_BATCH = 10
BATCH = 100


@dataclass(frozen=True)
class PlannedPart:
    """A part to be: its source, or the document of an attached file; `matter` is None for the summons."""

    title: str
    source: Source | None
    matter: Matter | None = None
    number: int = 0
    case_id: int | None = None
    document: Document | None = None
    is_apart: bool = False


def planned_parts(meeting: Meeting, supplement: int = 0) -> Iterator[PlannedPart]:
    """The parts of a meeting's pack in order. Call it in Swedish.

    Each is made when its turn comes, appendices by the batch: the text of a thousand of them is never
    held at once. The number of queries depends on matters, kinds of appendix and batches.
    """
    items = numbered_items(meeting, supplement)
    rows = [appendix for numbered in items for appendix in numbered.matter.appendices.all()]
    files = attached.as_parts([row.key for row in rows if row.source == MatterAppendix.FILE])
    made = _made([row for row in rows if row.source != MatterAppendix.FILE])
    call = summons(meeting, items, supplement)
    yield PlannedPart(call.title, call)
    for numbered in items:
        yield from _of_matter(numbered, meeting, made, files)


def order_parts(pack: Pack) -> list[PackPart]:
    """Order the documents of a pack; gives its parts, not yet written.

    Outside a transaction each batch is rung for at once. Who is killed half way orders the same again.
    """
    planned = planned_parts(pack.meeting, pack.supplement)
    rows: list[PackPart] = []
    for batch in _batches(planned):
        ordered = iter(order_all(part.source for part in batch if part.source))
        rows += [
            PackPart(
                pack=pack,
                position=position,
                number=part.number,
                matter=part.matter,
                case_id=part.case_id,
                title=part.title[:300],
                document=next(ordered) if part.source else part.document,
                is_apart=part.is_apart,
            )
            for position, part in enumerate(batch, start=len(rows) + 1)
        ]
    return rows


def write_parts(pack: Pack, parts: Sequence[PackPart]) -> None:
    """Write a pack's parts anew, with all cases that they speak of."""
    pack.parts.all().delete()
    PackPart.objects.bulk_create(parts)
    pack.cases.set(_cases(pack, parts))


def _batches(rows: Iterable[Each]) -> Iterator[list[Each]]:
    left = iter(rows)
    size = FIRST_BATCH
    while batch := list(islice(left, size)):
        yield batch
        size = BATCH


def _made(rows: Sequence[MatterAppendix]) -> Iterator[list[Source]]:
    """What each appendix is made of, in the order given; equal kinds of a batch are made together."""
    for batch in _batches(rows):
        keys: dict[str, list[int]] = defaultdict(list)
        for row in batch:
            keys[row.source].append(row.key)
        made = {source: appendices.make(source, wanted) for source, wanted in keys.items()}
        for row in batch:
            yield made[row.source][row.key]


def _of_matter(
    numbered: NumberedItem,
    meeting: Meeting,
    made: Iterator[list[Source]],
    files: dict[int, attached.Attached],
) -> Iterator[PlannedPart]:
    matter, number = numbered.matter, numbered.number
    text = MatterText.from_matter(matter, meeting=meeting)
    yield PlannedPart("Tjänsteskrivelse", officers_report(text, numbered=False), matter, number)
    if matter.has_chairs_proposal:
        yield PlannedPart("Ordförandeförslag", chairs_proposal(text, numbered=False), matter, number)
    for appendix in matter.appendices.all():
        case = appendix.case_id
        if appendix.source != MatterAppendix.FILE:
            sources = next(made)
            for place, source in enumerate(sources, start=1):
                title = f"{appendix.title}, del {place}" if len(sources) > 1 else appendix.title
                yield PlannedPart(title, source, matter, number, case)
            continue
        file = files[appendix.key]
        cover = attached.title_page(appendix, matter, file)
        yield PlannedPart(TITLE_PAGE.format(title=appendix.title), cover, matter, number, case)
        yield PlannedPart(
            appendix.filename or appendix.title, None, matter, number, case, file.document, file.is_apart
        )


def _cases(pack: Pack, parts: Sequence[PackPart]) -> set[int]:
    told = {part.case_id for part in parts if part.case_id}
    matters = {part.matter.pk: part.matter for part in parts if part.matter}.values()
    told |= {matter.case_id for matter in matters}
    told |= {line.case_id for matter in matters for line in matter.lines.all()}
    return told if pack.supplement else told | delegation_cases(pack.meeting)
