"""Texts made shorter at a place where they can be read as whole."""

from __future__ import annotations

import re

# A full stop after a figure may be an ordinal or a time ("1. januari", "kl. 14"), so a capital must follow.
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ])")


def first_sentences(text: str, limit: int) -> str:
    """As many whole sentences from the beginning as fit in `limit` characters.

    A first sentence that alone is longer is cut between words and ends in "…".
    """
    text = re.sub(r"[ \n\r\t]+", " ", text).strip()
    taken = ""
    for sentence in _BETWEEN_SENTENCES.split(text):
        longer = f"{taken} {sentence}".strip()
        if len(longer) > limit:
            break
        taken = longer
    if taken or not text:
        return taken
    return f"{text[: limit - 1].rsplit(' ', 1)[0]}…"
