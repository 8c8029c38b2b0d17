"""The form by which a head sends an officers' report back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _


class SendBackForm(forms.Form):
    """Why a head sends an officers' report back."""

    use_required_attribute = False
    reason = forms.CharField(max_length=2_000, widget=forms.Textarea(attrs={"rows": 4, "lang": "sv"}))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["reason"]
        field.label = _("What do the officers have to change?")
        field.error_messages["required"] = _("Write what the officers have to change.")
