"""What LangChain's and Chroma's tutorials build, on the same articles with the same embedder: to be measured beside."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.types import Turn
from vectorstore.library import Library
from vectorstore.models import Article, Hit, Passage, Scope

if TYPE_CHECKING:
    from vectorstore.indexes.vectors import ChromaVectors

# What the tutorials teach: split by characters, embed, take the nearest.
_CHUNK, _OVERLAP = 1000, 200
_BATCH = 256


@contextmanager
def tutorial(library: Library, progress: Callable[[int, int], None]) -> Iterator[Tutorial]:
    """Embeds the whole library again, into a folder that is thrown away: half an hour for 4,000 articles."""
    from vectorstore.indexes.vectors import ChromaVectors

    with tempfile.TemporaryDirectory(prefix="dateline-tutorial-") as folder:
        index = ChromaVectors(Path(folder))
        try:
            yield Tutorial(library, index, progress)
        finally:
            index.close()


class Tutorial:
    """Searches the index that it fills when it is made."""

    def __init__(self, library: Library, index: ChromaVectors, progress: Callable[[int, int], None]) -> None:
        from vectorstore.storage.rows import VectorRow

        self._library = library
        self._index = index
        self._held = {chunk.passage.id: chunk for chunk in _chunks(library)}
        chunks = list(self._held.values())
        for start in range(0, len(chunks), _BATCH):
            part = chunks[start : start + _BATCH]
            vectors = library.embedder.passages([chunk.passage.text for chunk in part])
            self._index.add([VectorRow(c.passage.id, vector) for c, vector in zip(part, vectors, strict=True)])
            progress(min(start + _BATCH, len(chunks)), len(chunks))

    def search(
        self, question: str, *, as_of: date | datetime | None, turns: Sequence[Turn], scope: Scope, top: int
    ) -> list[Hit]:
        """The nearest chunks; the tutorials know nothing of days, of turns or of outlets."""
        near = self._index.nearest(self._library.embedder.query(question), top + len(scope.without))
        hits = [Hit(self._held[id].passage, self._held[id].article, score) for id, score in near]
        return [hit for hit in hits if hit.article.id not in scope.without][:top]


def _chunks(library: Library) -> Iterator[Hit]:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=_CHUNK, chunk_overlap=_OVERLAP, add_start_index=True)
    for entry in library.entries():
        article = library.article(entry.id)
        for position, chunk in enumerate(splitter.create_documents([article.text])):
            yield Hit(_passage(article, position, chunk.metadata["start_index"], chunk.page_content), article, 0.0)


def _passage(article: Article, position: int, start: int, text: str) -> Passage:
    end = start + len(text)
    return Passage(f"{article.id}@{position}", article.id, article.version, position, start, end, text)
