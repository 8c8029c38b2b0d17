"""Editing letters before they go out: the free texts, beginning again, and taking in what was recorded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.letter_facts import Parts
from portal.committee.letter_making import CannotWrite, remake
from portal.committee.models import Letter
from portal.committee.refused import Refused


class LetterChangedMeanwhile(Refused):
    """Somebody else saved the same letter since it was shown; nothing was written."""

    def __init__(self, stored: Letter) -> None:
        super().__init__(_("Somebody else saved this letter while you wrote. Both texts are shown below."))
        self.stored = stored


def write(letter: Letter, parts: Parts, version: int, by: Any) -> None:
    """Save the editable texts on top of the `version` that the person read, and make the letter again.

    Raises LetterChangedMeanwhile when it has another version now, CannotWrite when it is released.
    """
    with transaction.atomic():
        stored = _unreleased(letter.pk, version)
        if stored.parts != asdict(parts):
            _save(stored, by, parts=asdict(parts), is_edited=True)


def make_anew(letter: Letter, version: int, by: Any) -> None:
    """Throw away what was edited: the letter is made from what is recorded alone.

    Raises LetterChangedMeanwhile and CannotWrite as `write` does.
    """
    with transaction.atomic():
        _save(_unreleased(letter.pk, version), by, is_edited=False)


def follow_record(letter: Letter) -> None:
    """Make a draft again from what is recorded now; the texts somebody edited stay."""
    with transaction.atomic():
        _unreleased(letter.pk)
        remake([letter.pk])


def _save(stored: Letter, by: Any, **fields: Any) -> None:
    remake([stored.pk], version=F("version") + 1, edited_by=by, edited_at=timezone.now(), **fields)


def _unreleased(letter_id: int, version: int | None = None) -> Letter:
    """The letter with its row locked."""
    stored = Letter.objects.select_for_update(of=("self",)).select_related("edited_by").get(pk=letter_id)
    if stored.is_released:
        raise CannotWrite(_("The letter is released and stands as it went out."))
    if version is not None and stored.version != version:
        raise LetterChangedMeanwhile(stored)
    return stored
