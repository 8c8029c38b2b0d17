"""Telling the person at the terminal what happens, and ending with a plain sentence when it cannot go on."""

import os
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv" / "bin"
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))


class Steps:
    """Numbered headings: `[3/8] Design system`."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0

    def begin(self, text: str) -> None:
        self.done += 1
        print(f"[{self.done}/{self.total}] {text}", flush=True)


def say(text: str) -> None:
    """Print a line that belongs to the step before it."""
    print(f"      {text}", flush=True)


def fail(text: str) -> NoReturn:
    """End with `text` and exit code 1: for what the person can put right, so without a traceback."""
    sys.exit(f"\n{text}")
