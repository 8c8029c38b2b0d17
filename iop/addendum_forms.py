"""What is filled in for an addendum: what changes and why, other wordings, promises and parties."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from grants.forms.fields import KronorField, WholeNumberField
from grants.forms.guarded import GuardedForm
from grants.models import Association
from grants.organisation_number import normalise_organisation_number
from iop import addenda
from iop.models import Agreement, Clause, ContributionKind, Party
from iop.running_forms import DayField, TextField
from portal.people.models import Unit


class AddendumForm(GuardedForm):
    """What the addendum is about."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=gettext_lazy("What changes, in a few words"),
        max_length=150,
        error_messages={"required": gettext_lazy("Say in a few words what changes.")},
    )
    reason = TextField(
        label=gettext_lazy("Why we change it"),
        error_messages={"required": gettext_lazy("Say why you change the agreement.")},
    )
    new_end = DayField(
        label=gettext_lazy("New last day"),
        required=False,
        help_text=gettext_lazy("Only if the partnership is to last longer or shorter."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_way_past()

    def written(self) -> addenda.Written:
        cleaned = self.cleaned_data
        return addenda.Written(cleaned["title"], cleaned["reason"], cleaned["new_end"])


class ClauseForm(GuardedForm):
    """Another wording of one clause."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = TextField(
        label=gettext_lazy("New wording"),
        rows=12,
        max_length=20_000,
        error_messages={"required": gettext_lazy("Write the new wording, or leave the clause as it is.")},
    )

    def __init__(self, clause: Clause, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clause = clause
        self.add_way_past()


class PromiseForm(GuardedForm):
    """What a party promises instead, or besides, for one year."""

    party = forms.ModelChoiceField(
        label=gettext_lazy("Party"), queryset=Party.objects.none(), empty_label=None
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ContributionKind.choices)
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)
    kronor = KronorField(
        label=gettext_lazy("Kronor"),
        required=False,
        help_text=gettext_lazy("The whole new sum for the year, not the difference."),
    )
    hours = WholeNumberField(label=gettext_lazy("Hours"), required=False)
    text = forms.CharField(label=gettext_lazy("In words"), max_length=200, required=False)

    def __init__(self, addendum: Any, data: Any = None) -> None:
        super().__init__(data)
        agreement: Agreement = addendum.agreement
        party: Any = self.fields["party"]
        party.queryset = agreement.parties.filter(left_on=None).select_related("association", "unit")
        last = max(addendum.new_end or agreement.last_day, agreement.last_day)
        year: Any = self.fields["year"]
        year.choices = [(one, str(one)) for one in range(agreement.first_day.year, last.year + 1)]
        self.add_way_past()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind, money, hours = cleaned.get("kind"), cleaned.get("kronor"), cleaned.get("hours")
        if kind == ContributionKind.PENGAR and "kronor" not in self.errors:
            if money is None:
                self.add_error("kronor", gettext("Write how many kronor."))
            if hours is not None:
                self.add_error("hours", gettext("Money is counted in kronor. Leave the hours empty."))
        if kind == ContributionKind.IDEELL_TID and money is not None:
            self.add_error("kronor", gettext("Volunteer time is counted in hours. Leave the kronor empty."))
        if not self.errors and money is None and hours is None and not cleaned.get("text"):
            self.add_error("text", gettext("Write kronor, hours, or what it is in words."))
        return cleaned

    def written(self) -> addenda.Promise:
        cleaned = self.cleaned_data
        return addenda.Promise(**{name: cleaned[name] for name in addenda.Promise.__dataclass_fields__})


class PartiesForm(forms.Form):
    """Who leaves and who joins."""

    leaving = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Parties that leave"),
        queryset=Party.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    association = forms.CharField(
        label=gettext_lazy("Association that joins: its organisation number"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("The association must have an account in Samspel."),
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit that joins"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    use_required_attribute = False

    def __init__(self, agreement: Agreement, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaving: Any = self.fields["leaving"]
        leaving.queryset = agreement.parties.filter(left_on=None).select_related("association", "unit")
        unit: Any = self.fields["unit"]
        unit.queryset = Unit.objects.filter(is_active=True)

    def clean_association(self) -> Association | None:
        written = self.cleaned_data["association"].strip()
        if not written:
            return None
        number = normalise_organisation_number(written)
        found = Association.objects.filter(organisation_number=number).first()
        if found is None:
            raise ValidationError(
                gettext("No association with this number has an account. Ask it to make one first.")
            )
        return found
