"""What officers write about one question of a call, and about the columns of one answered with rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from grants.forms.call_rows import RowForm
from grants.forms.fields import MAX_WORDS
from grants.models import BudgetSide, Call, PaperType, Question, QuestionKind, Section

#: Kinds whose answers are texts, which may have a limit.
TEXTS = frozenset({QuestionKind.LONG_TEXT, QuestionKind.SHORT_TEXT})
#: Kinds that a column of rows may have; rows within rows would be nobody's to fill in.
COLUMN_KINDS = [choice for choice in QuestionKind.choices if choice[0] not in ("rows", "confirm", "some_of")]


class QuestionForm(forms.ModelForm):
    """How a question is worded and asked. Its kind and key are fixed once it is there."""

    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Question
        fields = [
            "section", "kind", "label_sv", "label_en", "help_sv", "help_en", "required", "max_words",
            "depends_on",
        ]  # fmt: skip

    def __init__(self, call: Call, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        fields: dict[str, Any] = self.fields
        labels = {
            "section": _("Section"),
            "kind": _("Kind of answer"),
            "label_sv": _("Question in Swedish"),
            "label_en": _("Question in English"),
            "help_sv": _("Help in Swedish"),
            "help_en": _("Help in English"),
            "required": _("Must be answered"),
            "max_words": _("Words at most"),
        }
        for name, label in labels.items():
            fields[name].label = label
        for name in ("label_sv", "label_en", "help_sv", "help_en"):
            fields[name].widget = forms.Textarea(attrs={"rows": 2, "lang": name[-2:]})
        fields["section"].choices = Section.choices
        fields["max_words"].widget = forms.TextInput(attrs={"inputmode": "numeric", "size": 5})
        fields["max_words"].help_text = _("Only for texts. Empty means no limit of its own.")
        fields["seen"].initial = call.form_version
        if self.instance.pk:
            del fields["kind"]
        else:
            fields["kind"].choices = QuestionKind.choices
        fields["depends_on"] = forms.ChoiceField(
            label=_("Asked only where the answer is yes to"),
            required=False,
            choices=[("", _("Always asked")), *((row.key, row.label) for row in self._yes_or_no())],
        )

    def _yes_or_no(self) -> list[Question]:
        return [
            row
            for row in self.call.questions.all()
            if row.kind == QuestionKind.YES_NO and row.pk != self.instance.pk
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind", self.instance.kind)
        if cleaned.get("max_words") and kind not in TEXTS:
            self.add_error("max_words", _("Only texts have a limit of words. Leave it empty."))
        elif (cleaned.get("max_words") or 0) > MAX_WORDS:
            self.add_error("max_words", _("Write at most %(limit)s words.") % {"limit": MAX_WORDS})
        on = next((row for row in self._yes_or_no() if row.key == cleaned.get("depends_on")), None)
        if on is not None and on.section != cleaned.get("section"):
            self.add_error("depends_on", _("Choose a question of the same section."))
        return cleaned

    def validate_constraints(self) -> None:
        """Key and position are the act's to give."""

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class ColumnForm(RowForm):
    """One column of a question answered with rows. Its kind is fixed once it is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text("sv", _("In Swedish"), length=100)
        self.text("en", _("In English"), length=100)
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind of answer"),
            choices=COLUMN_KINDS,
            initial=QuestionKind.SHORT_TEXT,
            disabled=bool(self.initial.get("key")),
        )
        self.fields["required"] = forms.BooleanField(
            label=_("Must be answered"), required=False, initial=True
        )


class HeadingForm(RowForm):
    """One line of the budget."""

    named_by = "label_sv"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["side"] = forms.ChoiceField(label=_("Side"), choices=BudgetSide.choices)
        self.text("label_sv", _("In Swedish"), length=100)
        self.text("label_en", _("In English"), length=100)
        self.fields["from_the_city"] = forms.BooleanField(
            label=_("Money from another committee of the city"),
            required=False,
            help_text=_("Officers are then told of possible double funding."),
        )


class AskedPaperForm(RowForm):
    """One paper that the call asks for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = PaperType.objects.all()
        self.fields["type"] = forms.ModelChoiceField(types, label=_("Paper"), empty_label=_("Choose"))
        self.fields["required"] = forms.BooleanField(label=_("Must be there"), required=False, initial=True)
        self.fields["year_offset"] = forms.IntegerField(
            label=_("Which year's, counted from the first grant year"),
            required=False,
            min_value=-9,
            max_value=5,
            help_text=_("0 is the first grant year, −2 the last closed year. Empty means the latest one."),
            widget=forms.TextInput(attrs={"size": 4}),
        )
        self.fields["instead"] = forms.ModelChoiceField(
            types,
            label=_("What a new association hands in instead"),
            required=False,
            empty_label=_("Nothing else"),
        )
        self.fields["may_come_later"] = forms.BooleanField(label=_("May be handed in later"), required=False)
        self.fields["later_days"] = forms.IntegerField(
            label=_("How many days after the last day"),
            min_value=1,
            max_value=400,
            initial=60,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("type") and cleaned.get("type") == cleaned.get("instead"):
            self.add_error("instead", _("Choose another paper than the one it replaces."))
        return cleaned
