"""How alike two texts are, cheaply: a number per text (simhash) to choose by, then a real comparison.

Texts that share most of their three-word sequences get numbers that differ in few bits, so thousands of
texts can be passed over without reading them.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from hashlib import blake2b

BITS = 63  # a signed 64-bit column
FEWEST_WORDS = 12
#: More bits than this apart, two texts are not worth comparing.
MOST_BITS_APART = 16
#: From this share of common text on, two texts count as nearly equal.
NEARLY_EQUAL = 0.8


def words(text: str) -> list[str]:
    """The words of a text in lower case; no punctuation."""
    return re.findall(r"[^\W_]+", text.lower())


def likeness(text: str) -> int:
    """The text's number; 0 for a text so short that others write the same by chance."""
    found = words(text)
    if len(found) < FEWEST_WORDS:
        return 0
    sequences = {" ".join(found[n : n + 3]) for n in range(len(found) - 2)}
    weights = [0] * BITS
    for sequence in sequences:
        digest = int.from_bytes(blake2b(sequence.encode(), digest_size=8).digest(), "big")
        for bit in range(BITS):
            weights[bit] += 1 if digest >> bit & 1 else -1
    return sum(1 << bit for bit, weight in enumerate(weights) if weight > 0)


def may_be_alike(one: int, other: int) -> bool:
    return bool(one and other) and (one ^ other).bit_count() <= MOST_BITS_APART


def nearly_equal(one: str, other: str) -> bool:
    """Whether most of the words stand in the same order in both."""
    first, second = words(one), words(other)
    if not first or not second:
        return False
    compared = SequenceMatcher(None, first, second, autojunk=False)
    return (
        compared.real_quick_ratio() >= NEARLY_EQUAL
        and compared.quick_ratio() >= NEARLY_EQUAL
        and compared.ratio() >= NEARLY_EQUAL
    )
