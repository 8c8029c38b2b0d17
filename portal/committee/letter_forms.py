"""What the secretary writes in letters, and how the list of letters is narrowed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.committee.letter_facts import Parts
from portal.committee.models import Letter, LetterOutcome, LetterState, Meeting

#: The mail about a released letter was given up: not a state of the letter, but asked for like one.
MAIL_FAILED = "mail_failed"


class PartsForm(forms.Form):
    """The texts of a letter that may be edited. `version` is the one that the page showed."""

    use_required_attribute = False
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    greeting = forms.CharField(max_length=1_000, required=False)
    could_change = forms.CharField(max_length=10_000, required=False)
    talk_to = forms.CharField(max_length=200, required=False)
    extra = forms.CharField(max_length=10_000, required=False)

    def __init__(self, letter: Letter, data: Any = None) -> None:
        super().__init__(data, initial={"version": letter.version, **letter.parts})
        for name, rows in (("greeting", 3), ("could_change", 6), ("extra", 5)):
            self.fields[name].widget = forms.Textarea(attrs={"rows": rows, "lang": "sv"})
        self.fields["talk_to"].widget.attrs["lang"] = "sv"
        for name, label in part_labels().items():
            self.fields[name].label = label
        self.fields["greeting"].help_text = _("Opens the letter, before what was decided.")
        self.fields["could_change"].help_text = _("A blank line begins a new paragraph.")
        self.fields["talk_to"].help_text = _(
            "Goes on from “Kontakta …”. A role with telephone or e-mail address, in Swedish."
        )
        self.fields["extra"].help_text = _(
            "Comes after the rest of the letter. Leave it empty if not needed."
        )

    def parts(self) -> Parts:
        written = dict(self.cleaned_data)
        del written["version"]
        return Parts(**{name: text.replace("\r\n", "\n").replace("\0", "") for name, text in written.items()})

    def show_anew(self, stored: Letter) -> None:
        """Keep what was typed, on top of what somebody else has saved: the next save is a choice."""
        assert isinstance(self.data, QueryDict)
        shown = self.data.copy()
        shown["version"] = str(stored.version)
        self.data = shown


def part_labels() -> dict[str, str]:
    """What each editable text is called."""
    return {
        "greeting": _("Greeting"),
        "could_change": _("What could be changed"),
        "talk_to": _("Whom the association can talk to"),
        "extra": _("Something more"),
    }


class LetterFilter(forms.Form):
    """Narrows the list by meeting, outcome, state and association."""

    use_required_attribute = False
    q = forms.CharField(max_length=100, required=False)
    meeting = forms.ModelChoiceField(Meeting.objects.none(), required=False)
    outcome = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False)

    def __init__(self, letters: QuerySet[Letter], data: Any) -> None:
        super().__init__(data)
        self._letters = letters
        meetings = Meeting.objects.filter(pk__in=letters.values("decision__agenda_item__meeting"))
        fields: dict[str, Any] = self.fields
        fields["q"].label = _("Association")
        fields["meeting"].label, fields["meeting"].empty_label = _("Meeting"), _("All meetings")
        fields["meeting"].queryset = meetings.select_related("committee__authority")
        fields["outcome"].label = _("Outcome")
        fields["outcome"].choices = [("", _("All outcomes")), *LetterOutcome.choices]
        fields["state"].label = _("State")
        fields["state"].choices = [
            ("", _("All states")),
            *LetterState.choices,
            (MAIL_FAILED, _("The mail could not be sent")),
        ]

    def found(self) -> QuerySet[Letter]:
        """The letters asked for; a value that is none of the choices narrows nothing."""
        from post_office.models import STATUS

        self.is_valid()
        asked = self.cleaned_data
        wanted = Q()
        if asked.get("q"):
            wanted &= Q(line__title__icontains=asked["q"].replace("\0", ""))
        if asked.get("meeting"):
            wanted &= Q(decision__agenda_item__meeting=asked["meeting"])
        if asked.get("outcome"):
            wanted &= Q(outcome=asked["outcome"])
        if asked.get("state") == MAIL_FAILED:
            wanted &= Q(mail__status=STATUS.failed)
        elif asked.get("state"):
            wanted &= Q(state=asked["state"])
        return self._letters.filter(wanted)
