"""How long a search takes as a library grows, and what else a large one costs.

    python tests/benchmarks/latency.py LIBRARY QUESTIONS.jsonl [--sizes 100000 400000 1000000] [--keep FOLDER]
                                       [--plot latency.svg]

LIBRARY is one of real articles; its own size comes first, with the recall@10 of its vector index against looking at
every vector. A larger one is made from it, in FOLDER, where it is kept and gone on with the next time: articles of
eleven of its passages, with every fifth word replaced by another of its words, and vectors halfway between two of its
vectors. Each size is measured in a process of its own:
  p50, p95  from the question to the hits, without embedding it: every question is asked twice, the second time counts
  start     from opening a library that was closed properly to the first hits, the embedding model loaded before
  article   an article of eleven passages stored, found by its words, and by its meaning too (embedding included)
  memory    of the process, and what of it was there before the library was opened: Python and the embedding model
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from soak import resident

from assistant.answering.assistant import Assistant
from assistant.evaluation.dataset import Question, read_questions
from assistant.evaluation.metrics import retrieve_all
from assistant.evaluation.tables import latencies, markdown
from ingest.splitting import split
from vectorstore.indexes.embedding import Embedder, SentenceEmbedder, Unlimited
from vectorstore.indexes.vectors import ExactVectors
from vectorstore.library import Library
from vectorstore.models import Article, Hit, Matrix, Passage, Scope

_PASSAGES = 11
_BATCH = 200


class Measured(NamedTuple):
    """Milliseconds, seconds and megabytes."""

    passages: int
    p50: float
    p95: float
    start: float
    by_words: float
    by_meaning: float
    memory: float
    before: float
    disk: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="passages")
    parser.add_argument("--keep", type=Path, help="where the larger library is, or shall be, kept")
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    with Library(options.library, SentenceEmbedder()) as held:
        print(f"recall@10 of the vector index against every vector: {recall(held, options.questions):.4f}", flush=True)
        maker = Maker(held) if options.sizes else None
    rows = [told(options.library, options.questions, ours=False)]
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as folder:
        for size in sorted(options.sizes):
            assert maker
            grow(Path(folder) / "library", maker, size)
            rows.append(told(Path(folder) / "library", options.questions))
    titles = ["passages", "p50 ms", "p95 ms", "start s", "article s: words, meaning", "memory (before) MB", "disk MB"]
    print(markdown(titles, [cells(each) for each in rows]))
    if options.plot:
        draw(rows, options.plot)


def told(library: Path, questions: Path, ours: bool = True) -> Measured:
    with multiprocessing.get_context("spawn").Pool(1) as process:
        row = process.apply(measured, (library, questions, ours))
    print(row, flush=True)
    return row


def cells(row: Measured) -> list[str]:
    article = f"{row.by_words:.2f}, {row.by_meaning:.2f}" if row.by_words else ""
    memory = f"{row.memory:,.0f} ({row.before:,.0f})"
    times = (f"{row.p50:.1f}", f"{row.p95:.1f}", f"{row.start:.2f}")
    return [f"{row.passages:,}", *times, article, memory, f"{row.disk:,.0f}"]


def grow(folder: Path, maker: Maker, size: int) -> None:
    """Add articles until there are so many passages."""
    with Library(folder, maker) as library:
        library.pending.wait()
        begun, held = time.monotonic(), library.counts()[1]
        for batch in maker.articles(held, size):
            library.put(batch)
            now = library.counts()[1]
            pace = (now - held) / (time.monotonic() - begun)
            print(f"{now:,} of {size:,} passages, {pace:,.0f} a second", file=sys.stderr, flush=True)


def measured(folder: Path, path: Path, ours: bool) -> Measured:
    """`ours` may be changed."""
    questions, embedder = asked(path), SentenceEmbedder()
    for question in questions:
        embedder.query(question.text)
    before, begun = resident(), time.monotonic()
    with Library(folder, embedder) as library:
        assistant = Assistant(library, None)
        assistant.search(questions[0].text)
        start = time.monotonic() - begun
        found = retrieve_all(assistant, questions, Scope(), lambda done, total: None)
        times = latencies({"again": [each.again for each in found]})["again"]
        passages = library.counts()[1]
        by_words, by_meaning = one_more(library) if ours else (0.0, 0.0)
        memory = resident()
    disk = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) / 1024**2
    return Measured(passages, times["p50 ms"], times["p95 ms"], start, by_words, by_meaning, memory, before, disk)


def one_more(library: Library) -> tuple[float, float]:
    """Seconds until another article is found by its words, and by its meaning."""
    text = " ".join(f"The ferry {number} of Norvale sank on Monday." for number in range(330))
    article, begun = Article("one-more", text, ingested_at=datetime.now(UTC)), time.monotonic()
    library.store([(article, split(article))])
    by_words = time.monotonic() - begun
    library.pending.wait()
    by_meaning = time.monotonic() - begun
    library.remove(article.id)
    return by_words, by_meaning


def asked(path: Path) -> list[Question]:
    return [question for question in read_questions(path) if question.articles]


def recall(library: Library, path: Path) -> float:
    catalogue, index = library._catalogue, library._kept.opened().vectors
    exact = ExactVectors(row for batch in catalogue.all_vectors() for row in batch)
    shares = []
    for question in asked(path):
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

    def articles(self, held: int, passages: int) -> Iterator[list[tuple[Article, list[Passage]]]]:
        """Batches of articles, which make so many passages of those that are held."""
        count = passages // _PASSAGES
        for start in range(held // _PASSAGES, count, _BATCH):
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


def draw(rows: Sequence[Measured], path: Path) -> None:
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(6, 4), layout="constrained")
    axes = drawing.subplots()
    for name in ("p50", "p95"):
        axes.plot([row.passages for row in rows], [getattr(row, name) for row in rows], marker="o", label=name)
    axes.set(title="A search, question in to hits out", xlabel="passages", ylabel="ms", xscale="log", ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend()
    drawing.savefig(path)


if __name__ == "__main__":
    main()
