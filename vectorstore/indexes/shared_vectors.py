"""Vectors on a Chroma server, which several machines may share, behind the same methods as an embedded collection."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from vectorstore.errors import IndexUnusable, SettingsError, VectorsUnreachable
from vectorstore.indexes.vectors import ChromaVectors

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
