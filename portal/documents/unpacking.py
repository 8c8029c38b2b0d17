"""How much a compressed file holds, counted piece by piece: its own word for it is not taken."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import ZipFile

#: Held in memory at a time; bytes.
PIECE = 1 << 16


class TooMuch(Exception):
    """Unpacked, it passes the limit."""


def count_archive(archive: ZipFile, limit: int) -> None:
    """Unpack all of an archive without keeping it. Raises TooMuch, or BadZipFile where it lies."""
    if sum(entry.file_size for entry in archive.infolist()) > limit:
        raise TooMuch
    for entry in archive.infolist():
        with archive.open(entry) as source:
            while source.read(PIECE):  # reads no further than the size it gives, and then checks the sum
                pass


def count_streams(streams: Iterable[Any], limit: int) -> None:
    """Unpack a PDF's streams without keeping them. Raises TooMuch when they pass the limit together."""
    left = limit
    for stream in streams:
        pieces: Iterable[bytes] = [stream.read_raw_bytes()]
        for _filter in range(_deflated(stream)):
            pieces = inflated(pieces)
        try:
            for piece in pieces:
                left -= len(piece)
                if left < 0:
                    raise TooMuch
        except zlib.error:
            continue  # a reader shows what came so far


def inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What deflated pieces hold, in pieces that are never large. Raises zlib.error."""
    unpacker = zlib.decompressobj()
    for piece in pieces:
        waiting = piece
        while waiting:
            yield unpacker.decompress(waiting, PIECE)
            waiting = unpacker.unconsumed_tail


def _deflated(stream: Any) -> int:
    """How many times a PDF's stream is deflated before anything else was done to it."""
    import pikepdf

    filters = stream.get("/Filter", [])
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    times = 0
    while times < len(names) and names[times] in {"/FlateDecode", "/Fl"}:
        times += 1
    return times
