"""What officers write row by row: conditions, report dates, answers to choose from, columns, contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _

#: Empty rows at the end of each list.
EXTRA = 2
MAX_ROWS = 80


class RowForm(forms.Form):
    """One row; `key` says which it was. Empty new rows say nothing."""

    use_required_attribute = False
    key = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
    #: The field that makes the key of a new row.
    named_by = "sv"

    def text(self, name: str, label: str, *, length: int = 200, rows: int = 0, required: bool = True) -> None:
        """A text in the language that the end of its name says."""
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
        widget.attrs["lang"] = "en" if name.endswith("en") else "sv"
        self.fields[name] = forms.CharField(label=label, max_length=length, required=required, widget=widget)


class ConditionForm(RowForm):
    named_by = "text_sv"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text("text_sv", _("In Swedish"), length=500, rows=3)
        self.text("text_en", _("In English"), length=500, rows=3)


class ReportDateForm(RowForm):
    named_by = "what_sv"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text("what_sv", _("What, in Swedish"))
        self.text("what_en", _("What, in English"))
        self.fields["day"] = forms.DateField(
            label=_("Last day"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text=_("Empty when the day follows from the decision."),
        )


class OptionForm(RowForm):
    """An answer to choose; the code is what is kept when somebody chooses it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text("sv", _("In Swedish"))
        self.text("en", _("In English"))


class ContactForm(RowForm):
    named_by = "about_sv"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text("about_sv", _("About, in Swedish"), length=150)
        self.text("about_en", _("About, in English"), length=150)
        self.text("role_sv", _("Whom, in Swedish"), length=150)
        self.text("role_en", _("Whom, in English"), length=150)
        self.fields["email"] = forms.EmailField(label=_("E-mail"))
        self.fields["phone"] = forms.CharField(label=_("Telephone"), max_length=30, required=False)


class BaseRows(BaseFormSet):
    """Rows with an order and a box that takes a row away."""

    def add_fields(self, form: RowForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("Order")
        form.fields["ORDER"].widget = forms.TextInput(
            attrs={"inputmode": "numeric", "size": 4, "class": "ds-input"}
        )
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Take this row away")

    def rows(self) -> list[dict[str, Any]]:
        """What was written in the chosen order; only for a valid formset."""
        return [
            {name: value for name, value in form.cleaned_data.items() if name not in ("ORDER", "DELETE")}
            for form in self.ordered_forms
        ]


def rows_formset(
    form: type[RowForm], initial: list[dict[str, Any]], data: Any = None, *, extra: int = EXTRA
) -> BaseRows:
    """The rows as they are kept, with empty ones to add."""
    made: Any = formset_factory(
        form, formset=BaseRows, extra=extra, can_order=True, can_delete=True, can_delete_extra=False,
        max_num=MAX_ROWS, validate_max=True, absolute_max=MAX_ROWS + 20,
    )  # fmt: skip
    formset: BaseRows = made(data, initial=initial, prefix="rad")
    return formset
