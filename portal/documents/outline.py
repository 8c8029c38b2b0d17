"""Bookmarks of a document, nested as its parts are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.documents.objects import Body, Writer, text_string


@dataclass
class _Bookmark:
    number: int
    title: str
    destination: bytes
    children: list[_Bookmark] = field(default_factory=list)

    @property
    def descendants(self) -> int:
        return len(self.children) + sum(child.descendants for child in self.children)


def write_bookmarks(writer: Writer, entries: Sequence[tuple[int, str, bytes]]) -> int:
    """Write bookmarks from (level, title, destination) in order; the number of their root.

    An entry belongs under the nearest one before it with a lower level.
    """
    root = _Bookmark(writer.number(), "", b"")
    # The open branch: the last entry on each level, outermost first.
    branch: list[tuple[int, _Bookmark]] = [(0, root)]
    for level, title, destination in entries:
        while branch[-1][0] >= level:
            branch.pop()
        bookmark = _Bookmark(writer.number(), title, destination)
        branch[-1][1].children.append(bookmark)
        branch.append((level, bookmark))
    writer.add(root.number, Body(b"<</Type /Outlines%b>>" % _family(root)))
    _write_children(writer, root)
    return root.number


def _family(bookmark: _Bookmark) -> bytes:
    if not bookmark.children:
        return b""
    first, last = bookmark.children[0].number, bookmark.children[-1].number
    return b"/First %d 0 R/Last %d 0 R/Count %d" % (first, last, bookmark.descendants)


def _write_children(writer: Writer, parent: _Bookmark) -> None:
    for place, child in enumerate(parent.children):
        text = b"<</Title %b/Parent %d 0 R/Dest %b" % (
            text_string(child.title),
            parent.number,
            child.destination,
        )
        if place:
            text += b"/Prev %d 0 R" % parent.children[place - 1].number
        if place + 1 < len(parent.children):
            text += b"/Next %d 0 R" % parent.children[place + 1].number
        writer.add(child.number, Body(text + _family(child) + b">>"))
        _write_children(writer, child)
