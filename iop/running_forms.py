"""What is filled in while a partnership runs: check-ins, contributions, follow-ups and turns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from grants.forms.fields import KronorField, WholeNumberField
from grants.forms.guarded import GuardedForm
from iop import check_ins, deliveries, follow_up
from iop.models import Agreement, CheckIn, ContributionKind, FollowUp, Indicator, Party

LONGEST_TEXT = 10_000


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar or written year-month-day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={
                "required": gettext_lazy("Choose a day."),
                "invalid": gettext_lazy("Write the date as year-month-day, for example 2027-01-31."),
            },
            **kwargs,
        )


class TextField(forms.CharField):
    """Running text with a box of so many lines; line ends are kept as one sign."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).replace("\r\n", "\n")


class PlanForm(forms.Form):
    """The suggested days, each to be moved or emptied, and one place for them all."""

    place = forms.CharField(label=gettext_lazy("Where"), max_length=150, required=False)

    def __init__(self, agreement: Agreement, days: Sequence[date], data: Any = None) -> None:
        super().__init__(data)
        self.agreement = agreement
        self.day_names = [f"day_{n}" for n in range(1, max(len(days), 1) + 1)]
        for n, name in enumerate(self.day_names):
            self.fields[name] = DayField(
                label=gettext("Day %(number)s") % {"number": n + 1},
                required=False,
                initial=days[n] if n < len(days) else None,
            )
        self.order_fields([*self.day_names, "place"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in self.day_names:
            day = cleaned.get(name)
            if day and not self.agreement.first_day <= day <= self.agreement.last_day:
                self.add_error(name, gettext("Choose a day within the agreement."))
        if not self.errors and not self.days:
            raise ValidationError(gettext("Choose at least one day."))
        return cleaned

    @property
    def days(self) -> list[date]:
        return [day for name in self.day_names if (day := self.cleaned_data.get(name))]


class CheckInForm(GuardedForm):
    """A check-in before and after it is held."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    planned_on = DayField(label=gettext_lazy("Day"))
    place = forms.CharField(label=gettext_lazy("Where"), max_length=150, required=False)
    agenda = TextField(label=gettext_lazy("What we want to talk about"), required=False)
    held_on = DayField(
        label=gettext_lazy("Held on"),
        required=False,
        help_text=gettext_lazy("Fill in when you have met."),
    )
    present = forms.CharField(
        label=gettext_lazy("Who took part"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Roles, never names."),
    )
    notes = TextField(label=gettext_lazy("Notes"), required=False)
    learned = TextField(label=gettext_lazy("What we learned"), required=False)
    changes = TextField(label=gettext_lazy("What we change"), required=False)

    def __init__(self, check_in: CheckIn, data: Any = None) -> None:
        initial = check_ins.written(check_in).__dict__ | {"version": check_in.version}
        super().__init__(data, initial=initial)
        self.add_way_past()

    def clean_held_on(self) -> date | None:
        day: date | None = self.cleaned_data["held_on"]
        if day and day > timezone.localdate():
            raise ValidationError(gettext("Choose today or an earlier day, when you have met."))
        return day

    def written(self) -> check_ins.Written:
        names = check_ins.Written.__dataclass_fields__
        return check_ins.Written(**{name: self.cleaned_data[name] for name in names})


class DeliveryForm(GuardedForm):
    """What a party has contributed."""

    party = forms.ModelChoiceField(label=gettext_lazy("Party"), queryset=Party.objects.none())
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ContributionKind.choices)
    on = DayField(label=gettext_lazy("Day"), help_text=gettext_lazy("For a longer time: its last day."))
    kronor = KronorField(label=gettext_lazy("Kronor"), required=False)
    hours = WholeNumberField(label=gettext_lazy("Hours"), required=False)
    women = WholeNumberField(
        label=gettext_lazy("Women who took part"),
        required=False,
        help_text=gettext_lazy("Only for volunteer time. How many, never who."),
    )
    men = WholeNumberField(label=gettext_lazy("Men who took part"), required=False)
    text = forms.CharField(
        label=gettext_lazy("In words"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("No names of volunteers or participants."),
    )

    def __init__(self, parties: Sequence[Party], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, initial={"on": timezone.localdate(), "party": parties[0]}, **kwargs)
        field: Any = self.fields["party"]
        field.queryset = Party.objects.filter(pk__in=[party.pk for party in parties]).select_related(
            "association", "unit"
        )
        field.empty_label = None
        if len(parties) == 1:
            field.widget = forms.HiddenInput()
        self.add_way_past()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind, money, hours = cleaned.get("kind"), cleaned.get("kronor"), cleaned.get("hours")
        if kind == ContributionKind.PENGAR and money is None and "kronor" not in self.errors:
            self.add_error("kronor", gettext("Write how many kronor."))
        if kind == ContributionKind.PENGAR and hours is not None:
            self.add_error("hours", gettext("Money is counted in kronor. Leave the hours empty."))
        if kind == ContributionKind.IDEELL_TID and hours is None and "hours" not in self.errors:
            self.add_error("hours", gettext("Write how many hours."))
        if kind == ContributionKind.IDEELL_TID and money is not None:
            self.add_error("kronor", gettext("Volunteer time is counted in hours. Leave the kronor empty."))
        if kind != ContributionKind.IDEELL_TID:
            for name in ("women", "men"):
                if cleaned.get(name) is not None:
                    self.add_error(name, gettext("Count women and men for volunteer time only."))
        if not self.errors and money is None and hours is None and not cleaned.get("text"):
            self.add_error("text", gettext("Write kronor, hours, or what it was in words."))
        return cleaned

    def written(self) -> deliveries.Written:
        names = deliveries.Written.__dataclass_fields__
        return deliveries.Written(**{name: self.cleaned_data[name] for name in names})


FOLLOW_UP_LABELS = {
    "activities": gettext_lazy("Activities: what we did"),
    "reached": gettext_lazy("Whom we reached, and how many"),
    "effect": gettext_lazy("Effect: what changed for the people it is about"),
    "survey": gettext_lazy("What the people it is about say"),
    "story": gettext_lazy("A story of change"),
    "society": gettext_lazy("What it is worth to society"),
    "learned": gettext_lazy("What we learned"),
    "changes": gettext_lazy("What we change"),
    "risks": gettext_lazy("Risks"),
}
FOLLOW_UP_HELP = {
    "activities": gettext_lazy("Briefly. What each party contributed is filled in by itself."),
    "reached": gettext_lazy("Numbers that you have, and how you counted."),
    "effect": gettext_lazy("Compared with before. Say also what did not change."),
    "survey": gettext_lazy("What did they answer, how many did you ask?"),
    "story": gettext_lazy("Without anything that tells who a person is."),
    "society": gettext_lazy("What does it spare or give the city and its residents in the long run?"),
}


class FollowUpForm(GuardedForm):
    """The joint text of a follow-up, with two fields for each indicator."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, row: FollowUp, indicators: Sequence[Indicator], data: Any = None) -> None:
        super().__init__(data, initial=as_fields(follow_up.written(row)) | {"version": row.version})
        self.indicators = indicators
        needed = follow_up.NEEDED[FollowUp.Kind(row.kind)]
        for name in follow_up.texts_of(row.kind):
            hints = [str(FOLLOW_UP_HELP.get(name, ""))]
            hints += [gettext("Needed before all say yes.")] if name in needed else []
            self.fields[name] = TextField(
                label=FOLLOW_UP_LABELS[name], help_text=" ".join(hints).strip(), required=False
            )
        for indicator in indicators:
            self.fields[f"value_{indicator.pk}"] = forms.CharField(
                label=gettext("Outcome: %(indicator)s") % {"indicator": indicator.text},
                help_text=_from_to(indicator),
                max_length=100,
                required=False,
            )
            self.fields[f"text_{indicator.pk}"] = TextField(
                label=gettext("How we know, and what we think of it"), rows=2, required=False
            )
        self.fields["onward"] = forms.ChoiceField(
            label=gettext_lazy("How we go on"),
            choices=[("", gettext("Not decided yet")), *FollowUp.Onward.choices],
            help_text=gettext_lazy("Needed before all say yes."),
            required=False,
        )
        self.names = follow_up.texts_of(row.kind)
        self.add_way_past()

    def written(self) -> follow_up.Written:
        cleaned = self.cleaned_data
        return follow_up.Written(
            {name: cleaned[name] for name in self.names},
            cleaned["onward"],
            {one.pk: (cleaned[f"value_{one.pk}"], cleaned[f"text_{one.pk}"]) for one in self.indicators},
        )


def as_fields(data: follow_up.Written) -> dict[str, str]:
    """What is written, by the form's field names."""
    fields = dict(data.texts) | {"onward": data.onward}
    for indicator_id, (value, text) in data.readings.items():
        fields |= {f"value_{indicator_id}": value, f"text_{indicator_id}": text}
    return fields


def _from_to(indicator: Indicator) -> str:
    parts = []
    if indicator.baseline:
        parts.append(gettext("We started at %(start)s.") % {"start": indicator.baseline})
    if indicator.target:
        parts.append(gettext("We want to be at %(goal)s.") % {"goal": indicator.target})
    return " ".join(parts)


class ViewForm(GuardedForm):
    """How one party sees it, in its own words."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    worked = TextField(label=gettext_lazy("What worked well between us"), required=False)
    hindered = TextField(label=gettext_lazy("What got in the way"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_way_past()


class TalkForm(GuardedForm):
    """A turn that asks for words; dialogue comes first where the model says so."""

    reason = TextField(
        label=gettext_lazy("Why"), error_messages={"required": gettext_lazy("Say why, in your own words.")}
    )
    talked_on = DayField(
        label=gettext_lazy("When we talked about it"), help_text=gettext_lazy("Talk first, then decide.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_way_past()

    def clean_talked_on(self) -> date:
        day: date = self.cleaned_data["talked_on"]
        if day > timezone.localdate():
            raise ValidationError(gettext("Choose the day when you talked, today at the latest."))
        return day


class RenegotiationForm(TalkForm):
    """A party wants to talk the agreement over; talking comes after, so it asks for no day."""

    talked_on = None  # type: ignore[assignment]
    reason = TextField(
        label=gettext_lazy("What do you want to talk over, and why?"),
        error_messages={"required": gettext_lazy("Say what you want to talk over.")},
    )


class ResumeForm(GuardedForm):
    reason = TextField(label=gettext_lazy("What has changed?"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_way_past()


class NoticeForm(TalkForm):
    last_day = DayField(label=gettext_lazy("Last day of the partnership"))


class RenewalForm(forms.Form):
    """The days of the agreement that follows."""

    title = forms.CharField(label=gettext_lazy("What the partnership is called"), max_length=150)
    starts_on = DayField(label=gettext_lazy("First day"))
    ends_on = DayField(label=gettext_lazy("Last day"))
    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", gettext("Choose a last day after the first day."))
        return cleaned
