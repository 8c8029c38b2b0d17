"""What can stand in the way of an act in a running partnership; each is told to the person in words."""

from __future__ import annotations

from typing import Any


class SavedMeanwhile(Exception):
    """Somebody saved the same thing after it was read; `current` is as they left it, nothing was written."""

    def __init__(self, current: Any) -> None:
        super().__init__(f"{current._meta.label} {current.pk} is at version {current.version}")
        self.current = current


class NotNow(Exception):
    """The act is not possible now; the message tells the person why."""
