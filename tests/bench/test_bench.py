"""The benchmark itself: that it runs, with sizes too small to mean anything, and what it writes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.report import Report, Target
from tests.bench.timing import in_words


@pytest.mark.soak
def test_the_benchmark_runs_and_writes_a_flat_object_of_numbers(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    command = [sys.executable, "-m", "tests.bench", "--quick", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(out.read_text())
    assert set(figures) == {
        "queue.ratio.4",
        "queue.ratio.8",
        "queue.growth.8_over_4",
        "application.ratio.4",
        "application.ratio.8",
        "application.growth.8_over_4",
        "queue.filtered.ratio.8",
        "search.ratio.8",
        "board.ratio.6",
        "export.first_byte.ratio",
        "export.rows_per_second",
        "export.memory_growth_mb",
        "pack.cold.ratio_to_weasyprint",
        "pack.cold.speedup_2_workers",
        "pack.after_change.fraction_of_cold",
        "pack.assemble.ratio_to_typst",
        "pack.growth.6_over_3",
        "pack.size_mb.3",
        "pack.worker_peak_mb",
        "pack.pages_per_second",
        "rush.lost",
        "rush.late",
        "rush.doubled",
        "rush.errors",
        "rush.p95_over_idle_p50",
    }
    zero = {"rush.lost", "rush.doubled", "rush.errors"}
    figures.pop("rush.late")  # depends on how busy the machine is
    assert {key for key, figure in figures.items() if figure == 0} == zero
    assert all(figure >= 0 for figure in figures.values())


def test_one_part_keeps_the_figures_of_the_other(tmp_path: Path) -> None:
    out = tmp_path / "var" / "bench.json"
    Report({"queue.ratio.100": 9.0, "pack.worker_peak_mb": 300.0}).save(out, merge=False)
    Report({"pack.worker_peak_mb": 280.12341}).save(out, merge=True)
    assert json.loads(out.read_text()) == {"queue.ratio.100": 9.0, "pack.worker_peak_mb": 280.1234}
    Report({"pack.worker_peak_mb": 290.0}).save(out, merge=False)
    assert json.loads(out.read_text()) == {"pack.worker_peak_mb": 290.0}


def test_the_table_says_what_falls_short() -> None:
    report = Report(
        {"queue.ratio.10000": 20.5, "pack.cold.speedup_2_workers": 1.8, "pack.pages_per_second": 12}
    )
    assert str(report).splitlines()[2:] == [
        "| `queue.ratio.10000` | 20.5 | ≤ 20 | **missed** |",
        "| `pack.cold.speedup_2_workers` | 1.8 | ≥ 1.8 | met |",
        "| `pack.pages_per_second` | 12 |  |  |",
    ]


def test_a_target_is_met_at_its_very_value() -> None:
    assert Target(20).is_met(20)
    assert Target(1.7, at_least=True).is_met(1.7)
    assert not Target(1.7, at_least=True).is_met(1.69)


def test_times_are_told_with_their_spread() -> None:
    assert in_words([0.004]) == "4 ms ± 0%"
    assert in_words([1.0, 2.0, 3.0], "s") == "2 s ± 50%"
