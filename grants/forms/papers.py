"""The forms of the association's papers: a new one, one for an asked paper, one that was promised."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grants.forms.fields import Postponable
from grants.models import PaperType
from portal.documents import uploads
from portal.documents.templatetags.swedish_text import swedish_date


class UploadField(Postponable, forms.FileField):
    """A file whose content is looked at before it is kept."""

    def to_python(self, data: Any) -> Any:
        if data in self.empty_values:
            return None
        uploads.check(data)
        return data


def year_field() -> forms.IntegerField:
    """The year that accounts, minutes, reports, plans and budgets are for."""
    return forms.IntegerField(
        label=_("Which year is it for?"),
        help_text=_("For accounts, minutes, reports, plans and budgets. Four digits."),
        required=False,
        min_value=1990,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6, "autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Write the year with four digits, for example 2026.")
        ),
    )


class UploadForm(forms.Form):
    """A file with what it is: base of the forms that put a paper in the library."""

    use_required_attribute = False

    def __init__(
        self, data: Any = None, files: Any = None, *, oversized: bool = False, **kwargs: Any
    ) -> None:
        self.oversized = oversized
        super().__init__(data, files, **kwargs)
        self.add_first_fields()
        self.fields["file"] = UploadField(
            label=_("File"),
            help_text=_(
                "PDF, Word, Excel, JPG or PNG. Never lists of members or extracts from the criminal records."
            ),
            widget=forms.ClearableFileInput(attrs={"accept": uploads.ACCEPT}),
        )

    def add_first_fields(self) -> None:
        """What is asked before the file."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.oversized:
            self.add_error("file", uploads.too_large())
        elif not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", ValidationError(_("Choose the file."), code="file"))
        return cleaned


class LibraryForm(UploadForm):
    """A new paper for the library, of any kind."""

    def add_first_fields(self) -> None:
        self.kinds = {kind.code: kind for kind in PaperType.objects.all()}
        self.fields["kind"] = forms.ChoiceField(
            label=_("What is it?"),
            choices=[("", _("Choose")), *((kind.code, kind.name) for kind in self.kinds.values())],
            error_messages={"required": _("Choose what kind of paper it is.")},
        )
        self.fields["year"] = year_field()
        self.fields["dated_on"] = dated_field()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind = self.kinds.get(cleaned.get("kind", ""))
        if kind and kind.carries_year and not cleaned.get("year") and "year" not in self.errors:
            self.add_error("year", ValidationError(_("Write which year the paper is for."), code="year"))
        return cleaned


class KindForm(UploadForm):
    """A new paper of a kind that is known: one that a call asks for, or one that was promised."""

    def __init__(self, kind: PaperType, *args: Any, year: int | None = None, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(*args, initial={"year": year}, **kwargs)

    def add_first_fields(self) -> None:
        if self.kind.carries_year:
            self.fields["year"] = year_field()
            self.fields["year"].required = True
            self.fields["year"].help_text = _("Four digits.")
            self.fields["year"].error_messages["required"] = _("Write which year the paper is for.")
        self.fields["dated_on"] = dated_field()


class LaterForm(forms.Form):
    """The day by which a paper comes later."""

    use_required_attribute = False

    def __init__(self, last_day: date, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["due_on"] = forms.DateField(
            label=_("Which day do you hand it in at the latest?"),
            help_text=_("No later than %(day)s.") % {"day": swedish_date(last_day)},
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={
                "required": _("Choose a day."),
                "invalid": _("Write the date as year-month-day, for example 2027-01-31."),
            },
        )


def dated_field() -> forms.DateField:
    """The paper's own date."""
    return forms.DateField(
        label=_("Which date is on the paper?"),
        help_text=_("The day it was adopted, signed or issued."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the date as year-month-day, for example 2027-01-31.")},
    )
