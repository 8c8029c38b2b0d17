"""The form of each section of an application: the call's questions and what the application holds itself."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.applying.completeness import budget_years, unread_copies
from grants.applying.drafts import Saved, Values, fingerprint, section_values
from grants.applying.versions import History, Sight, read_back, written_out
from grants.forms.fields import (
    ChoiceField,
    KronorField,
    LongTextField,
    PercentField,
    ShortTextField,
    field_for,
)
from grants.forms.papers import UploadField, year_field
from grants.forms.rows import RowsField
from grants.models import (
    Application,
    BudgetHeading,
    BudgetSide,
    CopiedAnswer,
    FieldVersion,
    PaperType,
    Question,
    Section,
)
from portal.documents import uploads
from portal.documents.templatetags.swedish_text import kronor, percent
from portal.registry.personal_number import looks_like_personal_number

#: What a person answers who takes over a colleague's text instead of their own.
THEIRS = "theirs"
NOT_A_PERSONAL_NUMBER = gettext_lazy("It is no personal identity number; save the text as it is")
#: The box a person ticks when a text only looks as if it held a personal identity number.
NO_PERSONAL_NUMBER = "no_personal_number"


class SectionForm(forms.Form):
    """One section of a draft. Answers may be left for later; what is written must be readable.

    `values()` gives what `grants.applying.drafts.save_section` saves.
    """

    use_required_attribute = False
    section: Section
    #: Not part of the section's values.
    aside = frozenset({"seen", "page", NO_PERSONAL_NUMBER})

    def __init__(
        self, application: Application, section: Section, data: Any = None, files: Any = None
    ) -> None:
        self.application = application
        self.section = section
        self.stored = section_values(application, section)
        super().__init__(data, files, initial={**self.stored, "page": secrets.token_urlsafe(9)})
        self.fields["seen"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.fields["page"] = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
        for question in application.call.questions.all():
            if question.section == section:
                self.fields[f"answer_{question.key}"] = self._field(question)
        self.add_own_fields()
        if self._texts_with_personal_numbers():
            self.fields[NO_PERSONAL_NUMBER] = forms.BooleanField(label=NOT_A_PERSONAL_NUMBER, required=False)
        if not self.is_bound:
            self.initial["seen"] = written_out(self.sights())
        for copied in unread_copies(application):
            if copied.name in self.fields:
                self._note(copied.name, "grants/copied_note.html", copied=copied)

    @property
    def names(self) -> list[str]:
        """The fields that hold the section's values."""
        return [name for name in self.fields if name not in self.aside]

    def sights(self) -> dict[str, Sight]:
        """The version of each field, and what an unbound form shows of it."""
        history = self.history()
        return {name: history.shown(name, self.initial.get(name)) for name in self.names}

    def history(self) -> History:
        """Who wrote what stands in each field."""
        return History(self.application, {name: self.stored.get(name) for name in self.names})

    def _note(self, name: str, template: str, **context: Any) -> None:
        """Let something stand beside a field; the form pack prints a field's `notes`."""
        vars(self.fields[name]).setdefault("notes", []).append(
            {"template": template, "name": name, "label": self.fields[name].label, **context}
        )

    def show_conflicts(self, saved: Saved, mine: Values, reader: Any) -> None:
        """Show both texts where somebody else wrote too: theirs beside the field, the person's own in it.

        The form must be unbound. What it says to have shown is the newer version, so that the next save
        builds on that knowingly.
        """
        told = {name: saved.now[name] for name in saved.conflicts}
        self.initial["seen"] = written_out(self.sights() | told)
        for name, version in saved.conflicts.items():
            self.initial[name] = mine[name]
            self.note_conflict(name, version, reader)

    def note_conflict(self, name: str, version: FieldVersion, reader: Any) -> None:
        """Let what somebody else wrote stand beside the field."""
        self._note(
            name,
            "grants/conflict_note.html",
            version=version,
            is_own=version.saved_by_id == reader.pk,
            words=self.in_words(name, version.value),
        )

    def in_words(self, name: str, value: Any) -> str:
        """What a field holds or held, as a person reads it."""
        if value is None:
            return ""
        if name.startswith(("amount_", "budget_")):
            return kronor(value)
        if name == "child_share":
            return percent(value)
        questions = {f"answer_{question.key}": question for question in self.application.call.questions.all()}
        return questions[name].in_words(value) if name in questions else str(value)

    def _field(self, question: Question) -> forms.Field:
        """The question's field; one that depends on another says on which, and the script hides it."""
        field = field_for(question)
        if question.depends_on and (on := self.fields.get(f"answer_{question.depends_on}")):
            condition = _("Answer this if you answered yes to: %(question)s") % {"question": on.label}
            field.help_text = SafeString(f"{escape(condition)} {field.help_text}".strip())
            field.widget.attrs["data-depends-on"] = f"answer_{question.depends_on}"
        return field

    def add_own_fields(self) -> None:
        """What the section asks besides the call's questions."""

    @property
    def question_fields(self) -> list[forms.BoundField]:
        """The call's questions, for pages that place the other fields themselves."""
        return [field for field in self.visible_fields() if field.name.startswith("answer_")]

    def _texts_with_personal_numbers(self) -> list[str]:
        """Names of the text fields whose posted text looks as if it held a personal identity number."""
        return [
            name
            for name, field in self.fields.items()
            if isinstance(field, (LongTextField, ShortTextField, RowsField))
            and looks_like_personal_number(self._posted_text(name))
        ]

    def _posted_text(self, name: str) -> str:
        """What was posted in a field; of rows, the texts of all cells."""
        if isinstance(self.fields[name], RowsField):
            return " | ".join(str(self.data.get(key, "")) for key in self.data if key.startswith(f"{name}-"))
        return str(self.data.get(self.add_prefix(name), ""))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get(NO_PERSONAL_NUMBER):
            for name in self._texts_with_personal_numbers():
                self.add_error(
                    name,
                    ValidationError(
                        _(
                            "This looks like a personal identity number. Take it out: the application "
                            "becomes public. If it is something else, tick the box at the end of the page."
                        ),
                        code="personal_number",
                    ),
                )
        return cleaned

    def values(self) -> Values:
        """What was posted and can be read, of the section's own fields."""
        return {name: self.cleaned_data[name] for name in self.names if name in self.cleaned_data}

    @property
    def seen(self) -> dict[str, Sight]:
        """What the page showed the person who posted."""
        return read_back(str(self.cleaned_data.get("seen", "")))

    def see_as_one(self) -> None:
        """Say with one fingerprint what the page shows, where a section is kept as one."""
        self.initial["seen"] = fingerprint(self.stored)

    @property
    def seen_as_one(self) -> str:
        """The fingerprint of what the page showed."""
        return str(self.cleaned_data.get("seen", ""))

    def see_latest(self) -> None:
        """Let the next save build on what is kept now, after the person has been told of it."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = fingerprint(self.stored)
        self.data = data

    @property
    def page(self) -> str:
        """Which opened page posted."""
        return str(self.cleaned_data.get("page", ""))

    def chosen(self) -> Values:
        """The values to save: without the fields where the person chose what somebody else wrote."""
        return {
            name: value for name, value in self.values().items() if self.data.get(f"choose_{name}") != THEIRS
        }

    def confirmed(self) -> list[str]:
        """The fields whose copied answer the person says to have read, and that have no error."""
        if not hasattr(self.data, "getlist"):
            return []
        ticked = self.names if "read_all" in self.data else self.data.getlist("read")
        return [name for name in ticked if name in self.names and name not in self.errors]

    @property
    def copied(self) -> list[CopiedAnswer]:
        """The section's answers that came from an earlier application and are not read yet."""
        return [copied for copied in unread_copies(self.application) if copied.name in self.fields]


class GrantForm(SectionForm):
    """What is applied for: title, number of years, and whole kronor for each of them."""

    def add_own_fields(self) -> None:
        call = self.application.call
        # Sums may be there before anybody said for how many years.
        applied = self.application.applied
        self.initial["years"] = self.initial.get("years") or (len(applied.amounts) if applied else 0) or None
        self.fields["title"] = ShortTextField(
            label=_("What is the application for?"),
            help_text=_("A few words on what the money makes possible, for example: Open meeting place."),
            max_length=150,
            widget=forms.TextInput,
        )
        if call.max_years > 1:
            self.fields["years"] = ChoiceField(
                label=_("For how many years do you apply?"),
                choices=[(n, str(n)) for n in range(1, call.max_years + 1)],
                coerce=int,
                empty_value=None,
                widget=forms.RadioSelect,
            )
        for year in call.years:
            self.fields[f"amount_{year}"] = KronorField(
                label=_("Sum for %(year)s") % {"year": year}, lowest=1
            )

    @property
    def amount_fields(self) -> list[forms.BoundField]:
        return [self[f"amount_{year}"] for year in self.application.call.years]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        wanted = cleaned.get("years")
        if not wanted:
            return cleaned
        for year in self.application.call.years[wanted:]:
            if cleaned.get(f"amount_{year}"):
                self.add_error(
                    f"amount_{year}",
                    ValidationError(
                        _("You apply for fewer years than this. Leave %(year)s empty, or choose more years.")
                        % {"year": year},
                        code="beyond_years",
                    ),
                )
        return cleaned


class TargetForm(SectionForm):
    """Whom it is for, and the share of children and young people."""

    def add_own_fields(self) -> None:
        self.fields["child_share"] = PercentField(
            label=_("How large a share of the activity is for children and young people?"),
            help_text=_("In percent, from 0 to 100. An estimate is enough."),
        )


class EconomyForm(SectionForm):
    """The budget, line by line and year by year, and what else belongs to the economy."""

    def add_own_fields(self) -> None:
        for heading in self.application.call.budget_headings.all():
            for year in self.budget_years:
                field = KronorField(label=f"{heading.label} {year}")
                field.widget.attrs["data-sum"] = f"{heading.side}-{year}"
                self.fields[f"budget_{heading.key}_{year}"] = field

    @property
    def budget_years(self) -> list[int]:
        """The years applied for, and any other that the posted page had: its sums are not lost."""
        asked = budget_years(self.application)
        if not self.is_bound:
            return asked
        posted = {name.rpartition("_")[2] for name in self.data if name.startswith("budget_")}
        return [year for year in self.application.call.years if year in asked or str(year) in posted]

    @property
    def income_lines(self) -> list[tuple[BudgetHeading, list[forms.BoundField]]]:
        return self._lines(BudgetSide.INCOME)

    @property
    def cost_lines(self) -> list[tuple[BudgetHeading, list[forms.BoundField]]]:
        return self._lines(BudgetSide.COST)

    def _lines(self, side: str) -> list[tuple[BudgetHeading, list[forms.BoundField]]]:
        """Each heading of one side with its field for every year."""
        return [
            (heading, [self[f"budget_{heading.key}_{year}"] for year in self.budget_years])
            for heading in self.application.call.budget_headings.all()
            if heading.side == side
        ]


class PapersForm(SectionForm):
    """One more paper for the application, together with any questions of the section."""

    aside = SectionForm.aside | {"kind", "year", "file"}

    def __init__(self, *args: Any, oversized: bool = False, **kwargs: Any) -> None:
        self.oversized = oversized
        self.kinds = {kind.code: kind for kind in PaperType.objects.all()}
        super().__init__(*args, **kwargs)

    def add_own_fields(self) -> None:
        self.fields["kind"] = ChoiceField(
            label=_("What is it?"),
            choices=[("", _("Choose")), *((kind.code, kind.name) for kind in self.kinds.values())],
            empty_value="",
        )
        self.fields["year"] = year_field()
        self.fields["file"] = UploadField(
            label=_("File"),
            help_text=_("PDF, Word, Excel, JPG or PNG."),
            widget=forms.ClearableFileInput(attrs={"accept": uploads.ACCEPT}),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.oversized:
            self.add_error("file", uploads.too_large())
        elif cleaned.get("file") and not cleaned.get("kind"):
            self.add_error("kind", ValidationError(_("Choose what kind of paper it is."), code="kind"))
        elif cleaned.get("kind") and not cleaned.get("file") and "file" not in self.errors:
            self.add_error("file", ValidationError(_("Choose the file."), code="file"))
        elif cleaned.get("kind") and self.kinds[cleaned["kind"]].carries_year and not cleaned.get("year"):
            self.add_error("year", ValidationError(_("Write which year the paper is for."), code="year"))
        return cleaned


FORMS: dict[Section, type[SectionForm]] = {
    Section.GRANT: GrantForm,
    Section.TARGET: TargetForm,
    Section.ECONOMY: EconomyForm,
    Section.PAPERS: PapersForm,
}


def section_form(application: Application, section: Section, data: Any = None) -> SectionForm:
    """The form of a section other than the papers, which also take files."""
    return FORMS.get(section, SectionForm)(application, section, data)
