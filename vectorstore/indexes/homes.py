"""Where an index of vectors lies, in folders beside the catalogue or on a Chroma server, and the searches under way."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vectorstore.errors import IndexUnusable, VectorsUnreachable
from vectorstore.indexes.keywords import KeywordIndex
from vectorstore.indexes.vectors import ChromaServer, ChromaVectors, Difference, ServerVectors, difference_in_a_process
from vectorstore.storage.folder import VECTORS


class VectorHome(Protocol):
    """Has room for two indexes by name: the one that is searched, and the one that is built to take its place."""

    @property
    def problem(self) -> str:
        """Why nothing can be found in it just now, "" where all is well."""

    def opened(self, name: str) -> ChromaVectors:
        """The index of this name, which may be empty."""

    def drop(self, name: str) -> None:
        """Take it away, if it is there."""

    def seal(self, name: str) -> str | None:
        """What tells whether anything touched it since it was closed; None where nothing does."""

    def difference(self, name: str, catalogue: Path | str) -> Difference | None:
        """What an index that was not closed properly has otherwise than the catalogue; None where it is to be made
        anew."""


def other(name: str) -> str:
    return next(each for each in VECTORS if each != name)


class FolderHome:
    """Embedded Chroma."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def problem(self) -> str:
        return ""

    def opened(self, name: str) -> ChromaVectors:
        return ChromaVectors(self._folder / name)

    def drop(self, name: str) -> None:
        shutil.rmtree(self._folder / name, ignore_errors=True)

    def seal(self, name: str) -> str | None:
        """Raises IndexUnusable where something else is in its place."""
        if not (place := self._folder / name).exists():
            return None
        if not place.is_dir():
            raise IndexUnusable(f"{place} is not a folder, and a search index belongs there. Move it away.")
        return seal(place)

    def difference(self, name: str, catalogue: Path | str) -> Difference | None:
        place = self._folder / name
        return difference_in_a_process(place, catalogue) if place.is_dir() else None


class ServerHome:
    """A Chroma server; `library` tells the collections of several libraries apart."""

    def __init__(self, server: ChromaServer, library: str) -> None:
        self._server, self._library = server, library

    @property
    def problem(self) -> str:
        return self._server.problem

    def opened(self, name: str) -> ServerVectors:
        return ServerVectors(self._server, self._library, name)

    def drop(self, name: str) -> None:
        try:
            self.opened(name).drop()
        except VectorsUnreachable:
            return  # it is in nobody's way

    def seal(self, name: str) -> str | None:
        return None

    def difference(self, name: str, catalogue: Path | str) -> Difference | None:
        return None


def seal(folder: Path) -> str:
    """Names, sizes and times of every file of a closed index: equal seals mean that nothing touched it since.

    Locks are left out: a reader may take one.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    stats = [(str(path.relative_to(folder)), path.stat()) for path in files]
    return json.dumps([[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats])


@dataclass(slots=True)
class Indexes:
    """The words of all passages, and the vectors of those that have one."""

    vectors: ChromaVectors
    words: KeywordIndex


class Searches:
    """Many at once, and none while the vectors are exchanged for others."""

    def __init__(self) -> None:
        self._entry, self._changed = threading.Lock(), threading.Condition()
        self._under_way = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        with self._entry, self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    @contextmanager
    def none(self) -> Iterator[None]:
        with self._entry, self._changed:
            self._changed.wait_for(lambda: not self._under_way)
            yield
