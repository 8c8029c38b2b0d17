"""The forms of an association's facts: groups, office holders, yearly figures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.associations.association_reading import label_of
from grants.associations.facts import Group, seen_of
from grants.forms.associations import AssociationForm
from grants.forms.fields import KronorField, WholeNumberField
from grants.forms.people import date_field
from grants.models import AGE_FIELDS, BOARD_FIELDS, GENDER_FIELDS, Association, OfficeHolder, YearlyFigures
from portal.documents.templatetags.swedish_text import number, swedish_date
from portal.registry.personal_number import looks_like_personal_number

#: No association was founded before; a slip is more likely.
EARLIEST_YEAR = 1600


class FactsForm(AssociationForm):
    """One group of an association's facts. `seen` says what the person started from."""

    class Meta(AssociationForm.Meta):
        fields = [
            *AssociationForm.Meta.fields,
            "founded_year",
            "active_since",
            "registered_year",
            "visiting_address",
            "areas",
            "open_in_register",
            "parent_organisation",
            "independence",
            "signing_rule",
        ]

    def __init__(self, group: Group, association: Association, data: Any = None) -> None:
        super().__init__(data, instance=association, initial={"seen": seen_of(association, group)})
        self.group = group
        self.fields["seen"] = forms.CharField(required=False, widget=forms.HiddenInput)
        for name in set(self.fields) - {*group.fields, "seen"}:
            del self.fields[name]
        self.order_fields(group.fields)
        for name in ("founded_year", "active_since", "registered_year"):
            if name in self.fields:
                self.fields[name] = self._year_field(name)
        if "signing_rule" in self.fields:
            self.fields["signing_rule"].widget = forms.RadioSelect(
                choices=self.fields["signing_rule"].choices  # type: ignore[attr-defined]
            )
            self.fields["signing_rule"].help_text = _("As the minutes that appoint your signatories say.")
        if "areas" in self.fields:
            self.fields["areas"].help_text = _("For example: Dalhem, Söder.")
            self.fields["visiting_address"].help_text = _("If it is another than the postal address.")
        if "parent_organisation" in self.fields:
            self.fields["parent_organisation"].help_text = _("Leave it empty if you belong to none.")
        if association.number_verified_at and "organisation_number" in self.fields:
            locked = self.fields["organisation_number"]
            locked.disabled = True
            locked.help_text = _("Checked by us on %(day)s. Contact us if it is wrong.") % {
                "day": swedish_date(association.number_verified_at)
            }

    @staticmethod
    def _year_field(name: str) -> forms.IntegerField:
        this_year = timezone.localdate().year
        text = _("Write a year with four digits, %(year)s at the latest.") % {"year": this_year}
        return forms.IntegerField(
            label=label_of(Association, name),
            required=False,
            min_value=EARLIEST_YEAR,
            max_value=this_year,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 5}),
            error_messages={"invalid": text, "min_value": text, "max_value": text},
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() if "legal_form" in self.fields else self.cleaned_data
        parent, how = cleaned.get("parent_organisation"), cleaned.get("independence")
        if parent and not how:
            self.add_error("independence", ValidationError(_("Choose how you stand to it."), code="missing"))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What `grants.associations.facts.save_group` saves; only after `is_valid()`."""
        return {name: self.cleaned_data[name] for name in self.group.fields}


class OfficeHolderForm(forms.ModelForm):
    use_required_attribute = False

    class Meta:
        model = OfficeHolder
        fields = ("office", "name", "email", "phone", "chosen_from", "chosen_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["name"].help_text = _("Never a personal identity number.")
        self.fields["chosen_from"] = date_field(_("Chosen from"))
        self.fields["chosen_until"] = date_field(_("Chosen until"))

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if looks_like_personal_number(name):
            raise ValidationError(
                _("This looks like a personal identity number. Write only the name."), code="personal_number"
            )
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("chosen_from"), cleaned.get("chosen_until")
        if first and last and last < first:
            self.add_error(
                "chosen_until",
                ValidationError(_("Write a day on or after the first day."), code="before_first"),
            )
        return cleaned


class FiguresForm(forms.Form):
    """The figures of a year; what cannot be true together is stopped, never mended in silence."""

    use_required_attribute = False
    #: Figures that must be there; the others may all be left out, group by group.
    needed = ("total", "paying", "resident", "annual_fee")

    def __init__(self, figures: YearlyFigures | None, data: Any = None) -> None:
        names = [*self.needed, *AGE_FIELDS, *GENDER_FIELDS, *BOARD_FIELDS]
        super().__init__(data, initial={name: getattr(figures, name) for name in names} if figures else None)
        for name in names:
            field = KronorField if name == "annual_fee" else WholeNumberField
            self.fields[name] = field(label=label_of(YearlyFigures, name), required=name in self.needed)

    def part(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def members(self) -> list[forms.BoundField]:
        return self.part(*self.needed)

    @property
    def ages(self) -> list[forms.BoundField]:
        return self.part(*AGE_FIELDS)

    @property
    def genders(self) -> list[forms.BoundField]:
        return self.part(*GENDER_FIELDS)

    @property
    def board(self) -> list[forms.BoundField]:
        return self.part(*BOARD_FIELDS)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in self.needed:
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(
                    name, ValidationError(_("Write a number; 0 if there are none."), code="missing")
                )
        total = cleaned.get("total")
        if total is not None:
            self._check_within(cleaned, total)
            self._check_sum(cleaned, AGE_FIELDS, total)
            self._check_sum(cleaned, GENDER_FIELDS, total)
        return cleaned

    def _check_within(self, cleaned: dict[str, Any], total: int) -> None:
        for name in ("paying", "resident"):
            value = cleaned.get(name)
            if value is not None and value > total:
                self.add_error(
                    name,
                    ValidationError(
                        _("This is more than all members, %(total)s. Correct one of the numbers.")
                        % {"total": number(total)},
                        code="more_than_total",
                    ),
                )

    def _check_sum(self, cleaned: dict[str, Any], names: tuple[str, ...], total: int) -> None:
        given = {name: cleaned[name] for name in names if cleaned.get(name) is not None}
        if not given or any(name in self.errors for name in names):
            return
        if len(given) < len(names):
            for name in names:
                if name not in given:
                    self.add_error(
                        name,
                        ValidationError(
                            _("Fill in all of them, 0 if there are none, or leave all out."),
                            code="some_missing",
                        ),
                    )
        elif (added := sum(given.values())) != total:
            self.add_error(
                names[-1],
                ValidationError(
                    _("Together these are %(added)s, but all members are %(total)s. Correct the numbers.")
                    % {"added": number(added), "total": number(total)},
                    code="does_not_add_up",
                ),
            )
