"""Forms whose texts are looked through for personal identity numbers before they are kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grants.forms.sections import NO_PERSONAL_NUMBER
from portal.registry.personal_number import looks_like_personal_number


class GuardedForm(forms.Form):
    """Warns once when a text looks as if it held a personal identity number (dataskyddslagen 3:10).

    A form that adds its fields in `__init__` calls `add_way_past` last.
    """

    use_required_attribute = False

    def add_way_past(self) -> None:
        """Offer the box that says it is something else, when a text was stopped."""
        if self._stopped():
            self.fields[NO_PERSONAL_NUMBER] = forms.BooleanField(
                label=_("It is no personal identity number; save the text as it is"), required=False
            )

    def _stopped(self) -> list[str]:
        return [
            name
            for name, field in self.fields.items()
            if isinstance(field, forms.CharField)
            and looks_like_personal_number(str(self.data.get(self.add_prefix(name), "")))
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get(NO_PERSONAL_NUMBER):
            for name in self._stopped():
                self.add_error(
                    name,
                    ValidationError(
                        _(
                            "This looks like a personal identity number. Take it out: what is written here "
                            "becomes public. If it is something else, tick the box at the end of the form."
                        ),
                        code="personal_number",
                    ),
                )
        return cleaned
