"""What officers write when they distribute a round: amounts, scenarios, reasons, and the frame of a year."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.allocation import LEVEL_PERCENT
from assessments.models import Level, Scenario
from grants.forms.fields import KronorField, PercentField
from grants.models import Frame


class AmountsForm(forms.Form):
    """The amounts of one application, and what the page showed of each in `seen_<year>`.

    A year that is not sent is not changed; an empty box is nothing.
    """

    use_required_attribute = False

    def __init__(self, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.years = [year for year in years if f"seen_{year}" in self.data or not self.is_bound]
        for year in self.years:
            self.fields[f"amount_{year}"] = KronorField(label=str(year))
            self.fields[f"seen_{year}"] = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @property
    def wanted(self) -> dict[int, int]:
        """Year → kronor as written; only for a valid form."""
        return {year: self.cleaned_data[f"amount_{year}"] or 0 for year in self.years}

    @property
    def seen(self) -> dict[int, int]:
        """Year → kronor as the page showed them; only for a valid form."""
        return {year: self.cleaned_data[f"seen_{year}"] for year in self.years}


class ScenarioForm(forms.Form):
    """A new scenario: its name, its method, and the numbers that the method asks for."""

    use_required_attribute = False

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    method = forms.ChoiceField(
        label=gettext_lazy("How the frame is shared"),
        choices=Scenario.Method.choices,
        widget=forms.RadioSelect,
    )
    floor = KronorField(
        label=gettext_lazy("Floor a year"),
        required=False,
        help_text=gettext_lazy("For floor and ceiling: nobody gets less, but at most what was applied for."),
    )
    ceiling = KronorField(
        label=gettext_lazy("Ceiling a year"),
        required=False,
        help_text=gettext_lazy("For floor and ceiling: nobody gets more. Leave it empty for none."),
    )

    def __init__(self, scenarios: Iterable[Scenario], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scenarios = {str(scenario.pk): scenario for scenario in scenarios}
        for level in reversed(Level):
            self.fields[f"percent_{level}"] = PercentField(
                label=_("By levels: %(level)s counts, percent") % {"level": level.label},
                required=False,
                initial=LEVEL_PERCENT[level],
            )
        self.fields["source"] = forms.ChoiceField(
            label=_("By hand: begin from"),
            required=False,
            choices=[
                ("", _("The proposal as it stands")),
                *((pk, row.name) for pk, row in self.scenarios.items()),
            ],
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        floor, ceiling = cleaned.get("floor"), cleaned.get("ceiling")
        if cleaned.get("method") == Scenario.Method.BOUNDS:
            if not floor and not ceiling:
                self.add_error("floor", _("Write a floor, a ceiling or both."))
            elif floor and ceiling and floor > ceiling:
                self.add_error("ceiling", _("The ceiling is lower than the floor. Write a higher ceiling."))
        if cleaned.get("method") == Scenario.Method.LEVELS and not any(self._percent(cleaned).values()):
            self.add_error(
                f"percent_{Level.MYCKET_GOD}", _("At least one level has to count more than nothing.")
            )
        return cleaned

    def _percent(self, cleaned: dict[str, Any]) -> dict[str, int]:
        names = [f"percent_{level}" for level in Level]
        return {name: cleaned[name] for name in names if cleaned.get(name) is not None}

    def parameters(self) -> dict[str, int]:
        """What the chosen method asks for; only for a valid form."""
        cleaned = self.cleaned_data
        if cleaned["method"] == Scenario.Method.BOUNDS:
            return {name: cleaned[name] for name in ("floor", "ceiling") if cleaned[name]}
        return self._percent(cleaned) if cleaned["method"] == Scenario.Method.LEVELS else {}

    @property
    def source(self) -> Scenario | None:
        """The scenario to copy; None for the proposal. Only for a valid form."""
        return self.scenarios.get(self.cleaned_data["source"])


class NameForm(forms.Form):
    """Another name of a scenario."""

    use_required_attribute = False

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)


class ChoiceForm(forms.Form):
    """Why a scenario is chosen as the proposal."""

    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("Why this way of sharing"),
        max_length=500,
        help_text=gettext_lazy("Your colleagues and an auditor can read it, with your name and the time."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write why you choose it.")},
    )


class FrameForm(forms.Form):
    """One year's frame, and what the page showed of it."""

    use_required_attribute = False

    amount = KronorField(
        label=gettext_lazy("Frame"),
        highest=2_000_000_000,
        help_text=gettext_lazy("The committee's money for grants and partnerships in the year."),
    )
    reserve = KronorField(
        label=gettext_lazy("Reserve"),
        help_text=gettext_lazy("Set aside for what comes during the year. It is never shared in a round."),
    )
    child_goal_percent = PercentField(
        label=gettext_lazy("Goal for children and young people"),
        help_text=gettext_lazy("At least this share of the money, in percent."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_amount(self) -> int:
        amount: int | None = self.cleaned_data["amount"]
        if amount is None:
            raise forms.ValidationError(_("Write the frame in whole kronor."))
        return amount

    def clean_reserve(self) -> int:
        return self.cleaned_data["reserve"] or 0

    def clean_child_goal_percent(self) -> int:
        goal: int | None = self.cleaned_data["child_goal_percent"]
        if goal is None:
            raise forms.ValidationError(_("Write the goal in percent; 0 for none."))
        return goal

    def values(self) -> dict[str, int]:
        """What `frames.set_frame` saves; only for a valid form."""
        return {name: self.cleaned_data[name] for name in ("amount", "reserve", "child_goal_percent")}


def as_fields(frame: Frame | None) -> dict[str, Any]:
    """A frame by the form's field names."""
    if frame is None:
        return {"reserve": 0, "child_goal_percent": 20}
    return {
        "amount": frame.amount,
        "reserve": frame.reserve,
        "child_goal_percent": frame.child_goal_percent,
    }
