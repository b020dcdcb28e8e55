"""The Chroma side: vectors for search, a cache of the catalogue. The only file that imports chromadb."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from vectorstore.catalogue import VectorRow
from vectorstore.embedding import Matrix

_COLLECTION = "passages"
# On 39k real passages these gave recall@100 of .98 at 1.5 ms; more neighbours did no better.
_HNSW: Any = {"hnsw": {"space": "cosine", "ef_construction": 200, "max_neighbors": 16, "ef_search": 200}}


class VectorIndex(Protocol):
    """Nearest passages by cosine."""

    def nearest(self, vector: Matrix, limit: int) -> list[tuple[str, float]]:
        """`(passage id, cosine)`, best first."""


class ChromaVectors:
    """An embedded Chroma collection in a folder of its own. One process at a time."""

    def __init__(self, folder: Path) -> None:
        import chromadb
        from chromadb.config import Settings

        # Any: the client's published types know neither close() nor float32 rows.
        self._client: Any = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        self._collection: Any = self._client.get_or_create_collection(
            _COLLECTION, embedding_function=None, configuration=_HNSW
        )
        self._batch = self._client.get_max_batch_size()

    def close(self) -> None:
        self._client.close()

    def count(self) -> int:
        return int(self._collection.count())

    def ids(self) -> set[str]:
        return set(self._collection.get(include=[])["ids"])

    def read(self, passage_ids: Sequence[str]) -> Matrix:
        """The vectors themselves, in no order."""
        return np.asarray(self._collection.get(ids=list(passage_ids), include=["embeddings"])["embeddings"])

    def add(self, rows: Sequence[VectorRow]) -> None:
        """Add or replace."""
        for start in range(0, len(rows), self._batch):
            part = rows[start : start + self._batch]
            self._collection.upsert(
                ids=[row.passage_id for row in part],
                embeddings=[row.vector for row in part],
            )

    def remove(self, passage_ids: Iterable[str]) -> None:
        ids = list(passage_ids)
        for start in range(0, len(ids), self._batch):
            self._collection.delete(ids=ids[start : start + self._batch])

    def nearest(self, vector: Matrix, limit: int) -> list[tuple[str, float]]:
        """See VectorIndex."""
        found = self._collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
        return [(id, 1.0 - far) for id, far in zip(found["ids"][0], found["distances"][0], strict=True)]


def readable_ids(folder: Path) -> set[str] | None:
    """The passages whose vectors can be read from an index that was not closed properly; None when it is broken.

    Asked in a process of its own, since a truncated segment does not raise: it kills the process that opens it.
    """
    command = "import sys; from vectorstore.vectors import print_readable_ids; print_readable_ids(sys.argv[1])"
    arguments = [sys.executable, "-c", command, str(folder.resolve())]
    child = subprocess.run(arguments, capture_output=True, text=True, cwd=_ROOT)
    if child.returncode != 0:
        return None
    return set(json.loads(child.stdout.splitlines()[-1]))


_ROOT = Path(__file__).resolve().parent.parent


def print_readable_ids(folder: str) -> None:
    """Read every vector and search once; what a damaged index cannot do ends this process."""
    vectors = ChromaVectors(Path(folder))
    ids = sorted(vectors.ids())
    for start in range(0, len(ids), 2000):
        read = vectors.read(ids[start : start + 2000])
        if len(read) != len(ids[start : start + 2000]):
            sys.exit(1)
        vectors.nearest(read[0], 10)
    vectors.close()
    sys.stdout.write(json.dumps(ids))
