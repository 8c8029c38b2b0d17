"""What a member notes about a matter for themselves. Nobody else reads it, not even the administration."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.committee.models import Matter, PrivateNote

#: Letters in a note; more is no note.
LONGEST = 20_000


class NoteChanged(Exception):
    """The note was changed in another window since it was shown; `current` is what stands there now."""

    def __init__(self, current: PrivateNote) -> None:
        super().__init__(current.pk)
        self.current = current


def note_on(matter: Matter, user: Any) -> PrivateNote:
    """The person's note on a matter; an unsaved empty one (version 0) before they have written any."""
    note = PrivateNote.objects.visible_to(user).filter(matter=matter).first()
    return note or PrivateNote(matter=matter, user=user, version=0)


def save(matter: Matter, user: Any, text: str, seen_version: int) -> PrivateNote:
    """Write the note over the version that the page showed.

    Raises NoteChanged when another window has written something else since. Writing the same text again
    changes nothing.
    """
    with transaction.atomic():
        PrivateNote.objects.get_or_create(user=user, matter=matter, defaults={"version": 0, "text": ""})
        note = PrivateNote.objects.select_for_update().get(user=user, matter=matter)
        if note.text == text and note.version:
            return note
        if note.version != seen_version:
            raise NoteChanged(note)
        note.text, note.version, note.saved_at = text, note.version + 1, timezone.now()
        note.save(update_fields=["text", "version", "saved_at"])
    return note
