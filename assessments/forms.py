"""What case officers fill in: the declaration, the assessment, and the choice between two texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from assessments.assessing import Written, above_sought
from assessments.case_file import evidence
from assessments.models import Criterion, CriterionQuestion, Level
from grants.forms.fields import ChoiceField, KronorField, ShortTextField
from grants.models import Application, GrantType
from portal.documents.templatetags.swedish_text import kronor


class DeclarationForm(forms.Form):
    """Whether the officer has a conflict of interest (jäv) in a case."""

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


class AssessmentForm(forms.Form):
    """The five judgements and the proposal of one application.

    Nothing is required in order to save: an assessment grows over days. What must be there before it is
    ready is the business of `assessing.mark_ready`.
    """

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    grant_type = forms.ChoiceField(
        label=gettext_lazy("Proposed grant"), choices=GrantType.choices, widget=forms.RadioSelect
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
    reason = ShortTextField(
        label=gettext_lazy("Reason, as the association will read it"),
        help_text=gettext_lazy(
            "Say what weighs most, in plain words. It is printed in the letter of decision."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    short_reason = ShortTextField(
        label=gettext_lazy("Reason in the distribution table"),
        max_length=100,
        help_text=gettext_lazy("A few words, for example: Same level as last year. At most 100 characters."),
    )

    def __init__(
        self, application: Application, questions: Iterable[CriterionQuestion], **kwargs: Any
    ) -> None:
        """`application` with its terms and year amounts prefetched; `questions` as in force for its call."""
        super().__init__(**kwargs)
        self.application = application
        self.questions = list(questions)
        self.sought = application.applied.amounts if application.applied else {}
        for code, title in self._titles().items():
            self.fields[f"level_{code}"] = ChoiceField(
                label=gettext("%(criterion)s: level") % {"criterion": title},
                choices=[("", gettext("None")), *Level.choices],
                widget=forms.RadioSelect(attrs={"class": "ds-input"}),
            )
            self.fields[f"text_{code}"] = ShortTextField(
                label=gettext("%(criterion)s: judgement") % {"criterion": title},
                widget=forms.Textarea(attrs={"rows": 7}),
            )
        for year in self.years:
            field = self.fields[f"amount_{year}"] = KronorField(
                label=gettext("Proposed %(year)s") % {"year": year},
                help_text=gettext("Applied for: %(amount)s") % {"amount": kronor(self.sought[year])},
            )
            field.widget.attrs["data-sum"] = "proposal"
        judgements = [f"{part}_{code}" for code in Criterion.values for part in ("level", "text")]
        amounts = [f"amount_{year}" for year in self.years]
        self.order_fields(["version", *judgements, "grant_type", *amounts, "conditions", "previous_amount"])

    @property
    def years(self) -> list[int]:
        """The years that were sought: no others can be proposed."""
        return sorted(self.sought)

    def _titles(self) -> dict[str, str]:
        """Criterion → its title; the model's own name for one that has no wording in force."""
        worded = {question.criterion: question.title for question in self.questions}
        return {code: worded.get(code, str(label)) for code, label in Criterion.choices}

    @property
    def criteria(self) -> list[dict[str, Any]]:
        """What the desk shows per criterion: its wording and its two fields."""
        wording = {question.criterion: question.question for question in self.questions}
        return [
            {
                "code": code,
                "title": title,
                "question": wording.get(code, ""),
                "evidence": evidence(code),
                "level": self[f"level_{code}"],
                "text": self[f"text_{code}"],
                "is_written": bool(self[f"text_{code}"].value()),
            }
            for code, title in self._titles().items()
        ]

    @property
    def amounts(self) -> list[forms.BoundField]:
        """The amount fields, one for each year that was sought."""
        return [self[f"amount_{year}"] for year in self.years]

    @property
    def total(self) -> int:
        """Whole kronor in the amount fields as they stand, also while one of them is wrong."""
        total = 0
        for bound in self.amounts:
            with suppress(forms.ValidationError):
                total += bound.field.to_python(bound.value()) or 0
        return total

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        amounts = self._amounts(cleaned)
        for year, explanation in above_sought(self.application, amounts).items():
            self.add_error(f"amount_{year}", explanation)
        granted = sorted(amounts)
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
        return cleaned

    def _amounts(self, cleaned: Mapping[str, Any]) -> dict[int, int]:
        """Year → kronor, for the years with money."""
        return {year: cleaned[name] for year in self.years if cleaned.get(name := f"amount_{year}")}

    def written(self) -> Written:
        """What the officer wrote, for `assessing.save`; the form must be valid."""
        cleaned = self.cleaned_data
        return Written(
            levels={code: cleaned[f"level_{code}"] for code in Criterion.values},
            texts={code: _lines(cleaned[f"text_{code}"]) for code in Criterion.values},
            grant_type=cleaned["grant_type"],
            amounts=self._amounts(cleaned),
            conditions=_lines(cleaned["conditions"]),
            previous_amount=cleaned["previous_amount"] or 0,
            reason=_lines(cleaned["reason"]),
            short_reason=cleaned["short_reason"],
        )


def _lines(text: str) -> str:
    """Browsers end lines with CR LF; documents and comparisons want one kind."""
    return text.replace("\r\n", "\n")


def as_fields(data: Written, years: Iterable[int]) -> dict[str, Any]:
    """What is written, by the form's field names: its initial values, and theirs beside mine."""
    return {
        **{f"level_{code}": data.levels.get(code, "") for code in Criterion.values},
        **{f"text_{code}": data.texts.get(code, "") for code in Criterion.values},
        **{f"amount_{year}": data.amounts.get(year) for year in years},
        "grant_type": data.grant_type,
        "conditions": data.conditions,
        "previous_amount": data.previous_amount,
        "reason": data.reason,
        "short_reason": data.short_reason,
    }
