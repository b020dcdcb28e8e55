"""A large library copied from a folder to PostgreSQL and back again: the same by content, and how long it takes.

    python tests/benchmarks/copying.py [--articles 100000] [--folder DIR]

Articles are made up, no two alike, one in fifty in two versions, with three passages and vectors of the usual length
each; there are marks, tags, collections, feeds with their pages, conversations and accounts too. The digests of all
three catalogues have to be one, every table has to have as many rows, and the last copy has to open and answer. Times
are those of this machine, with a PostgreSQL that does not wait for its disk.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "vectorstore")]

import numpy as np  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402
from sqlalchemy import func, select  # noqa: E402
from stacks import Shelf, WordEmbedder, prose, story  # noqa: E402

from vectorstore.accounts import Role  # noqa: E402
from vectorstore.library import Library  # noqa: E402
from vectorstore.models import EVERYTHING  # noqa: E402
from vectorstore.storage.catalogue import Catalogue  # noqa: E402
from vectorstore.storage.conversations import KeptExchange  # noqa: E402
from vectorstore.storage.copying import copy  # noqa: E402
from vectorstore.storage.folder import CATALOGUE, make, make_catalogue  # noqa: E402
from vectorstore.storage.rows import VectorRow  # noqa: E402
from vectorstore.storage.schema import metadata  # noqa: E402
from vectorstore.storage.subscriptions import KnownPage, Subscription  # noqa: E402

_BATCH = 1000
_VECTOR = 384
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where the libraries are made; else a temporary one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as made:
        folder, server = Path(made), PostgresServer()
        try:
            began = perf_counter()
            fill(folder / "first", given.articles)
            print(f"{given.articles:,} articles made in {perf_counter() - began:.0f} s", flush=True)
            with server.database() as url:
                there = timed("folder to PostgreSQL", folder / "first", url)
                back = timed("PostgreSQL to folder", url, folder / "second")
                counts = [rows(each) for each in (folder / "first" / CATALOGUE, url, folder / "second" / CATALOGUE)]
        finally:
            server.stop()
        same = there == back and counts[0] == counts[1] == counts[2]
        print("rows: " + ", ".join(f"{name} {count:,}" for name, count in counts[0].items() if count))
        print(f"the same by content: {'yes' if same else 'NO'}")
        began = perf_counter()
        with Library(folder / "second", Last()) as library:
            text = library.article(f"a{given.articles - 1}").text
            found = library.search({text[:200]: 1.0}, dict.fromkeys(text.split()[:3], 1.0), EVERYTHING, 5)
            answers = f"a{given.articles - 1}" in {each.article_id for each in found}
        print(f"it opens and finds its last article: {'yes' if answers else 'NO'} ({perf_counter() - began:.0f} s)")
    return 0 if same and answers else 1


class Last(WordEmbedder):
    """Of the vectors that were made here, which tell nothing."""

    def __init__(self) -> None:
        super().__init__(size=_VECTOR)


def timed(told: str, source: Path | str, target: Path | str) -> str:
    began, shown = perf_counter(), [0.0]

    def progress(done: int, total: int) -> None:
        if perf_counter() - shown[0] > 15:
            shown[0] = perf_counter()
            print(f"  {told}: {done:,} of {total:,} rows", flush=True)

    copied = copy(source, target, progress)
    taken = perf_counter() - began
    rate = copied.articles / taken
    print(
        f"{told}: {copied.rows:,} rows, {taken:.0f} s, {rate:.0f} articles a second, {copied.digest[:16]}", flush=True
    )
    return copied.digest


def rows(at: Path | str) -> dict[str, int]:
    catalogue = Catalogue(at)
    try:
        with catalogue._engine.connect() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
                if table.name not in ("facts", "withdrawn")
            }
    finally:
        catalogue.close()


def fill(folder: Path, count: int) -> None:
    make(folder)
    make_catalogue(folder / CATALOGUE)
    catalogue, random = Catalogue(folder / CATALOGUE), np.random.default_rng(20)
    try:
        for start in range(0, count, _BATCH):
            batch = [made(number) for number in range(start, min(start + _BATCH, count))]
            catalogue.put(batch)
            if again := [made(int(article.id[1:]), version=2) for article, _ in batch[::50]]:
                catalogue.put(again)
            held = [passage for article, _ in batch for passage in catalogue.passages_of(article.id)]
            vectors = random.normal(size=(len(held), _VECTOR)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            made_rows = [VectorRow(each.id, vector) for each, vector in zip(held, vectors, strict=True)]
            catalogue.keep_vectors(made_rows, WordEmbedder().name, indexed=False)
        _add_more(catalogue, count)
    finally:
        catalogue.close()


def made(number: int, version: int = 1) -> Shelf:
    text = prose(number * 2 + version, 120).split(". ")
    parts = [". ".join(text[at::3]).rstrip(".") + "." for at in range(3)]
    published = _FIRST + timedelta(minutes=number)
    titled = {"title": " ".join(text[0].split()[:7]), "outlet": f"Outlet {number % 300}", "published_at": published}
    return story(f"a{number}", *parts, version=version, **titled)


def _add_more(catalogue: Catalogue, count: int) -> None:
    """Of each kind of thing that a library holds beside articles."""
    ids: Iterator[str] = (f"a{number}" for number in range(0, count, 97))
    chosen = list(ids)
    for id in chosen[:300]:
        article = catalogue.article(id)
        assert article
        catalogue.annotations.mark(id, article.version, article.text, 0, 20, "a note")
        catalogue.annotations.tag(id, f"tag {len(id)}")
        exchange = KeptExchange(1, f"What of {id}?", f"Of {id}.", {"sentences": [id]}, "", False, "up", "")
        catalogue.conversations.ask(f"talk-{id}", exchange, _FIRST)
    catalogue.collections.put("Every ninety-seventh", chosen)
    for number in range(50):
        feed = Subscription(f"https://outlet{number}.example/feed", _FIRST, title=f"Feed {number}")
        catalogue.subscriptions.add(feed)
        known = [KnownPage(f"https://outlet{number}.example/{id}", feed.url, id) for id in chosen[number::50]]
        catalogue.subscriptions.record(feed, known)
        catalogue.collections.fill(f"Collection {number % 5}", feed.url)
        catalogue.people.add(f"reader{number}", Role.READER)


if __name__ == "__main__":
    raise SystemExit(main())
