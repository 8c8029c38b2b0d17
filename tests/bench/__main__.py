"""`make bench`: measure Samspel's pages and packs as ratios, on one machine in one run.

    python -m tests.bench [--only pages|board|export|pack|rush] [--seconds N] [--quick] [--out FILE]

What each figure means, and how it is measured, stands in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from tests.bench.report import Report
from tests.bench.stage import stage

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "var" / "bench.json"
PARTS = ("pages", "board", "export", "pack", "rush")


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.bench")
    parser.add_argument("--only", choices=PARTS, help="run one part and keep the other's figures")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows that it runs, not how fast")
    parser.add_argument("--seconds", type=float, help="a shorter rush, with as many people a second")
    parser.add_argument("--out", type=Path, default=RESULT, help="where to write the figures")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(1))  # so that what runs is stopped
    report = Report()
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    report.note(f"{os.cpu_count()} cores, load before: {load}")
    with stage(os.environ["DATABASE_URL"], os.environ["BROKER_URL"]):
        for part in [options.only] if options.only else PARTS:
            measure(part, report, quick=options.quick, seconds=options.seconds)
    report.save(options.out, merge=options.only is not None)
    print(f"\n{report}\n\nWritten to {options.out}")


def measure(part: str, report: Report, *, quick: bool, seconds: float | None) -> None:
    """Run one part on empty tables."""
    # Models can be imported only once the stage has set Django up.
    sys.path.append(str(ROOT / "bin"))  # where pytest looks too: pyproject.toml
    from django.core.management import call_command

    from tests.bench import board, export, pack, pages, rush

    call_command("flush", interactive=False, verbosity=0)
    if part == "pages":
        pages.measure(report, pages.QUICK if quick else pages.FULL)
    elif part == "board":
        board.measure(report, board.QUICK if quick else board.FULL)
    elif part == "export":
        export.measure(report, export.QUICK if quick else export.FULL)
    elif part == "pack":
        pack.measure(report, pack.QUICK if quick else pack.FULL)
    else:
        size = rush.QUICK if quick else rush.FULL
        rush.measure(report, size.shortened(seconds) if seconds else size)


if __name__ == "__main__":
    main()
