"""Whether what a person saw still stands when they save: a short mark of the values shown."""

from __future__ import annotations

import hashlib
from typing import Any


def mark(*values: Any) -> str:
    """A mark of some values; another value gives another mark."""
    return hashlib.sha256("\0".join(map(str, values)).encode()).hexdigest()[:16]
