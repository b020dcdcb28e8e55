"""How long a search takes as a library grows, question in to hits out, without embedding the question.

    python tests/benchmarks/latency.py LIBRARY QUESTIONS.jsonl [--sizes 100000 400000] [--plot latency.svg]

LIBRARY is one of real articles; its own size comes first, with the recall@10 of its vector index against looking at
every vector. The larger ones are made from it: articles of eleven of its passages, with every fifth word replaced by
another of its words, and vectors halfway between two of its vectors. Every question is asked twice, and the second
time counts.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from app import open_dateline
from assistant.answer import Assistant
from assistant.evaluate import retrieve_all
from assistant.figures import markdown
from assistant.questions import Question, read_questions
from assistant.scorecard import latencies
from vectorstore.embedding import Embedder, Matrix, Unlimited
from vectorstore.exact import ExactVectors
from vectorstore.library import Library
from vectorstore.models import Article, Hit, Passage, Scope

_PASSAGES = 11
_BATCH = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="passages")
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    questions = [question for question in read_questions(options.questions) if question.articles]
    with open_dateline(library=options.library, model="quote") as news:
        held = news.library
        rows = [(held.counts()[1], measured(held, questions))]
        print(f"recall@10 of the vector index against every vector: {recall(held, questions):.4f}", flush=True)
        maker = Maker(held)
        for size in options.sizes:
            with tempfile.TemporaryDirectory() as folder, Library(Path(folder), maker) as larger:
                for batch in maker.articles(size):
                    larger.put(batch)
                rows.append((larger.counts()[1], measured(larger, questions)))
    print(markdown(["passages", "p50 ms", "p95 ms"], [[f"{size:,}", *times] for size, times in rows]))
    if options.plot:
        draw(rows, options.plot)


def measured(library: Library, questions: Sequence[Question]) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    found = retrieve_all(Assistant(library, None), questions, Scope(), lambda done, total: None)
    times = latencies({"again": [each.again for each in found]})["again"]
    return times["p50 ms"], times["p95 ms"]


def recall(library: Library, questions: Sequence[Question]) -> float:
    catalogue, index = library._catalogue, library._kept.opened().vectors
    exact = ExactVectors(row for batch in catalogue.all_vectors() for row in batch)
    shares = []
    for question in questions:
        vector = library.embedder.query(question.text)
        best, near = ({id for id, _ in way.nearest(vector, 10)} for way in (exact, index))
        shares.append(len(best & near) / len(best))
    return float(np.mean(shares))


class Maker(Unlimited, Embedder):
    """Articles like those of a library, and vectors like its vectors."""

    def __init__(self, library: Library) -> None:
        self._real = library.embedder
        self._chance = np.random.default_rng(0)
        batches = library._catalogue.all_vectors()
        self._vectors = np.stack([row.vector for batch in batches for row in batch])
        ids = [entry.id for entry in library.entries()]
        self._hits = [Hit(p, library.article(id), 0.0) for id in ids for p in library.passages_of(id)]
        self._words = sorted({word for hit in self._hits for word in hit.passage.text.split()})

    @property
    def name(self) -> str:
        return self._real.name

    def query(self, text: str) -> Matrix:
        return self._real.query(text)

    def passages(self, texts: Sequence[str]) -> Matrix:
        one, other = self._chance.integers(len(self._vectors), size=(2, len(texts)))
        mixed = self._vectors[one] + self._vectors[other]
        unit: Matrix = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
        return unit

    def articles(self, passages: int) -> Iterator[list[tuple[Article, list[Passage]]]]:
        """Batches of articles, with so many passages in all."""
        count = passages // _PASSAGES
        for start in range(0, count, _BATCH):
            yield [self._article(number) for number in range(start, min(start + _BATCH, count))]

    def _article(self, number: int) -> tuple[Article, list[Passage]]:
        drawn = [self._hits[n] for n in self._chance.integers(len(self._hits), size=_PASSAGES)]
        id, start, passages = f"made-{number}", 0, []
        for position, hit in enumerate(drawn):
            text = self._altered(hit.passage.text)
            passages.append(Passage(f"{id}@1#{position}", id, 1, position, start, start + len(text), text))
            start += len(text) + 1
        text = " ".join(passage.text for passage in passages)
        return replace(drawn[0].article, id=id, url="", text=text, version=1), passages

    def _altered(self, text: str) -> str:
        words = text.split()
        for place in range(0, len(words), 5):
            words[place] = self._words[self._chance.integers(len(self._words))]
        return " ".join(words)


def draw(rows: Sequence[tuple[int, tuple[float, float]]], path: Path) -> None:
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(6, 4), layout="constrained")
    axes = drawing.subplots()
    sizes = [size for size, _ in rows]
    for name, which in (("p50", 0), ("p95", 1)):
        axes.plot(sizes, [times[which] for _, times in rows], marker="o", label=name)
    axes.set(title="A search, question in to hits out", xlabel="passages", ylabel="ms", xscale="log", ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend()
    drawing.savefig(path)


if __name__ == "__main__":
    main()
