"""The figures of a run: printed beside their targets, and kept in a flat JSON object of numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Target:
    """What a figure is to reach: at most `value`, or at least when `at_least`."""

    value: float
    at_least: bool = False

    def is_met(self, figure: float) -> bool:
        return figure >= self.value if self.at_least else figure <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.value:g}"


TARGETS = {
    "queue.ratio.10000": Target(20),
    "queue.growth.10000_over_100": Target(1.5),
    "application.ratio.10000": Target(20),
    "application.growth.10000_over_100": Target(1.5),
    "queue.filtered.ratio.10000": Target(20),
    "search.ratio.10000": Target(25),
    "board.ratio.200": Target(20),
    "export.first_byte.ratio": Target(10),
    "export.rows_per_second": Target(1_000, at_least=True),
    "export.memory_growth_mb": Target(10),
    "pack.cold.speedup_2_workers": Target(1.8, at_least=True),
    "pack.after_change.fraction_of_cold": Target(0.05),
    "pack.assemble.ratio_to_typst": Target(1),
    "pack.growth.1000_over_100": Target(11),
    "pack.size_mb.100": Target(3),
    "pack.worker_peak_mb": Target(400),
    "rush.lost": Target(0),
    "rush.late": Target(0),
    "rush.doubled": Target(0),
    "rush.errors": Target(0),
}


@dataclass
class Report:
    """`figures` by key, and lines that explain them to whoever reads the terminal."""

    figures: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Print a line now and keep it for the end."""
        print(text, flush=True)
        self.notes.append(text)

    def __str__(self) -> str:
        """A Markdown table, as it stands in docs/benchmarks.md."""
        lines = ["| figure | value | target | |", "| --- | ---: | --- | --- |"]
        for key, figure in self.figures.items():
            target = TARGETS.get(key)
            verdict = "" if target is None else "met" if target.is_met(figure) else "**missed**"
            lines.append(f"| `{key}` | {figure:.3g} | {target or ''} | {verdict} |")
        return "\n".join(lines)

    def save(self, path: Path, *, merge: bool) -> None:
        """Write the figures; `merge` keeps those of parts that were not run."""
        kept = json.loads(path.read_text()) if merge and path.exists() else {}
        path.parent.mkdir(parents=True, exist_ok=True)
        figures = kept | {key: round(figure, 4) for key, figure in self.figures.items()}
        path.write_text(json.dumps(figures, indent=2) + "\n")
