"""Keeps the two indexes, of vectors and of words, true to the catalogue, whatever happened to them."""

from __future__ import annotations

import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from vectorstore.catalogue import Catalogue
from vectorstore.embedding import Matrix
from vectorstore.errors import IndexUnusable, LibraryError
from vectorstore.keywords import KeywordIndex
from vectorstore.vectors import ChromaVectors, Difference, difference_in_a_process

logger = logging.getLogger(__name__)

VECTORS = ("chroma", "chroma-2")
"""The index of vectors is in one of these folders of the library; the other is where the next one is built."""
WORDS = "words"
_BATCH = 2000
# What was removed stays in Chroma's files (chroma-core/chroma#2594), and vectors that are all but the same push others
# out of its graph: of 1,200 passages among which 5 groups of 200 had one vector each, 36 were not found by their own.
# So it is built anew once this share of what it holds was removed; past the second share, opening waits for that.
_WORN_OUT = 1 / 4
_TOO_WORN_TO_WAIT = 1 / 2
_WORTH_IT = 100
_PATIENCE = 0.2

Progress = Callable[[int, int], None]


class Indexes(NamedTuple):
    """The vectors and the words of all passages."""

    vectors: ReplaceableVectors
    words: KeywordIndex


class ReplaceableVectors:
    """An index of vectors that another one can take the place of between two searches."""

    def __init__(self, index: ChromaVectors) -> None:
        self.index = index
        self._searching = threading.Lock()

    def nearest(self, vector: Matrix, limit: int) -> list[tuple[str, float]]:
        """See VectorIndex. A search takes about a millisecond, for which others can wait."""
        with self._searching:
            return self.index.nearest(vector, limit)

    def replace(self, index: ChromaVectors) -> None:
        """Search this one from now on, and close the one before."""
        with self._searching:
            before, self.index = self.index, index
            before.close()


class KeptIndexes:
    """The indexes of a library, opened when first used.

    A damaged file of theirs can give wrong answers or kill the process, so a folder is trusted only when it is just as
    this class closed it. Other vectors are compared with the catalogue's, one by one, by a process of its own, and
    taken anew from the catalogue when that process fails; other words are made anew, which takes a second for 8,000
    passages.

    `writing` is held by whoever changes the library; the vectors are built anew in the background without it.
    """

    def __init__(self, catalogue: Catalogue, folder: Path, writing: threading.RLock) -> None:
        self._catalogue = catalogue
        self._folder = folder
        self._words = folder / WORDS
        self._writing = writing
        self._indexes: Indexes | None = None
        self._opening = threading.Lock()
        self._mended = (0, 0)
        self._renewing: threading.Thread | None = None
        self._leave_off = threading.Event()

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
            return words if words and words.count() == self._catalogue.counts()[1] else None
        except IndexUnusable:
            return None

    def close(self) -> None:
        """Close the indexes properly and remember how their files looked."""
        self._stop_renewing()
        if self._indexes is not None:
            vectors, words = self._indexes
            self._indexes = None
            words.close()
            vectors.index.close()
            self._catalogue.remember("seal", seal(vectors.index.folder))
            self._catalogue.remember("seal of words", seal(self._words))

    def follow(self) -> None:
        """Take over what the catalogue has stored or removed since the last time, whether or not that went well."""
        self._catch_up(self.opened())
        if self._worn() >= _WORN_OUT and not (self._renewing and self._renewing.is_alive()):
            self._renewing = threading.Thread(target=self._renew_in_background, name="vector index", daemon=True)
            self._renewing.start()

    def mend(self) -> tuple[int, int]:
        """Compare passage by passage and put right what differs: how many were missing, and how many too many.

        What opening the indexes has mended counts too.
        """
        indexes = self.opened()
        self._mend_vectors(indexes.vectors.index)
        expected, held = self._catalogue.passage_keys(), set(indexes.words.keys())
        if expected != held:
            self._count(len(expected - held), len(held - expected))
            self._fill(indexes.words)
        mended, self._mended = self._mended, (0, 0)
        return mended

    def _mend_vectors(self, index: ChromaVectors) -> None:
        try:
            found = index.difference(self._catalogue.vectors_since(0))
        except IndexUnusable as error:
            logger.warning("%s It is made anew.", error)
            self._count(self._catalogue.counts()[1], 0)
            self.renew()
        else:
            self._level(index, found)

    def unfound(self, progress: Progress) -> int:
        """How many passages a search by their own vector does not come upon."""
        index, (_, total) = self.opened().vectors.index, self._catalogue.counts()
        lost = done = 0
        for rows in self._catalogue.vectors_since(0):
            lost += len(list(index.unfound(rows)))
            done += len(rows)
            progress(done, total)
        return lost

    def renew(self) -> None:
        """Take the vectors anew from the catalogue into the other folder, and search there; nothing is embedded.

        Until that is done searches go on in the index as it is, which stays when the process ends in between. Called
        while `writing` is held.
        """
        self._stop_renewing()
        with self._built_beside(lambda: False) as fresh:
            self._adopt(fresh, int(self._catalogue.recall("generation") or 0))

    def _renew_in_background(self) -> None:
        known = int(self._catalogue.recall("generation") or 0)
        try:
            with self._built_beside(self._leave_off.is_set) as fresh:
                while not self._leave_off.is_set():
                    if self._writing.acquire(timeout=_PATIENCE):
                        try:
                            return self._adopt(fresh, known)
                        finally:
                            self._writing.release()
        except LibraryError as error:
            logger.warning("The vector index could not be built anew: %s", error)

    def _stop_renewing(self) -> None:
        if self._renewing:
            self._leave_off.set()
            self._renewing.join()
            self._renewing = None
            self._leave_off.clear()

    @contextmanager
    def _built_beside(self, leave_off: Callable[[], bool]) -> Iterator[ChromaVectors]:
        """An index in the other folder, closed in the end unless it has been adopted."""
        place = self._other_place()
        shutil.rmtree(place, ignore_errors=True)
        fresh = ChromaVectors(place)
        try:
            for rows in self._catalogue.vectors_since(0):
                if leave_off():
                    break
                fresh.add(rows)
            yield fresh
        finally:
            if self._indexes is None or self._indexes.vectors.index is not fresh:
                fresh.close()

    def _adopt(self, fresh: ChromaVectors, known: int) -> None:
        for rows in self._catalogue.vectors_since(known):  # what came in while it was built
            fresh.add(rows)
        fresh.remove(fresh.ids() - self._catalogue.passage_ids())
        before = self._place()
        if self._indexes is None:  # it is opened when it is searched
            fresh.close()
            self._catalogue.adopt(fresh.folder.name, seal(fresh.folder))
        else:
            self._catalogue.adopt(fresh.folder.name)
            self._indexes.vectors.replace(fresh)
        shutil.rmtree(before, ignore_errors=True)
        logger.info("the vector index was built anew in %s", fresh.folder)

    def _worn(self) -> float:
        """How much of the index was removed since it was built, as a share of what it holds."""
        replaced = int(self._catalogue.recall("replaced") or 0)
        return replaced / max(1, self._catalogue.counts()[1]) if replaced >= _WORTH_IT else 0.0

    def _place(self) -> Path:
        return self._folder / (self._catalogue.recall("vectors") or VECTORS[0])

    def _other_place(self) -> Path:
        return self._folder / next(name for name in VECTORS if name != self._place().name)

    def _open(self) -> Indexes:
        place = self._place()
        for folder in (place, self._words):
            if folder.exists() and not folder.is_dir():
                raise IndexUnusable(f"{folder} is not a folder, and a search index belongs there. Move it away.")
        shutil.rmtree(self._other_place(), ignore_errors=True)  # what was not finished, or is no longer wanted
        untouched = self._untouched("seal", place)
        words = self._open_words()
        indexes = Indexes(ReplaceableVectors(self._open_vectors(place, untouched)), words)
        self._catch_up(indexes)
        return indexes

    def _open_vectors(self, place: Path, untouched: bool) -> ChromaVectors:
        if self._worn() >= _TOO_WORN_TO_WAIT:
            return self._made_anew(place)
        if untouched:
            return ChromaVectors(place)
        found = difference_in_a_process(place, self._catalogue.path) if place.exists() else None
        if found is not None:
            vectors = ChromaVectors(place)
            self._level(vectors, found)
            return vectors
        lost = self._catalogue.counts()[1]
        self._tell_and_count(lost, 0)
        return self._made_anew(place)

    def _made_anew(self, place: Path) -> ChromaVectors:
        shutil.rmtree(place, ignore_errors=True)
        self._catalogue.adopt(place.name)
        vectors = ChromaVectors(place)
        for rows in self._catalogue.vectors_since(0):
            vectors.add(rows)
        return vectors

    def _open_words(self) -> KeywordIndex:
        if self._untouched("seal of words", self._words):
            try:
                return KeywordIndex(self._words)
            except IndexUnusable:
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
            indexes.vectors.index.add(batch)
        for rows in self._catalogue.passages_since(known):
            indexes.words.add(rows)
        gone = self._catalogue.withdrawn()
        indexes.vectors.index.remove(gone)
        indexes.words.remove(gone)
        indexes.words.commit()
        self._catalogue.mark_indexed(gone)

    def _level(self, vectors: ChromaVectors, found: Difference) -> None:
        self._tell_and_count(len(found.wrong), len(found.extra))
        for start in range(0, len(found.wrong), _BATCH):
            vectors.add(self._catalogue.vectors(found.wrong[start : start + _BATCH]))
        vectors.remove(found.extra)

    def _fill(self, words: KeywordIndex) -> None:
        if passages := self._catalogue.counts()[1]:
            logger.warning("making the index of words anew: %d passages", passages)
        words.clear()
        for rows in self._catalogue.passages_since(0):
            words.add(rows)
        words.commit()

    def _tell_and_count(self, missing: int, extra: int) -> None:
        if missing or extra:
            logger.warning("mending the vector index: %d passages to add, %d to take out", missing, extra)
        self._count(missing, extra)

    def _count(self, missing: int, extra: int) -> None:
        self._mended = (self._mended[0] + missing, self._mended[1] + extra)


def seal(folder: Path) -> str:
    """Names, sizes and times of every file of a closed index: equal seals mean that nothing touched it since.

    Locks are left out: a reader may take one.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    stats = [(str(path.relative_to(folder)), path.stat()) for path in files]
    return json.dumps([[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats])
