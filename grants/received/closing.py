"""What keeps an application's case open, and the officers' working notes that are settled when it closes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from grants.models import Application, ContactNote
from grants.states import State
from portal.registry.closing import Note, Notes, register_hindrance, register_notes
from portal.registry.models import Case

#: What is decided, or ended without being tried.
SETTLED = (State.DECIDED, State.WITHDRAWN, State.DISMISSED)
_KEY = "contact-"


def hindrances(case: Case) -> Iterable[str]:
    if Application.objects.filter(case=case).exclude(state__in=SETTLED).exists():
        yield _("The application is not decided.")
    if ContactNote.objects.filter(case=case).to_follow_up().exists():
        yield _("A note is still to be followed up.")


def find(case: Case) -> Iterable[Note]:
    for note in ContactNote.objects.filter(case=case, mark=ContactNote.Mark.WORKING):
        yield Note(f"{_KEY}{note.pk}", note.held_on, note.text)


def _ids(keys: Collection[str]) -> list[int]:
    return [int(key.removeprefix(_KEY)) for key in keys if key.startswith(_KEY)]


def keep(keys: Collection[str]) -> int:
    """The notes become facts of the case."""
    working = ContactNote.objects.filter(pk__in=_ids(keys), mark=ContactNote.Mark.WORKING)
    return working.update(mark=ContactNote.Mark.FACT)


def clear(keys: Collection[str]) -> int:
    """The notes go: they were nobody's but the officers' until now."""
    working = ContactNote.objects.filter(pk__in=_ids(keys), mark=ContactNote.Mark.WORKING)
    gone, _by_model = working.delete()
    return gone


def register() -> None:
    register_hindrance(hindrances)
    register_notes(Notes(find, keep, clear))
