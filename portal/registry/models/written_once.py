"""Rows that are written once and stay as they were written."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class Immutable(models.QuerySet[Any]):
    """Rows that are written once: changing or deleting them is refused."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("Records and events are never changed; register a new one.")

    def delete(self) -> NoReturn:
        raise TypeError("Records and events are never deleted.")


class WrittenOnce(models.Model):
    """Base of what the register keeps as it was written."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Records and events are never changed; register a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Records and events are never deleted.")
