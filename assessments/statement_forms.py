"""What is filled in about statements: an officer's question, and a unit's answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from assessments.statements import Written
from grants.forms.guarded import GuardedForm
from portal.people.models import Unit


class QuestionForm(GuardedForm):
    """What an officer asks a unit."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit"),
        queryset=Unit.objects.none(),
        empty_label=gettext_lazy("Choose"),
        error_messages={"required": gettext_lazy("Choose the unit that you want to ask.")},
    )
    question = forms.CharField(
        label=gettext_lazy("What do you want to know?"),
        max_length=4000,
        help_text=gettext_lazy(
            "The unit sees your question, what the application is for, its target group and what it says on "
            "complement and co-operation. Nothing else of the case."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write what you want to know.")},
    )
    due_on = forms.DateField(
        label=gettext_lazy("Last day to answer"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Choose a last day."),
            "invalid": gettext_lazy("Write the date as year-month-day, for example 2027-01-31."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.queryset = Unit.objects.filter(is_active=True)
        self.add_way_past()

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise ValidationError(gettext("Choose today or a later day."))
        return day


class StatementForm(GuardedForm):
    """What a unit answers. Nothing is required in order to save."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    komplement = forms.CharField(
        label=gettext_lazy("Complement"),
        required=False,
        max_length=10_000,
        help_text=gettext_lazy(
            "Does the association do something that your unit does not, or do you do the same? Say what you "
            "know."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    samverkan = forms.CharField(
        label=gettext_lazy("Co-operation"),
        required=False,
        max_length=10_000,
        help_text=gettext_lazy("How do you work together with the association today? Could you do so?"),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_way_past()

    def written(self) -> Written:
        """What the contact wrote, for `statements.save`; the form must be valid."""
        return Written(
            self.cleaned_data["komplement"].replace("\r\n", "\n"),
            self.cleaned_data["samverkan"].replace("\r\n", "\n"),
        )


def as_fields(data: Written) -> dict[str, str]:
    """What is written, by the form's field names."""
    return {"komplement": data.komplement, "samverkan": data.samverkan}
