"""Times in seconds, and what to say of them: the median, and how much they spread."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles


def spread(times: Sequence[float]) -> float:
    """Half the distance between the quartiles, as a share of the median: 0.05 is a calm machine."""
    if len(times) < 2:
        return 0.0
    low, _middle, high = quantiles(times, n=4)
    return (high - low) / 2 / median(times)


def in_words(times: Sequence[float], unit: str = "ms") -> str:
    """The median and its spread: "4.2 ms ± 6 %"."""
    scale = {"ms": 1000, "s": 1}[unit]
    return f"{median(times) * scale:.3g} {unit} ± {spread(times):.0%}"
