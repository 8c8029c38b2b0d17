"""Confirming the city's conditions, and asking for and answering about a guarantor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grants.forms.fields import LongTextField
from grants.organisation_number import normalise_organisation_number
from portal.registry.personal_number import looks_like_personal_number


class StatementForm(forms.Form):
    """That the association follows the conditions, with what needs to be explained."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["explanation"] = LongTextField(
            max_words=300,
            required=False,
            label=_("Do you want to explain anything?"),
            help_text=_(
                "For example a small tax debt. The text goes with your applications and becomes public."
            ),
        )
        self.fields["confirmed"] = forms.BooleanField(
            label=_("We follow all nine conditions"),
            error_messages={"required": _("Tick the box if the association follows the conditions.")},
        )

    def clean_explanation(self) -> str:
        text = str(self.cleaned_data["explanation"] or "")
        if looks_like_personal_number(text):
            raise ValidationError(
                _("This looks like a personal identity number. Take it out: the text becomes public."),
                code="personal_number",
            )
        return text


class AskGuarantorForm(forms.Form):
    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["organisation_number"] = forms.CharField(
            label=_("The association's organisation number"),
            max_length=40,
            help_text=_("Ten digits, for example 802002-8711. The association must be registered here."),
            widget=forms.TextInput(attrs={"size": 14, "autocomplete": "off"}),
        )

    def clean_organisation_number(self) -> str:
        return normalise_organisation_number(self.cleaned_data["organisation_number"])


class AnswerGuaranteeForm(forms.Form):
    """Yes or no for the sum that was shown."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, seen: int = 0) -> None:
        super().__init__(data, initial={"seen": seen})
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
        self.fields["answer"] = forms.ChoiceField(
            label=_("Will you stand behind the application?"),
            choices=[
                ("yes", _("Yes, we receive the grant and answer for how it is used")),
                ("no", _("No")),
            ],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose yes or no.")},
        )
