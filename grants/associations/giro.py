"""Bankgiro and plusgiro numbers: read as people write them, checked by their check digit (Luhn)."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum import luhn


class GiroKind(models.TextChoices):
    BANKGIRO = "bankgiro", _("Bankgiro")
    PLUSGIRO = "plusgiro", _("Plusgiro")


#: How many digits a number of each kind may have, the check digit counted.
LENGTHS = {GiroKind.BANKGIRO: (7, 8), GiroKind.PLUSGIRO: (2, 8)}
_LENGTH_TEXTS = {
    GiroKind.BANKGIRO: _("A bankgiro number has seven or eight digits, for example 5050-1055."),
    GiroKind.PLUSGIRO: _("A plusgiro number has two to eight digits, for example 28 65 43-4."),
}


def normalise_giro(kind: str, text: str) -> str:
    """Return the digits of a giro number as a person writes it, with spaces and a hyphen.

    Right digits do not prove the right owner: that is for officers to verify. Raises ValidationError whose
    text says what is wrong and what to do.
    """
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]+", digits):
        raise ValidationError(
            _("Write the number with digits, spaces and at most a hyphen."), code="characters"
        )
    shortest, longest = LENGTHS[GiroKind(kind)]
    if not shortest <= len(digits) <= longest:
        raise ValidationError(_LENGTH_TEXTS[GiroKind(kind)], code="length")
    if not int(digits) or not luhn.is_valid(digits):
        raise ValidationError(
            _("The last digit does not agree with the others. Check the number for a slip."),
            code="check_digit",
        )
    return digits


def written_giro(kind: str, digits: str) -> str:
    """The number as it is written: 5050-1055, 505-0105, 28 65 43-4."""
    if kind == GiroKind.BANKGIRO:
        return f"{digits[:-4]}-{digits[-4:]}"
    head = digits[:-1]
    first = len(head) % 2
    pairs = [head[:first]] if first else []
    pairs += [head[n : n + 2] for n in range(first, len(head), 2)]
    written = "\u00a0".join(pairs)
    return f"{written}-{digits[-1]}"
