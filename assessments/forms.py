"""What case officers fill in: the declaration, the assessment with its proposal, and a correction."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from assessments.assessing import TEXTS, Written, above_sought, report_days, wrong_referral
from assessments.correcting import LONGEST_REASON
from assessments.models import Criterion
from assessments.texts_form import TextsForm, lines
from grants.forms.fields import DateField, KronorField, ShortTextField
from grants.models import GrantType, Referral
from portal.documents.templatetags.swedish_text import kronor


class AssessmentForm(TextsForm):
    """The five judgements, the facts, the texts and the proposal of one application.

    Nothing is required in order to save: an assessment grows over days. What must be there before it is
    ready is the business of `assessing.mark_ready`.
    """

    grant_type = forms.ChoiceField(
        label=gettext_lazy("Proposed grant"), choices=GrantType.choices, widget=forms.RadioSelect
    )
    referral = forms.ChoiceField(
        label=gettext_lazy("When no money is proposed"),
        required=False,
        choices=[("", gettext_lazy("Rejection")), *Referral.choices],
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
    )
    referred_to = ShortTextField(
        label=gettext_lazy("Refer to whom"),
        max_length=100,
        help_text=gettext_lazy("For example: vård- och omsorgsnämnden. Leave it empty for a rejection."),
    )
    conditions = forms.CharField(
        label=gettext_lazy("Conditions"),
        required=False,
        help_text=gettext_lazy(
            "One condition a line. They are printed as decision points after the word “att”."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    previous_amount = KronorField(label=gettext_lazy("Granted last year"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sought = self.application.applied.amounts if self.application.applied else {}
        self.usual_days = report_days(self.application.call, self.years)
        for year in self.years:
            field = self.fields[f"amount_{year}"] = KronorField(
                label=gettext("Proposed %(year)s") % {"year": year},
                help_text=gettext("Applied for: %(amount)s") % {"amount": kronor(self.sought[year])},
            )
            field.widget.attrs["data-sum"] = "proposal"
            self.fields[f"report_{year}"] = DateField(
                label=gettext("Report on %(year)s, last day") % {"year": year}
            )
        amounts = [f"amount_{year}" for year in self.years]
        reports = [f"report_{year}" for year in self.years]
        first = ["grant_type", *amounts, "referral", "referred_to", "conditions", *reports, "previous_amount"]
        self.order_fields(["version", *self.of_criteria, *self.inward, *first])

    @property
    def years(self) -> list[int]:
        """The years that were sought: no others can be proposed."""
        return sorted(self.sought)

    @property
    def amounts(self) -> list[forms.BoundField]:
        """The amount fields, one for each year that was sought."""
        return [self[f"amount_{year}"] for year in self.years]

    @property
    def reports(self) -> list[forms.BoundField]:
        """By which day the use of each year's money is reported."""
        return [self[f"report_{year}"] for year in self.years]

    @property
    def total(self) -> int:
        """Whole kronor in the amount fields as they stand, also while one of them is wrong."""
        total = 0
        for bound in self.amounts:
            with suppress(forms.ValidationError):
                total += bound.field.to_python(bound.value()) or 0
        return total

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        amounts = self._amounts(cleaned)
        for year, explanation in above_sought(self.application, amounts).items():
            self.add_error(f"amount_{year}", explanation)
        self._refuse_gaps(cleaned, sorted(amounts))
        referral, referred_to = cleaned.get("referral", ""), cleaned.get("referred_to", "")
        for name, explanation in wrong_referral(amounts, referral, referred_to).items():
            self.add_error(name, explanation)
        if referred_to and not referral and "referral" not in self.errors:
            self.add_error(
                "referral", gettext("You wrote to whom you refer. Choose the kind of referral too.")
            )
        for year in self.years:
            day = cleaned.get(f"report_{year}")
            if day and date.fromisoformat(day).year < year:
                self.add_error(
                    f"report_{year}",
                    gettext("The money for %(year)s cannot be reported before that year. Choose a later day.")
                    % {"year": year},
                )
        return cleaned

    def _refuse_gaps(self, cleaned: Mapping[str, Any], granted: list[int]) -> None:
        for year in self.years:
            name = f"amount_{year}"
            if (
                granted
                and granted[0] < year < granted[-1]
                and not cleaned.get(name)
                and name not in self.errors
            ):
                self.add_error(
                    name,
                    gettext("Propose an amount for %(year)s too, or none for the years after it.")
                    % {"year": year},
                )

    def _amounts(self, cleaned: Mapping[str, Any]) -> dict[int, int]:
        """Year → kronor, for the years with money."""
        return {year: cleaned[name] for year in self.years if cleaned.get(name := f"amount_{year}")}

    def written(self) -> Written:
        """What the officer wrote, for `assessing.save`; the form must be valid."""
        cleaned = self.cleaned_data
        amounts = self._amounts(cleaned)
        return Written(
            **self.written_texts(),
            grant_type=cleaned["grant_type"],
            amounts=amounts,
            conditions=lines(cleaned["conditions"]),
            previous_amount=cleaned["previous_amount"] or 0,
            referral=cleaned["referral"],
            referred_to=cleaned["referred_to"],
            reports={
                year: date.fromisoformat(day) if (day := cleaned[f"report_{year}"]) else self.usual_days[year]
                for year in amounts
            },
        )


class CorrectionForm(TextsForm):
    """Texts, levels and facts of an assessment that lies before the committee, and why they are corrected."""

    why = forms.CharField(
        label=gettext_lazy("Why do you correct the assessment?"),
        max_length=LONGEST_REASON,
        error_messages={"required": gettext_lazy("Write why you correct the assessment.")},
        help_text=gettext_lazy("It is kept with the new version, for those who read the assessment later."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["version", *self.of_criteria, *self.inward])

    def on(self, saved: Written) -> Written:
        """What is saved, with the words of this valid form."""
        return replace(saved, **self.written_texts())


def as_fields(data: Written, usual_days: Mapping[int, date]) -> dict[str, Any]:
    """What is written, by the form's field names: its initial values, and theirs beside mine.

    `usual_days` holds the years sought, each with the day its money is reported unless another was chosen.
    """
    return {
        **{f"level_{code}": data.levels.get(code, "") for code in Criterion.values},
        **{f"text_{code}": data.texts.get(code, "") for code in Criterion.values},
        **{f"reason_{code}": data.reasons.get(code, "") for code in Criterion.values},
        **{f"amount_{year}": data.amounts.get(year) for year in usual_days},
        **{f"report_{year}": data.reports.get(year, day) for year, day in usual_days.items()},
        **{
            name: getattr(data, name)
            for name in ("grant_type", "conditions", "previous_amount", "referral", "referred_to", *TEXTS)
        },
    }
