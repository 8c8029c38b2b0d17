"""Form fields that read what people write: sums with spaces, texts with a limit, answers left for later."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from grants.models import Column, Question, QuestionKind
from portal.documents.templatetags.swedish_text import number

#: No association's year costs more; above it somebody's finger stayed on a key.
HIGHEST_AMOUNT = 100_000_000
HIGHEST_NUMBER = 10_000_000
#: When the question sets no limit of its own.
MAX_WORDS = 1000
#: Guards against one endless "word".
MAX_CHARACTERS_A_WORD = 30
SHORT_TEXT_CHARACTERS = 200


class Postponable(forms.Field):
    """Asked for, but may be left for later: a draft is saved as far as it goes.

    `required` then only decides how the label reads; whether the task is done is
    `grants.applying.completeness`'s to say.
    """

    def validate(self, value: Any) -> None:
        if value is not False and value not in self.empty_values:
            super().validate(value)


class WholeNumberField(Postponable, forms.Field):
    """A whole number of zero or more as people write it: "1 200", with any kind of space."""

    widget = forms.TextInput
    wrong_text = gettext_lazy("Write a whole number with digits, for example 120.")

    def __init__(self, *, highest: int = HIGHEST_NUMBER, lowest: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lowest = lowest
        self.highest = highest
        self.widget.attrs.setdefault("inputmode", "numeric")
        self.widget.attrs.setdefault("autocomplete", "off")
        self.widget.attrs.setdefault("size", 12)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, int) or value in self.empty_values:
            return value if isinstance(value, int) else None
        if not str(value).strip():
            return None
        digits = self._digits(str(value))
        # `isdecimal` alone would let through the digits of other scripts.
        if not (digits.isascii() and digits.isdecimal()):
            raise ValidationError(self.wrong_text, code="invalid")
        if len(digits) > 12 or int(digits) > self.highest:
            raise ValidationError(
                _("Write at most %(highest)s.") % {"highest": number(self.highest)}, code="too_high"
            )
        if int(digits) < self.lowest:
            raise ValidationError(
                _("Write at least %(lowest)s.") % {"lowest": number(self.lowest)}, code="too_low"
            )
        return int(digits)

    def _digits(self, text: str) -> str:
        return re.sub(r"\s", "", text)

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return initial != self.to_python(data)
        except ValidationError:
            return True


class KronorField(WholeNumberField):
    """A sum in whole kronor: "100 000", "100000 kr", "100 000:-"."""

    wrong_text = gettext_lazy("Write the sum in whole kronor with digits, for example 100 000.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(highest=kwargs.pop("highest", HIGHEST_AMOUNT), **kwargs)
        self.widget.attrs["data-kind"] = "kronor"

    def _digits(self, text: str) -> str:
        return re.sub(r"(kr|kronor|sek|:-)$", "", super()._digits(text).lower())


class PercentField(WholeNumberField):
    """A share of 0–100 percent."""

    wrong_text = gettext_lazy("Write the share as a whole number from 0 to 100.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(highest=100, **kwargs)
        self.widget.attrs["size"] = 4

    def _digits(self, text: str) -> str:
        return super()._digits(text).removesuffix("%")


class LongTextField(Postponable, forms.CharField):
    """Running text of at most `max_words` words."""

    def __init__(self, *, max_words: int, **kwargs: Any) -> None:
        rows = min(18, max(5, max_words // 16))
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
        self.max_words = max_words

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        written = len(value.split())
        if written > self.max_words:
            over = written - self.max_words
            raise ValidationError(
                ngettext(
                    "You have written %(written)s words and the limit is %(limit)s. Take out %(over)s word.",
                    "You have written %(written)s words and the limit is %(limit)s. Take out %(over)s words.",
                    over,
                )
                % {"written": written, "limit": self.max_words, "over": over},
                code="too_many_words",
            )
        if len(value) > self.max_words * MAX_CHARACTERS_A_WORD:
            raise ValidationError(_("The text is too long. Make it shorter."), code="too_long")


class ShortTextField(Postponable, forms.CharField):
    pass


class ChoiceField(Postponable, forms.TypedChoiceField):
    pass


class ChoicesField(Postponable, forms.MultipleChoiceField):
    pass


class ConfirmField(Postponable, forms.BooleanField):
    """A box to tick; not ticked is not answered."""

    def to_python(self, value: Any) -> bool | None:  # type: ignore[override]
        return super().to_python(value) or None


class YesNoField(Postponable, forms.TypedChoiceField):
    """Yes or no, where no is an answer too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
            coerce=lambda value: value == "yes",
            empty_value=None,
            widget=forms.RadioSelect,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return ("yes" if value else "no") if isinstance(value, bool) else value


class DateField(Postponable, forms.DateField):
    """A day, kept as 2027-01-31."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            input_formats=["%Y-%m-%d", "%Y%m%d", "%d/%m %Y", "%d.%m.%Y"],
            error_messages={
                "invalid": gettext_lazy("Write the date as year-month-day, for example 2027-01-31.")
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> str | None:  # type: ignore[override]
        day = super().to_python(value)
        return day.isoformat() if day else None


def field_for(question: Question | Column) -> forms.Field:
    """The form field that takes the answer to a question of a call, or to one column of its rows."""
    common: dict[str, Any] = {
        "label": question.label,
        "required": question.required,
        "help_text": _help(question),
    }
    match QuestionKind(question.kind):
        case QuestionKind.LONG_TEXT:
            return LongTextField(max_words=question.max_words or MAX_WORDS, **common)
        case QuestionKind.SHORT_TEXT:
            return _short_text(question, common)
        case QuestionKind.NUMBER:
            return WholeNumberField(**common)
        case QuestionKind.PERCENT:
            return PercentField(**common)
        case QuestionKind.KRONOR:
            return KronorField(**common)
        case QuestionKind.DATE:
            return DateField(**common)
        case QuestionKind.YES_NO:
            return YesNoField(**common)
        case QuestionKind.ONE_OF:
            return _one_of(question, common)
        case QuestionKind.SOME_OF:
            return ChoicesField(choices=question.choices, widget=forms.CheckboxSelectMultiple, **common)
        case QuestionKind.CONFIRM:
            return ConfirmField(**common)
        case QuestionKind.ROWS:
            from grants.forms.rows import RowsField

            assert isinstance(question, Question)
            return RowsField(question.row_columns, **common)


def _short_text(question: Question | Column, common: dict[str, Any]) -> forms.Field:
    """One line for a question; two in a row's cell, which is narrow and says no limit each time."""
    if isinstance(question, Question):
        return ShortTextField(max_length=SHORT_TEXT_CHARACTERS, **common)
    two_lines = forms.Textarea(attrs={"rows": 2, "maxlength": SHORT_TEXT_CHARACTERS})
    return ShortTextField(widget=two_lines, validators=[MaxLengthValidator(SHORT_TEXT_CHARACTERS)], **common)


def _one_of(question: Question | Column, common: dict[str, Any]) -> forms.Field:
    """Radio buttons for a question; a list to choose from where many stand in rows."""
    if isinstance(question, Column):
        choices = [("", _("Choose")), *question.choices]
        return ChoiceField(choices=choices, empty_value="", **common)
    return ChoiceField(choices=question.choices, widget=forms.RadioSelect, empty_value="", **common)


def _help(question: Question | Column) -> str:
    """The question's help and limit; escaped here, since the form pack prints help as it is."""
    parts = [question.help_text] if question.help_text else []
    if question.kind == QuestionKind.LONG_TEXT and question.max_words:
        parts.append(
            ngettext("At most %(limit)s word.", "At most %(limit)s words.", question.max_words)
            % {"limit": question.max_words}
        )
    return SafeString(" ".join(escape(part) for part in parts))
