"""Shares with their uncertainty, and the tables and curves that show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vectorstore.errors import DatelineError

_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over questions with its 95% interval; None where nothing was asked."""

    mean: float | None
    low: float = 0.0
    high: float = 0.0

    def __str__(self) -> str:
        return "–" if self.mean is None else f"{self.mean:.3f} ({self.low:.2f}–{self.high:.2f})"


def figure(values: Sequence[float]) -> Figure:
    """The mean, with the percentile bootstrap's interval (Efron 1979) of 2,000 resamples from a fixed seed."""
    if not values:
        return Figure(None)
    held = np.asarray(values, dtype=float)
    drawn = np.random.default_rng(0).integers(0, len(held), size=(_RESAMPLES, len(held)))
    low, high = np.percentile(held[drawn].mean(axis=1), [2.5, 97.5])
    return Figure(float(held.mean()), float(low), float(high))


def markdown(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def curve(title: str, lines: Mapping[str, Sequence[float]], path: Path) -> None:
    """hit@k over k from 1, a line for each name, drawn into `path`, whose suffix says how (.svg, .png)."""
    try:
        from matplotlib.figure import Figure as Drawing
    except ImportError as error:
        raise DatelineError("Drawing needs matplotlib: pip install matplotlib.") from error
    drawing = Drawing(figsize=(6, 4), layout="constrained")
    axes = drawing.subplots()
    for name, values in lines.items():
        axes.plot(range(1, len(values) + 1), values, marker="o", markersize=3, label=name)
    axes.set(title=title, xlabel="k", ylabel="share of questions", ylim=(0, 1))
    axes.grid(alpha=0.3)
    axes.legend()
    try:
        drawing.savefig(path)
    except (OSError, ValueError) as error:
        raise DatelineError(f"{path} cannot be drawn ({error}). Give a name that ends in .svg or .png.") from error
