"""What officers write about a call: its own facts, its copy, a longer time to apply, a recurring window."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.forms.fields import KronorField
from grants.models import Call, GrantProgramme, GrantType, LateRule
from grants.models.programmes import day_of, local_moment
from portal.registry.models import Authority

HIGHEST_YEAR = 2100


def _day_box() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _day(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=_day_box(), **kwargs)


def _time(label: str, **kwargs: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(attrs={"type": "time", "size": 8}, format="%H:%M"),
        input_formats=["%H:%M", "%H.%M"],
        error_messages={"invalid": _("Write the time as 08:00.")},
        **kwargs,
    )


class WindowFields(forms.Form):
    """Opening and closing as people say them: the last day counts to its end unless a time is given."""

    use_required_attribute = False

    def add_window(self, opens_at: datetime | None, closes_at: datetime | None) -> None:
        """Add the four boxes with what stands in them now."""
        opens = timezone.localtime(opens_at) if opens_at else None
        closes = timezone.localtime(closes_at) if closes_at else None
        at_midnight = closes is not None and (closes.hour, closes.minute) == (0, 0)
        last_day = Call(closes_at=closes_at).last_day
        self.fields["opens_day"] = _day(_("Opens on"), initial=opens and opens.date())
        self.fields["opens_time"] = _time(_("Opens at"), initial=opens and opens.time())
        self.fields["last_day"] = _day(
            _("Last day to apply"),
            initial=last_day,
            required=False,
            help_text=_("Leave it empty when it can be applied for all year."),
        )
        self.fields["closes_time"] = _time(
            _("Closes at"),
            initial=None if at_midnight else closes and closes.time(),
            required=False,
            help_text=_("Empty means midnight, at the end of the last day."),
        )

    def clean_window(self, cleaned: dict[str, Any]) -> None:
        """Put `opens_at` and `closes_at` among the cleaned values."""
        if not {"opens_day", "opens_time", "last_day", "closes_time"} <= cleaned.keys():
            return
        cleaned["opens_at"] = local_moment(cleaned["opens_day"], cleaned["opens_time"])
        cleaned["closes_at"] = closing(cleaned["last_day"], cleaned["closes_time"])
        if cleaned["last_day"] is None and cleaned["closes_time"] is not None:
            self.add_error("last_day", _("Write the last day, or take the closing time away."))
        elif cleaned["closes_at"] and cleaned["closes_at"] <= cleaned["opens_at"]:
            self.add_error(
                "last_day", _("The call closes before it opens. Choose a last day after the opening.")
            )


class CallForm(WindowFields):
    """The call's own facts. A new call also says whose it is and which grant."""

    def __init__(
        self, call: Call | None, data: Any = None, authorities: QuerySet[Authority] | None = None
    ) -> None:
        super().__init__(data)
        self.call = call
        if authorities is not None:
            self.fields["authority"] = forms.ModelChoiceField(
                authorities, label=_("Committee"), empty_label=None, initial=authorities.first()
            )
            self.fields["grant_type"] = forms.ChoiceField(
                label=_("Grant"), choices=GrantType.choices, widget=forms.RadioSelect
            )
            self.fields["standard_form"] = forms.BooleanField(
                label=_("Begin with the standard questions"),
                help_text=_("You can take away, change and add questions afterwards."),
                required=False,
                initial=True,
            )
        for name in ("title", "title_en", "intro", "intro_en"):
            self._add(name)
        self.add_window(call.opens_at if call else None, call.closes_at if call else None)
        self.fields["first_year"] = forms.IntegerField(
            label=_("First grant year"),
            min_value=2020,
            max_value=HIGHEST_YEAR,
            initial=call.first_year if call else timezone.localdate().year + 1,
            help_text=_("The first year that can be applied for."),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6}),
        )
        self.fields["max_years"] = forms.IntegerField(
            label=_("Years at most"),
            min_value=1,
            max_value=5,
            initial=call.max_years if call else 1,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        )
        self.fields["max_amount"] = KronorField(
            label=_("Most a year, kronor"),
            required=False,
            initial=call.max_amount if call else None,
            help_text=_("The most one association can be proposed a year; empty for no cap."),
        )
        for name in ("decision_expected", "decision_expected_en", "decision_day", "late_rule"):
            self._add(name)
        if call is not None:
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=call.form_version)

    def _add(self, name: str) -> None:
        """A field of the call as it is kept, in the language that its name says."""
        column: Any = Call._meta.get_field(name)
        field: Any = column.formfield()
        field.required = name in ("title", "decision_expected", "late_rule")
        field.initial = getattr(self.call, name) if self.call else column.get_default()
        field.widget.attrs["lang"] = "en" if name.endswith("_en") else "sv"
        if name.startswith("intro"):
            field.widget.attrs["rows"] = 5
        elif name == "decision_expected_en":
            field.help_text = ""
        elif name == "decision_day":
            field.widget = _day_box()
        elif name == "late_rule":
            field = forms.ChoiceField(
                label=field.label, choices=LateRule.choices, initial=field.initial, widget=forms.RadioSelect
            )
        self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.clean_window(cleaned)
        if cleaned.get("max_amount") == 0:
            self.add_error(
                "max_amount", _("Write the most one can get a year, or leave it empty for no cap.")
            )
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the acts save; only for a valid form."""
        aside = {
            "seen",
            "authority",
            "grant_type",
            "standard_form",
            "opens_day",
            "opens_time",
            "last_day",
            "closes_time",
        }
        return {name: value for name, value in self.cleaned_data.items() if name not in aside}


class DecisionExpectedForm(forms.ModelForm):
    """What may change also when the form is frozen."""

    use_required_attribute = False

    class Meta:
        model = Call
        fields = ["decision_expected", "decision_expected_en", "decision_day"]
        widgets = {"decision_day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


class CopyForm(forms.Form):
    """For which first grant year a call is copied."""

    use_required_attribute = False

    def __init__(self, source: Call, data: Any = None) -> None:
        super().__init__(data)
        self.fields["first_year"] = forms.IntegerField(
            label=_("First grant year of the new call"),
            initial=source.first_year + 1,
            min_value=source.first_year,
            max_value=HIGHEST_YEAR,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6}),
        )


class ProlongForm(forms.Form):
    """A later closing time, and why; the reason is public."""

    use_required_attribute = False

    def __init__(self, call: Call, data: Any = None) -> None:
        super().__init__(data)
        self.fields["last_day"] = _day(_("New last day to apply"), initial=call.last_day)
        self.fields["closes_time"] = _time(
            _("Closes at"),
            required=False,
            help_text=_("Empty means midnight, at the end of the last day."),
        )
        self.fields["reason"] = forms.CharField(
            label=_("Why the time is prolonged"),
            help_text=_("Everybody can read it on the call's page. Write it in Swedish."),
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3, "lang": "sv"}),
            error_messages={"required": _("Write why, so that all who apply are treated alike.")},
        )

    @property
    def closes_at(self) -> datetime:
        """The new closing time; only for a valid form."""
        closes = closing(self.cleaned_data["last_day"], self.cleaned_data["closes_time"])
        assert closes is not None
        return closes


class ProgrammeForm(forms.ModelForm):
    """When a grant can be applied for each year."""

    use_required_attribute = False

    class Meta:
        model = GrantProgramme
        fields = [
            "authority", "grant_type", "always_open", "opens_day", "opens_month", "opens_time",
            "closes_day", "closes_month", "years_ahead", "remind_days",
        ]  # fmt: skip
        widgets = {
            "grant_type": forms.RadioSelect,
            "opens_time": forms.TimeInput(attrs={"type": "time", "size": 8}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("opens_day", "closes_day", "years_ahead", "remind_days"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "numeric", "size": 4})
        fields: dict[str, Any] = self.fields
        fields["grant_type"].choices = GrantType.choices
        if self.instance.pk:
            del self.fields["authority"], self.fields["grant_type"]
        else:
            fields["authority"].empty_label = None
            fields["authority"].label = _("Committee")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("always_open"):
            cleaned["closes_day"] = cleaned["closes_month"] = None
        elif not self.errors:
            for name in ("closes_day", "closes_month"):
                if cleaned.get(name) is None:
                    self.add_error(
                        name, _("Write the last day and its month, or tick that it is open all year.")
                    )
        for side in ("opens", "closes"):
            day, month = cleaned.get(f"{side}_day"), cleaned.get(f"{side}_month")
            if day is None or not month:
                continue
            if not 1 <= day <= 31 or day_of(2024, month, day).day != day:
                self.add_error(f"{side}_day", ValidationError(_("The month has no such day.")))
        return cleaned


def closing(last_day: Any, at: Any) -> datetime | None:
    """When a call with this last day closes: at the time given, else at midnight when the day ends."""
    if last_day is None:
        return None
    return local_moment(last_day, at) if at else local_moment(last_day + timedelta(days=1))
