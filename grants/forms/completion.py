"""Forms of a request for completion: what the officer writes, and what the association answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applying.drafts import Values, fingerprint, section_values
from grants.forms.dialogue import long_text
from grants.forms.fields import ChoiceField
from grants.forms.guarded import GuardedForm
from grants.forms.papers import UploadField
from grants.forms.sections import NO_PERSONAL_NUMBER, SectionForm, section_form
from grants.models import Application, PaperType, Section
from grants.received.completion import Asking, Wanted
from grants.received.things import AMOUNTS, BUDGET, Thing
from portal.documents import uploads

#: What a new request proposes.
DAYS_TO_REPLY = 14


class AskForm(GuardedForm):
    """What is missing in each chosen thing, the last day, and what happens otherwise."""

    def __init__(self, chosen: Sequence[Thing], data: Any = None, initial: Any = None) -> None:
        proposed = {
            "last_day": timezone.localdate() + timedelta(days=DAYS_TO_REPLY),
            "consequence": _("We then assess the application as it is."),
        }
        super().__init__(data, initial=proposed | (initial or {}))
        self.chosen = chosen
        for thing in chosen:
            self.fields[f"wanted_{thing.code}"] = long_text(
                thing.title,
                rows=3,
                limit=2000,
                help_text=_("Write what is missing, as the association reads it."),
                error_messages={"required": _("Write what is missing.")},
            )
        self.fields["introduction"] = long_text(
            _("Something to say first"), rows=3, limit=2000, required=False
        )
        self.fields["last_day"] = forms.DateField(
            label=_("Last day"),
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={
                "required": _("Choose the last day."),
                "invalid": _("Write the date as year-month-day, for example 2027-01-31."),
            },
        )
        self.fields["consequence"] = forms.CharField(
            label=_("What happens otherwise"),
            max_length=500,
            error_messages={"required": _("Write what happens if no reply comes.")},
        )
        self.add_way_past()

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if day < timezone.localdate():
            raise ValidationError(_("Choose a last day that has not passed."), code="past")
        return day

    @property
    def wanted_fields(self) -> list[tuple[Thing, forms.BoundField]]:
        return [(thing, self[f"wanted_{thing.code}"]) for thing in self.chosen]

    def asking(self) -> Asking:
        """What was written, once it is valid."""
        return Asking(
            items=[
                Wanted(thing.code, thing.title, self.cleaned_data[f"wanted_{thing.code}"].strip())
                for thing in self.chosen
            ],
            introduction=self.cleaned_data["introduction"].strip(),
            last_day=self.cleaned_data["last_day"],
            consequence=self.cleaned_data["consequence"].strip(),
        )


class ExtendForm(forms.Form):
    """A later last day."""

    use_required_attribute = False

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["last_day"] = forms.DateField(
            label=_("New last day"),
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={
                "required": _("Choose the last day."),
                "invalid": _("Write the date as year-month-day, for example 2027-01-31."),
            },
        )


def field_names(code: str, form: SectionForm) -> list[str]:
    """The fields of a section's form that answer one thing."""
    if code == AMOUNTS:
        return [name for name in form.fields if name == "years" or name.startswith("amount_")]
    if code == BUDGET:
        return [name for name in form.fields if name.startswith("budget_")]
    return [code] if code in form.fields else []


class ReplyForms:
    """The forms of the sections that are asked about, with only the fields that answer what is asked.

    They share one page, one `seen` a section, and the box about personal identity numbers. Papers have a
    field each, and one more for a paper that nobody asked for.
    """

    def __init__(
        self,
        shown: Application,
        asked: Iterable[tuple[str, Section]],
        data: Any = None,
        files: Any = None,
        *,
        oversized: Iterable[str] = (),
    ) -> None:
        self.shown = shown
        codes: dict[Section, list[str]] = {}
        for code, section in asked:
            codes.setdefault(section, []).append(code)
        self.sections: dict[Section, SectionForm] = {}
        self.names: dict[str, list[str]] = {}
        for section, wanted in codes.items():
            self._add_section(section, [code for code in wanted if code != BUDGET], data)
        self.papers = PaperForm(
            [code for code in codes.get(Section.PAPERS, []) if code.startswith("paper_")],
            data,
            files,
            oversized=oversized,
        )
        self.data = data

    def _add_section(self, section: Section, codes: list[str], data: Any) -> None:
        form = section_form(self.shown, section, data)
        for code in codes:
            self.names[code] = field_names(code, form)
        kept = {name for code in codes for name in self.names[code]}
        for name in list(form.fields):
            if name not in kept | {NO_PERSONAL_NUMBER}:
                del form.fields[name]
        for field in form.fields.values():
            # What it depends on may stand on another page.
            field.widget.attrs.pop("data-depends-on", None)
        if kept:
            self.sections[section] = form

    def fields_of(self, code: str) -> list[forms.BoundField]:
        """The fields that answer one thing; none where it has a page of its own."""
        for form in self.sections.values():
            if found := [form[name] for name in self.names.get(code, []) if name in form.fields]:
                return found
        return [self.papers[code]] if code in self.papers.fields else []

    @property
    def way_past(self) -> forms.BoundField | None:
        """The box for texts that only look as if they held a personal identity number."""
        return next(
            (
                form[NO_PERSONAL_NUMBER]
                for form in self.sections.values()
                if NO_PERSONAL_NUMBER in form.fields
            ),
            None,
        )

    @property
    def forms(self) -> list[forms.Form]:
        return [*self.sections.values(), self.papers]

    def is_valid(self) -> bool:
        # Each is asked, so that all errors are shown at once.
        valid = [form.is_valid() for form in self.forms]
        return all(valid)

    def seen(self) -> dict[Section, str]:
        """Fingerprints of what the person started from, one for each section on the page."""
        return {section: str((self.data or {}).get(f"seen_{section}", "")) for section in self.sections}

    def to_see(self) -> list[tuple[str, str]]:
        """(name, fingerprint) of what the page shows, as hidden fields."""
        return [
            (f"seen_{section}", fingerprint(section_values(self.shown, section))) for section in self.sections
        ]

    def values(self) -> dict[Section, Values]:
        return {section: form.values() for section, form in self.sections.items()}


class PaperForm(forms.Form):
    """Files for the papers that are asked for, and one paper more."""

    use_required_attribute = False

    def __init__(
        self, codes: Iterable[str], data: Any = None, files: Any = None, *, oversized: Iterable[str] = ()
    ) -> None:
        super().__init__(data, files)
        self.oversized = set(oversized)
        kinds = {kind.code: kind.name for kind in PaperType.objects.all()}
        for code in codes:
            self.fields[code] = _upload(kinds.get(code.removeprefix("paper_"), code), required=True)
        self.fields["kind"] = ChoiceField(
            label=_("What is it?"),
            required=False,
            choices=[("", _("Choose")), *kinds.items()],
            empty_value="",
        )
        self.fields["file"] = _upload(_("File"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in self.oversized & set(self.fields):
            self.add_error(name, uploads.too_large())
        if cleaned.get("file") and not cleaned.get("kind"):
            self.add_error("kind", ValidationError(_("Choose what kind of paper it is."), code="kind"))
        return cleaned

    def uploads(self) -> list[tuple[str, Any]]:
        """(kind, file) of what was chosen."""
        found = [
            (name.removeprefix("paper_"), file)
            for name, file in self.cleaned_data.items()
            if name.startswith("paper_") and file
        ]
        if file := self.cleaned_data.get("file"):
            found.append((self.cleaned_data["kind"], file))
        return found


def _upload(label: str, *, required: bool) -> UploadField:
    """May always be left empty; `required` only decides how the label reads."""
    return UploadField(
        label=label,
        required=required,
        help_text=_("PDF, Word, Excel, JPG or PNG."),
        widget=forms.ClearableFileInput(attrs={"accept": uploads.ACCEPT}),
    )
