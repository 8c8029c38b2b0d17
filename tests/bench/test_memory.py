"""What a family of processes shares counts once, what each has of its own counts for each."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.memory import peak_mb

ROOM = 80_000_000
SHARED = f"room = bytearray({ROOM}); child = os.fork()"
OWN = f"child = os.fork(); room = bytearray({ROOM})"


@contextmanager
def parent_and_child(statement: str) -> Iterator[int]:
    """Run `statement` and wait; gives the parent's process id once both stand still."""
    program = f"import os, sys; {statement}; print(flush=True); sys.stdin.read(); child and os.wait()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        for _each in "parent", "child":
            process.stdout.readline()
        yield process.pid


def test_what_a_child_has_from_its_parent_counts_once() -> None:
    with parent_and_child(SHARED) as pid:
        assert ROOM / 1e6 < peak_mb(pid) < 1.5 * ROOM / 1e6


def test_what_each_takes_for_itself_counts_for_each() -> None:
    with parent_and_child(OWN) as pid:
        assert 2 * ROOM / 1e6 < peak_mb(pid) < 2.5 * ROOM / 1e6
