"""What the secretary writes when a decision is recorded: outcome, points, amounts, notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms import BoundField, formset_factory
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.committee.comparison import Comparison, compare
from portal.committee.forms import KronorField, own_points
from portal.committee.minutes import Decided, Note, outcome_of_vote, proposed_amounts
from portal.committee.models import Matter, MatterLine, MinutesNote, MotionKind, Outcome
from portal.committee.phrases import motion_name, proposal_name
from portal.committee.proposals import Amounts
from portal.committee.said import Said

NOTE_ROWS = 3
MAX_NOTES = 20
#: The answer "as proposed" to what the decision follows; the others are keys of motions.
PROPOSAL = "proposal"


class DecisionForm(forms.Form):
    """What the committee decided on one item. Amounts stand in `LinesForm`, notes in `NotesFormSet`."""

    use_required_attribute = False

    def __init__(self, matter: Matter, said: Said, data: Any = None, typed: Any = None) -> None:
        super().__init__(data, initial=typed)
        changes = [motion for motion in said.standing_motions if motion.kind == MotionKind.CHANGE]
        self.motions = {str(motion.pk): motion for motion in changes}
        proposal = proposal_name(matter)
        outcome, won = outcome_of_vote(matter, said)
        self.fields["outcome"] = forms.ChoiceField(
            label=_("What did the committee decide?"),
            choices=Outcome.choices,
            initial=outcome,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose what the committee decided.")},
        )
        if changes:
            self.fields["follows"] = forms.ChoiceField(
                label=_("What does the decision follow?"),
                choices=[
                    (PROPOSAL, capfirst(proposal)),
                    *((key, capfirst(motion_name(motion, proposal))) for key, motion in self.motions.items()),
                ],
                initial=str(won.pk) if won else PROPOSAL,
                widget=forms.RadioSelect,
            )
        self.fields["instruction"] = forms.CharField(
            label=_("What the administration is to prepare"),
            help_text=_('Only when referred back. Goes on from "för", for example "att höra föreningarna".'),
            widget=forms.Textarea(attrs={"rows": 3, "lang": "sv"}),
            required=False,
            max_length=2000,
        )
        self.fields["points"] = forms.CharField(
            label=_("Decision points, where the committee wrote its own"),
            help_text=_(
                'One a line, each beginning with "att". Leave it empty when the points of the proposal or '
                "the motion were decided as they are."
            ),
            widget=forms.Textarea(attrs={"rows": 4, "lang": "sv"}),
            required=False,
            max_length=20_000,
        )
        self.fields["is_immediate"] = forms.BooleanField(
            label=_("The paragraph was approved at once"),
            help_text=_("The minutes say: Paragrafen förklaras omedelbart justerad."),
            required=False,
        )
        self.fields["confirmed"] = forms.BooleanField(
            label=_(
                "I have checked the decision against the meeting's notes. It cannot be changed afterwards."
            ),
            error_messages={"required": _("Tick the box when you have checked the decision.")},
        )

    def clean_points(self) -> list[str]:
        return own_points(self.cleaned_data["points"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("outcome") == Outcome.REFERRED_BACK and not data.get("instruction", "").strip():
            self.add_error("instruction", _("Write what the administration is to prepare."))
        if data.get("outcome") != Outcome.GRANTED and data.get("follows", PROPOSAL) != PROPOSAL:
            self.add_error("follows", _("A motion to change is followed only by a decision to grant it."))
        return data

    def decided(self, amounts: Amounts, rejected: Iterable[int], notes: Iterable[Note]) -> Decided:
        """All that was written; only for a valid form."""
        written = self.cleaned_data
        return Decided(
            written["outcome"],
            instruction=written["instruction"],
            motion=self.motions.get(written.get("follows", PROPOSAL)),
            points=written["points"],
            amounts=amounts,
            rejected=frozenset(rejected),
            notes=list(notes),
            is_immediate=written["is_immediate"],
        )


class LinesForm(forms.Form):
    """What each line of a matter was decided to get, or that it was rejected; begins with the proposal.

    A box that was not sent, as by a page without the table, means the proposal.
    """

    use_required_attribute = False

    def __init__(
        self, matter: Matter, lines: Iterable[MatterLine], data: Any = None, typed: Any = None
    ) -> None:
        super().__init__(data, initial=typed)
        self.comparison: Comparison = compare(lines)
        self.proposed = proposed_amounts(matter)
        for row in self.comparison.rows:
            self.fields[self._rejected(row.line)] = forms.BooleanField(
                label=_("Rejected: %(title)s") % {"title": row.line.title}, required=False
            )
            for year in self.comparison.years:
                self.fields[self._amount(row.line, year)] = KronorField(
                    label=f"{row.line.title}, {year}",
                    required=False,
                    initial=self.proposed[row.line.pk].get(year),
                )

    @staticmethod
    def _amount(line: MatterLine, year: int) -> str:
        return f"decided_{line.pk}_{year}"

    @staticmethod
    def _rejected(line: MatterLine) -> str:
        return f"rejected_{line.pk}"

    def as_typed(self, matter: Matter) -> LinesForm:
        """The form again with what was typed, before anything is said about it."""
        return LinesForm(matter, [row.line for row in self.comparison.rows], typed=typed_in(self))

    def rows(self) -> Iterator[tuple[MatterLine, BoundField, list[BoundField]]]:
        """Each line with its boxes, for the table."""
        for row in self.comparison.rows:
            amounts = [self[self._amount(row.line, year)] for year in self.comparison.years]
            yield row.line, self[self._rejected(row.line)], amounts

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for row in self.comparison.rows:
            for year in self.proposed[row.line.pk]:
                name = self._amount(row.line, year)
                emptied = name in self.data and name in data and data[name] is None
                if emptied and not data.get(self._rejected(row.line)):
                    self.add_error(name, _("Write an amount; 0 means no grant."))
        return data

    @property
    def rejected(self) -> list[int]:
        """The lines that got a no; only for a valid form."""
        lines = [row.line for row in self.comparison.rows]
        return [line.pk for line in lines if self.cleaned_data[self._rejected(line)]]

    @property
    def amounts(self) -> Amounts:
        """By line and year, for the lines that differ from the proposal; only for a valid form."""
        written: Amounts = {}
        for row in self.comparison.rows:
            proposed = self.proposed[row.line.pk]
            by_year = dict(proposed)
            for year in self.comparison.years:
                name = self._amount(row.line, year)
                amount = self.cleaned_data[name]
                if name in self.data and (amount or year in proposed):
                    by_year[year] = amount or 0
            if by_year != proposed:
                written[row.line.pk] = by_year
        return written


class NoteForm(forms.Form):
    """One row of what else the minutes must say; an empty row says nothing."""

    use_required_attribute = False
    kind = forms.ChoiceField(choices=[("", ""), *MinutesNote.Kind.choices], required=False)
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2, "lang": "sv"}), required=False, max_length=5000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = _("Kind")
        self.fields["text"].label = _("Text")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind, text = data.get("kind"), data.get("text", "").strip()
        if text and not kind:
            self.add_error("kind", _("Choose what kind of note it is."))
        elif kind and not text:
            self.add_error("text", _("Write the text, or clear the kind."))
        return data


NotesFormSet = formset_factory(NoteForm, extra=NOTE_ROWS, max_num=MAX_NOTES, validate_max=True)


def typed_in(form: forms.Form) -> dict[str, Any]:
    """What stands in a form as it was sent, to begin another from."""
    return {name: form[name].value() for name in form.fields}


def written_notes(rows: Iterable[forms.Form]) -> list[Note]:
    """The rows that say something; only for a valid formset."""
    return [
        Note(row.cleaned_data["kind"], row.cleaned_data["text"].strip())
        for row in rows
        if row.cleaned_data.get("kind")
    ]
