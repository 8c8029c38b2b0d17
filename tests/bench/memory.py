"""How much memory processes took at most, read from /proc."""

from __future__ import annotations

import re
from pathlib import Path


def peak_mb(pid: int) -> float:
    """Megabytes (10⁶ bytes) that a process and its children took of the machine at their peaks, added up.

    What a child has from its parent and neither has written to since is one page for both, and counts once.
    They share less the longer they run, and need not have peaked together, so the truth is at most this.
    """
    family = _family(pid)
    return (sum(map(_peak_bytes, family)) - _bytes_counted_twice(family)) / 1e6


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid] + [each for child in children for each in _family(int(child))]


def _peak_bytes(pid: int) -> int:
    return _bytes(pid, "status", "VmHWM")


def _bytes_counted_twice(family: list[int]) -> int:
    """The own memory of all, less the part of each when a page is divided by those who share it."""
    whole = sum(_bytes(pid, "smaps_rollup", "Anonymous") for pid in family)
    divided = sum(_bytes(pid, "smaps_rollup", "Pss_Anon") for pid in family)
    return whole - divided


def _bytes(pid: int, file: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/{file}").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
