"""Closing a case: what must be done first, and clearing the working notes.

Tryckfrihetsförordningen 2:12: a working note (minnesanteckning) is no public document until it is filed with
the case. So whoever closes the case says of each note whether it is kept as a fact of the case, or cleared.
Rooms above register what they still have open, and their notes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.registry.models import Case, Event


class CannotClose(Exception):
    """The case cannot be closed yet; the text tells what is left."""


@dataclass(frozen=True)
class Note:
    """A working note that hangs on a case. `key` tells it from all others."""

    key: str
    day: date
    text: str


@dataclass(frozen=True)
class Notes:
    """One room's working notes: found for a case, and settled as whoever closes it has chosen."""

    find: Callable[[Case], Iterable[Note]]
    keep: Callable[[Collection[str]], int]
    clear: Callable[[Collection[str]], int]


_hindrances: list[Callable[[Case], Iterable[str | Promise]]] = []
_notes: list[Notes] = []


def register_hindrance(find: Callable[[Case], Iterable[str | Promise]]) -> None:
    """`find(case)` gives a sentence for each thing that must be done before the case can be closed."""
    _hindrances.append(find)


def register_notes(notes: Notes) -> None:
    _notes.append(notes)


def hindrances(case: Case) -> list[str]:
    """What stands in the way of closing, beside notes to settle."""
    waiting = case.disclosure_requests.waiting().count()
    asked = (
        [ngettext("A request for documents waits.", "%(count)s requests for documents wait.", waiting)]
        if waiting
        else []
    )
    return [text % {"count": waiting} for text in asked] + [
        str(text) for find in _hindrances for text in find(case)
    ]


def notes(case: Case) -> list[Note]:
    """The working notes to settle, the oldest first."""
    return sorted(
        (note for room in _notes for note in room.find(case)), key=lambda note: (note.day, note.key)
    )


def close(case_id: int, by: Any, *, kept: Collection[str] = (), cleared: Collection[str] = ()) -> Case:
    """Close the case; `kept` and `cleared` are keys of notes. Closing twice changes nothing more.

    Raises CannotClose while something is open, or a note is neither kept nor cleared.
    """
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        if case.closed_at is not None:
            return case
        if texts := hindrances(case):
            raise CannotClose(" ".join(texts))
        found = {note.key for note in notes(case)}
        if found - set(kept) - set(cleared) or set(kept) & set(cleared):
            raise CannotClose(_("Say of each note whether it is kept or cleared."))
        gone = sum(room.clear(found & set(cleared)) for room in _notes)
        stays = sum(room.keep(found & set(kept)) for room in _notes)
        if found:
            case.log(Event.Kind.NOTES_CLEANED, by=by, detail=f"{gone} rensade, {stays} behållna")
        case.closed_at, case.closed_by = timezone.now(), by
        case.save(update_fields=["closed_at", "closed_by"])
        case.log(Event.Kind.CLOSED, by=by, at=case.closed_at)
    return case
