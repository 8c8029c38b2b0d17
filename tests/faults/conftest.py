"""A folder that servers of other users may enter."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """In the system's folder for temporary files: the postgres user may not enter pytest's own."""
    with tempfile.TemporaryDirectory(prefix="samspel-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
