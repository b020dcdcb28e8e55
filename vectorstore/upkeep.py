"""Keeps the vector index true to the catalogue, whatever happened to it."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from vectorstore.catalogue import Catalogue, VectorRow
from vectorstore.vectors import ChromaVectors, readable_ids, seal

logger = logging.getLogger(__name__)

_BATCH = 2000


class KeptIndex:
    """The vector index of a library, opened when first used.

    Chroma's files are not crash-safe and a damaged one can kill the process, so a folder is trusted only when it is
    just as this class closed it. Any other is first read in full by a process of its own, and rebuilt from the
    catalogue's vectors when that process fails.
    """

    def __init__(self, catalogue: Catalogue, folder: Path) -> None:
        self._catalogue = catalogue
        self._folder = folder
        self._index: ChromaVectors | None = None
        self._opening = threading.Lock()

    def opened(self) -> ChromaVectors:
        """The index, holding what the catalogue holds."""
        with self._opening:
            if self._index is None:
                self._index = self._open()
            return self._index

    def close(self) -> None:
        """Close the index properly and remember how its files looked."""
        if self._index is not None:
            self._index.close()
            self._index = None
            self._catalogue.remember("seal", seal(self._folder))

    def follow(self, rows: Sequence[VectorRow]) -> None:
        """Take over what the catalogue has just stored or removed."""
        index = self.opened()
        index.add(rows)
        self._settle(index)

    def mend(self) -> tuple[int, int]:
        """Compare passage by passage and put right what differs: how many were missing, and how many too many."""
        index = self.opened()
        return self._level(index, index.ids())

    def rebuild(self) -> None:
        """Throw the index away and make it anew from the catalogue's vectors; nothing is embedded."""
        self._drop()
        self.opened()

    def _open(self) -> ChromaVectors:
        untouched = self._catalogue.recall("seal") == seal(self._folder)
        self._catalogue.remember("seal", None)
        if untouched:
            index = ChromaVectors(self._folder)
            for batch in self._catalogue.vectors_since(int(self._catalogue.recall("indexed") or 0)):
                index.add(batch)
            self._settle(index)
            return index
        held = readable_ids(self._folder) if self._folder.exists() else None
        if held is None:
            self._drop()
        index = ChromaVectors(self._folder)
        self._level(index, held or set())
        return index

    def _level(self, index: ChromaVectors, held: set[str]) -> tuple[int, int]:
        expected = self._catalogue.passage_ids()
        missing, extra = sorted(expected - held), held - expected
        if missing or extra:
            logger.warning("mending the vector index: %d passages to add, %d to take out", len(missing), len(extra))
        for start in range(0, len(missing), _BATCH):
            index.add(self._catalogue.vectors(missing[start : start + _BATCH]))
        index.remove(extra)
        self._settle(index)
        return len(missing), len(extra)

    def _settle(self, index: ChromaVectors) -> None:
        gone = self._catalogue.withdrawn()
        index.remove(gone)
        self._catalogue.mark_indexed(gone)

    def _drop(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None
        shutil.rmtree(self._folder, ignore_errors=True)
