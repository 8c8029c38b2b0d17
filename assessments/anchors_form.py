"""The form in which officers word what each level of each criterion means in a call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from assessments.anchors import Anchor, Edit, Place, said
from assessments.models import Criterion, Level, LevelAnchor

PLACES: tuple[Place, ...] = tuple(
    (criterion, level) for criterion in Criterion.values for level in Level.values
)


class AnchorsForm(forms.Form):
    """Only what the officer changed is written, so that a colleague's texts are left alone."""

    use_required_attribute = False

    def __init__(self, rows: Mapping[Place, LevelAnchor], data: Any = None) -> None:
        super().__init__(data)
        for place in PLACES:
            texts = said(rows.get(place))
            self._text("sv", place, _("In Swedish"), texts.swedish)
            self._text("en", place, _("In English"), texts.english)
            self.fields[_name("seen", place)] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=json.dumps(texts)
            )

    def _text(self, language: str, place: Place, label: str, initial: str) -> None:
        self.fields[_name(language, place)] = forms.CharField(
            label=label,
            max_length=300,
            initial=initial,
            widget=forms.Textarea(attrs={"rows": 3, "lang": language}),
            error_messages={"required": _("Write what the level means, in both languages.")},
        )

    @property
    def criteria(self) -> list[dict[str, Any]]:
        """What the page shows per criterion: its name, and each level with its two fields."""
        return [
            {
                "code": criterion.value,
                "title": criterion.label,
                "levels": [
                    {
                        "title": level.label,
                        "fields": [self[_name(language, (criterion, level))] for language in ("sv", "en")],
                    }
                    for level in Level
                ],
            }
            for criterion in Criterion
        ]

    def edits(self) -> dict[Place, Edit]:
        """What the officer changed; the form must be valid."""
        cleaned = self.cleaned_data
        wanted = {
            place: Anchor(_line(cleaned[_name("sv", place)]), _line(cleaned[_name("en", place)]))
            for place in PLACES
        }
        seen = {place: _seen(cleaned[_name("seen", place)]) for place in PLACES}
        return {place: Edit(wanted[place], seen[place]) for place in PLACES if wanted[place] != seen[place]}

    def tell(self, theirs: Mapping[Place, Anchor]) -> None:
        """Show a colleague's texts beside the officer's, and let the next save build on them knowingly."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for place, texts in theirs.items():
            data[_name("seen", place)] = json.dumps(texts)
            self.add_error(
                _name("sv", place),
                _(
                    "A colleague changed this meanwhile to: “%(swedish)s” (in English: “%(english)s”). "
                    "Yours stands in the field. Change it or not, and save again."
                )
                % {"swedish": texts.swedish, "english": texts.english},
            )
        self.data = data


def _name(part: str, place: Place) -> str:
    return "_".join((part, *place))


def _line(text: str) -> str:
    """One line: where a browser broke it says nothing."""
    return " ".join(text.split())


def _seen(written: str) -> Anchor:
    """The texts the page showed; what cannot be read is as if nothing had been seen."""
    try:
        swedish, english = json.loads(written)
    except (ValueError, TypeError):
        return Anchor("", "")
    return Anchor(str(swedish), str(english))
