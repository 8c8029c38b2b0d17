"""A copy of a case with masking: chosen records in one PDF, what is protected taken out, and a log of it.

The PDF is ordered as any document; a worker makes it. Files that others made cannot be masked: each is left
out, or handed out whole by choice, and the log says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.documents.templatetags.swedish_text import swedish_date, swedish_moment
from portal.documents.work import Source, order
from portal.registry import contents, masking
from portal.registry.masking import Mask, Proposal
from portal.registry.models import Case, DisclosureRequest, Event, MaskedCopy, Record, RecordFile


class CannotCopy(Exception):
    """The copy cannot be made so; the text tells why."""


@dataclass
class CopiedRecord:
    """One record as the copy prints it."""

    title: str
    date: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""
    files: list[tuple[str, str]] = field(default_factory=list)
    masked: int = 0


def make(
    case: Case,
    records: Sequence[Record],
    by: Any,
    *,
    proposals: Sequence[Proposal] = (),
    by_hand: Sequence[str] = (),
    whole_files: Sequence[RecordFile] = (),
    request: DisclosureRequest | None = None,
) -> MaskedCopy:
    """Order the copy and write its log. Raises CannotCopy without records, or if something would stay."""
    if not records:
        raise CannotCopy(_("Choose at least one record."))
    mask = Mask(masking.chosen_words(proposals, by_hand), masking.chosen_keys(proposals))
    whole = {file.pk for file in whole_files}
    with translation.override("sv"):
        copied = [_copied(record, mask, whole) for record in records]
        html = _html(case, copied, proposals, by_hand, by, mask)
    if mask.leaks(contents.document_text(html)):
        raise CannotCopy(
            _("Something that you chose to mask would still stand in the copy, in a heading or a label.")
        )
    with transaction.atomic():
        document = order(Source("maskad_kopia", f"Kopia ur {case.registry_number}", html))
        copy = MaskedCopy.objects.create(
            case=case, request=request, document=document, made_by=by, log=_log(records, copied, proposals)
        )
        copy.files.set(whole_files)
        case.log(Event.Kind.COPIED, by=by, detail=f"{len(records)} handlingar")
    return copy


def _copied(record: Record, mask: Mask, whole: set[int]) -> CopiedRecord:
    title, count = mask.apply(str(record.get_kind_display()))
    copied = CopiedRecord(title=title, date=swedish_date(record.created_at), masked=count)
    for line in contents.lines(record):
        label, in_label = mask.apply(line.label)
        text, in_text = mask.line(record.pk, line)
        copied.lines.append((label, text))
        copied.masked += in_label + in_text
    if record.document is not None and (body := contents.document_body(record.document.html)) is not None:
        copied.masked += _mask_element(body, mask)
        # Our own page, parsed and written anew: every text in it is escaped.
        copied.body = SafeString(ElementTree.tostring(body, encoding="unicode", method="html"))
    for file in record.files.all():
        name, in_name = mask.apply(file.filename)
        copied.files.append((name, "lämnas ut i sin helhet" if file.pk in whole else "lämnas inte ut"))
        copied.masked += in_name
    return copied


def _mask_element(element: ElementTree.Element, mask: Mask) -> int:
    """Take the words out of each block as a whole, so that none hides where bold begins within it."""
    inner = [child for child in element.iter() if child is not element]
    if not any(child.tag in _BLOCKS for child in inner):
        text, count = mask.apply(_text_of(element))
        if count:
            element[:] = []
            element.text = text
        return count
    element.text, count = mask.apply(element.text or "")
    for child in element:
        count += _mask_element(child, mask)
        child.tail, in_tail = mask.apply(child.tail or "")
        count += in_tail
    return count


def _text_of(element: ElementTree.Element) -> str:
    """All text in an element; a line break is a break between words."""
    words = [element.text or ""]
    for child in element:
        words += ["\n" if child.tag == "br" else _text_of(child), child.tail or ""]
    return "".join(words)


#: What holds text of its own; all else stands within such a text.
_BLOCKS = frozenset(
    {"p", "li", "td", "th", "tr", "table", "thead", "tbody", "caption", "ul", "ol", "dl", "dt", "dd"}
    | {"div", "section", "header", "h3", "h4", "h5", "h6"}
)


def _html(
    case: Case,
    copied: Sequence[CopiedRecord],
    proposals: Sequence[Proposal],
    by_hand: Sequence[str],
    by: Any,
    mask: Mask,
) -> str:
    return render_to_string(
        "pdf/maskad_kopia.html",
        {
            "kind": "Kopia",
            "committee": case.authority.name,
            "date": swedish_date(timezone.localdate()),
            "registry_number": case.registry_number,
            "heading": mask.apply(case.public_title)[0],
            "records": copied,
            "made": swedish_moment(timezone.now()),
            "by": by,
            "kinds": sorted({str(one.part.label) for one in proposals}),
            "by_hand": len([line for line in by_hand if line.strip()]),
            "mask": masking.MASK,
        },
    )


def _log(
    records: Sequence[Record], copied: Sequence[CopiedRecord], proposals: Sequence[Proposal]
) -> list[dict[str, Any]]:
    """Per record: how many places were masked, of which kinds, and what became of its files."""
    return [
        {
            "record": record.pk,
            "places": one.masked,
            "kinds": sorted(
                {str(p.part) for p in proposals if any(at == record.pk for at, _key in p.places)}
            ),
            "files": [list(file) for file in one.files],
        }
        for record, one in zip(records, copied, strict=True)
    ]
