"""What a pack consists of: the summons, then for each matter report, chair's proposal and appendices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.committee import appendices, attached
from portal.committee.matter_text import MatterText
from portal.committee.models import Matter, MatterAppendix, Meeting, Pack, PackPart
from portal.committee.papers import chairs_proposal, officers_report
from portal.committee.summons import delegation_cases, summons
from portal.committee.supplement import NumberedItem, numbered_items
from portal.documents.models import Document
from portal.documents.work import Source, order_all

#: What the title page of an attached file is called beside the file itself.
TITLE_PAGE = "Bilaga: {title}"


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


def planned_parts(meeting: Meeting, supplement: int = 0) -> list[PlannedPart]:
    """The parts of a meeting's pack in order. Call it in Swedish.

    The number of queries depends on matters and kinds of appendix, not on how many appendices.
    """
    items = numbered_items(meeting, supplement)
    made, files = _appendices(items)
    call = summons(meeting, items, supplement)
    parts = [PlannedPart(call.title, call)]
    for numbered in items:
        parts += _of_matter(numbered, meeting, made, files)
    return parts


def order_parts(pack: Pack) -> None:
    """Order the documents of a pack and write its parts anew, with all cases that they speak of."""
    planned = planned_parts(pack.meeting, pack.supplement)
    ordered = iter(order_all(part.source for part in planned if part.source))
    pack.parts.all().delete()
    PackPart.objects.bulk_create(
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
        for position, part in enumerate(planned, start=1)
    )
    pack.cases.set(_cases(pack, planned))


def _appendices(
    items: Sequence[NumberedItem],
) -> tuple[dict[str, dict[int, Source]], dict[int, attached.Attached]]:
    keys: dict[str, list[int]] = defaultdict(list)
    for numbered in items:
        for appendix in numbered.matter.appendices.all():
            keys[appendix.source].append(appendix.key)
    files = attached.as_parts(keys.pop(MatterAppendix.FILE, []))
    return {source: appendices.make(source, wanted) for source, wanted in keys.items()}, files


def _of_matter(
    numbered: NumberedItem,
    meeting: Meeting,
    made: dict[str, dict[int, Source]],
    files: dict[int, attached.Attached],
) -> Iterable[PlannedPart]:
    matter, number = numbered.matter, numbered.number
    text = MatterText.from_matter(matter, meeting=meeting)
    yield PlannedPart("Tjänsteskrivelse", officers_report(text, numbered=False), matter, number)
    if matter.has_chairs_proposal:
        yield PlannedPart("Ordförandeförslag", chairs_proposal(text, numbered=False), matter, number)
    for appendix in matter.appendices.all():
        case = appendix.case_id
        if appendix.source != MatterAppendix.FILE:
            source = made[appendix.source][appendix.key]
            yield PlannedPart(appendix.title, source, matter, number, case)
            continue
        file = files[appendix.key]
        cover = attached.title_page(appendix, matter, file)
        yield PlannedPart(TITLE_PAGE.format(title=appendix.title), cover, matter, number, case)
        yield PlannedPart(
            appendix.filename or appendix.title, None, matter, number, case, file.document, file.is_apart
        )


def _cases(pack: Pack, planned: Sequence[PlannedPart]) -> set[int]:
    told = {part.case_id for part in planned if part.case_id}
    matters = {part.matter.pk: part.matter for part in planned if part.matter}.values()
    told |= {matter.case_id for matter in matters}
    told |= {line.case_id for matter in matters for line in matter.lines.all()}
    return told if pack.supplement else told | delegation_cases(pack.meeting)
