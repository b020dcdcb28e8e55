"""Finds passages by their words and by their meaning, within a scope."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from vectorstore.accounts import collections_seen
from vectorstore.errors import EmbedderMismatch, VectorsUnreachable
from vectorstore.indexes.embedding import Embedder
from vectorstore.indexes.keywords import KeywordIndex
from vectorstore.indexes.vectors import ExactVectors, VectorIndex
from vectorstore.models import Candidate, Matrix, Scope, heading
from vectorstore.storage.catalogue import Catalogue
from vectorstore.storage.rows import Described

# Articles: some 2,000 passages, whose vectors are read and compared in about 10 ms.
_LOOKED_AT_SINGLY = 200
_TO_BE_SAFE = 1.5
_MOST_ASKED_FOR = 5000
# Passages without a vector that a search embeds itself: those that its words fit best, in a quarter of a second.
_EMBEDDED_AT_ONCE = 8


class PassageSearch(threading.local):
    """What one thread looks for. `gone` counts the passages that its searches have come upon and that were no longer
    there when they were read."""

    gone = 0

    def __init__(self, catalogue: Catalogue, embedder: Callable[[], Embedder]) -> None:
        """`embedder` is the one whose vectors are searched, which can change."""
        self._catalogue, self._embedder = catalogue, embedder

    def search(
        self,
        index: VectorIndex,
        indexed_words: KeywordIndex,
        texts: Mapping[str, float],
        words: Mapping[str, float],
        scope: Scope,
        limit: int,
        forms: Sequence[Sequence[str]] = (),
    ) -> list[Candidate]:
        """See Library.search. Raises EmbedderMismatch."""
        scope = self._settled(scope)
        vector = self._meaning(texts)
        by_words = indexed_words.search(words, scope, limit, forms)
        near = self._near(index, vector, scope, limit)
        found = self._catalogue.described(by_words.keys() | near)
        self.gone += len((by_words.keys() | near) - {row.key for row in found})
        vectors = {row.key: row.vector for row in found} | self._without_vector(found, by_words)
        return [
            Candidate(
                passage_id=row.passage_id,
                article_id=row.article_id,
                position=row.position,
                outlet=row.outlet,
                published_at=row.published_at,
                keyword=by_words.get(row.key, 0.0),
                similarity=float(np.dot(vectors[row.key], vector)) if vectors[row.key].size else 0.0,
                story=row.story,
            )
            for row in found
        ]

    def _settled(self, scope: Scope) -> Scope:
        """With the articles in a collection, or with a tag or a mark, of which the index of words knows nothing, by
        their ids; and no others than whoever asks may see."""
        if collections_seen() is None and not (scope.tags or scope.marked or scope.collections):
            return scope
        chosen = Scope(articles=scope.articles, tags=scope.tags, marked=scope.marked, collections=scope.collections)
        return replace(scope, articles=self._catalogue.ids_within(chosen), tags=(), marked=False, collections=())

    def _meaning(self, texts: Mapping[str, float]) -> Matrix:
        """One vector of length 1 for texts of different weight."""
        vectors = [self._embedder().query(text) * weight for text, weight in texts.items()]
        held = self._catalogue.dimensions()
        if held is not None and any(len(vector) != held for vector in vectors):
            raise EmbedderMismatch.of_length(held, self._embedder().name)
        total: Matrix = np.sum(vectors, axis=0)
        return total / (np.linalg.norm(total) or 1.0)

    def _near(self, index: VectorIndex, vector: Matrix, scope: Scope, limit: int) -> set[int]:
        """The keys of the passages within the scope that are nearest in meaning, about `limit`.

        A filter costs Chroma ten times the search itself. So a few articles are looked at one by one, and of many the
        index is asked for so much more that enough of it lies within.
        """
        held, within = self._catalogue.size()[0], self._catalogue.articles_within(scope)
        wanted = limit
        if within == held:
            scope = Scope()
        elif within <= _LOOKED_AT_SINGLY:
            index = ExactVectors(self._catalogue.vectors_within(scope))
        else:
            wanted = min(_MOST_ASKED_FOR, int(_TO_BE_SAFE * limit * held / within))
        try:
            found = [passage_id for passage_id, _ in index.nearest(vector, wanted)]
        except VectorsUnreachable:  # which the log and `check` tell
            return set()
        keys = self._catalogue.keys_within(found, scope)
        return set([keys[passage_id] for passage_id in found if passage_id in keys][:limit])

    def _without_vector(self, found: Sequence[Described], by_words: Mapping[int, float]) -> dict[int, Matrix]:
        """The vectors of the best of those that still wait: what came in a moment ago is weighed like all else."""
        waiting = sorted((row for row in found if not row.vector.size), key=lambda row: -by_words.get(row.key, 0.0))
        best = {row.passage_id: row.key for row in waiting[:_EMBEDDED_AT_ONCE]}
        read = self._catalogue.passages([*best]) if best else {}
        texts = [f"{heading(article)}\n{passage.text}" for passage, article in read.values()]
        return dict(zip((best[id] for id in read), self._embedder().passages(texts), strict=True)) if texts else {}
