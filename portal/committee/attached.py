"""Files attached to matters: a title page before each, and beside the pack what cannot stand in it.

A file of somebody else's making becomes part of a pack only if a pack with it is still archival and
accessible. What is not is read for itself, and its title page says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from portal.committee.models import Matter, MatterAppendix, MatterLine
from portal.committee.refused import Refused
from portal.documents.models import Document, DocumentState, StoredFile
from portal.documents.work import Source
from portal.registry.models import Case, Event, Record, RecordFile

#: Kinds of the documents that stand for attached files.
JOINED = "bilagd_fil"
APART = "bilagd_fil_for_sig"


class CannotAttach(Refused):
    """The file cannot be attached or taken off; the message tells why."""


@dataclass(frozen=True)
class Attached:
    """An attached file as a part of a pack, and whether it is read beside it."""

    document: Document
    is_apart: bool


def attach(
    matter: Matter,
    stored: StoredFile,
    *,
    title: str,
    filename: str,
    line: MatterLine | None = None,
    by: Any = None,
) -> MatterAppendix:
    """Attach a file last to a matter, about one line or about all of them.

    What is laid before the committee is a public record (allmän handling): a file that the register does not
    hold yet is registered on the line's case, or on the matter's own, and stays there when it is taken off.
    Raises CannotAttach when the matter is decided, or when the file is attached already.
    """
    with transaction.atomic():
        locked = Matter.objects.select_for_update().get(pk=matter.pk)
        if locked.is_closed:
            raise CannotAttach(_("The committee has already decided the matter or sent it back."))
        if locked.appendices.filter(source=MatterAppendix.FILE, key=stored.pk).exists():
            raise CannotAttach(_("The file is attached to this matter already."))
        case = line.case if line else locked.case
        _register(locked, case, stored, title=title, filename=filename, by=by)
        case.log(Event.Kind.PAPER_ATTACHED, by=by, detail=title)
        last = locked.appendices.aggregate(last=Max("position"))["last"] or 0
        return MatterAppendix.objects.create(
            matter=locked,
            position=last + 1,
            title=title,
            source=MatterAppendix.FILE,
            key=stored.pk,
            filename=filename,
            case_id=line.case_id if line else None,
        )


def _register(matter: Matter, case: Case, stored: StoredFile, *, title: str, filename: str, by: Any) -> None:
    """Register the file on `case`, unless a case of the matter has it already."""
    cases = [matter.case_id, *matter.lines.values_list("case", flat=True)]
    if RecordFile.objects.filter(stored_file=stored, record__case__in=cases).exists():
        return
    case.register(Record.Kind.APPENDIX, title, by=by, files=[(stored, filename)])


def take_off(appendix: MatterAppendix, by: Any = None) -> None:
    """Take an attached file off its matter; packs that have it keep it. Raises CannotAttach when decided."""
    with transaction.atomic():
        matter = Matter.objects.select_for_update().get(pk=appendix.matter_id)
        if matter.is_closed:
            raise CannotAttach(_("The committee has already decided the matter or sent it back."))
        taken, _rows = MatterAppendix.objects.filter(pk=appendix.pk, source=MatterAppendix.FILE).delete()
        if taken:
            case = appendix.case or matter.case
            case.log(Event.Kind.PAPER_TAKEN_OFF, by=by, detail=appendix.title)


def as_parts(file_ids: Collection[int]) -> dict[int, Attached]:
    """The document that stands for each stored file, made when it is asked for first.

    Looking at a file takes a fraction of a second, so it is done once and kept as the document's kind.
    """
    files = StoredFile.objects.in_bulk(list(file_ids))
    hashes = {_hash(stored): stored for stored in files.values()}
    known = set(Document.objects.filter(content_hash__in=hashes).values_list("content_hash", flat=True))
    Document.objects.bulk_create(
        (_document(stored, digest) for digest, stored in hashes.items() if digest not in known),
        ignore_conflicts=True,
    )
    found = Document.objects.filter(content_hash__in=hashes).select_related("file")
    return {
        hashes[document.content_hash].pk: Attached(document, document.kind == APART) for document in found
    }


def documents_of(files: Iterable[StoredFile]) -> list[int]:
    """Keys of the documents that stand for stored files, of those that were made."""
    hashes = [_hash(stored) for stored in files]
    return list(Document.objects.filter(content_hash__in=hashes).values_list("pk", flat=True))


def title_page(appendix: MatterAppendix, matter: Matter, attached: Attached) -> Source:
    """The page before the file: what it is, or that and why it is read beside the pack."""
    html = render_to_string(
        "pdf/bilaga.html",
        {
            "committee": matter.committee.name,
            "kind": "Bilaga",
            "registry_number": (appendix.case or matter.case).registry_number,
            "heading": appendix.title,
            "filename": appendix.filename,
            "pages": attached.document.pages,
            "is_apart": attached.is_apart,
        },
    )
    return Source("bilaga", appendix.title, html, numbered=False)


def _hash(stored: StoredFile) -> str:
    return hashlib.sha256(f"attached file\0{stored.sha256}".encode()).hexdigest()


def _document(stored: StoredFile, digest: str) -> Document:
    """A document that is ready: the file brought into a form that can stand in a pack, or as it came."""
    from portal.documents.assembly import page_count
    from portal.documents.foreign import normalised

    ready = normalised(stored.read()) if stored.media_type == "application/pdf" else None
    return Document(
        kind=JOINED if ready else APART,
        title=stored.sha256,
        html="",
        content_hash=digest,
        state=DocumentState.READY,
        file=StoredFile.objects.keep(ready, stored.media_type) if ready else stored,
        pages=page_count(ready) if ready else 0,
    )
