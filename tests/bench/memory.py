"""How much memory processes took at most, read from /proc."""

from __future__ import annotations

import re
from pathlib import Path


def peak_mb(pid: int) -> float:
    """Megabytes (10⁶ bytes) that a process and its children held at their peaks, added up.

    Pages that parent and child share are counted for both, so the truth is at most this.
    """
    return sum(_peak_bytes(each) for each in _family(pid)) / 1e6


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid] + [each for child in children for each in _family(int(child))]


def _peak_bytes(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0
