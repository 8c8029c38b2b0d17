"""Swedish organisation numbers, on top of python-stdnum.

stdnum's `se.orgnr` only knows the check digit: it accepts personnummer, ten zeros and dashes of any
kind. An organisation number has a third digit of 2 or more, which keeps it apart from personnummer
(lagen 1974:174 om identitetsbeteckning för juridiska personer m.fl.).
"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import luhn


def normalise_organisation_number(text: str) -> str:
    """Return the ten digits of an organisation number as a person writes it.

    Accepts "802002-8711", "8020028711", "16802002-8711", with spaces. Raises ValidationError whose
    text says what is wrong and what to do.
    """
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]+", digits):
        raise ValidationError(
            _("Write the organisation number with digits and at most a hyphen, for example 802002-8711."),
            code="characters",
        )
    if len(digits) == 12 and digits.startswith("16"):
        digits = digits[2:]
    if len(digits) != 10:
        raise ValidationError(
            _("Write the association's organisation number with ten digits, for example 802002-8711."),
            code="length",
        )
    if digits[0] == "0" or digits[2] < "2":
        raise ValidationError(
            _(
                "This looks like a personal identity number. Write the association's organisation number; "
                "it is on the certificate of registration from Skatteverket."
            ),
            code="personal",
        )
    if not luhn.is_valid(digits):
        raise ValidationError(
            _("The last digit does not agree with the others. Check the organisation number for a slip."),
            code="check_digit",
        )
    return digits


def validate_organisation_number(digits: str) -> None:
    """Model validator: the stored form is exactly what `normalise_organisation_number` gives."""
    if normalise_organisation_number(digits) != digits:
        raise ValidationError(_("Store the organisation number as ten digits."), code="form")
