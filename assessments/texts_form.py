"""The part of the desk's form that is words: judgements, levels, facts with their proofs, and reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext, gettext_lazy

from assessments.assessing import TEXTS
from assessments.case_file import evidence, to_ask_about
from assessments.facts import FactChanges, NewFact, Place, ShownFact, grouped
from assessments.models import Criterion, CriterionQuestion, Fact, Level, LevelAnchor
from grants.forms.fields import ChoiceField, ShortTextField
from grants.models import Application

LONGEST_FACT = Fact._meta.get_field("text").max_length


@dataclass(frozen=True)
class Beside:
    """What stands beside the fields: wordings, what levels mean in the call, facts and what proves them."""

    questions: Sequence[CriterionQuestion]
    anchors: Sequence[LevelAnchor] = ()
    facts: Sequence[ShownFact] = ()
    places: Sequence[Place] = field(default_factory=list)

    def titles(self) -> dict[str, str]:
        """Criterion → its title; the model's own name for one that has no wording in force."""
        worded = {question.criterion: question.title for question in self.questions}
        return {code: worded.get(code, str(label)) for code, label in Criterion.choices}

    def meanings(self, criterion: str) -> list[tuple[str, str]]:
        """(level, what it means on the criterion in this call), weakest first; empty when not said."""
        said = {row.level: row.text for row in self.anchors if row.criterion == criterion}
        return [(str(label), said[code]) for code, label in Level.choices if code in said]


class IdsField(forms.MultipleChoiceField):
    """Ids of rows that the page showed; which of them still stand is the act's business."""

    def valid_value(self, value: Any) -> bool:
        return str(value).isascii() and str(value).isdecimal() and len(str(value)) < 18


class TextsForm(forms.Form):
    """Judgements, levels, facts and texts of one assessment, with the version they were read at."""

    use_required_attribute = False

    #: What stays in the administration and in the committee's papers.
    inward = ("risks", "equal_treatment", "alternatives")

    version = forms.IntegerField(widget=forms.HiddenInput)
    remove_facts = IdsField(required=False)
    risks = ShortTextField(
        label=gettext_lazy("Risks"),
        help_text=gettext_lazy("Economy, governance, conflicts of interest, double funding."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    equal_treatment = ShortTextField(
        label=gettext_lazy("Equal treatment"),
        help_text=gettext_lazy("How were comparable associations treated, and why is this one treated so?"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    alternatives = ShortTextField(
        label=gettext_lazy("Alternatives"),
        help_text=gettext_lazy("For example less money, another grant, another committee, or a no."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
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
    could_change = ShortTextField(
        label=gettext_lazy("What the association could change"),
        help_text=gettext_lazy("Asked for when you propose less than was applied for."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    talk_to = ShortTextField(
        label=gettext_lazy("Whom to talk to"),
        max_length=200,
        help_text=gettext_lazy("A role and how to reach it, rather than a name."),
    )

    def __init__(self, application: Application, beside: Beside, **kwargs: Any) -> None:
        """`application` with its terms, year amounts and questions prefetched."""
        super().__init__(**kwargs)
        self.application = application
        self.beside = beside
        choices = [("", gettext("Choose")), *grouped(beside.places)]
        for code, title in beside.titles().items():
            self.fields |= _fields_of(code, title, choices)

    @property
    def questions(self) -> Sequence[CriterionQuestion]:
        return self.beside.questions

    @property
    def of_criteria(self) -> list[str]:
        """The names of the criteria's fields, in the page's order."""
        parts = ("fact_text", "fact_place", "level", "text", "reason")
        return [f"{part}_{code}" for code in Criterion.values for part in parts]

    @property
    def criteria(self) -> list[dict[str, Any]]:
        """What the desk shows per criterion: its wording, facts, levels in words, and fields."""
        wording = {question.criterion: question.question for question in self.questions}
        removed = {str(pk) for pk in self["remove_facts"].value() or ()}
        return [
            {
                "code": code,
                "title": title,
                "question": wording.get(code, ""),
                "evidence": evidence(code),
                "ask": urlencode([("forslag", key) for key in to_ask_about(code, self.application)]),
                "meanings": self.beside.meanings(code),
                "facts": [
                    (fact, str(fact.pk) in removed) for fact in self.beside.facts if fact.criterion == code
                ],
                "fact_text": self[f"fact_text_{code}"],
                "fact_place": self[f"fact_place_{code}"],
                "is_adding": bool(self[f"fact_text_{code}"].value() or self[f"fact_place_{code}"].value()),
                "level": self[f"level_{code}"],
                "text": self[f"text_{code}"],
                "reason": self[f"reason_{code}"],
                "is_written": bool(self[f"text_{code}"].value()),
            }
            for code, title in self.beside.titles().items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for code in Criterion.values:
            text, place = f"fact_text_{code}", f"fact_place_{code}"
            if cleaned.get(text) and not cleaned.get(place) and place not in self.errors:
                self.add_error(place, gettext("Choose what proves the fact."))
            elif cleaned.get(place) and not cleaned.get(text) and text not in self.errors:
                self.add_error(text, gettext("Write what the fact is."))
        return cleaned

    def fact_changes(self) -> FactChanges:
        """The facts to add and to take away; the form must be valid."""
        return FactChanges(
            tuple(
                NewFact(code, text, self.cleaned_data[f"fact_place_{code}"])
                for code in Criterion.values
                if (text := self.cleaned_data[f"fact_text_{code}"])
            ),
            frozenset(int(pk) for pk in self.cleaned_data["remove_facts"]),
        )

    def written_texts(self) -> dict[str, Any]:
        """The fields of `assessing.Written` that are words; the form must be valid."""
        return {
            "levels": {code: self.cleaned_data[f"level_{code}"] for code in Criterion.values},
            "texts": self._by_criterion("text"),
            "reasons": self._by_criterion("reason"),
            **{name: lines(self.cleaned_data[name]) for name in TEXTS},
        }

    def _by_criterion(self, part: str) -> Mapping[str, str]:
        return {code: lines(self.cleaned_data[f"{part}_{code}"]) for code in Criterion.values}


def _fields_of(code: str, title: str, choices: Iterable[Any]) -> dict[str, forms.Field]:
    """The fields of one criterion."""
    return {
        f"fact_text_{code}": ShortTextField(
            label=gettext("%(criterion)s: new fact") % {"criterion": title}, max_length=LONGEST_FACT
        ),
        f"fact_place_{code}": ChoiceField(
            label=gettext("%(criterion)s: what proves it") % {"criterion": title},
            choices=list(choices),
            error_messages={
                "invalid_choice": gettext_lazy(
                    "What you chose does not belong to this application, or you may not see it. "
                    "Choose what proves the fact in the list."
                )
            },
        ),
        f"level_{code}": ChoiceField(
            label=gettext("%(criterion)s: level") % {"criterion": title},
            choices=[("", gettext("None")), *Level.choices],
            widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        ),
        f"text_{code}": ShortTextField(
            label=gettext("%(criterion)s: judgement") % {"criterion": title},
            widget=forms.Textarea(attrs={"rows": 7}),
        ),
        f"reason_{code}": ShortTextField(
            label=gettext("%(criterion)s: reason for the association") % {"criterion": title},
            widget=forms.Textarea(attrs={"rows": 3}),
        ),
    }


def lines(text: str) -> str:
    """Browsers end lines with CR LF; documents and comparisons want one kind."""
    return text.replace("\r\n", "\n")
