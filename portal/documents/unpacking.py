"""How much a compressed file holds, counted piece by piece: its own word for it is not taken."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from zipfile import ZipFile

#: Held in memory at a time; bytes.
PIECE = 1 << 16
#: Says that no more runs follow.
END_OF_RUNS = 128
#: An old way to pack, which may hold thousands of times its size; archives take none (ISO 19005-2, 6.1.7.2).
LZW_NAMES = frozenset({"/LZWDecode", "/LZW"})
_SAYS_LZW = re.compile(rb"/LZW(?:Decode)?(?=[\s/<>\[\]()%])")
#: As many bytes as the longest of these names takes when each letter is written as a number.
LONGEST_NAME = len("/") + 3 * len("LZWDecode")
_AS_NUMBER = re.compile(rb"#([0-9A-Fa-f]{2})")
#: Signs of base 85: zeros written short, and all others.
_GROUPS_85 = re.compile(rb"(z+)|([^z]{1,65535})")


class TooMuch(Exception):
    """Unpacked, it passes the limit."""


class NotCounted(Exception):
    """It is packed in a way that is not followed: how much it holds is not known."""


def count_archive(archive: ZipFile, limit: int) -> None:
    """Unpack all of an archive without keeping it. Raises TooMuch, or BadZipFile where it lies."""
    if sum(entry.file_size for entry in archive.infolist()) > limit:
        raise TooMuch
    for entry in archive.infolist():
        with archive.open(entry) as source:
            while source.read(PIECE):  # reads no further than the size it gives, and then checks the sum
                pass


def count_streams(streams: Iterable[Any], limit: int) -> None:
    """Unpack a PDF's streams without keeping them, and count what comes out of each of their filters.

    Raises TooMuch when that passes the limit together, and NotCounted on LZW, also of a picture that is
    written in the drawing of a page (ISO 32000-1, 8.9.7).
    """
    left = limit

    def counted(pieces: Iterable[bytes]) -> Iterator[bytes]:
        nonlocal left
        for piece in pieces:
            left -= len(piece)
            if left < 0:
                raise TooMuch
            yield piece

    for stream in streams:
        pieces: Iterable[bytes] = [stream.read_raw_bytes()]
        for name in _filters(stream):
            if name in LZW_NAMES:
                raise NotCounted
            if name not in UNPACKERS:
                break  # a picture's own: its pixels are another matter
            pieces = counted(UNPACKERS[name](pieces))
        else:
            # By chance the pixels of a large picture may say anything.
            if stream.get("/Subtype") != "/Image":
                pieces = _without_lzw(pieces)
        try:
            for _piece in pieces:
                pass
        except (zlib.error, ValueError):
            continue  # a reader shows what came so far


def refuse_lzw(pdf: bytes) -> None:
    """Raises NotCounted when a PDF says anywhere that something in it is LZW.

    To be asked before anything opens the file: a table of its objects may be packed so. The dictionary of a
    stream always stands in the open, if perhaps with letters written as numbers (ISO 32000-1, 7.3.5, 7.5.7).
    """
    if _SAYS_LZW.search(pdf):
        raise NotCounted
    if b"#" in pdf and _SAYS_LZW.search(_AS_NUMBER.sub(lambda found: bytes([int(found[1], 16)]), pdf)):
        raise NotCounted


def _without_lzw(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces as they are, searched also where one meets the next. Raises NotCounted."""
    end = b""
    for piece in pieces:
        searched = end + piece
        refuse_lzw(searched)
        end = searched[-LONGEST_NAME:]
        yield piece
    refuse_lzw(end + b" ")


def inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What deflated pieces hold, in pieces that are never large. Raises zlib.error."""
    unpacker = zlib.decompressobj()
    for piece in pieces:
        waiting = piece
        while waiting:
            yield unpacker.decompress(waiting, PIECE)
            waiting = unpacker.unconsumed_tail


def _runs(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What run lengths stand for (ISO 32000-1, 7.4.5): a byte up to 127 before more, from 129 before one."""
    packed = b""
    for piece in pieces:
        packed += piece
        at, unpacked = 0, bytearray()
        while at < len(packed) and packed[at] != END_OF_RUNS:
            length = packed[at]
            end = at + 2 + (length if length < END_OF_RUNS else 0)
            if end > len(packed):
                break  # the rest comes with the next piece
            unpacked += packed[at + 1 : end] * (1 if length < END_OF_RUNS else 257 - length)
            at = end
            if len(unpacked) >= PIECE:
                yield bytes(unpacked)
                unpacked.clear()
        yield bytes(unpacked)
        if at < len(packed) and packed[at] == END_OF_RUNS:
            return
        packed = packed[at:]


def _hexadecimal(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Bytes written as two signs each, to the sign ">". Raises ValueError."""
    signs = b"".join(b"".join(pieces).partition(b">")[0].split())
    yield bytes.fromhex((signs + b"0" * (len(signs) % 2)).decode("ascii", "replace"))


def _base_85(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Four bytes written as five signs, or as one where all are zero, to the sign "~". Raises ValueError."""
    signs = b"".join(b"".join(pieces).partition(b"~")[0].split())
    for zeros, others in _GROUPS_85.findall(signs):
        yield b"\0" * 4 * len(zeros) or base64.a85decode(others)


#: A PDF's filters that can be followed, by either of their names.
UNPACKERS: dict[str, Callable[[Iterable[bytes]], Iterator[bytes]]] = {
    "/FlateDecode": inflated,
    "/Fl": inflated,
    "/RunLengthDecode": _runs,
    "/RL": _runs,
    "/ASCIIHexDecode": _hexadecimal,
    "/AHx": _hexadecimal,
    "/ASCII85Decode": _base_85,
    "/A85": _base_85,
}


def _filters(stream: Any) -> list[str]:
    """What was done to a stream's data, the last first."""
    import pikepdf

    filters = stream.get("/Filter", [])
    return [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
