"""Vectors for search, a cache of the catalogue: in Chroma, embedded or on a server that several machines share, or all
in memory. The only file that imports chromadb."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import numpy as np

from vectorstore.errors import IndexUnusable, SettingsError, VectorsUnreachable
from vectorstore.models import Matrix
from vectorstore.storage.catalogue import Catalogue
from vectorstore.storage.rows import VectorRow

_COLLECTION = "passages"
# On 39k real passages these gave recall@100 of .98 at 1.5 ms; more neighbours did no better.
_HNSW: Any = {"hnsw": {"space": "cosine", "ef_construction": 200, "max_neighbors": 16, "ef_search": 200}}
# Of two vectors of one text by one model; those of another model differ in the first digit.
_SAME = 1e-4
_ASKED_AT_ONCE = 200
_LOOKED_THROUGH = 10


class VectorIndex(Protocol):
    """Nearest passages by cosine."""

    def nearest(self, vector: Matrix, limit: int) -> list[tuple[str, float]]:
        """`(passage id, cosine)`, best first."""


class Difference(NamedTuple):
    """Passages that an index lacks or has another vector of, and those that it has too many."""

    wrong: Sequence[str]
    extra: Sequence[str]


class ChromaVectors:
    """An embedded Chroma collection in a folder of its own. One process at a time.

    Every method raises IndexUnusable when files cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, folder.name
        with self._telling():
            # Any: the client's published types know neither close() nor float32 rows.
            self._client: Any = self._connected()
            self._held: Any = self._made(self._client, _COLLECTION)
            self._most: int = self._client.get_max_batch_size()

    def _connected(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        return chromadb.PersistentClient(str(self.folder), settings=Settings(anonymized_telemetry=False))

    @staticmethod
    def _made(client: Any, name: str) -> Any:
        return client.get_or_create_collection(name, embedding_function=None, configuration=_HNSW)

    @property
    def _collection(self) -> Any:
        return self._held

    @property
    def _batch(self) -> int:
        return self._most

    def close(self) -> None:
        self._client.close()

    def count(self) -> int:
        with self._telling():
            return int(self._collection.count())

    def ids(self) -> set[str]:
        with self._telling():
            return set(self._collection.get(include=[])["ids"])

    def read(self, passage_ids: Sequence[str]) -> Mapping[str, Matrix]:
        """The vectors of those of these passages that it holds."""
        with self._telling():
            held = self._collection.get(ids=list(passage_ids), include=["embeddings"])
        return dict(zip(held["ids"], held["embeddings"], strict=True))

    def add(self, rows: Sequence[VectorRow]) -> None:
        """Add or replace."""
        with self._telling():
            for start in range(0, len(rows), self._batch):
                part = rows[start : start + self._batch]
                self._collection.upsert(ids=[row.passage_id for row in part], embeddings=[row.vector for row in part])

    def remove(self, passage_ids: Iterable[str]) -> None:
        ids = list(passage_ids)
        with self._telling():
            for start in range(0, len(ids), self._batch):
                self._collection.delete(ids=ids[start : start + self._batch])

    def nearest(self, vector: Matrix, limit: int) -> list[tuple[str, float]]:
        """See VectorIndex."""
        return self._nearest([vector], limit)[0]

    def difference(self, expected: Iterable[Sequence[VectorRow]]) -> Difference:
        """Compared vector by vector with those that it should hold. Raises IndexUnusable for vectors of another length,
        in whose place no others can be put."""
        wrong: list[str] = []
        extra = self.ids()
        for rows in expected:
            held = self.read([row.passage_id for row in rows])
            if any(len(vector) != len(rows[0].vector) for vector in held.values()):
                raise IndexUnusable.at(self.folder, ValueError("its vectors are of another length"))
            wrong += [row.passage_id for row in rows if not _same(held.get(row.passage_id), row.vector)]
            extra.difference_update(row.passage_id for row in rows)
        return Difference(wrong, sorted(extra))

    def unfound(self, rows: Sequence[VectorRow]) -> Iterator[str]:
        """The passages of these that a search by their own vector does not come upon.

        Where other passages have the very same vector, finding those is as good.
        """
        for start in range(0, len(rows), _ASKED_AT_ONCE):
            part = rows[start : start + _ASKED_AT_ONCE]
            for row, found in zip(part, self._nearest([row.vector for row in part], _LOOKED_THROUGH), strict=True):
                if row.passage_id not in dict(found) and (not found or found[-1][1] < 1.0 - _SAME):
                    yield row.passage_id

    def _nearest(self, vectors: Sequence[Matrix], limit: int) -> list[list[tuple[str, float]]]:
        with self._telling():
            found = self._collection.query(query_embeddings=list(vectors), n_results=limit, include=["distances"])
        return [
            [(id, 1.0 - far) for id, far in zip(ids, distances, strict=True)]
            for ids, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # Chroma has an error tree of its own, and lets others through
            raise IndexUnusable.at(self.folder, error) from error


def difference_in_a_process(folder: Path, catalogue: Path | str) -> Difference | None:
    """What an index that was not closed properly has otherwise than the catalogue; None when it is broken.

    Asked in a process of its own, since a truncated segment does not raise: it kills the process that opens it.
    """
    command = "from vectorstore.indexes.vectors import print_difference; print_difference()"
    at = catalogue if isinstance(catalogue, str) else str(catalogue.absolute())
    # Not as an argument, which others on this machine can read: it may have a password in it.
    asked = json.dumps([str(folder.absolute()), at, isinstance(catalogue, str)])
    child = subprocess.run([sys.executable, "-c", command], input=asked, capture_output=True, text=True, cwd=_ROOT)
    if child.returncode != 0:
        return None
    return Difference(*json.loads(child.stdout.splitlines()[-1]))


_ROOT = Path(__file__).resolve().parent.parent


def print_difference() -> None:
    """Read every vector and search once; what a damaged index cannot do ends this process."""
    folder, catalogue, is_url = json.load(sys.stdin)
    vectors, held = ChromaVectors(Path(folder)), Catalogue(catalogue if is_url else Path(catalogue), read_only=True)
    found = vectors.difference(held.all_vectors())
    for rows in held.all_vectors(size=1):
        vectors.nearest(rows[0].vector, _LOOKED_THROUGH)
        break
    vectors.close()
    held.close()
    sys.stdout.write(json.dumps(found))


def _same(held: Matrix | None, expected: Matrix) -> bool:
    return held is not None and bool(np.abs(held - expected).max() < _SAME)


logger = logging.getLogger(__name__)

_TRY_AGAIN_AFTER = 5.0
_PORTS = {"http": 8000, "https": 443}


class ChromaServer:
    """One for all collections on it. After a failure it is let be for some seconds, in which asking fails at once: so a
    search does not wait for a server that is down."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        try:
            usual = _PORTS[parts.scheme]
            port = parts.port or usual
        except (KeyError, ValueError) as error:
            raise SettingsError(f"{url} is no address of a Chroma server such as http://127.0.0.1:8000.") from error
        if not parts.hostname or parts.path.strip("/"):
            raise SettingsError(f"{url} is no address of a Chroma server such as http://127.0.0.1:8000.")
        self.url, self._host, self._port, self._tls = url, parts.hostname, port, parts.scheme == "https"
        self._client: Any = None
        self._connecting = threading.Lock()
        self._down_until = 0.0
        self.problem = ""
        """Why it could not be asked last, "" while it answers."""

    def client(self) -> Any:
        with self._connecting:
            if self._client is None:
                import chromadb
                from chromadb.config import Settings

                self._client = chromadb.HttpClient(
                    self._host, self._port, self._tls, settings=Settings(anonymized_telemetry=False)
                )
            return self._client

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Raises VectorsUnreachable for what goes wrong within."""
        if monotonic() < self._down_until:
            raise self._unreachable(self.problem)
        try:
            yield
        except IndexUnusable:
            raise
        except Exception as error:  # Chroma has an error tree of its own, and lets those of httpx through
            self._client, self._down_until = None, monotonic() + _TRY_AGAIN_AFTER
            reason = str(error).partition("\n")[0] or type(error).__name__
            if not self.problem:
                logger.warning("%s", self._unreachable(reason))
            self.problem = reason
            raise self._unreachable(reason) from error
        if self.problem:
            logger.warning("The Chroma server %s answers again.", self.url)
        self.problem = ""

    def _unreachable(self, reason: str) -> VectorsUnreachable:
        return VectorsUnreachable(
            f"The Chroma server {self.url} cannot be used ({reason}). Until it answers again articles are found by "
            "their words alone, and nothing is lost; see that it runs and that DATELINE_VECTORS is right."
        )


class ServerVectors(ChromaVectors):
    """A collection on a server, of one library. It is looked up when it is first used, and again after a failure."""

    def __init__(self, server: ChromaServer, library: str, name: str) -> None:
        self.folder, self.name = Path(server.url), name
        self._server, self._title = server, f"dateline-{library}-{name}"
        self._known: tuple[Any, Any] | None = None

    def close(self) -> None:
        self._known = None

    def drop(self) -> None:
        """Take the collection away, if it is there."""
        with self._telling():
            if self._title in [each.name for each in self._server.client().list_collections()]:
                self._server.client().delete_collection(self._title)
        self._known = None

    @property
    def _collection(self) -> Any:
        client = self._server.client()
        if self._known is None or self._known[0] is not client:
            self._known = client, self._made(client, self._title)
        return self._known[1]

    @property
    def _batch(self) -> int:
        with self._telling():
            return int(self._server.client().get_max_batch_size())

    @contextmanager
    def _telling(self) -> Iterator[None]:
        with self._server.asked():
            yield


class ExactVectors:
    """All vectors in memory, 1.5 KB a passage; 39,000 of them are searched in about 8 ms."""

    def __init__(self, rows: Iterable[VectorRow]) -> None:
        held = list(rows)
        self._ids = [row.passage_id for row in held]
        self._vectors = np.stack([row.vector for row in held]) if held else np.empty((0, 0), dtype=np.float32)

    def nearest(self, vector: Matrix, limit: int) -> list[tuple[str, float]]:
        """See VectorIndex."""
        if not self._ids:
            return []
        scores = self._vectors @ vector
        return [(self._ids[i], float(scores[i])) for i in np.argsort(-scores)[:limit]]
