"""Which version of each field a page showed, and which newer ones have come since.

A page carries, for each field, the number of the version it showed and a digest of the value. What the
person changed is what no longer has that digest; whether somebody else was there first, the number tells.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from grants.models import Application, FieldVersion, is_answer

#: For how long one page's writing on may grow one row of the history.
GROWS_FOR = timedelta(minutes=10)


def plain(value: Any) -> Any:
    """A value as it is compared and kept: nothing written is None."""
    return value if is_answer(value) else None


def digest(value: Any) -> str:
    """Tells whether a value is still the one that a page showed."""
    return hashlib.sha256(json.dumps(plain(value), sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Sight:
    """What a page showed of one field."""

    version: int
    digest: str

    def __str__(self) -> str:
        return f"{self.version}.{self.digest}"


#: Of a field that the page did not show.
UNSEEN = Sight(0, digest(None))


def written_out(sights: Mapping[str, Sight]) -> str:
    """What a page showed, for its hidden field."""
    return json.dumps({name: str(sight) for name, sight in sights.items()})


def read_back(text: str) -> dict[str, Sight]:
    """What a page says that it showed; what cannot be read counts as not shown."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(said, dict):
        return {}
    sights = {}
    for name, sight in said.items():
        version, dot, rest = str(sight).partition(".")
        if dot and version.isascii() and version.isdecimal() and len(version) < 10:
            sights[name] = Sight(int(version), rest)
    return sights


class History:
    """The newest versions of some fields of a draft, next to the values that stand there now."""

    def __init__(self, application: Application, values: Mapping[str, Any]) -> None:
        self.application = application
        self.values = values
        rows = application.field_versions.newest().filter(name__in=list(values)).select_related("saved_by")
        self.rows: dict[str, FieldVersion] = {row.name: row for row in rows}

    def number(self, name: str) -> int:
        """The version that stands there now. A value that was written in another way counts as one more."""
        row = self.rows.get(name)
        kept = row.version if row else 0
        return kept if self._is_known(name) else kept + 1

    def sight(self, name: str) -> Sight:
        """What stands there now; to be asked under the draft's lock."""
        return Sight(self.number(name), digest(self.values.get(name)))

    def shown(self, name: str, value: Any) -> Sight:
        """What a page says that it shows, read without the lock.

        Somebody may have saved between the reading of the value and of its history. Then no number is
        named, and the digest alone tells at the next save whether the value still stands.
        """
        row = self.rows.get(name)
        return Sight(row.version if row and self._is_known(name) else 0, digest(value))

    def newest(self, name: str) -> FieldVersion:
        """Who wrote what stands there now; a row that is not kept when nobody knows."""
        if name in self.rows and self._is_known(name):
            return self.rows[name]
        return FieldVersion(
            application=self.application,
            name=name,
            version=self.number(name),
            value=plain(self.values.get(name)),
            saved_at=self.application.saved_at,
        )

    def is_of_page(self, name: str, since: int, page: str) -> bool:
        """Whether all that came after version `since` was written by the same opened page."""
        if not page or not self._is_known(name) or name not in self.rows or self.rows[name].page != page:
            return False
        later = FieldVersion.objects.filter(application=self.application, name=name, version__gt=since)
        return not later.exclude(page=page).exists()

    def add(self, written: Mapping[str, Any], by: Any, page: str, at: datetime) -> dict[str, Sight]:
        """Keep new values as the newest versions, and what stood there before when it was not kept."""
        rows = [row for name in written if (row := self._unknown(name)) is not None]
        numbers = {name: self.number(name) + 1 for name in written}
        for name, value in written.items():
            last = self.rows.get(name)
            if last and self._is_known(name) and self._grows(last, value, by, page, at):
                FieldVersion.objects.filter(pk=last.pk).update(
                    version=numbers[name], value=plain(value), saved_at=at
                )
                continue
            rows.append(
                FieldVersion(
                    application=self.application, name=name, version=numbers[name], value=plain(value),
                    saved_by=by, saved_at=at, page=page,
                )
            )  # fmt: skip
        FieldVersion.objects.bulk_create(rows)
        return {name: Sight(numbers[name], digest(value)) for name, value in written.items()}

    def _is_known(self, name: str) -> bool:
        row = self.rows.get(name)
        return plain(self.values.get(name)) == (plain(row.value) if row else None)

    def _unknown(self, name: str) -> FieldVersion | None:
        """The version of a value that was written in another way."""
        return None if self._is_known(name) else self.newest(name)

    def _grows(self, last: FieldVersion, value: Any, by: Any, page: str, at: datetime) -> bool:
        return (
            bool(page)
            and last.page == page
            and last.saved_by_id == by.pk
            and at - last.saved_at < GROWS_FOR
            and isinstance(last.value, str)
            and isinstance(value, str)
            and holds_whole(value, last.value)
        )


def holds_whole(text: str, older: str) -> bool:
    """Whether a text is an older one with something written in one place, and nothing taken out."""
    if len(text) < len(older):
        return False
    start = 0
    while start < len(older) and text[start] == older[start]:
        start += 1
    return text.endswith(older[start:])
