"""PDF files as numbered objects: read from files that WeasyPrint or qpdf wrote, and written anew.

Only what joining parts needs, and nothing of a part is held longer than it is copied: a pack of a thousand
parts takes no more memory than one of ten. (qpdf keeps every object of every part until the end.)
"""

from __future__ import annotations

import hashlib
import re
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO, NamedTuple

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)(?:\nendobj|(?<=>>)\n?stream\n)", re.DOTALL)
_LENGTH = re.compile(rb"/Length (\d+)")
_ROOT = re.compile(rb"/Root (\d+) 0 R")
_STRING = rb"\((?:[^()\\]|\\.)*\)"
#: A string, which is passed over, or a reference. Numbers written in base 16 hold no "R".
_STRING_OR_REFERENCE = re.compile(_STRING + rb"|(\d+) 0 R\b", re.DOTALL)
#: A reference where there is no string that could hold something like it.
_REFERENCE = re.compile(rb"(\d+) 0 R\b")
#: A string, which is passed over, or the number of an entry in the parent tree.
_STRING_OR_PARENT = re.compile(_STRING + rb"|(/StructParents? )(\d+)", re.DOTALL)
_PACKED = 200
#: Of zlib: half the time of its default for a twentieth more bytes.
_EFFORT = 3


class Body(NamedTuple):
    """An object: its text, and for a stream the bytes as they are stored; `data` is None for the others."""

    text: bytes
    data: bytes | None = None


def stands_alone(body: Body, cut: Sequence[bytes]) -> bool:
    """Whether it is a stream that refers to nothing else; `cut` is its text as `pieces`."""
    return body.data is not None and len(cut) == 1


class Unreadable(ValueError):
    """The file is not written as WeasyPrint or qpdf write."""


class PdfFile:
    """The objects of a file by number, and its catalogue."""

    def __init__(self, pdf: bytes) -> None:
        self.objects: dict[int, Body] = {}
        root = 0
        position = 0
        while match := _OBJECT.search(pdf, position):
            number, text, position = int(match[1]), match[2], match.end()
            if not match[0].endswith(b"stream\n"):
                self.objects[number] = Body(text)
                continue
            length = _LENGTH.search(text)
            if length is None:
                raise Unreadable("A stream does not say how long it is.")
            data = pdf[position : position + int(length[1])]
            position += len(data)
            if b"/ObjStm" in text:
                self._unpack(text, data)
            elif b"/XRef" in text:
                root = self._root(text) or root
            else:
                self.objects[number] = Body(text, data)
        self.root = root or self._root(pdf[pdf.rfind(b"trailer") :])
        if self.root not in self.objects:
            raise Unreadable("The file has no catalogue.")

    @staticmethod
    def _root(text: bytes) -> int:
        match = _ROOT.search(text)
        return int(match[1]) if match else 0

    def _unpack(self, text: bytes, data: bytes) -> None:
        """The objects inside an object stream: numbers and places first, then the objects."""
        first = re.search(rb"/First (\d+)", text)
        if first is None:
            raise Unreadable("An object stream does not say where it begins.")
        plain = zlib.decompress(data) if b"/FlateDecode" in text else data
        start = int(first[1])
        index = [int(word) for word in plain[:start].split()]
        numbers, places = index[::2], index[1::2]
        ends = [*places[1:], len(plain) - start]
        for number, begin, end in zip(numbers, places, ends, strict=True):
            self.objects[number] = Body(plain[start + begin : start + end].strip())

    def text(self, number: int) -> bytes:
        return self.objects[number].text

    def reachable(
        self, beginnings: Iterable[int], frame: Iterable[int | None] = ()
    ) -> dict[int, list[bytes]]:
        """The objects that `beginnings` need, with their texts as `pieces`: there are tens of thousands in a
        pack, and each is cut once. What is in `frame` stays behind, and what only it needs.
        """
        left_out = set(frame)
        waiting = list(beginnings)
        found: dict[int, list[bytes]] = {}
        while waiting:
            number = waiting.pop()
            if number not in found and number not in left_out and number in self.objects:
                found[number] = cut = pieces(self.objects[number].text)
                waiting += map(int, cut[1::2])
        return found

    def numbers(self, text: bytes, key: bytes) -> list[int]:
        """The numbers in an entry that is a list of references, or one reference."""
        match = re.search(rb"/%b ?(\[[^\]]*\]|\d+ 0 R)" % key, text)
        return list(references(match[1])) if match else []

    def reference(self, text: bytes, key: bytes) -> int | None:
        """The number that an entry refers to."""
        match = re.search(rb"/%b ?\[? ?(\d+) 0 R" % key, text)
        return int(match[1]) if match else None


def pieces(text: bytes) -> list[bytes]:
    """A text cut at its references: words, a number, words, and so on; it begins and ends with words."""
    if b"(" not in text:
        return _REFERENCE.split(text)
    cut, begin = [], 0
    for match in _STRING_OR_REFERENCE.finditer(text):
        if match[1]:
            cut += [text[begin : match.start()], match[1]]
            begin = match.end()
    return [*cut, text[begin:]]


def references(text: bytes) -> list[int]:
    """The numbers of the objects that a text refers to."""
    return [int(number) for number in pieces(text)[1::2]]


def new_references(numbers: Mapping[int, int]) -> dict[bytes, bytes]:
    """For `renumbered`: each old number as it is written, and the whole reference to the new one."""
    return {b"%d" % old: b"%d 0 R" % new for old, new in numbers.items()}


def renumbered(cut: Sequence[bytes], new: Mapping[bytes, bytes]) -> bytes:
    """The text of some `pieces` with `new` references; what is not there becomes nothing."""
    written = list(cut)
    written[1::2] = [new.get(number, b"null") for number in cut[1::2]]
    return b"".join(written)


def moved_in_parent_tree(text: bytes, parents: int) -> bytes:
    """The text with its entry in the parent tree moved on by as many places."""
    if b"/StructParent" not in text:
        return text

    def write(match: re.Match[bytes]) -> bytes:
        return b"%b%d" % (match[1], int(match[2]) + parents) if match[2] else match[0]

    return _STRING_OR_PARENT.sub(write, text)


def text_string(text: str) -> bytes:
    """A string as PDF writes it, in any language."""
    return b"<%b>" % ("\ufeff" + text).encode("utf-16-be").hex().encode()


class Writer:
    """Writes a file object by object; objects that are no streams are packed together."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._digest = hashlib.sha256()
        self._place = 0
        self._kinds = array("B", [0])
        self._places = array("Q", [0])
        self._indices = array("H", [65535])
        self._waiting: list[tuple[int, bytes]] = []
        self._streams: dict[bytes, int] = {}
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def number(self) -> int:
        """A number for an object to come."""
        self._kinds.append(0)
        self._places.append(0)
        self._indices.append(0)
        return len(self._kinds) - 1

    def add(self, number: int, body: Body) -> None:
        if body.data is not None:
            self._add_stream(number, body.text, body.data)
            return
        self._waiting.append((number, body.text))
        if len(self._waiting) == _PACKED:
            self._pack()

    def new(self, text: bytes, data: bytes | None = None) -> int:
        """Add an object under a new number; `data` is stored as it is given."""
        number = self.number()
        self.add(number, Body(text, data))
        return number

    def once(self, text: bytes, data: bytes) -> int:
        """The number of a stream that refers to nothing else: equal bytes are one object.

        Font programs and colour profiles are equal in most parts of a pack.
        """
        digest = hashlib.sha256(b"%b\0%b" % (text, data)).digest()
        if digest not in self._streams:
            self._streams[digest] = self.new(text, data)
        return self._streams[digest]

    def numbers_for(self, source: PdfFile, wanted: Mapping[int, Sequence[bytes]]) -> dict[int, int]:
        """A number for each object of a file; streams that stand alone are written or found at once."""
        numbers = {}
        for old, cut in wanted.items():
            body = source.objects[old]
            if body.data is not None and stands_alone(body, cut):
                numbers[old] = self.once(body.text, body.data)
            else:
                numbers[old] = self.number()
        return numbers

    def finish(self, root: int, info: int) -> None:
        """Write the table of all objects. The same objects give the same bytes."""
        self._pack()
        number = self.number()
        self._note(number, 1, self._place, 0)
        rows = b"".join(
            b"%c%b%b" % (kind, place.to_bytes(4, "big"), index.to_bytes(2, "big"))
            for kind, place, index in zip(self._kinds, self._places, self._indices, strict=True)
        )
        table = zlib.compress(rows, _EFFORT)
        mark = self._digest.hexdigest()[:32].encode()
        start = self._place
        text = b"<</Type /XRef/W [1 4 2]/Size %d/Root %d 0 R/Info %d 0 R/ID [<%b> <%b>]/Filter /FlateDecode>>"
        self._put(number, text % (len(self._kinds), root, info, mark, mark), table)
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _add_stream(self, number: int, text: bytes, data: bytes) -> None:
        self._note(number, 1, self._place, 0)
        self._put(number, text, data)

    def _put(self, number: int, text: bytes, data: bytes) -> None:
        text = _LENGTH.sub(b"", text)
        # Data that ends with a carriage return would seem a byte shorter (ISO 19005-2, 6.1.7.1).
        end = b"\r\n" if data.endswith(b"\r") else b"\n"
        self._write(
            b"%d 0 obj\n%b/Length %d>>\nstream\n%b%bendstream\nendobj\n"
            % (number, text.removesuffix(b">>"), len(data), data, end)
        )

    def _pack(self) -> None:
        if not self._waiting:
            return
        container = self.number()
        index, texts, place = [], [], 0
        for position, (number, text) in enumerate(self._waiting):
            self._note(number, 2, container, position)
            index.append(b"%d %d" % (number, place))
            texts.append(text)
            place += len(text) + 1
        head = b" ".join(index) + b"\n"
        text = b"<</Type /ObjStm/N %d/First %d/Filter /FlateDecode>>" % (len(texts), len(head))
        self._waiting.clear()
        self._add_stream(container, text, zlib.compress(head + b"\n".join(texts), _EFFORT))

    def _note(self, number: int, kind: int, place: int, index: int) -> None:
        self._kinds[number], self._places[number], self._indices[number] = kind, place, index

    def _write(self, data: bytes) -> None:
        self._output.write(data)
        self._digest.update(data)
        self._place += len(data)
