"""What is filled in to declare a conflict of interest: one form for every room that asks."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class DeclarationForm(forms.Form):
    """Whether the person has a conflict of interest (jäv) in the case."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Do you have a conflict of interest in this case?"),
        choices=[
            ("no", gettext_lazy("No, I have no conflict of interest")),
            ("yes", gettext_lazy("Yes, I have or may have a conflict of interest")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two answers.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("For example which connection it is. Your colleagues can read the note."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def has_conflict(self) -> bool:
        return bool(self.cleaned_data["answer"] == "yes")
