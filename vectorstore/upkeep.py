"""Keeps the two indexes, of vectors and of words, true to the catalogue, whatever happened to them."""

from __future__ import annotations

import json
import logging
import shutil
import threading
from pathlib import Path
from typing import NamedTuple

from vectorstore.catalogue import Catalogue
from vectorstore.keywords import KeywordIndex
from vectorstore.vectors import ChromaVectors, readable_ids

logger = logging.getLogger(__name__)

_BATCH = 2000


class Indexes(NamedTuple):
    """The vectors and the words of all passages."""

    vectors: ChromaVectors
    words: KeywordIndex


class KeptIndexes:
    """The indexes of a library, opened when first used.

    A damaged file of theirs can give wrong answers or kill the process, so a folder is trusted only when it is just as
    this class closed it. Other vectors are first read in full by a process of its own, and taken anew from the
    catalogue when that process fails; other words are made anew, which takes a second for 8,000 passages.
    """

    def __init__(self, catalogue: Catalogue, vectors: Path, words: Path) -> None:
        self._catalogue = catalogue
        self._vectors = vectors
        self._words = words
        self._indexes: Indexes | None = None
        self._opening = threading.Lock()
        self._mended = (0, 0)

    def opened(self) -> Indexes:
        """The indexes, holding what the catalogue holds."""
        with self._opening:
            if self._indexes is None:
                self._indexes = self._open()
            return self._indexes

    def words_as_kept(self) -> KeywordIndex | None:
        """The index of words for a reader beside the process that writes it, None when it is not as it should be."""
        try:
            words = KeywordIndex(self._words) if self._words.exists() else None
        except (ValueError, OSError):
            return None
        return words if words and words.count() == self._catalogue.counts()[1] else None

    def close(self) -> None:
        """Close the indexes properly and remember how the files of the vectors looked."""
        if self._indexes is not None:
            vectors, words = self._indexes
            self._indexes = None
            words.close()
            vectors.close()
            self._catalogue.remember("seal", seal(self._vectors))
            self._catalogue.remember("seal of words", seal(self._words))

    def follow(self) -> None:
        """Take over what the catalogue has stored or removed since the last time, whether or not that went well."""
        self._catch_up(self.opened())

    def mend(self) -> tuple[int, int]:
        """Compare passage by passage and put right what differs: how many were missing, and how many too many.

        What opening the indexes has mended counts too.
        """
        indexes = self.opened()
        self._level(indexes.vectors, indexes.vectors.ids())
        expected, held = self._catalogue.passage_keys(), set(indexes.words.keys())
        if expected != held:
            self._count(len(expected - held), len(held - expected))
            self._fill(indexes.words)
        mended, self._mended = self._mended, (0, 0)
        return mended

    def rebuild(self) -> None:
        """Throw the vectors away and take them anew from the catalogue; nothing is embedded."""
        self._catalogue.remember("indexed", None)
        with self._opening:
            words = self._indexes.words if self._indexes else self._open_words()
            if self._indexes:
                self._indexes.vectors.close()
            shutil.rmtree(self._vectors, ignore_errors=True)
            self._indexes = Indexes(ChromaVectors(self._vectors), words)
            self._catch_up(self._indexes)

    def _open(self) -> Indexes:
        untouched = self._untouched("seal", self._vectors)
        words = self._open_words()
        held = None if untouched or not self._vectors.exists() else readable_ids(self._vectors)
        if held is None and not untouched:
            shutil.rmtree(self._vectors, ignore_errors=True)
        vectors = ChromaVectors(self._vectors)
        if not untouched:
            self._level(vectors, held or set())
        indexes = Indexes(vectors, words)
        self._catch_up(indexes)
        return indexes

    def _open_words(self) -> KeywordIndex:
        if self._untouched("seal of words", self._words):
            try:
                return KeywordIndex(self._words)
            except ValueError:
                logger.info("the index of words is of another version")
        shutil.rmtree(self._words, ignore_errors=True)
        words = KeywordIndex(self._words)
        self._fill(words)
        return words

    def _untouched(self, name: str, folder: Path) -> bool:
        """Whether the folder is as it was when it was sealed; from now on it no longer is."""
        untouched = folder.exists() and self._catalogue.recall(name) == seal(folder)
        self._catalogue.remember(name, None)
        return untouched

    def _catch_up(self, indexes: Indexes) -> None:
        known = int(self._catalogue.recall("indexed") or 0)
        for batch in self._catalogue.vectors_since(known):
            indexes.vectors.add(batch)
        for rows in self._catalogue.passages_since(known):
            indexes.words.add(rows)
        gone = self._catalogue.withdrawn()
        indexes.vectors.remove(gone)
        indexes.words.remove(gone)
        indexes.words.commit()
        self._catalogue.mark_indexed(gone)

    def _level(self, vectors: ChromaVectors, held: set[str]) -> None:
        expected = self._catalogue.passage_ids()
        missing, extra = sorted(expected - held), held - expected
        if missing or extra:
            logger.warning("mending the vector index: %d passages to add, %d to take out", len(missing), len(extra))
        for start in range(0, len(missing), _BATCH):
            vectors.add(self._catalogue.vectors(missing[start : start + _BATCH]))
        vectors.remove(extra)
        self._count(len(missing), len(extra))

    def _fill(self, words: KeywordIndex) -> None:
        if passages := self._catalogue.counts()[1]:
            logger.warning("making the index of words anew: %d passages", passages)
        words.clear()
        for rows in self._catalogue.passages_since(0):
            words.add(rows)
        words.commit()

    def _count(self, missing: int, extra: int) -> None:
        self._mended = (self._mended[0] + missing, self._mended[1] + extra)


def seal(folder: Path) -> str:
    """Names, sizes and times of every file of a closed index: equal seals mean that nothing touched it since.

    Locks are left out: a reader may take one.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    stats = [(str(path.relative_to(folder)), path.stat()) for path in files]
    return json.dumps([[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats])
