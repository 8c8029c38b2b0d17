"""Finds what looks like a personal identity number in a text, so that its writer is warned before saving.

Dataskyddslagen 3:10: such numbers are handled only where identification clearly needs them. A text
about an association's work never does.
"""

from __future__ import annotations

import re

from stdnum import luhn

#: Year, month, day (coordination numbers add 60 to the day) and four digits.
_PATTERN = re.compile(
    r"(?<!\d)(?P<century>19|20)?(?P<digits>\d{2}(?:0[1-9]|1[0-2])"
    r"(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01]))(?P<mark>\s?[-+–]\s?|\s)?(?P<last>\d{4})(?!\d)"
)


def looks_like_personal_number(text: str) -> bool:
    """Whether the text holds a personnummer or samordningsnummer in any of the ways people write them.

    Ten digits in a row may as well be a telephone number: they count only with a right check digit.
    """
    return any(
        match["century"] or match["mark"] or luhn.is_valid(match["digits"] + match["last"])
        for match in _PATTERN.finditer(text)
    )
