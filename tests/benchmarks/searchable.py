"""How soon articles are found by their words, and how fast their vectors follow beside the bare engine.

    python tests/benchmarks/searchable.py ARTICLES.jsonl [--articles 0] [--rounds 5]

One run: the articles go in as `dateline ingest` takes them in, in a process that has loaded nothing before. Of each it
is timed how long it took from the moment at which it had been read until it was told as stored, and of each 25th it is
seen that a search for its headline brings it then; a thread beside tells how long looking for two words takes
meanwhile. Then the vectors, in rounds: the passages due next by the bare engine, given all at once, and then by
the library, which also keeps them in the catalogue and indexes them.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ingest.sources
from app import Dateline, open_dateline
from ingest.pipeline import Progress
from vectorstore.indexes.embedding import SentenceEmbedder
from vectorstore.indexes.pending import _AT_ONCE
from vectorstore.library import Library
from vectorstore.models import EVERYTHING
from vectorstore.reports import Outcome

_WINDOWS = 2
_LOOKED_FOR = 25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--articles", type=int, default=0, help="how many, evenly spread over the file; 0 for all")
    parser.add_argument("--rounds", type=int, default=5, help="of 1,024 passages that are embedded both ways")
    options = parser.parse_args()
    lines = options.source.read_text(encoding="utf-8").splitlines()
    step = max(1, len(lines) // options.articles) if options.articles else 1
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "articles.jsonl"
        source.write_text("\n".join(lines[::step]), encoding="utf-8")
        with open_dateline(library=Path(scratch) / "library", model="quote") as news:
            figures = words(news, source)
        figures["peak memory until then, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps(figures, indent=2), flush=True)
        print(json.dumps(vectors(Path(scratch) / "library", options.rounds), indent=2))


def words(news: Dateline, source: Path) -> dict[str, Any]:
    read: dict[str, float] = {}
    found: dict[str, float] = {}
    extract = ingest.sources.article_in

    def timed(document: Any, now: Any) -> Any:
        article = extract(document, now)
        read[getattr(article, "id", "")] = time.perf_counter()
        return article

    def stored(at: Progress) -> None:
        if at.row.outcome is not Outcome.ADDED:
            return
        found[at.row.article_id] = time.perf_counter()
        if at.done % _LOOKED_FOR == 0 and at.row.title:
            keys = news.library._kept.opened().words.search({at.row.title: 1.0}, EVERYTHING, 50)
            assert at.row.article_id in {row.article_id for row in news.library._catalogue.described([*keys])}, at.row

    ingest.sources.article_in = timed
    begun, processor = time.perf_counter(), time.process_time()
    with _Asking(news) as asking:
        report = news.ingest([source], stored, embed=False)
    seconds, processor = time.perf_counter() - begun, time.process_time() - processor
    waits = sorted(found[id] - read[id] for id in found.keys() & read.keys())
    held = news.library._kept.opened().words.count()
    assert held == news.library.counts()[1] == report.passages, "each passage is in the index of words"
    return {
        "articles": report.added,
        "passages": report.passages,
        "all searchable by words, s": round(seconds, 1),
        "processor seconds of that": round(processor, 1),
        "an article after it was read, s: median, p95, max": [_at(waits, share) for share in (0.5, 0.95, 1.0)],
        "a search meanwhile, s: median, max": [_at(sorted(asking.took), share) for share in (0.5, 1.0)],
        "vectors made by then": report.passages - news.library.pending.standing().waiting,
    }


class _Asking:
    """Looks for a word, as the index that is being written has it, every half second."""

    def __init__(self, news: Dateline) -> None:
        self._news, self._over = news, threading.Event()
        self.took: list[float] = []
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        while not self._over.wait(0.5):
            begun = time.perf_counter()
            self._news.library.vocabulary().rarity(["election", "economy"])
            self.took.append(time.perf_counter() - begun)

    def __enter__(self) -> _Asking:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def vectors(folder: Path, rounds: int) -> dict[str, Any]:
    """As the library's thread does it, in this one: so its turns and the bare engine's are each other's neighbours."""
    rates: dict[str, list[float]] = {"library": [], "bare engine": []}
    with Library(folder, SentenceEmbedder()) as library:
        library.warm()
        library.pending._hurry.set()
        for _ in range(rounds):
            due = [row.text for row in library._catalogue.next_waiting(_WINDOWS * _AT_ONCE)]
            rates["bare engine"].append(_rate(lambda due=due: library.embedder.passages(due), len(due)))
            rates["library"].append(_rate(lambda: [library.pending._embed_some() for _ in range(_WINDOWS)], len(due)))
    shares = [ours / bare for ours, bare in zip(rates["library"], rates["bare engine"], strict=True)]
    told = {f"{who}, passages a second": [round(rate, 1) for rate in of] for who, of in rates.items()}
    return told | {"share of the bare engine, median": round(statistics.median(shares), 3)}


def _rate(work: Callable[[], object], passages: int) -> float:
    begun = time.perf_counter()
    work()
    return passages / (time.perf_counter() - begun)


def _at(ordered: Sequence[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else None


if __name__ == "__main__":
    main()
