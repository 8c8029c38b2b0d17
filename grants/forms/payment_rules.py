"""In which months grants of some size are paid, as officers say it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from grants.forms.fields import KronorField
from grants.models import PaymentRule


class PaymentRuleForm(forms.ModelForm):
    """From which sum a year on, and by the end of which months."""

    use_required_attribute = False

    class Meta:
        model = PaymentRule
        fields = ("authority", "from_amount", "months")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        amount = fields["from_amount"]
        fields["from_amount"] = KronorField(label=amount.label, help_text=amount.help_text)
        fields["months"] = forms.TypedMultipleChoiceField(
            label=fields["months"].label,
            help_text=_("With more than one month the grant is paid in equal parts."),
            choices=list(MONTHS.items()),
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one month.")},
        )
        if self.instance.pk:
            del self.fields["authority"]
        else:
            fields["authority"].empty_label = None
            fields["authority"].label = _("Committee")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        authority = cleaned.get("authority") or getattr(self.instance, "authority", None)
        same = PaymentRule.objects.filter(authority=authority, from_amount=cleaned.get("from_amount"))
        if authority and same.exclude(pk=self.instance.pk).exists():
            self.add_error("from_amount", _("There is a rule for this sum already. Change that one."))
        return cleaned
