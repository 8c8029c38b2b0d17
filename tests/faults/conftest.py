"""A folder that servers of other users may enter, and a disk that is soon full."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture
def place() -> Iterator[Path]:
    """In the system's folder for temporary files: the postgres user may not enter pytest's own."""
    with tempfile.TemporaryDirectory(prefix="samspel-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def full_disk(place: Path, settings: Settings) -> Iterator[Path]:
    """A disk of 256 kB for stored files."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    disk = place / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], check=True)
    settings.MEDIA_ROOT = disk
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
