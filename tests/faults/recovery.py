"""How long a fault lasted for those who waited: kept in `var/faults.json` for docs/benchmarks.md."""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RESULT = Path(__file__).resolve().parents[2] / "var" / "faults.json"


@contextmanager
def recovery(what: str) -> Iterator[None]:
    """Note the seconds that the block takes; a block that fails leaves no figure."""
    began = time.monotonic()
    yield
    seconds = round(time.monotonic() - began, 1)
    RESULT.parent.mkdir(exist_ok=True)
    with RESULT.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        figures = json.loads(file.read() or "{}")
        file.truncate(0)
        json.dump(figures | {what: seconds}, file, indent=2, ensure_ascii=False)
