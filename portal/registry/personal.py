"""What is stored about one person: each room says which of its rows name people, and what to show of them.

GDPR article 15. A room registers its models in its `AppConfig.ready`; `tests/registry` fails on a model that
points at a person and is neither registered nor excused with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import ForeignKey, Model, Q, QuerySet
from django.utils import timezone

from portal.documents.templatetags.swedish_text import swedish_date, swedish_moment
from portal.people.models import User
from portal.registry.personal_words import WORDS

#: Rows shown of one model; a person who has handled cases for decades still gets an answer.
AT_MOST = 5000


@dataclass(frozen=True)
class Held:
    """Rows of `model` that point at a person; `shows` are the fields told of each.

    `heading` says in Swedish what the rows are. Text that a person wrote belongs among `shows`; what is about
    others, or about a case, is named by its number and read there. `own` are the rows that nobody but the
    person may read, such as drafts: they are left out of an extract that somebody else makes.
    """

    model: type[Model]
    heading: str
    shows: tuple[str, ...] = ()
    own: Q | None = None

    @property
    def people(self) -> list[str]:
        """The fields by which a row points at a person: all that there are, also those to come."""
        return people_fields(self.model)


def people_fields(model: type[Model]) -> list[str]:
    """The fields of a model that point at a person."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is User
    ]


@dataclass(frozen=True)
class Told:
    """A heading of the extract with its rows: (label, text) of each shown field."""

    heading: str
    rows: list[list[tuple[str, str]]] = field(default_factory=list)


Contributor = Callable[[User], Iterable[Told]]

_held: dict[type[Model], Held] = {}
_contributors: list[Contributor] = []
#: Models that point at people and are not told of, with the reason.
_excused: dict[type[Model], str] = {}


def register(*held: Held) -> None:
    for one in held:
        _held[one.model] = one


def register_contributor(contributor: Contributor) -> None:
    """Add what is stored about a person without pointing at their account, such as mail to their address."""
    _contributors.append(contributor)


def excuse(model: type[Model], reason: str) -> None:
    _excused[model] = reason


def registered() -> dict[type[Model], Held]:
    return dict(_held)


def excused() -> dict[type[Model], str]:
    return dict(_excused)


def about(person: User, *, for_themselves: bool) -> list[Told]:
    """All that is stored about the person, heading by heading; headings without rows are left out."""
    told = [one for contribute in _contributors for one in contribute(person)]
    told += [_told(held, person, for_themselves) for held in _held.values()]
    return [one for one in told if one.rows]


def _told(held: Held, person: User, for_themselves: bool) -> Told:
    mine = Q()
    for name in held.people:
        mine |= Q(**{name: person.pk})
    rows: QuerySet[Any] = held.model._base_manager.filter(mine).order_by("pk")
    if held.own is not None and not for_themselves:
        rows = rows.exclude(held.own)
    return Told(held.heading, [_row(held, row, person) for row in rows[:AT_MOST]])


def _row(held: Held, row: Any, person: User) -> list[tuple[str, str]]:
    cells = [
        ("Roll", _label(name))
        for name in held.people
        if getattr(row, f"{name}_id") == person.pk and len(held.people) > 1
    ]
    cells += [(_label(name), _text(row, name)) for name in held.shows]
    return [cell for cell in cells if cell[1]] or [("Rad", str(row.pk))]


def _label(path: str) -> str:
    """ "case__registry_number" is told as the case."""
    return WORDS[path.partition("__")[0]]


def _text(row: Any, path: str) -> str:
    """A field's value in words; a path such as `case__registry_number` is followed."""
    for name in path.split("__")[:-1]:
        row = getattr(row, name, None)
        if row is None:
            return ""
    name = path.split("__")[-1]
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if hasattr(value, "hour"):
        return swedish_moment(timezone.localtime(value))
    if hasattr(value, "year"):
        return swedish_date(value)
    return str(value)
