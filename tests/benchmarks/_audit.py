"""What a library holds, opened by the product's own code and then compared, table by table and index by index.

    python tests/benchmarks/_audit.py LIBRARY

Prints a JSON object: every article with the digest of each version, every conversation, and `faults`, each a kind and
a line, of which there must be none. Nothing of what a campaign has sent is known here; see _ledger.py for that.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _newsroom import digest

if TYPE_CHECKING:
    from app import Dateline
    from vectorstore.library import Library

Fault = tuple[str, str]

ASKED_FOR, MISSED = "asked for by their own vectors", "missed by their own vectors"

_SEARCHED = 5
# A passage is found when it is among so many nearest of its own vector.
_NEAREST = 10
_RECALL = 0.99
_ALIKE = 1e-5
# The cosine of what one model makes of a text in bf16 and in fp32: a process takes the one that is faster for it.
_SAME_MODEL = 0.99


def main(arguments: Sequence[str]) -> None:
    json.dump(audit(Path(arguments[0])), sys.stdout)


def audit(folder: Path) -> dict[str, Any]:
    """The library is open for as long as that takes, and closed when this returns."""
    from app import open_dateline

    begun, faults, nearest = time.monotonic(), list[Fault](), Counter[str]()
    with open_dateline(folder, model="quote") as news:
        news.library.pending.stop()  # what waits is to be looked at, and the next round's
        news.library.warm()
        opened = time.monotonic() - begun
        mended, found = _checked(news.library)
        faults += found
        faults += _searched(news)
        held = _articles(news.library, faults)
        talks = _talks(news)
        standing, embedder = news.library.pending.standing(), news.library.embedder
    faults += database_faults(folder)
    faults += vector_faults(folder, embedder)
    faults += index_faults(folder, nearest)
    return {
        "seconds": round(opened, 3),
        "waiting": standing.waiting,
        "coming": standing.coming,
        "mended": mended,
        "nearest": nearest,
        "articles": held,
        "talks": talks,
        "faults": faults,
    }


def _checked(library: Library) -> tuple[list[int], list[Fault]]:
    """What `dateline library check` mends the first time, of which nothing may be left the second time."""
    first, second = library.check(), library.check()
    if second.sound:
        return [first.missing, first.extra], []
    return [first.missing, first.extra], [("index", f"not sound after it was mended: {second}")]


def _searched(news: Dateline) -> list[Fault]:
    """A few articles, asked for by their headlines."""
    entries = news.library.entries()
    faults = []
    for entry in entries[:: max(1, len(entries) // _SEARCHED)]:
        hits = news.search(f'"{entry.title}"', top=10)
        if entry.id not in {hit.article.id for hit in hits}:
            faults.append(("index", f"{entry.id} is not found by its headline"))
        for hit in hits:
            if hit.article.text[hit.passage.start : hit.passage.end] != hit.passage.text:
                faults.append(("wrong passage", f"{hit.passage.id} as it was found"))
    return faults


def _articles(library: Library, faults: list[Fault]) -> dict[str, list[list[Any]]]:
    """By id, the versions in their order, each with its number, headline, digest, and whether its page has gone.

    The passages of the current one must be those that its text is split into.
    """
    from ingest.splitting import split

    held = {}
    for entry in library.entries():
        versions = library.versions(entry.id)
        held[entry.id] = [[each.version, each.title, digest(each.text), bool(each.gone_at)] for each in versions]
        if library.passages_of(entry.id) != list(split(versions[-1])):
            faults.append(("wrong passage", f"{entry.id}: its passages are not those of its text"))
        if entry.passages != len(split(versions[-1])):
            faults.append(("half version", f"{entry.id}: its row in the table counts {entry.passages} passages"))
    return held


def _talks(news: Dateline) -> dict[str, list[list[Any]]]:
    """By id, each exchange with its number, question, whether it was answered, and a digest of the answer."""
    from assistant.conversations.notebook import Notebook

    notebook = Notebook(news.library.conversations, news.library.find)
    talks = {}
    for entry in notebook.entries():
        notebook.read(entry.id)  # as the page would draw it
        kept = news.library.conversations.exchanges(entry.id)
        talks[entry.id] = [
            [each.number, each.question, each.answer is not None, digest(json.dumps(each.answer, sort_keys=True))]
            for each in kept
        ]
    return talks


def database_faults(folder: Path) -> list[Fault]:
    """What SQLite says of the file, and of rows that stand twice or stand without what they belong to."""
    faults = []
    with closing(sqlite3.connect(folder / "catalogue.db")) as connection:
        for check, sound in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
            said = connection.execute(f"PRAGMA {check}").fetchall()
            faults += [("half version", f"{check}: {row}") for row in said] if said != sound else []
        for kind, what, query in _MUST_BE_EMPTY:
            faults += [(kind, f"{what}: {row[0]!r}") for row in connection.execute(query)]
    return faults


_MUST_BE_EMPTY = (
    (
        "doubled",
        "a version that stands twice",
        "SELECT id FROM earlier_versions GROUP BY id, version HAVING count(*) > 1",
    ),
    (
        "doubled",
        "the current version among the earlier ones",
        "SELECT a.id FROM articles a JOIN earlier_versions e ON e.id = a.id AND e.version >= a.version",
    ),
    (
        "phantom",
        "an earlier version without its article",
        "SELECT id FROM earlier_versions WHERE id NOT IN (SELECT id FROM articles)",
    ),
    (
        "doubled",
        "a passage that stands twice",
        "SELECT id FROM passages GROUP BY article_key, position HAVING count(*) > 1",
    ),
    (
        "half version",
        "an article without a row in the table",
        "SELECT id FROM articles WHERE key NOT IN (SELECT article_key FROM listed)",
    ),
    (
        "phantom",
        "a row in the table without its article",
        "SELECT id FROM listed WHERE article_key NOT IN (SELECT key FROM articles)",
    ),
    (
        "half version",
        "an article without passages",
        "SELECT id FROM articles WHERE key NOT IN (SELECT article_key FROM passages)",
    ),
    (
        "phantom",
        "a sketch without its article",
        "SELECT DISTINCT article_key FROM sketches WHERE article_key NOT IN (SELECT key FROM articles)",
    ),
    (
        "half version",
        "an article without a sketch",
        "SELECT id FROM articles WHERE key NOT IN (SELECT article_key FROM sketches)",
    ),
    (
        "half version",
        "an article in a story that is not there",
        "SELECT id FROM articles WHERE story NOT IN (SELECT key FROM articles)",
    ),
)


def vector_faults(folder: Path, embedder: Any) -> list[Fault]:
    """Every vector of the catalogue must be the one that the library's model makes of the passage now; a passage may
    wait for its vector."""
    query = "SELECT p.id, p.vector, p.start, p.end, a.text, a.title, a.outlet, a.published_at FROM passages p "
    with closing(sqlite3.connect(folder / "catalogue.db")) as connection:
        query += "JOIN articles a ON a.key = p.article_key WHERE length(p.vector) > 0"
        rows = connection.execute(query).fetchall()
    if not rows:
        return []
    made = embedder.passages([_as_embedded(*row[2:]) for row in rows])
    kept = np.stack([np.frombuffer(row[1], dtype=np.float32) for row in rows])
    if made.shape != kept.shape:
        return [("index", f"vectors of {kept.shape[1]} numbers where the model makes {made.shape[1]}")]
    others = np.flatnonzero((made * kept).sum(axis=1) < _SAME_MODEL)
    return [("index", f"{rows[number][0]}: its vector is not the model's") for number in others]


def _as_embedded(start: int, end: int, text: str, title: str, outlet: str, published_at: str | None) -> str:
    from vectorstore.models import Article, heading

    day = datetime.fromisoformat(published_at) if published_at else None
    return f"{heading(Article('', '', title=title, outlet=outlet, published_at=day))}\n{text[start:end]}"


def index_faults(folder: Path, nearest: Counter[str]) -> list[Fault]:
    """Chroma and Tantivy, read from copies of their folders, hold what the catalogue holds and find it; `nearest`
    counts how many passages were asked for by their own vectors, and how many were missed."""
    with closing(sqlite3.connect(folder / "catalogue.db")) as connection:
        rows = connection.execute("SELECT id, key, vector FROM passages").fetchall()
        embedded = [(id, vector) for id, _, vector in rows if vector]
        place = connection.execute("SELECT value FROM facts WHERE name = 'vectors'").fetchone()
    if not rows:
        return []
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(folder / (place[0] if place else "chroma"), Path(scratch) / "chroma")
        shutil.copytree(folder / "words", Path(scratch) / "words")
        vectors = {id: np.frombuffer(vector, dtype=np.float32) for id, vector in embedded}
        chroma = _chroma_faults(Path(scratch) / "chroma", vectors, nearest)
        return [*chroma, *_word_faults(Path(scratch) / "words", rows)]


def _chroma_faults(folder: Path, expected: dict[str, np.ndarray], nearest: Counter[str]) -> Iterator[Fault]:
    import chromadb
    from chromadb.config import Settings

    client: Any = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    collection = client.get_collection("passages", embedding_function=None)
    read = collection.get(include=["embeddings"])
    held = dict(zip(read["ids"], np.asarray(read["embeddings"]), strict=True))
    yield from _differences("Chroma", set(expected), read["ids"])
    for id in expected.keys() & held.keys():
        if np.abs(held[id] - expected[id]).max() > _ALIKE:
            yield "index", f"Chroma: {id} has another vector than in the catalogue"
    yield from _not_found(collection, {id: expected[id] for id in expected.keys() & held.keys()}, nearest)
    client.close()


def _not_found(collection: Any, vectors: dict[str, np.ndarray], nearest: Counter[str]) -> Iterator[Fault]:
    """An approximate index may miss one passage in a hundred."""
    wanted = min(_NEAREST, len(vectors))
    if not wanted:
        return
    found = collection.query(query_embeddings=list(vectors.values()), n_results=wanted, include=["distances"])
    missed = [
        id
        for id, near, far in zip(vectors, found["ids"], found["distances"], strict=True)
        if id not in near and far[-1] > _ALIKE
    ]
    nearest.update({ASKED_FOR: len(vectors), MISSED: len(missed)})
    if len(missed) > (1 - _RECALL) * len(vectors):
        yield "not found", f"Chroma: {len(missed)} of {len(vectors)} by their own vector, among them {missed[0]}"


def _word_faults(folder: Path, rows: Sequence[tuple[str, int, bytes]]) -> Iterator[Fault]:
    from vectorstore.indexes.keywords import KeywordIndex

    index = KeywordIndex(folder)
    yield from _differences("Tantivy", {key for _, key, _ in rows}, index.keys())
    index.close()


def _differences(name: str, expected: set[Any], held: Sequence[Any]) -> Iterator[Fault]:
    for each in sorted(expected - set(held)):
        yield "index", f"{name} lacks {each}"
    for each in sorted(set(held) - expected):
        yield "index", f"{name} holds {each}, which the catalogue does not"
    for each, times in Counter(held).items():
        if times > 1:
            yield "index", f"{name} holds {each} {times} times"


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
    main(sys.argv[1:])
