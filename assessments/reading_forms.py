"""What is filled in about second readings: the reading itself, why two views differ, and a call's rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from assessments.case_file import evidence
from assessments.models import Criterion, CriterionQuestion, Level, LevelAnchor, ReadingRule
from assessments.reading_rules import fingerprint
from assessments.readings import TwoViews, Written
from grants.forms.fields import ChoiceField, KronorField, PercentField, ShortTextField


def titles(questions: Iterable[CriterionQuestion]) -> dict[str, str]:
    """Criterion → its title; the model's own name for one that has no wording in force."""
    worded = {question.criterion: question.title for question in questions}
    return {code: worded.get(code, str(label)) for code, label in Criterion.choices}


class ReadingForm(forms.Form):
    """The five judgements of a second reader. Nothing is required in order to save."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, questions: Sequence[CriterionQuestion], anchors: Iterable[LevelAnchor], **kwargs: Any
    ) -> None:
        """`questions` as in force for the call, `anchors` are the call's."""
        super().__init__(**kwargs)
        self.questions = questions
        self.anchors: dict[str, list[LevelAnchor]] = defaultdict(list)
        for anchor in anchors:
            self.anchors[anchor.criterion].append(anchor)
        for code, title in titles(questions).items():
            self.fields[f"level_{code}"] = ChoiceField(
                label=gettext("%(criterion)s: level") % {"criterion": title},
                choices=[("", gettext("None")), *Level.choices],
                widget=forms.RadioSelect(attrs={"class": "ds-input"}),
            )
            self.fields[f"text_{code}"] = ShortTextField(
                label=gettext("%(criterion)s: judgement") % {"criterion": title},
                widget=forms.Textarea(attrs={"rows": 7}),
            )
        self.fields["comment"] = ShortTextField(
            label=gettext("Comment to the officer"),
            help_text=gettext("It is shown together with your judgements, when both have finished."),
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    @property
    def criteria(self) -> list[dict[str, Any]]:
        """What the page shows per criterion: its wording, its levels, and its two fields."""
        wording = {question.criterion: question.question for question in self.questions}
        order = list(Level.values)
        return [
            {
                "code": code,
                "title": title,
                "question": wording.get(code, ""),
                "evidence": evidence(code),
                "anchors": sorted(self.anchors[code], key=lambda anchor: order.index(anchor.level)),
                "level": self[f"level_{code}"],
                "text": self[f"text_{code}"],
                "is_written": bool(self[f"text_{code}"].value()),
            }
            for code, title in titles(self.questions).items()
        ]

    def written(self) -> Written:
        """What the reader wrote, for `readings.save`; the form must be valid."""
        cleaned = self.cleaned_data
        return Written(
            levels={code: cleaned[f"level_{code}"] for code in Criterion.values},
            texts={code: _lines(cleaned[f"text_{code}"]) for code in Criterion.values},
            comment=_lines(cleaned["comment"]),
        )


def as_fields(data: Written) -> dict[str, str]:
    """What is written, by the form's field names."""
    return {
        **{f"level_{code}": data.levels.get(code, "") for code in Criterion.values},
        **{f"text_{code}": data.texts.get(code, "") for code in Criterion.values},
        "comment": data.comment,
    }


class ReasonsForm(forms.Form):
    """Why officer and reader differ, for each criterion on which they lie far apart."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, views: Iterable[TwoViews], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for view in views:
            if view.needs_reason:
                self.fields[f"reason_{view.criterion}"] = forms.CharField(
                    label=gettext("Why do the two readings differ?"),
                    help_text=gettext("Say what weighs differently, and which level the proposal rests on."),
                    required=False,
                    initial=view.readers.difference_reason,
                    widget=forms.Textarea(attrs={"rows": 4}),
                )

    @property
    def reasons_asked(self) -> bool:
        """Whether anything has to be explained."""
        return len(self.fields) > 1

    def reasons(self) -> dict[str, str]:
        """Criterion → reason; the form must be valid."""
        return {
            name.removeprefix("reason_"): _lines(text)
            for name, text in self.cleaned_data.items()
            if name.startswith("reason_")
        }


class ReadingRuleForm(forms.Form):
    """Which applications of a call get a second reading."""

    use_required_attribute = False

    amount_limit = KronorField(
        label=gettext_lazy("When more than this is applied for in one year"),
        required=False,
        help_text=gettext_lazy("Whole kronor. Leave it empty for no limit."),
    )
    first_time = forms.BooleanField(
        label=gettext_lazy("When the committee has never decided on an application of the association"),
        required=False,
    )
    sample_percent = PercentField(
        label=gettext_lazy("Drawn at random, percent"),
        required=False,
        help_text=gettext_lazy("Of all applications. Leave it empty for none."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, rule: ReadingRule, data: Any = None) -> None:
        initial = {
            "amount_limit": rule.amount_limit,
            "first_time": rule.first_time,
            "sample_percent": rule.sample_percent,
            "seen": fingerprint(rule),
        }
        super().__init__(data, initial=initial)

    def clean_sample_percent(self) -> int:
        return self.cleaned_data["sample_percent"] or 0

    def values(self) -> dict[str, Any]:
        """The rule's new values; the form must be valid."""
        return {name: self.cleaned_data[name] for name in ("amount_limit", "first_time", "sample_percent")}


def _lines(text: str) -> str:
    """Browsers end lines with CR LF; comparisons want one kind."""
    return text.replace("\r\n", "\n")
