"""Putting a pack together from ready parts: bookmarks, contents, what is new; for all, or for one who may not
read everything."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import groupby
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from portal.committee.changes import readable
from portal.committee.hiding import ALL_HIDDEN, PARTLY_HIDDEN
from portal.committee.matter_text import in_running_text
from portal.committee.models import Pack, PackPart
from portal.documents.models import Document, StoredFile
from portal.documents.templatetags.swedish_text import swedish_date

if TYPE_CHECKING:
    from portal.documents.assembly import Part, PlacedPart

#: A matter with more parts than this has its parts about applications in groups.
MOST_BOOKMARKS = 100
APPLICATIONS_A_GROUP = 50


def bind(
    pack: Pack,
    parts: Sequence[PackPart],
    *,
    summons: Document | None = None,
    hidden: Collection[int] = (),
    shown: Collection[int] | None = None,
) -> tuple[StoredFile, int]:
    """The stored PDF of a pack and its number of pages. Call it in Swedish.

    For a copy: a summons of its own, the cases it says nothing of, and the ids of the parts it shows.
    """
    from portal.documents.assembly import assemble

    committee = in_running_text(pack.meeting.committee.name)
    title = f"Handlingar till {committee}"
    if pack.supplement:
        title = f"Tilläggshandlingar {pack.supplement} till {committee}"
    changes = readable(pack.changes, hidden)
    with TemporaryFile() as output:
        assembled = assemble(
            _entries(parts, summons, shown),
            output,
            title=title,
            contents=partial(_contents, pack, title, changes),
            lines_above=len(changes) + 6 if _earlier(pack, changes) else 0,
        )
        return StoredFile.objects.keep(output, "application/pdf"), assembled.page_count


def _entries(
    parts: Sequence[PackPart], summons: Document | None, shown: Collection[int] | None
) -> list[Part]:
    """Bookmarks and contents: the summons, then each matter as a heading with its parts under it."""
    from portal.documents.assembly import Part

    entries = []
    for matter_id, group in groupby(parts, key=lambda part: part.matter_id):
        of_matter = list(group)
        if matter_id is None:
            document = summons or of_matter[0].document
            entries.append(_part(document.title, document, level=1))
            continue
        seen = [part for part in of_matter if shown is None or part.pk in shown]
        note = "" if len(seen) == len(of_matter) else PARTLY_HIDDEN if seen else ALL_HIDDEN
        title = f"{of_matter[0].number}. {of_matter[0].matter}"
        entries.append(Part(title, None, level=1, note=note, is_left_out=not seen))
        entries += _of_matter([part for part in seen if not part.is_apart])
    return entries


def _of_matter(parts: Sequence[PackPart]) -> Iterator[Part]:
    """The parts under a matter; where they are many, those about applications lie in groups.

    Nobody finds a name in a list of a thousand bookmarks, and some readers do not follow one so long.
    """
    from portal.documents.assembly import Part

    if len(parts) <= MOST_BOOKMARKS:
        yield from (_part(part.title, part.document, level=2) for part in parts)
        return
    cases: set[int] = set()
    total = len({part.case_id for part in parts if part.case_id})
    for part in parts:
        if part.case_id and part.case_id not in cases:
            if len(cases) % APPLICATIONS_A_GROUP == 0:
                last = min(len(cases) + APPLICATIONS_A_GROUP, total)
                yield Part(f"Ansökan {len(cases) + 1}–{last}", None, level=2)
            cases.add(part.case_id)
        yield _part(part.title, part.document, level=3 if part.case_id else 2)


def _part(title: str, document: Document, level: int) -> Part:
    """A part whose bytes are read when its turn comes."""
    from portal.documents.assembly import Part

    return Part(title, document.pdf, level, pages=document.pages)


def _earlier(pack: Pack, changes: Sequence[str]) -> Pack | None:
    """The version that the news count from; none for a reader for whom all that is new is hidden."""
    return pack.compared_with if changes or not pack.changes else None


def _contents(
    pack: Pack, title: str, changes: Sequence[str], placed: Sequence[PlacedPart], page_total: int
) -> str:
    meeting, earlier = pack.meeting, _earlier(pack, changes)
    return render_to_string(
        "pdf/contents.html",
        {
            "heading": title,
            "committee": meeting.committee.name,
            "date": swedish_date(meeting.date),
            "introduction": f"Sammanträde i {meeting.place}. Version {pack.version}.",
            "changes": changes,
            "compared_with": earlier.version if earlier else None,
            "parts": placed,
            "page_total": page_total,
        },
    )
