"""The form on which an officer registers an area's answers of a year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from grants.forms.dialogue import long_text
from grants.forms.guarded import GuardedForm
from iop.models import SurveyAnswer, SurveyQuestion

_YES, _NO = "ja", "nej"


class SurveyForm(GuardedForm):
    """Yes, no or nothing to each question, with a comment."""

    def __init__(
        self,
        questions: Sequence[SurveyQuestion],
        saved: dict[int, SurveyAnswer],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            row = saved.get(question.pk)
            self.fields[f"answer_{question.pk}"] = forms.ChoiceField(
                label=f"{question.number}. {question.text}",
                choices=[("", _("Not registered")), (_YES, _("Yes")), (_NO, _("No"))],
                required=False,
                widget=forms.RadioSelect,
                initial="" if row is None else _YES if row.is_yes else _NO,
            )
            self.fields[f"comment_{question.pk}"] = long_text(
                _("Comment to question %(number)s, and in which document") % {"number": question.number},
                rows=2,
                limit=2000,
                required=False,
                initial=row.comment if row else "",
            )
        self.add_way_past()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for question in self.questions:
            if cleaned.get(f"comment_{question.pk}") and not cleaned.get(f"answer_{question.pk}"):
                self.add_error(f"answer_{question.pk}", _("Answer yes or no, too, or take the comment away."))
        return cleaned

    def said(self) -> dict[int, tuple[bool | None, str]]:
        """Question's key → (yes, no or nothing, comment)."""
        words = {"": None, _YES: True, _NO: False}
        return {
            question.pk: (
                words[self.cleaned_data[f"answer_{question.pk}"]],
                self.cleaned_data[f"comment_{question.pk}"],
            )
            for question in self.questions
        }
