"""An assembled document together with its bytes, for tests that read it back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from portal.documents.assembly import Contents, Part, PlacedPart
from portal.documents.assembly import assemble as assemble_into


@dataclass(frozen=True)
class Whole:
    content: bytes
    page_count: int
    parts: tuple[PlacedPart, ...]


def assemble(parts: Sequence[Part], *, title: str, contents: Contents) -> Whole:
    output = io.BytesIO()
    assembled = assemble_into(parts, output, title=title, contents=contents)
    return Whole(output.getvalue(), assembled.page_count, assembled.parts)
