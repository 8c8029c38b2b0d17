"""What the secretary notes in the meeting: attendance, who steps aside, motions, votes, dissent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.committee.models import Attendance, BallotChoice, MotionKind, RecusalReason, Seat, SeatKind
from portal.committee.sitting import Present, attendance_mark

#: What a row of the attendance says: not there, there and deciding, there and listening.
ABSENT, SERVES, LISTENS = "absent", "serves", "listens"


class SeatsField(forms.MultipleChoiceField):
    """Several of some seats."""

    def __init__(self, seats: Sequence[Seat], **options: Any) -> None:
        self.seats = {str(seat.pk): seat for seat in seats}
        super().__init__(
            choices=[(key, str(seat)) for key, seat in self.seats.items()],
            widget=forms.CheckboxSelectMultiple,
            **options,
        )

    def clean(self, value: Any) -> list[Seat]:
        return [self.seats[key] for key in super().clean(value)]


class SeatField(forms.ChoiceField):
    """One of some seats, or with `empty` none."""

    def __init__(self, seats: Sequence[Seat], empty: str, **options: Any) -> None:
        self.seats = {str(seat.pk): seat for seat in seats}
        choices = [("", empty), *((key, str(seat)) for key, seat in self.seats.items())]
        super().__init__(choices=choices, **options)

    def clean(self, value: Any) -> Seat | None:
        return self.seats.get(super().clean(value))


@dataclass(frozen=True)
class AttendanceRow:
    """One seat with its boxes."""

    seat: Seat
    state: BoundField
    serves_for: BoundField | None
    is_remote: BoundField
    arrived_at: BoundField
    left_at: BoundField


class AttendanceForm(forms.Form):
    """A row for each seat; members are taken to serve until the roll call says otherwise."""

    use_required_attribute = False

    def __init__(self, seats: Sequence[Seat], attendance: Sequence[Attendance], data: Any = None) -> None:
        super().__init__(data)
        self.seats = seats
        rows = {row.seat_id: row for row in attendance}
        members = [seat for seat in seats if seat.kind == SeatKind.MEMBER]
        for seat in seats:
            is_member, row = seat.kind == SeatKind.MEMBER, rows.get(seat.pk)
            self._add(seat, "state", self._state_field(is_member, row, anybody=bool(rows)))
            if not is_member:
                stead = SeatField(members, _("Nobody"), required=False, label=_("Serves for"))
                stead.initial = str(row.serves_for_id or "") if row else ""
                self._add(seat, "for", stead)
            remote = forms.BooleanField(required=False, initial=bool(row and row.is_remote))
            remote.label = _("Remotely")
            self._add(seat, "remote", remote)
            self._add(seat, "came", self._time(_("Came"), row.arrived_at if row else None))
            self._add(seat, "left", self._time(pgettext("attendance", "Left"), row.left_at if row else None))
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, initial=attendance_mark(attendance))

    @staticmethod
    def _state_field(is_member: bool, row: Attendance | None, *, anybody: bool) -> forms.ChoiceField:
        initial = ABSENT if anybody or not is_member else SERVES
        if row:
            initial = SERVES if row.is_serving else LISTENS
        choices = [(SERVES, _("Serves")), (LISTENS, _("There, does not serve")), (ABSENT, _("Absent"))]
        return forms.ChoiceField(label=_("Attendance"), choices=choices, initial=initial)

    @staticmethod
    def _time(label: str, initial: Any) -> forms.TimeField:
        return forms.TimeField(
            label=label,
            initial=initial,
            widget=forms.TimeInput(attrs={"type": "time", "size": 6}, format="%H:%M"),
            input_formats=["%H:%M", "%H.%M"],
            error_messages={"invalid": _("Write the time as 13:00.")},
            required=False,
        )

    def _add(self, seat: Seat, name: str, field: forms.Field) -> None:
        field.label = f"{seat}: {field.label}"
        self.fields[f"{name}_{seat.pk}"] = field

    def rows(self) -> Iterator[AttendanceRow]:
        for seat in self.seats:
            stead = self[f"for_{seat.pk}"] if f"for_{seat.pk}" in self.fields else None
            boxes = [self[f"{name}_{seat.pk}"] for name in ("remote", "came", "left")]
            yield AttendanceRow(seat, self[f"state_{seat.pk}"], stead, *boxes)

    @property
    def present(self) -> list[Present]:
        """Who is there; only for a valid form."""
        written = self.cleaned_data
        found = []
        for seat in self.seats:
            if written[f"state_{seat.pk}"] == ABSENT:
                continue
            serves = written[f"state_{seat.pk}"] == SERVES
            member: Seat | None = written.get(f"for_{seat.pk}") if serves else None
            found.append(
                Present(
                    seat.pk,
                    serves,
                    member.pk if member else None,
                    written[f"remote_{seat.pk}"],
                    written[f"came_{seat.pk}"],
                    written[f"left_{seat.pk}"],
                )
            )
        return found


class StepAsideForm(forms.Form):
    """Who takes no part in one item, why, and who serves instead."""

    use_required_attribute = False

    def __init__(self, serving: Sequence[Seat], free: Sequence[Seat], data: Any = None) -> None:
        super().__init__(data)
        self.fields["seat"] = SeatField(
            serving,
            _("Choose a person"),
            label=_("Who steps aside?"),
            error_messages={"required": _("Choose who steps aside.")},
        )
        self.fields["substitute"] = SeatField(
            free,
            _("Nobody"),
            label=_("Who serves instead?"),
            initial=str(free[0].pk) if free else "",
            required=False,
        )
        # A button for who has declared a conflict sends none.
        self.fields["reason"] = forms.ChoiceField(
            label=_("Why?"),
            choices=RecusalReason.choices,
            widget=forms.RadioSelect,
            initial=RecusalReason.CONFLICT,
            required=False,
        )

    def clean_reason(self) -> str:
        return self.cleaned_data["reason"] or RecusalReason.CONFLICT


class MotionForm(forms.Form):
    """What is moved, by whom, and who supports it."""

    use_required_attribute = False

    def __init__(self, serving: Sequence[Seat], data: Any = None) -> None:
        super().__init__(data)
        self.fields["kind"] = forms.ChoiceField(
            label=_("What is moved?"),
            choices=MotionKind.choices,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose what is moved.")},
        )
        self.fields["moved_by"] = SeatField(
            serving,
            _("Choose a person"),
            label=_("Who moves it?"),
            error_messages={"required": _("Choose who moves it.")},
        )
        self.fields["text"] = forms.CharField(
            label=_("Decision points or task"),
            help_text=_(
                'For a change: the decision points, one a line, each beginning with "att". To refer back: '
                'what is to be prepared, going on from "för".'
            ),
            widget=forms.Textarea(attrs={"rows": 3, "lang": "sv"}),
            required=False,
            max_length=10_000,
        )
        self.fields["supported_by"] = SeatsField(serving, label=_("Who supports it?"), required=False)


class VoteForm(forms.Form):
    """What yes and no are votes for, and how everyone who serves votes."""

    use_required_attribute = False

    def __init__(self, serving: Sequence[Seat], names: Sequence[str], data: Any = None) -> None:
        super().__init__(data)
        self.serving = serving
        choices = [("", _("Choose a proposal")), *((name, capfirst(name)) for name in names)]
        required = {"required": _("Choose a proposal.")}
        self.fields["yes_means"] = forms.ChoiceField(
            label=_("Yes is a vote for"), choices=choices, initial=names[0], error_messages=required
        )
        self.fields["no_means"] = forms.ChoiceField(
            label=_("No is a vote for"),
            choices=choices,
            initial=names[-1] if len(names) > 1 else "",
            error_messages=required,
        )
        for seat in serving:
            self.fields[f"ballot_{seat.pk}"] = forms.ChoiceField(
                label=str(seat),
                choices=BallotChoice.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose how %(person)s votes.") % {"person": seat}},
            )

    def ballot_fields(self) -> list[BoundField]:
        return [self[f"ballot_{seat.pk}"] for seat in self.serving]

    @property
    def ballots(self) -> dict[Seat, str]:
        """Each one's vote; only for a valid form."""
        return {seat: self.cleaned_data[f"ballot_{seat.pk}"] for seat in self.serving}


class DissentForm(forms.Form):
    """Who dissents, and the dissent in writing."""

    use_required_attribute = False

    def __init__(self, serving: Sequence[Seat], data: Any = None) -> None:
        super().__init__(data)
        self.fields["seats"] = SeatsField(
            serving, label=_("Who dissents?"), error_messages={"required": _("Choose who dissents.")}
        )
        self.fields["dissent_text"] = forms.CharField(
            label=_("The dissent in writing"),
            help_text=_("Only when it is handed in. It is printed below the sentence."),
            widget=forms.Textarea(attrs={"rows": 3, "lang": "sv"}),
            required=False,
            max_length=10_000,
        )
