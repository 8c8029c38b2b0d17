"""Inviting people to act for an association, and changing what they may do."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.associations.members import Role, Standing


def date_field(label: str, help_text: str = "") -> forms.DateField:
    """A day as the browser's own control writes it."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class StandingForm(forms.Form):
    """Roles, and the mandate by which somebody of another organisation acts."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, standing: Standing | None = None) -> None:
        super().__init__(data, initial=self._initial_of(standing) if standing else None)
        self.add_first_fields()
        self.fields["roles"] = forms.MultipleChoiceField(
            label=_("What the person may do"),
            choices=[
                (Role.WRITER, _("Write: start, write and read the association's applications")),
                (Role.MANAGER, _("Manage: also look after the association's facts and people")),
                (Role.SIGNATORY, _("Sign: signs and sends applications as the association's signatory")),
            ],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one.")},
        )
        self.add_more_fields()
        self.fields["on_behalf_of"] = forms.CharField(
            label=_("Organisation that acts by a mandate"),
            required=False,
            max_length=150,
            help_text=_(
                "Only for an umbrella organisation, an accounting firm or the like that acts for you: write "
                "its name. The mandate must say so if the person may sign."
            ),
        )
        self.fields["until"] = date_field(
            _("Last day of the mandate"), _("The access ends by itself after that day.")
        )

    def add_first_fields(self) -> None:
        """Fields before the roles."""

    def add_more_fields(self) -> None:
        """Fields after the roles."""

    @staticmethod
    def _initial_of(standing: Standing) -> dict[str, Any]:
        return {
            "roles": sorted(standing.roles),
            "signs_from": standing.signs_from,
            "signs_until": standing.signs_until,
            "on_behalf_of": standing.on_behalf_of,
            "until": standing.until,
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        mandate, until = cleaned.get("on_behalf_of", ""), cleaned.get("until")
        if mandate and until is None and "until" not in self.errors:
            self.add_error("until", ValidationError(_("Write the last day of the mandate."), code="missing"))
        if until and not mandate:
            self.add_error(
                "on_behalf_of",
                ValidationError(_("Write which organisation the mandate is for."), code="missing"),
            )
        if until and until < timezone.localdate():
            self.add_error("until", ValidationError(_("Write a day that has not passed."), code="passed"))
        if mandate and Role.MANAGER in cleaned.get("roles", []):
            self.add_error(
                "roles",
                ValidationError(
                    _("Who acts by a mandate cannot manage the association's people."), code="mandate"
                ),
            )
        return cleaned

    @property
    def standing(self) -> Standing:
        """What was asked for; only after `is_valid()`."""
        cleaned = self.cleaned_data
        signs = Role.SIGNATORY in cleaned["roles"]
        return Standing(
            roles=frozenset(cleaned["roles"]),
            signs_from=cleaned.get("signs_from") if signs else None,
            signs_until=cleaned.get("signs_until") if signs else None,
            on_behalf_of=cleaned["on_behalf_of"],
            until=cleaned["until"],
        )


class InviteForm(StandingForm):
    def add_first_fields(self) -> None:
        self.fields["email"] = forms.EmailField(
            label=_("The person's e-mail address"),
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        )


class RolesForm(StandingForm):
    def add_more_fields(self) -> None:
        self.fields["signs_from"] = date_field(
            _("Signs from"), _("For a signatory, if the minutes say so. Both days count.")
        )
        self.fields["signs_until"] = date_field(_("Signs until"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first: date | None = cleaned.get("signs_from")
        last: date | None = cleaned.get("signs_until")
        if first and last and last < first:
            self.add_error(
                "signs_until",
                ValidationError(_("Write a day on or after the first day."), code="before_first"),
            )
        return cleaned
