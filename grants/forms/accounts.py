"""The forms of payment accounts: what an association enters, and why an officer refuses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grants.associations.giro import GiroKind, normalise_giro
from grants.forms.papers import UploadForm


class AccountForm(UploadForm):
    """Kind, number and holder of an account, with the paper that proves both."""

    def add_first_fields(self) -> None:
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind of account"),
            choices=GiroKind.choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose bankgiro or plusgiro.")},
        )
        self.fields["number"] = forms.CharField(
            label=_("Number"),
            max_length=20,
            help_text=_("For example 5050-1055."),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 14, "autocomplete": "off"}),
            error_messages={"required": _("Write the number.")},
        )
        self.fields["holder"] = forms.CharField(
            label=_("Holder of the account"),
            max_length=150,
            help_text=_("As the bank writes it. It must be the association, never a person."),
            error_messages={"required": _("Write who holds the account.")},
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Paper that shows number and holder")
        self.fields["file"].help_text = _(
            "A certificate from the bank, a statement or a picture of the account in the internet bank. "
            "PDF, JPG or PNG. Hide the balance and the payments."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("kind") and cleaned.get("number"):
            try:
                cleaned["number"] = normalise_giro(cleaned["kind"], cleaned["number"])
            except ValidationError as wrong:
                self.add_error("number", wrong)
        return cleaned


class ReasonForm(forms.Form):
    """Why an officer says no; the association reads it."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, label: str = "", **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["reason"] = forms.CharField(
            label=label or _("Why it is not accepted"),
            max_length=500,
            help_text=_("The association reads this. Write what they can do."),
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": _("Write why, so that the association knows what to do.")},
        )
