"""The form of the formal check: for each point of the call's list an outcome and a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from assessments.formal_checks import Finding, Outcome, Tried
from portal.registry.personal_number import looks_like_personal_number


@dataclass(frozen=True)
class PointFields:
    """One point with its two fields."""

    tried: Tried
    outcome: forms.BoundField
    note: forms.BoundField


class ChecksForm(forms.Form):
    """Only points that the officer changed are written, so that a colleague's are left alone."""

    use_required_attribute = False

    def __init__(self, rows: Sequence[Tried], data: Any = None) -> None:
        self.rows = rows
        super().__init__(data)
        for row in rows:
            said = _said(row)
            pk = row.point.pk
            self.fields[f"outcome_{pk}"] = forms.ChoiceField(
                label=row.point.text,
                choices=[*Outcome.choices, ("", _("Not looked at"))],
                widget=forms.RadioSelect,
                required=False,
                initial=said.outcome,
            )
            self.fields[f"note_{pk}"] = forms.CharField(
                label=_("Note"),
                max_length=500,
                required=False,
                initial=said.note,
                widget=forms.TextInput,
            )
            self.fields[f"seen_{pk}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=_as_text(said)
            )

    @property
    def points(self) -> list[PointFields]:
        return [
            PointFields(row, self[f"outcome_{row.point.pk}"], self[f"note_{row.point.pk}"])
            for row in self.rows
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for row in self.rows:
            pk = row.point.pk
            outcome, note = cleaned.get(f"outcome_{pk}", ""), cleaned.get(f"note_{pk}", "")
            if note and not outcome:
                self.add_error(f"outcome_{pk}", _("Choose an outcome for the point you wrote a note to."))
            if looks_like_personal_number(note):
                self.add_error(
                    f"note_{pk}", _("This looks like a personal identity number. Take it out of the note.")
                )
            if self._clashes(row, Finding(outcome, note), cleaned.get(f"seen_{pk}", "")):
                said = _said(row)
                self.add_error(
                    f"outcome_{pk}",
                    _("%(officer)s answered this meanwhile: %(answer)s. Choose again, and save.")
                    % {
                        "officer": row.found.officer if row.found else _("A colleague"),
                        "answer": f"{row.found.get_outcome_display()} {said.note}".strip()
                        if row.found
                        else _("Not looked at"),
                    },
                )
        return cleaned

    def _clashes(self, row: Tried, posted: Finding, seen: str) -> bool:
        """Whether a colleague changed a point since it was read, and this changes it to something else."""
        now = _said(row)
        return _as_text(posted) != seen and _as_text(now) != seen and now != posted

    def see_latest(self) -> None:
        """Let the next save build on what is there now, after the officer has been told of it."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for row in self.rows:
            data[f"seen_{row.point.pk}"] = _as_text(_said(row))
        self.data = data

    def findings(self) -> dict[int, Finding]:
        """What the officer changed, by the point's primary key; the form must be valid."""
        cleaned = self.cleaned_data
        posted = {
            row.point.pk: Finding(cleaned[f"outcome_{row.point.pk}"], cleaned[f"note_{row.point.pk}"])
            for row in self.rows
        }
        return {pk: finding for pk, finding in posted.items() if _as_text(finding) != cleaned[f"seen_{pk}"]}


def _said(row: Tried) -> Finding:
    return Finding(row.found.outcome, row.found.note) if row.found else Finding("", "")


def _as_text(finding: Finding) -> str:
    """An outcome has no colon in it, so the text is read one way only."""
    return f"{finding.outcome}:{finding.note}"
