"""In which months grants of some size are paid, as officers say it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from grants.forms.fields import KronorField
from grants.models import Call, PaymentRule


class PaymentRuleForm(forms.ModelForm):
    """From which sum a year on, for which calls, and by the end of which months."""

    use_required_attribute = False

    class Meta:
        model = PaymentRule
        fields = ("authority", "call", "from_amount", "months")

    def __init__(self, by: Any, *args: Any, **kwargs: Any) -> None:
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
            del self.fields["authority"], self.fields["call"]
        else:
            fields["authority"].empty_label = None
            fields["authority"].label = _("Committee")
            fields["call"].queryset = Call.objects.visible_to(by).order_by("-first_year", "title")
            fields["call"].empty_label = _("All calls of the committee")

    def clean_months(self) -> list[int]:
        return sorted(set(self.cleaned_data["months"]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        rule, is_new = self.instance, not self.instance.pk
        authority, call = (
            (cleaned.get("authority"), cleaned.get("call")) if is_new else (rule.authority, rule.call)
        )
        amount = cleaned.get("from_amount")
        if authority is None or amount is None:
            return cleaned
        if call is not None and call.authority_id != authority.pk:
            self.add_error("call", _("This call belongs to another committee."))
        same = PaymentRule.objects.filter(authority=authority, call=call, from_amount=amount)
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("from_amount", _("There is a rule for this sum already. Change that one."))
        return cleaned
