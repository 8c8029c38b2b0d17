"""Every setting and command stands in the docs."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
READ = re.compile(r"env(?:\.\w+)?\(\s*\"([A-Z][A-Z0-9_]+)\"")


def pages() -> str:
    return "".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))


def test_every_setting_is_listed() -> None:
    sources = [path.read_text() for path in (ROOT / "portal").glob("*.py")]
    names = {name for source in sources for name in READ.findall(source)}
    assert {"DEBUG", "FILES_URL", "S3_REGION", "LOG_FORMAT"} <= names
    assert sorted(name for name in names if f"`{name}`" not in pages()) == []


def test_every_command_is_listed() -> None:
    rooms = [ROOT / name for name in ("portal", "grants", "assessments", "iop")]
    commands = {path.stem for room in rooms for path in room.rglob("commands/*.py")} - {"__init__"}
    assert "backup" in commands
    assert sorted(name for name in commands if f"manage.py {name}" not in pages()) == []
