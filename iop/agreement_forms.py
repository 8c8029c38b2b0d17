"""What is filled in about an agreement: its beginning, facts, parties, the two assessments, and clauses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from grants.forms.fields import Postponable, WholeNumberField, YesNoField
from grants.forms.guarded import GuardedForm
from grants.models import Association
from iop.beginning import Facts, people_of
from iop.market import FIELDS, label_of
from iop.models import (
    Agreement,
    Area,
    Party,
    Reply,
    TargetGroup,
)
from portal.people.models import Unit, User

LONGEST_TEXT = 10_000
#: About as many as fit on a line of the page, so that a text's field is as high as the text.
CHARACTERS_A_LINE = 70


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Choose a day."),
            "invalid": gettext_lazy("Write the date as year-month-day, for example 2027-01-31."),
        },
    )


class AskedText(Postponable, forms.CharField):
    """A text that is asked for and may be left for later: its label does not call it optional."""


def text_field(label: Any, *, rows: int = 6, help_text: Any = "", required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_TEXT,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": gettext_lazy("Write something here.")},
    )


class BeginForm(GuardedForm):
    """The first facts of an agreement and its first two parties; more are invited afterwards."""

    title = forms.CharField(
        label=gettext_lazy("What the partnership is called"),
        max_length=150,
        error_messages={"required": gettext_lazy("Give the partnership a name; it can be changed.")},
    )
    area = forms.ModelChoiceField(
        label=gettext_lazy("Area"),
        queryset=Area.objects.none(),
        empty_label=gettext_lazy("Choose"),
        error_messages={"required": gettext_lazy("Choose an area.")},
    )
    association = forms.ModelChoiceField(
        label=gettext_lazy("Association"),
        queryset=Association.objects.none(),
        empty_label=gettext_lazy("Choose"),
        error_messages={"required": gettext_lazy("Choose the association.")},
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit of the administration"),
        queryset=Unit.objects.none(),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("More parties can be invited while you write."),
        error_messages={"required": gettext_lazy("Choose the unit.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("area", Area.objects.active())
        self._choose("association", Association.objects.all())
        self._choose("unit", Unit.objects.filter(is_active=True))
        self.add_way_past()

    def _choose(self, name: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.queryset = rows


class FactsForm(GuardedForm):
    """Title, days and what the agreement is about."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=gettext_lazy("What the partnership is called"),
        max_length=150,
        error_messages={"required": gettext_lazy("Give the partnership a name; it can be changed.")},
    )
    summary = text_field(gettext_lazy("What we want to do together, in a few sentences"), rows=4)
    area = forms.ModelChoiceField(label=gettext_lazy("Area"), queryset=Area.objects.none(), empty_label=None)
    target_groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Whom it is about"),
        queryset=TargetGroup.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on = day_field(gettext_lazy("First day"), required=False)
    ends_on = day_field(gettext_lazy("Last day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("area", Area.objects.active()), ("target_groups", TargetGroup.objects.active())):
            field: Any = self.fields[name]
            field.queryset = rows
        self.add_way_past()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", gettext("The last day comes before the first. Choose a later one."))
        return cleaned

    def written(self) -> Facts:
        cleaned = self.cleaned_data
        return Facts(
            title=cleaned["title"],
            area=cleaned["area"],
            summary=_unix(cleaned["summary"]),
            target_groups=list(cleaned["target_groups"]),
            starts_on=cleaned["starts_on"],
            ends_on=cleaned["ends_on"],
        )


def facts_of(agreement: Agreement) -> dict[str, Any]:
    """The agreement's facts by the form's field names."""
    return {
        "version": agreement.version,
        "title": agreement.title,
        "summary": agreement.summary,
        "area": agreement.area_id,
        "target_groups": [group.pk for group in agreement.target_groups.all()],
        "starts_on": agreement.starts_on,
        "ends_on": agreement.ends_on,
    }


class InviteForm(forms.Form):
    """One more party: an association or a unit."""

    association = forms.ModelChoiceField(
        label=gettext_lazy("Association"),
        queryset=Association.objects.none(),
        required=False,
        empty_label=gettext_lazy("Choose"),
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit of the administration"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=gettext_lazy("Choose"),
    )

    def __init__(self, agreement: Agreement, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = agreement.parties.all()
        association: Any = self.fields["association"]
        unit: Any = self.fields["unit"]
        association.queryset = Association.objects.exclude(
            pk__in=parties.filter(unit=None).values("association")
        )
        unit.queryset = Unit.objects.filter(is_active=True).exclude(
            pk__in=parties.filter(association=None).values("unit")
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(cleaned.get("association")) == bool(cleaned.get("unit")):
            raise ValidationError(gettext("Choose an association or a unit, one at a time."))
        return cleaned


class ProcessLeaderForm(forms.Form):
    """Who holds the work together for one party."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Process leader"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Not chosen yet"),
    )

    def __init__(self, party: Party, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.queryset = people_of(party)


class AnswerForm(GuardedForm):
    """The parties' joint answer to one question of the test."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reply = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=Reply.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the answers.")},
    )
    text = text_field(gettext_lazy("How we see it"), rows=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_way_past()


class MarketForm(GuardedForm):
    """The assessment of market, procurement and state aid. Nothing is required in order to save."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            label = label_of(name)
            if name == "supports_economic_activity":
                self.fields[name] = YesNoField(label=label)
            else:
                self.fields[name] = AskedText(
                    label=label, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
                )
        self.add_way_past()

    def written(self) -> dict[str, Any]:
        return {
            name: _unix(value) if isinstance(value := self.cleaned_data[name], str) else value
            for name in FIELDS
        }


class AidForm(GuardedForm):
    """Aid of minor importance that a party has had."""

    party = forms.ModelChoiceField(
        label=gettext_lazy("Party"), queryset=Party.objects.none(), empty_label=gettext_lazy("Choose")
    )
    decided_on = day_field(gettext_lazy("Day of the decision"))
    giver = forms.CharField(label=gettext_lazy("Who gave it"), max_length=150)
    euros = WholeNumberField(
        label=gettext_lazy("Euros"),
        required=True,
        help_text=gettext_lazy("At the rate of the day of the decision, in whole euros. Write 0 for none."),
    )

    def __init__(self, parties: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["party"]
        field.queryset = parties
        self.add_way_past()

    def written(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("party", "decided_on", "giver", "euros")}


class ClauseForm(GuardedForm):
    """The wording of one clause."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = AskedText(label=gettext_lazy("Wording"), max_length=LONGEST_TEXT, widget=forms.Textarea)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = len(str(self.initial.get("text", ""))) // CHARACTERS_A_LINE
        self.fields["text"].widget.attrs["rows"] = min(20, lines + 4)
        self.add_way_past()


class CommentForm(GuardedForm):
    """Something to say on a clause, or another wording of it."""

    comment = text_field(gettext_lazy("Comment"), rows=3)
    suggestion = text_field(
        gettext_lazy("Suggested wording"),
        rows=5,
        help_text=gettext_lazy("The whole clause as you would like it. Leave it empty if you only comment."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_way_past()


class WordsForm(GuardedForm):
    """A few words to the parties."""

    words = text_field(gettext_lazy("What you want to say to the parties"), rows=3, required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_way_past()


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
