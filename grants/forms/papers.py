"""The forms of the association's papers: a new one, one for an asked paper, one that was promised."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from grants.forms.fields import Postponable
from portal.documents import uploads


class UploadField(Postponable, forms.FileField):
    """A file whose content is looked at before it is kept."""

    def to_python(self, data: Any) -> Any:
        if data in self.empty_values:
            return None
        uploads.check(data)
        return data


def year_field() -> forms.IntegerField:
    """The year that accounts, minutes, reports, plans and budgets are for."""
    return forms.IntegerField(
        label=_("Which year is it for?"),
        help_text=_("For accounts, minutes, reports, plans and budgets. Four digits."),
        required=False,
        min_value=1990,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6, "autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Write the year with four digits, for example 2026.")
        ),
    )
