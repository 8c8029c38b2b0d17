"""What chair, secretary and members write: amounts, meetings, agendas, declarations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.agenda import ItemFacts, MeetingFacts, item_mark, meeting_mark, plan_meeting
from portal.committee.comparison import Comparison, Pair, Row, compare
from portal.committee.models import AgendaItem, Committee, Matter, MatterLine, Meeting
from portal.committee.private_notes import LONGEST as LONGEST_NOTE
from portal.committee.proposals import Amounts
from portal.documents.templatetags.swedish_text import number
from portal.documents.uploads import ACCEPT
from portal.registry.models import Case, RecordFile

#: No line of a matter costs more in one year; above it somebody's finger stayed on a key.
HIGHEST_AMOUNT = 100_000_000


class KronorField(forms.Field):
    """Whole kronor of zero or more as people write them: "1 200 000", with any kind of space."""

    widget = forms.TextInput(attrs={"data-kind": "kronor", "size": 11})

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        digits = "".join(str(value).removesuffix("kr").split())
        # `isdecimal` alone would let through the digits of other scripts.
        if not (digits.isascii() and digits.isdecimal()):
            raise ValidationError(_("Write whole kronor with digits, for example 120 000."), code="invalid")
        if len(digits) > 12 or int(digits) > HIGHEST_AMOUNT:
            raise ValidationError(
                _("Write at most %(highest)s kronor.") % {"highest": number(HIGHEST_AMOUNT)}, code="too_high"
            )
        return int(digits)

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, int) else value


def own_points(text: str) -> list[str]:
    """Decision points that somebody wrote, one a line; a ValidationError says how they are written."""
    points = [line.strip().rstrip(".;").removesuffix("; samt") for line in text.splitlines() if line.strip()]
    if not all(point.startswith("att ") for point in points):
        raise ValidationError(
            _('Write each decision point on a line of its own. Each begins with "att".'), code="points"
        )
    return points


class AmountsForm(forms.Form):
    """The chair's own proposal: an amount for each line and year, points of their own, and why.

    A year with an officers' amount wants an answer, since an empty box could be a slip; in other years
    an empty box means no money.
    """

    use_required_attribute = False

    def __init__(self, matter: Matter, data: Any = None) -> None:
        super().__init__(data)
        self.comparison: Comparison = compare(matter.lines.all())
        for row in self.comparison.rows:
            for pair in row.pairs:
                self.fields[self._name(row, pair)] = KronorField(
                    label=f"{row.line.title}, {pair.year}",
                    required=pair.officers is not None,
                    initial=pair.chair if self.comparison.has_chair else pair.officers,
                    error_messages={"required": _("Write an amount; 0 means no grant.")},
                )
        proposal = matter.chairs_proposal if matter.has_chairs_proposal else None
        self.fields["comment"] = forms.CharField(
            label=_("Why you propose something else"),
            help_text=_("Stands in your proposal and in the minutes."),
            initial=proposal.comment if proposal and not proposal.adopts else "",
            widget=forms.Textarea(attrs={"rows": 5}),
            max_length=5000,
            error_messages={"required": _("Write why you propose something else.")},
        )
        self.fields["own_points"] = forms.CharField(
            label=_("Your own decision points"),
            help_text=_(
                'One a line, each beginning with "att". Leave it empty, and they are made from the amounts.'
            ),
            initial=proposal.own_points if proposal else "",
            widget=forms.Textarea(attrs={"rows": 5, "lang": "sv"}),
            required=False,
            max_length=20_000,
        )

    def clean_own_points(self) -> list[str]:
        return own_points(self.cleaned_data["own_points"])

    @staticmethod
    def _name(row: Row, pair: Pair) -> str:
        return f"amount_{row.line.pk}_{pair.year}"

    def rows(self) -> Iterator[tuple[Row, list[tuple[Pair, BoundField]]]]:
        """Each line with its pairs and their fields, for the table."""
        for row in self.comparison.rows:
            yield row, [(pair, self[self._name(row, pair)]) for pair in row.pairs]

    @property
    def amounts(self) -> Amounts:
        """What was written, by line and year; only for a valid form."""
        return {
            row.line.pk: {
                pair.year: amount or 0
                for pair in row.pairs
                if (amount := self.cleaned_data[self._name(row, pair)]) or pair.officers is not None
            }
            for row in self.comparison.rows
        }


class MeetingForm(forms.Form):
    """A new meeting: whose, when and where."""

    use_required_attribute = False

    def __init__(self, committees: QuerySet[Committee], data: Any = None) -> None:
        super().__init__(data)
        found = list(committees.select_related("authority"))
        self.only = found[0] if len(found) == 1 else None
        if self.only is None:
            self.fields["committee"] = forms.ModelChoiceField(
                committees.select_related("authority"), label=_("Committee")
            )
        self.fields["date"] = forms.DateField(
            label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        )
        self.fields["time"] = forms.TimeField(
            label=_("Time"),
            widget=forms.TimeInput(attrs={"type": "time", "size": 8}, format="%H:%M"),
            input_formats=["%H:%M", "%H.%M"],
            error_messages={"invalid": _("Write the time as 13:00.")},
        )
        self.fields["place"] = forms.CharField(label=_("Place"), max_length=200)
        self.fields["remote_link"] = forms.URLField(
            label=_("Link for taking part remotely"),
            help_text=_("Leave it empty when all meet in one place."),
            required=False,
            assume_scheme="https",
        )
        self.fields["papers_due_on"] = forms.DateField(
            label=_("Last day for papers"),
            help_text=_("Ten days before the meeting, unless you write another day."),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            required=False,
        )

    def _meetings(self) -> QuerySet[Meeting]:
        """The meetings beside which this one is planned."""
        return Meeting.objects.all()

    def clean_date(self) -> Any:
        day = self.cleaned_data["date"]
        if day < timezone.localdate():
            raise ValidationError(_("The day has passed. Choose today or a later day."), code="past")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if {"date", "time", "place"} <= data.keys() and (committee := self.only or data.get("committee")):
            starts_at = timezone.make_aware(datetime.combine(data["date"], data["time"]))
            if self._meetings().filter(committee=committee, starts_at=starts_at).exists():
                self.add_error("time", _("The committee already has a meeting at this time."))
        if data.get("papers_due_on") and data.get("date") and data["papers_due_on"] > data["date"]:
            self.add_error("papers_due_on", _("Choose a day before the meeting."))
        return data

    @property
    def facts(self) -> MeetingFacts:
        """When and where; only for a valid form."""
        written = self.cleaned_data
        starts_at = timezone.make_aware(datetime.combine(written["date"], written["time"]))
        return MeetingFacts(starts_at, written["place"], written["remote_link"], written["papers_due_on"])

    def save(self) -> Meeting:
        return plan_meeting(self.only or self.cleaned_data["committee"], self.facts)


class ChangeMeetingForm(MeetingForm):
    """A planned meeting and what it begins with; `seen` is the meeting as the page showed it."""

    def __init__(self, meeting: Meeting, data: Any = None) -> None:
        super().__init__(Committee.objects.filter(pk=meeting.committee_id), data)
        self.meeting = meeting
        starts_at = timezone.localtime(meeting.starts_at)
        self.initial = {
            "date": starts_at.date(),
            "time": starts_at.time(),
            "place": meeting.place,
            "remote_link": meeting.remote_link,
            "papers_due_on": meeting.papers_due_on,
        }
        self.fields["standing"] = forms.CharField(
            label=_("Standing items"),
            help_text=_("What the meeting begins with, one a line."),
            initial="\n".join(meeting.standing_items.values_list("title", flat=True)),
            widget=forms.Textarea(attrs={"rows": 6, "lang": "sv"}),
            max_length=4000,
            required=False,
        )
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, initial=meeting_mark(meeting))

    def clean_date(self) -> Any:
        day = self.cleaned_data["date"]
        return day if day == self.meeting.date else super().clean_date()

    def clean_standing(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["standing"].splitlines() if line.strip()]
        if any(len(line) > 200 for line in lines):
            raise ValidationError(_("Write at most 200 characters a line."), code="too_long")
        return lines

    def _meetings(self) -> QuerySet[Meeting]:
        return super()._meetings().exclude(pk=self.meeting.pk)


class ItemForm(forms.Form):
    """How a matter is dealt with at the meeting; `seen` is the item as the page showed it."""

    use_required_attribute = False

    def __init__(self, item: AgendaItem, data: Any = None) -> None:
        super().__init__(data)
        self.fields["presenter"] = forms.CharField(
            label=_("Who presents it"),
            help_text=_("A role, for example Handläggare."),
            initial=item.presenter,
            max_length=100,
            required=False,
        )
        self.fields["due_at"] = forms.TimeField(
            label=_("Time"),
            initial=item.due_at,
            widget=forms.TimeInput(attrs={"type": "time", "size": 8}, format="%H:%M"),
            input_formats=["%H:%M", "%H.%M"],
            error_messages={"invalid": _("Write the time as 13:00.")},
            required=False,
        )
        self.fields["is_secret"] = forms.BooleanField(
            label=_("Secret: dealt with last, apart from the public matters"),
            help_text=_("The agenda then has the title that the register shows to everyone."),
            initial=item.is_secret,
            required=False,
        )
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, initial=item_mark(item))

    @property
    def facts(self) -> ItemFacts:
        """What was written; only for a valid form."""
        written = self.cleaned_data
        return ItemFacts(written["presenter"].strip(), written["due_at"], written["is_secret"])


class AgendaForm(forms.Form):
    """Which free matter to put on the agenda."""

    use_required_attribute = False

    def __init__(self, free: QuerySet[Matter], data: Any = None) -> None:
        super().__init__(data)
        self.fields["matter"] = forms.ModelChoiceField(
            free.select_related("case"), label=_("Matter"), empty_label=_("Choose a matter")
        )
        self.fields["matter"].label_from_instance = self._label  # type: ignore[attr-defined]

    @staticmethod
    def _label(matter: Matter) -> str:
        return f"{matter.case.registry_number} {matter.title}"


class ConflictForm(forms.Form):
    """In which case of a matter a person has a conflict of interest."""

    use_required_attribute = False

    def __init__(self, matter: Matter, data: Any = None) -> None:
        super().__init__(data)
        self.cases: dict[str, Case] = {str(matter.case_id): matter.case}
        choices = [(str(matter.case_id), _("The whole matter"))]
        for line in matter.lines.all():
            if line.case_id != matter.case_id:
                self.cases[str(line.case_id)] = line.case
                choices.append((str(line.case_id), f"{line.title} ({line.case.registry_number})"))
        self.fields["case"] = forms.ChoiceField(
            label=_("What does the conflict of interest concern?"),
            choices=choices,
            widget=forms.RadioSelect,
            initial=choices[0][0] if len(choices) == 1 else None,
            error_messages={"required": _("Choose what it concerns.")},
        )
        self.fields["note"] = forms.CharField(
            label=_("Why"),
            help_text=_("For example that you sit on the association's board. The administration reads it."),
            required=False,
            max_length=300,
        )

    @property
    def case(self) -> Case:
        """The case chosen; only for a valid form."""
        return self.cases[self.cleaned_data["case"]]


class PrivateNoteForm(forms.Form):
    """A reader's own note on a matter, and the version that the page showed."""

    use_required_attribute = False
    text = forms.CharField(
        required=False,
        strip=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Your own notes")
        self.fields["text"].help_text = _("Only you can read them.")

    def clean_text(self) -> str:
        """With one kind of line end, so that the same text is the same however it was sent."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").rstrip()


class AttachForm(forms.Form):
    """A file to attach to a matter: one that came in with the case, or one from the computer."""

    use_required_attribute = False

    def __init__(
        self, matter: Matter, registered: QuerySet[RecordFile], data: Any = None, files: Any = None
    ) -> None:
        super().__init__(data, files)
        self._lines = {line.pk: line for line in matter.lines.all()}
        self.fields["registered"] = forms.ModelChoiceField(
            registered,
            label=_("A file that came in with the case"),
            required=False,
            empty_label=_("None, I choose one from the computer"),
        )
        self.fields["registered"].label_from_instance = self._label  # type: ignore[attr-defined]
        self.fields["upload"] = forms.FileField(
            label=_("A file from the computer"),
            help_text=_("An archival PDF (PDF/A) that can be read aloud becomes a part of the pack."),
            required=False,
            widget=forms.FileInput(attrs={"accept": ACCEPT}),
        )
        self.fields["title"] = forms.CharField(
            label=_("What it is called in the pack"),
            help_text=_("Empty: the name of the file."),
            required=False,
            max_length=200,
        )
        if len(self._lines) > 1:
            self.fields["line"] = forms.ChoiceField(
                label=_("Whom it is about"),
                help_text=_("Hides it from whoever has a conflict of interest there."),
                required=False,
                choices=[
                    ("", _("The whole matter")),
                    *((str(line.pk), line.title) for line in self._lines.values()),
                ],
            )

    @staticmethod
    def _label(file: RecordFile) -> str:
        return f"{file.record.case.registry_number} {file.filename}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if bool(data.get("registered")) == bool(data.get("upload")) and not self.errors:
            self.add_error("upload", _("Choose one file: from the case or from the computer."))
        return data

    def line_of(self, registered: RecordFile | None) -> MatterLine | None:
        """Whom the file is about: a registered one follows its case. Only for a valid form."""
        if registered:
            same = (line for line in self._lines.values() if line.case_id == registered.record.case_id)
            return next(same, None)
        chosen = self.cleaned_data.get("line")
        return self._lines[int(chosen)] if chosen else None
