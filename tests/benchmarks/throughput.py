"""Ingest beside the bare embedder on the same passages, in one run: throughput, memory, and what a second run costs.

    python tests/benchmarks/throughput.py ARTICLES.jsonl [--articles 300] [--http]

The bare embedder is given 2,000 passages, evenly spread over all of them, at once, as `title (outlet, date)` and text,
and does nothing but embed. With --http the articles are HTML pages that a server on 127.0.0.1 gives out, and are read
from it by their addresses; no pause is made between requests.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

from app import open_dateline
from vectorstore.embedding import SentenceEmbedder
from vectorstore.models import heading

_SAMPLE = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--articles", type=int, default=300, help="how many, evenly spread over the file; 0 for all")
    parser.add_argument("--http", action="store_true", help="as pages of a web server instead of lines of a file")
    options = parser.parse_args()
    lines = options.source.read_text().splitlines()
    step = max(1, len(lines) // options.articles) if options.articles else 1
    with tempfile.TemporaryDirectory() as scratch:
        library = Path(scratch) / "library"
        if options.http:
            with served(lines[::step], Path(scratch) / "site") as addresses:
                measure(addresses, library)
        else:
            source = Path(scratch) / "articles.jsonl"
            source.write_text("\n".join(lines[::step]))
            measure([source], library)


def measure(sources: Sequence[str | Path], library: Path) -> None:
    settings = {"allow_private_addresses": True, "seconds_between_requests": 0}
    with open_dateline(library=library, model="quote", **settings) as news:
        news.warm()  # loading the model is no part of either figure
        first = news.ingest(sources)
        second = news.ingest(sources)
        texts = [
            f"{heading(article)}\n{passage.text}"
            for entry in news.library.entries()
            for article in [news.library.article(entry.id)]
            for passage in news.library.passages_of(entry.id)
        ]
    texts = texts[:: max(1, len(texts) // _SAMPLE)]
    bare = SentenceEmbedder()
    bare.query("warm")
    started = time.perf_counter()
    bare.passages(texts)
    alone = time.perf_counter() - started
    figures = {
        "articles": first.added,
        "rejected": len(first.rejected),
        "passages": first.passages,
        "ingest_passages_per_second": round(first.passages / first.seconds, 1),
        "bare_embedder_passages_per_second": round(len(texts) / alone, 1),
        "throughput_of_bare_embedder": round(first.passages / first.seconds / (len(texts) / alone), 3),
        "first_run_seconds": round(first.seconds, 1),
        "second_run_seconds": round(second.seconds, 1),
        "second_run_share_of_first": round(second.seconds / first.seconds, 4),
        "second_run_passages_embedded": second.passages,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(figures, indent=2))


@contextmanager
def served(lines: Sequence[str], folder: Path) -> Iterator[list[str]]:
    """The addresses of the articles, while a process of its own serves them as pages."""
    folder.mkdir()
    for number, line in enumerate(lines):
        (folder / f"{number}.html").write_text(as_page(json.loads(line)), encoding="utf-8")
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout
        port = server.stdout.readline().partition(" port ")[2].split()[0]
        try:
            yield [f"http://127.0.0.1:{port}/{number}.html" for number in range(len(lines))]
        finally:
            server.terminate()


def as_page(article: Mapping[str, Any]) -> str:
    """What a plain news site would make of it."""
    stated = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article["title"],
        "datePublished": article["published_at"],
        "publisher": {"@type": "Organization", "name": article["source"]},
    }
    script = json.dumps(stated).replace("<", "\\u003c")
    title = escape(article["title"])
    sections = "".join(f'<li><a href="/{name.lower()}">{name}</a></li>' for name in ("World", "Politics", "Sport"))
    paragraphs = "".join(f"<p>{escape(part)}</p>\n" for part in article["text"].split("\n") if part.strip())
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<script type="application/ld+json">{script}</script></head>'
        f"<body><nav><ul>{sections}</ul></nav><main><article><h1>{title}</h1>\n{paragraphs}</article></main>"
        f"<footer>{escape(article['source'])}. All rights reserved.</footer></body></html>"
    )


if __name__ == "__main__":
    main()
