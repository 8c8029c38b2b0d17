"""One unambiguous line end before each `endstream`.

Stream data is followed by a line feed and the word "endstream". When compressed data happens to end
with a carriage return, the two read as one line end, and the stream seems a byte shorter than it says
(ISO 19005-2, 6.1.7.1). That meets one stream in 256, in files by pydyf and qpdf alike.
"""

from __future__ import annotations

import re

_AMBIGUOUS = re.compile(rb"\r\nendstream\b")
_START = b">>\nstream\n"


def separate_stream_ends(pdf: bytes) -> bytes:
    """The same file with CR LF after data that ends with CR.

    The byte is won from the needless line end before the word "stream", so that no object moves.
    """
    settled = bytearray(pdf)
    for match in _AMBIGUOUS.finditer(pdf):
        start = pdf.rindex(_START, 0, match.start()) + len(b">>")
        end = match.start() + len(b"\r")
        settled[start:end] = pdf[start + len(b"\n") : end] + b"\r"
    return bytes(settled)
