"""Shares with their uncertainty, as tables and curves for people and as values for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.evaluation.metrics import TOP, Answered, Retrieved
from vectorstore.errors import DatelineError

_RESAMPLES = 2000
_CUTS = (1, 4, 10)
Ages = Mapping[str, str]  # question id -> how old the answer was


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


def retrieval(found: Sequence[Retrieved], ages: Ages) -> dict[str, dict[str, Any]]:
    """Group of questions -> its figures: all of a kind of link, then by type of question, then by age of the answer."""
    return {
        name: {
            "questions": len(those),
            **{f"hit@{k}": figure([each.hit(k) for each in those]) for k in _CUTS},
            f"MRR@{TOP}": figure([each.reciprocal for each in those]),
            "all articles": figure([each.recall for each in those]),
            "answer in context": figure([float(e.in_context) for e in those if e.in_context is not None]),
        }
        for name, those in _groups(found, ages)
    }


def curves(found: Sequence[Retrieved]) -> dict[str, list[float]]:
    """Kind of link -> hit@k for k from 1 to ten."""
    linked = sorted({each.question.linked for each in found})
    those = {name: [each for each in found if each.question.linked == name] for name in linked}
    return {name: [float(np.mean([e.hit(k) for e in held])) for k in range(1, TOP + 1)] for name, held in those.items()}


def answers(answered: Sequence[Answered]) -> dict[str, dict[str, Any]]:
    """Kind of link -> shares of its answerable questions."""
    linked = sorted({each.question.linked for each in answered if each.question.answerable})
    held = {name: [e for e in answered if e.question.answerable and e.question.linked == name] for name in linked}
    return {
        name: {
            "questions": len(those),
            "answer contained": figure([float(each.contained) for each in those]),
            "word for word": figure([float(each.verbatim) for each in those]),
            "answer in the chosen evidence": figure([float(each.in_context) for each in those]),
            "wrongly refused": figure([float(each.answer.refused) for each in those]),
        }
        for name, those in held.items()
    }


def refusals(answered: Sequence[Answered]) -> dict[str, Any]:
    """Shares of the questions that cannot be answered, by their type."""
    those = [each for each in answered if not each.question.answerable]
    kinds = sorted({each.question.kind for each in those})
    return {kind: figure([float(e.answer.refused) for e in those if e.question.kind == kind]) for kind in kinds}


def latencies(stages: Mapping[str, Sequence[float | None]]) -> dict[str, dict[str, float]]:
    """Stage -> p50 and p95 in milliseconds, of the times that are known."""
    known = {stage: [value for value in values if value is not None] for stage, values in stages.items()}
    return {
        stage: {f"p{q} ms": round(1000 * float(np.percentile(values, q)), 1) for q in (50, 95)}
        for stage, values in known.items()
        if values
    }


def as_markdown(results: Mapping[str, Any]) -> str:
    """Every part as a table under its name."""
    return "\n\n".join(f"### {name}\n\n{_table(part)}" for name, part in results.items() if part)


def as_json(value: Any) -> Any:
    """The same as plain values: a figure with its mean and interval."""
    if isinstance(value, Figure):
        return {name: number if number is None else round(number, 4) for name, number in asdict(value).items()}
    return {name: as_json(each) for name, each in value.items()} if isinstance(value, Mapping) else value


def _table(part: Mapping[str, Any]) -> str:
    if all(isinstance(row, Mapping) for row in part.values()):
        header = ["", *next(iter(part.values()))]
        return markdown(header, [[name, *row.values()] for name, row in part.items()])
    return markdown(["", ""], list(part.items()))


def _groups(found: Sequence[Retrieved], ages: Ages) -> Iterator[tuple[str, list[Retrieved]]]:
    ways: list[Callable[[Retrieved], str]] = [
        lambda each: each.question.linked,
        lambda each: f"type {each.question.kind}" if each.question.kind else "",
        lambda each: f"answer is {ages.get(each.question.id, 'of unknown age')}",
    ]
    for way in ways:
        for name in sorted({way(each) for each in found} - {""}):
            yield name, [each for each in found if way(each) == name]
