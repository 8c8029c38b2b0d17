"""The forms of the officers' pages about an association."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.associations.contact_register import officers
from grants.associations.eligibility import default_last_day
from grants.models import ContactNote, ContactOfficer
from grants.organisation_number import normalise_organisation_number
from portal.people.models import User
from portal.registry.models import Case


def day_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    """A day as the browser's own control writes it."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose a day."),
            "invalid": _("Write the date as year-month-day, for example 2027-01-31."),
        },
    )


def text_field(label: str, help_text: str = "", *, most: int = 500, required: bool = True) -> forms.CharField:
    """A few sentences."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PlainForm(forms.Form):
    """Fields asked for in `add_fields`; the browser's own checks stay off."""

    use_required_attribute = False

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.add_fields()

    def add_fields(self) -> None:
        raise NotImplementedError


class EligibilityForm(PlainForm):
    """A period of eligibility, a year unless the officer says otherwise."""

    def __init__(self, first: date, data: Any = None) -> None:
        super().__init__(data, initial={"valid_from": first, "valid_until": default_last_day(first)})

    def add_fields(self) -> None:
        self.fields["valid_from"] = day_field(_("First day"))
        self.fields["valid_until"] = day_field(
            _("Last day"), _("A year unless there is a reason for something else.")
        )
        self.fields["reason"] = text_field(
            _("Reason"), _("What you have looked at: statutes, minutes, conditions, facts.")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error(
                "valid_until", ValidationError(_("The last day is before the first."), code="order")
            )
        return cleaned


class CutShortForm(PlainForm):
    """Ending a period early."""

    def add_fields(self) -> None:
        self.fields["last_day"] = day_field(_("New last day"))
        self.fields["reason"] = text_field(_("Why it ends early"))


class NumberForm(PlainForm):
    """Another organisation number, as the certificate shows it, and why."""

    def add_fields(self) -> None:
        self.fields["number"] = forms.CharField(
            label=_("Organisation number"),
            max_length=40,
            widget=forms.TextInput(attrs={"size": 14, "autocomplete": "off"}),
        )
        self.fields["reason"] = text_field(_("Why the number is changed"))

    def clean_number(self) -> str:
        return normalise_organisation_number(self.cleaned_data["number"])


class ReviewForm(PlainForm):
    """Approved or not, with a note that the association reads."""

    def add_fields(self) -> None:
        self.fields["outcome"] = forms.ChoiceField(
            label=_("Is the paper as it should be?"),
            choices=[("approved", _("Yes, approved")), ("not_approved", _("No, not approved"))],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose one of them.")},
        )
        self.fields["note"] = text_field(
            _("Note to the association"),
            _("Must be written when it is not approved. Say what is missing and what to do."),
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == "not_approved" and not cleaned.get("note", "").strip():
            self.add_error(
                "note",
                ValidationError(_("Write why, so that the association knows what to do."), code="note"),
            )
        return cleaned


class NoteForm(PlainForm):
    """A note in the contact register."""

    def __init__(self, cases: Any, data: Any = None) -> None:
        self.cases = cases
        super().__init__(data, initial={"held_on": timezone.localdate()})

    def add_fields(self) -> None:
        self.fields["held_on"] = day_field(_("Day"))
        self.fields["channel"] = forms.ChoiceField(label=_("How"), choices=ContactNote.Channel.choices)
        self.fields["text"] = forms.CharField(
            label=_("What was said"),
            max_length=4000,
            help_text=_("Short, and about the matter. Write nothing about individuals."),
            widget=forms.Textarea(attrs={"rows": 6}),
        )
        self.fields["mark"] = forms.ChoiceField(
            label=_("Kind of note"),
            choices=ContactNote.Mark.choices,
            initial=ContactNote.Mark.WORKING,
            help_text=_(
                "A fact that matters to a decision is a fact in the case and is always kept. Other notes are "
                "working notes."
            ),
            widget=forms.RadioSelect,
        )
        self.fields["case"] = forms.ModelChoiceField(
            label=_("Belongs to the case"),
            queryset=self.cases,
            required=False,
            empty_label=_("No case"),
            help_text=_("Then a colleague with a conflict of interest in the case does not see the note."),
        )
        self.fields["follow_up_on"] = day_field(_("Follow up on"), required=False)


class ContactOfficerForm(PlainForm):
    """Who keeps in touch with the association."""

    def add_fields(self) -> None:
        self.fields["officer"] = forms.ModelChoiceField(
            label=_("Contact in the administration"),
            queryset=officers(),
            required=False,
            empty_label=_("Nobody"),
        )


class HandOverForm(PlainForm):
    """From whom to whom all associations go."""

    def add_fields(self) -> None:
        self.fields["giver"] = forms.ModelChoiceField(
            label=_("From"),
            queryset=User.objects.filter(pk__in=ContactOfficer.objects.current().values("officer")).order_by(
                "display_name", "email"
            ),
            help_text=_("Also somebody who no longer works here."),
            error_messages={"required": _("Choose whose associations are handed over.")},
        )
        self.fields["taker"] = forms.ModelChoiceField(
            label=_("To"),
            queryset=officers(),
            error_messages={"required": _("Choose who takes over.")},
        )


def cases_of(association_id: int, user: Any) -> Any:
    """The cases of an association that the person may see, for a note to belong to."""
    return Case.objects.visible_to(user).filter(application__association=association_id)
