"""Plain text of matters becomes paragraphs, with what belongs together kept together."""

from __future__ import annotations

from portal.committee.matter_text import Block, blocks, paragraphs


def test_no_break_spaces_keep_sums_whole() -> None:
    text = "Tillsammans söker de 12\u00a0920\u00a0000\u00a0kronor\nför   2027.\n\nNytt stycke."
    assert paragraphs(text) == (
        "Tillsammans söker de 12\u00a0920\u00a0000\u00a0kronor för 2027.",
        "Nytt stycke.",
    )
    assert blocks("- 9\u00a0400\u00a0000 kronor\n- resten") == (
        Block(rows=("9\u00a0400\u00a0000 kronor", "resten")),
    )
