"""What is filled in about the parties' promises: contributions, budget, goals, groups, plan, taking over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from grants.forms.fields import KronorField, WholeNumberField
from grants.forms.guarded import GuardedForm
from iop.agreement_forms import day_field
from iop.models import (
    BudgetRow,
    ContributionKind,
    GoalLevel,
    IndicatorKind,
    Party,
    SteeringSeat,
    ValuationMethod,
)
from iop.models.running import FollowUp
from iop.money import Grant
from iop.promising import IN_HOURS, Line, Promise

#: Empty lines at the end of the budget.
SPARE_LINES = 3


class ContributionsForm(GuardedForm):
    """What one party contributes: a row for each kind, with a number for each year."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, years: Sequence[int], *args: Any, promises: Iterable[Promise] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.years = years
        by_kind = {row.kind: row for row in promises}
        for kind, label in ContributionKind.choices:
            known = by_kind.get(kind, Promise(kind))
            self.fields[f"{kind}_text"] = forms.CharField(
                label=gettext("%(kind)s, in words") % {"kind": label},
                max_length=200,
                required=False,
                initial=known.text,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            for year in years:
                field = WholeNumberField if kind in IN_HOURS else KronorField
                unit = gettext("hours") if kind in IN_HOURS else gettext("kronor")
                self.fields[f"{kind}_{year}"] = field(
                    label=f"{label} {year}, {unit}",
                    required=False,
                    initial=known.amounts.get(year),
                )
            if kind in IN_HOURS:
                self.fields[f"{kind}_method"] = forms.ChoiceField(
                    label=gettext("%(kind)s, value of the hours by") % {"kind": label},
                    choices=[("", gettext("Only hours")), *ValuationMethod.choices],
                    required=False,
                    initial=known.method,
                )
        self.add_way_past()

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields of each kind, for the table."""
        return [
            {
                "kind": label,
                "in_hours": kind in IN_HOURS,
                "text": self[f"{kind}_text"],
                "cells": [self[f"{kind}_{year}"] for year in self.years],
                "method": self[f"{kind}_method"] if kind in IN_HOURS else None,
            }
            for kind, label in ContributionKind.choices
        ]

    def written(self) -> list[Promise]:
        cleaned = self.cleaned_data
        return [
            Promise(
                kind,
                {year: amount for year in self.years if (amount := cleaned[f"{kind}_{year}"]) is not None},
                " ".join(cleaned[f"{kind}_text"].split()),
                cleaned.get(f"{kind}_method", ""),
            )
            for kind in ContributionKind.values
        ]


class BudgetForm(GuardedForm):
    """The budget's own lines: what they are called, and kronor for each year."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, years: Sequence[int], *args: Any, lines: Sequence[Line] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.years = years
        self.sides: list[tuple[str, str, int]] = []
        for side, label in (
            (BudgetRow.Side.COST, gettext("Costs")),
            (BudgetRow.Side.INCOME, gettext("Other income")),
        ):
            known = [line for line in lines if line.side == side]
            asked = sum(key.startswith(f"{side}_") and key.endswith("_text") for key in self.data)
            count = max(len(known) + SPARE_LINES, min(asked, 100))
            self.sides.append((side, label, count))
            for place in range(count):
                line = known[place] if place < len(known) else Line(side, "", {})
                self._add(side, place, line)
        self.add_way_past()

    def _add(self, side: str, place: int, line: Line) -> None:
        self.fields[f"{side}_{place}_text"] = forms.CharField(
            label=gettext("What, line %(number)s") % {"number": place + 1},
            max_length=150,
            required=False,
            initial=line.text,
        )
        for year in self.years:
            self.fields[f"{side}_{place}_{year}"] = KronorField(
                label=gettext("Kronor %(year)s, line %(number)s") % {"year": year, "number": place + 1},
                required=False,
                initial=line.amounts.get(year),
            )

    @property
    def tables(self) -> list[dict[str, Any]]:
        return [
            {
                "label": label,
                "rows": [
                    {
                        "text": self[f"{side}_{place}_text"],
                        "cells": [self[f"{side}_{place}_{year}"] for year in self.years],
                    }
                    for place in range(count)
                ],
            }
            for side, label, count in self.sides
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for side, _label, count in self.sides:
            for place in range(count):
                sums = [cleaned.get(f"{side}_{place}_{year}") for year in self.years]
                name = f"{side}_{place}_text"
                if any(amount is not None for amount in sums) and not cleaned.get(name, "").strip():
                    self.add_error(name, gettext("Write what the sum is for."))
        return cleaned

    def written(self) -> list[Line]:
        cleaned = self.cleaned_data
        found = []
        for side, _label, count in self.sides:
            for place in range(count):
                sums = {year: cleaned[f"{side}_{place}_{year}"] for year in self.years}
                amounts = {year: amount for year, amount in sums.items() if amount is not None}
                if amounts:
                    found.append(Line(side, " ".join(cleaned[f"{side}_{place}_text"].split()), amounts))
        return found


class GoalForm(GuardedForm):
    """A goal on one of three levels."""

    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=GoalLevel.choices)
    goal = forms.CharField(
        label=gettext_lazy("Goal"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write the goal.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_way_past()


class IndicatorForm(GuardedForm):
    """How you see that a goal comes closer."""

    kind = forms.ModelChoiceField(
        label=gettext_lazy("From the library"),
        queryset=IndicatorKind.objects.none(),
        required=False,
        empty_label=gettext_lazy("Our own"),
    )
    text = forms.CharField(
        label=gettext_lazy("Our own words"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Leave it empty to use the words of the library."),
    )
    unit = forms.CharField(label=gettext_lazy("Counted in"), max_length=60, required=False)
    baseline = forms.CharField(label=gettext_lazy("Where we start"), max_length=100, required=False)
    target = forms.CharField(label=gettext_lazy("Where we want to be"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.queryset = IndicatorKind.objects.active()
        self.add_way_past()

    def written(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("kind", "text", "unit", "baseline", "target")}


class SeatForm(GuardedForm):
    """A seat in one of the groups."""

    group = forms.ChoiceField(label=gettext_lazy("Group"), choices=SteeringSeat.Group.choices)
    party = forms.ModelChoiceField(
        label=gettext_lazy("Party"),
        queryset=Party.objects.none(),
        empty_label=gettext_lazy("Choose"),
        error_messages={"required": gettext_lazy("Choose the party that fills the seat.")},
    )
    role = forms.CharField(
        label=gettext_lazy("Role"),
        max_length=150,
        help_text=gettext_lazy("A role, never a name."),
        error_messages={"required": gettext_lazy("Write the role.")},
    )

    def __init__(self, parties: Any, *args: Any, groups: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        party: Any = self.fields["party"]
        party.queryset = parties
        group: Any = self.fields["group"]
        group.choices = [choice for choice in SteeringSeat.Group.choices if choice[0] in set(groups)]
        self.add_way_past()


class CheckInForm(GuardedForm):
    """A check-in on the calendar."""

    planned_on = day_field(gettext_lazy("Day"))
    place = forms.CharField(label=gettext_lazy("Where"), max_length=150, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_way_past()


class FollowUpForm(forms.Form):
    """When the joint follow-up, or the evaluation, is to be done."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=FollowUp.Kind.choices)
    due_on = day_field(gettext_lazy("Last day"))

    def __init__(self, *args: Any, is_short: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_short:
            kind: Any = self.fields["kind"]
            kind.choices = [(FollowUp.Kind.EVALUATION.value, FollowUp.Kind.EVALUATION.label)]


class TakeOverForm(forms.Form):
    """What the partnership takes over from each running grant, whole kronor."""

    def __init__(self, grants: Sequence[Grant], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grants = grants
        for grant in grants:
            self.fields[f"grant_{grant.commitment.pk}"] = KronorField(
                label=f"{grant.association}, {grant.case.registry_number}, {grant.commitment.year}",
                required=False,
                initial=grant.taken or None,
            )

    @property
    def rows(self) -> list[tuple[Grant, Any]]:
        return [(grant, self[f"grant_{grant.commitment.pk}"]) for grant in self.grants]

    def written(self) -> dict[int, int]:
        return {
            grant.commitment.pk: self.cleaned_data[f"grant_{grant.commitment.pk}"] or 0
            for grant in self.grants
        }
