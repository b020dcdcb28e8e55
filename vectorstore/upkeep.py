"""Keeps the vector index true to the catalogue, whatever happened to it."""

from __future__ import annotations

import logging
import shutil
import threading
from pathlib import Path

from vectorstore.catalogue import Catalogue
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
        self._mended = (0, 0)

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

    def follow(self) -> None:
        """Take over what the catalogue has stored or removed since the last time, whether or not that went well."""
        self._catch_up(self.opened())

    def mend(self) -> tuple[int, int]:
        """Compare passage by passage and put right what differs: how many were missing, and how many too many.

        What opening the index has mended counts too.
        """
        index = self.opened()
        self._level(index, index.ids())
        mended, self._mended = self._mended, (0, 0)
        return mended

    def rebuild(self) -> None:
        """Throw the index away and make it anew from the catalogue's vectors; nothing is embedded."""
        self._drop()
        self._catalogue.remember("indexed", None)
        with self._opening:
            self._index = ChromaVectors(self._folder)
            self._catch_up(self._index)

    def _open(self) -> ChromaVectors:
        untouched = self._folder.exists() and self._catalogue.recall("seal") == seal(self._folder)
        self._catalogue.remember("seal", None)
        if untouched:
            index = ChromaVectors(self._folder)
            self._catch_up(index)
            return index
        held = readable_ids(self._folder) if self._folder.exists() else None
        if held is None:
            self._drop()
        index = ChromaVectors(self._folder)
        self._level(index, held or set())
        return index

    def _catch_up(self, index: ChromaVectors) -> None:
        for batch in self._catalogue.vectors_since(int(self._catalogue.recall("indexed") or 0)):
            index.add(batch)
        self._settle(index)

    def _level(self, index: ChromaVectors, held: set[str]) -> None:
        expected = self._catalogue.passage_ids()
        missing, extra = sorted(expected - held), held - expected
        if missing or extra:
            logger.warning("mending the vector index: %d passages to add, %d to take out", len(missing), len(extra))
        for start in range(0, len(missing), _BATCH):
            index.add(self._catalogue.vectors(missing[start : start + _BATCH]))
        index.remove(extra)
        self._settle(index)
        self._mended = (self._mended[0] + len(missing), self._mended[1] + len(extra))

    def _settle(self, index: ChromaVectors) -> None:
        gone = self._catalogue.withdrawn()
        index.remove(gone)
        self._catalogue.mark_indexed(gone)

    def _drop(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None
        shutil.rmtree(self._folder, ignore_errors=True)
