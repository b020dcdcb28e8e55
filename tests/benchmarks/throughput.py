"""Ingest beside the bare embedder on the same passages, in one run: throughput, memory, and what a second run costs.

    python tests/benchmarks/throughput.py ARTICLES.jsonl [--articles 300]

The bare embedder is given all passages at once, as `title (outlet, date)` and text, and does nothing but embed.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from app import open_dateline
from vectorstore.embedding import SentenceEmbedder
from vectorstore.library import heading


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--articles", type=int, default=300, help="how many, evenly spread over the file; 0 for all")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "articles.jsonl"
        lines = options.source.read_text().splitlines()
        step = max(1, len(lines) // options.articles) if options.articles else 1
        source.write_text("\n".join(lines[::step]))
        measure(source, Path(scratch) / "library")


def measure(source: Path, library: Path) -> None:
    with open_dateline(library=library, model="quote") as news:
        news.warm()  # loading the model is no part of either figure
        first = news.ingest([source])
        second = news.ingest([source])
        texts = [
            f"{heading(article)}\n{passage.text}"
            for entry in news.library.entries()
            for article in [news.library.article(entry.id)]
            for passage in news.library.passages_of(entry.id)
        ]
    bare = SentenceEmbedder()
    bare.query("warm")
    started = time.perf_counter()
    bare.passages(texts)
    alone = time.perf_counter() - started
    figures = {
        "articles": first.added,
        "passages": first.passages,
        "ingest_passages_per_second": round(first.passages / first.seconds, 1),
        "bare_embedder_passages_per_second": round(len(texts) / alone, 1),
        "throughput_of_bare_embedder": round(alone / first.seconds, 3),
        "second_run_share_of_first": round(second.seconds / first.seconds, 4),
        "second_run_passages_embedded": second.passages,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
