"""Articles with exact passages, small deterministic embedders, another process, and ways to ask a library."""

from __future__ import annotations

import hashlib
import random
import re
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest

from vectorstore.indexes.embedding import Embedder, Unlimited
from vectorstore.library import Library
from vectorstore.models import Article, Matrix, Passage, Scope

SQLITE_ONLY = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
HERE = Path(__file__).parent
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
Shelf = tuple[Article, list[Passage]]


def prose(seed: int, words: int = 300) -> str:
    """Sentences of ten words that no other seed has."""
    letters = random.Random(seed)
    said = ["".join(letters.choices("aeioubcdfgklmnprst", k=6)) for _ in range(words)]
    return " ".join(" ".join(said[start : start + 10]).capitalize() + "." for start in range(0, words, 10))


@dataclass(frozen=True)
class Place:
    """Of a library: a folder, or a database with a folder for its indexes."""

    folder: Path
    database: str = ""

    def opened(self, embedder: Embedder | None = None, **more: Any) -> Library:
        return Library(self.folder, embedder or WordEmbedder(), database=self.database, **more)


def beside(library: Library) -> Library:
    """The same library, opened for reading only."""
    return Library(library.folder, WordEmbedder(), read_only=True, database=library.database)


class WordEmbedder(Unlimited):
    """The sum of a vector for each word: texts that share words are near. `embedded` counts passages."""

    def __init__(self, name: str = "words", size: int = 64) -> None:
        self.name = name
        self.embedded = 0
        self._size = size

    def passages(self, texts: Sequence[str]) -> Matrix:
        self.embedded += len(texts)
        return np.stack([self.query(text) for text in texts]) if texts else np.empty((0, 0), dtype=np.float32)

    def query(self, text: str) -> Matrix:
        vector = np.full(self._size, 1e-3, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            digest = hashlib.shake_256(f"{self.name} {word}".encode()).digest(self._size)
            vector += np.frombuffer(digest, dtype=np.uint8).astype(np.float32) - 127.5
        unit: Matrix = vector / np.linalg.norm(vector)
        return unit


class BrittleEmbedder(WordEmbedder):
    """Fails at a text with the word "unembeddable"."""

    def query(self, text: str) -> Matrix:
        if "unembeddable" in text:
            raise RuntimeError("the embedder broke")
        return super().query(text)


def story(id: str, *sentences: str, version: int = 1, **fields: Any) -> Shelf:
    """An article of these sentences, and a passage for each."""
    article = Article(id, " ".join(sentences), version=version, **{"ingested_at": NOW, "language": "en"} | fields)
    passages = []
    start = 0
    for position, sentence in enumerate(sentences):
        end = start + len(sentence)
        passages.append(Passage(f"{id}@{version}#{position}", id, version, position, start, end, sentence))
        start = end + 1
    return article, passages


def by_meaning(library: Library, query: str, until: datetime | None = None, limit: int = 3) -> list[str]:
    """The articles of the passages nearest to the query, best first."""
    found = library.search({query: 1.0}, {}, Scope(until=until), limit)
    return [each.article_id for each in sorted(found, key=lambda candidate: -candidate.similarity)]


def nearest_by_then(library: Library, query: str, wanted: str, patience: float = 60) -> str:
    """The article of the nearest passage, once it is the wanted one. A search waits only a moment while another thread
    brings the index up to what other processes have stored, and finds what is in it by then."""
    deadline = monotonic() + patience
    while (found := by_meaning(library, query)[:1]) != [wanted] and monotonic() < deadline:
        sleep(0.05)
    return found[0] if found else ""


def by_words(library: Library, *words: str, until: datetime | None = None) -> set[str]:
    """The articles in which any of the words stands."""
    return {
        each.article_id
        for each in library.search({"": 1.0}, dict.fromkeys(words, 1.0), Scope(until=until), 100)
        if each.keyword > 0
    }


def everything(library: Library) -> list[Passage]:
    """All passages in the order of the library's table."""
    return [passage for entry in library.entries() for passage in library.passages_of(entry.id)]


def children_ran() -> int:
    """A number that grows whenever a process that this one started has ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt


@contextmanager
def another_process(code: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A Python process that runs `code` with `folder` set; killed with SIGKILL at the end at the latest."""
    start = f"import sys; sys.path[:0] = {[str(HERE), str(HERE.parent.parent)]!r}\n"
    start += f"from pathlib import Path\nfolder = Path({str(folder)!r})\n"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", start + code], text=True, **pipes) as child:
        try:
            yield child
        finally:
            child.kill()


HOLD_OPEN = """
from stacks import WordEmbedder, story
from vectorstore.library import Library
with Library(folder, WordEmbedder()) as library:
    library.put([story("held", "The ferry sank in the harbour at night.")])
    print("open", flush=True)
    sys.stdin.read()
"""
