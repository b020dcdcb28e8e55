"""Keeps the two indexes, of vectors and of words, true to the catalogue, whatever happened to them."""

from __future__ import annotations

import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from vectorstore.errors import IndexUnusable, LibraryError
from vectorstore.indexes.brute_force import ExactVectors
from vectorstore.indexes.keywords import KeywordIndex
from vectorstore.indexes.vectors import ChromaVectors, Difference, difference_in_a_process
from vectorstore.storage.catalogue import Catalogue
from vectorstore.storage.folder import VECTORS, WORDS
from vectorstore.storage.rows import VectorRow

logger = logging.getLogger(__name__)

_BATCH = 2000
# What was removed stays in Chroma's files (chroma-core/chroma#2594), and vectors that are all but the same push others
# out of its graph: of 1,200 passages among which 5 groups of 200 had one vector each, 36 were not found by their own.
# So it is built anew once this share of what it holds was removed; past the second share, opening waits for that.
_WORN_OUT = 1 / 4
_TOO_WORN_TO_WAIT = 1 / 2
_WORTH_IT = 100
_PATIENCE = 0.2

Progress = Callable[[int, int], None]


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


class KeptIndexes:
    """The indexes of a library, opened when first used.

    A damaged file of theirs can give wrong answers or kill the process, so a folder is trusted only when it is just as
    this class closed it. Other vectors are compared with the catalogue's, one by one, by a process of its own, and
    taken anew from the catalogue when that process fails; other words are made anew, which takes a second for 8,000
    passages.

    `writing` is held by whoever changes the library; the vectors are built anew in the background without it.
    `searches` are those that use the indexes.
    """

    def __init__(self, catalogue: Catalogue, folder: Path, writing: threading.RLock) -> None:
        self._catalogue = catalogue
        self._folder = folder
        self._words = folder / WORDS
        self._writing = writing
        self.searches = Searches()
        self._indexes: Indexes | None = None
        self._opening = threading.Lock()
        self._mended = (0, 0)
        self._renewing: threading.Thread | None = None
        self._starting = threading.Lock()
        self._failure: LibraryError | None = None
        self._leave_off = threading.Event()

    def opened(self) -> Indexes:
        """The indexes, holding what the catalogue holds."""
        with self._opening:
            if self._indexes is None:
                self._indexes = self._open()
            return self._indexes

    def beside_their_writer(self) -> tuple[ExactVectors, KeywordIndex]:
        """For a process that only reads: vectors in memory, and the words as the writer keeps them, or in memory as
        long as it has none."""
        vectors = ExactVectors(row for batch in self._catalogue.all_vectors() for row in batch)
        if (kept := self._words_as_kept()) is not None:
            return vectors, kept
        words = KeywordIndex(None)
        for rows in self._catalogue.passages_since(0):
            words.add(rows)
        words.commit()
        return vectors, words

    def _words_as_kept(self) -> KeywordIndex | None:
        """None when it is not as it should be."""
        try:
            words = KeywordIndex(self._words) if self._words.exists() else None
            return words if words and words.count() == self._catalogue.counts()[1] else None
        except IndexUnusable:
            return None

    def close(self) -> None:
        """Close the indexes properly and remember how their files looked."""
        self.stop_renewing()
        if self._indexes is not None:
            vectors, words = self._indexes.vectors, self._indexes.words
            self._indexes = None
            words.close()
            vectors.close()
            self._catalogue.remember("seal", seal(vectors.folder))
            self._catalogue.remember("seal of words", seal(self._words))

    def follow(self) -> None:
        """Take over the words that the catalogue has stored since the last time, whether or not that went well, and
        what it has removed."""
        self._catch_up(self.opened())
        if self._worn() >= _WORN_OUT:
            self._start_renewing()

    def add(self, rows: Sequence[VectorRow]) -> None:
        """Before the catalogue keeps them: what it has is here, whatever ends the process in between."""
        self.opened().vectors.add(rows)

    def change_embedder(self) -> None:
        """Build the index of the coming embedder's vectors beside the other one, and change over to both, unless
        something comes in between."""
        self._start_renewing(coming=True).join()
        if self._failure:
            raise self._failure

    def mend(self) -> tuple[int, int]:
        """Compare passage by passage and put right what differs: how many were missing, and how many too many.

        What opening the indexes has mended counts too.
        """
        indexes = self.opened()
        self._mend_vectors(indexes.vectors)
        expected, held = self._catalogue.passage_keys(), set(indexes.words.keys())
        if expected != held:
            self._count(len(expected - held), len(held - expected))
            self._fill(indexes.words)
        mended, self._mended = self._mended, (0, 0)
        return mended

    def _mend_vectors(self, index: ChromaVectors) -> None:
        try:
            found = index.difference(self._catalogue.all_vectors())
        except IndexUnusable as error:
            logger.warning("%s It is made anew.", error)
            self._count(self.embedded(), 0)
            self.renew()
        else:
            self._level(index, found)

    def unfound(self, progress: Progress) -> int:
        """How many passages a search by their own vector does not come upon."""
        index, total = self.opened().vectors, self.embedded()
        lost = done = 0
        for rows in self._catalogue.all_vectors():
            lost += len(list(index.unfound(rows)))
            done += len(rows)
            progress(done, total)
        return lost

    def renew(self) -> None:
        """Take the vectors anew from the catalogue into the other folder, and search there; nothing is embedded.

        Until that is done searches go on in the index as it is, which stays when the process ends in between. Called
        while `writing` is held.
        """
        self.stop_renewing()
        known = self._generation()
        with self._built_beside(lambda: False) as fresh:
            self._adopt(fresh, known)

    def embedded(self) -> int:
        """How many passages have a vector."""
        return self._catalogue.counts()[1] - self._catalogue.waiting()

    def _start_renewing(self, coming: bool = False) -> threading.Thread:
        with self._starting:
            if not (self._renewing and self._renewing.is_alive()):
                renew = partial(self._renew_in_background, coming)
                self._renewing = threading.Thread(target=renew, name="vector index", daemon=True)
                self._renewing.start()
            return self._renewing

    def _renew_in_background(self, coming: bool) -> None:
        known, self._failure = self._generation(), None
        try:
            with self._built_beside(self._leave_off.is_set, coming) as fresh:
                while not self._leave_off.is_set():
                    if self._writing.acquire(timeout=_PATIENCE):
                        try:
                            return self._adopt(fresh, known, coming)
                        finally:
                            self._writing.release()
        except LibraryError as error:
            logger.warning("The vector index could not be built anew: %s", error)
            self._failure = error

    def stop_renewing(self) -> None:
        if renewing := self._renewing:
            self._leave_off.set()
            renewing.join()
            self._renewing = None
            self._leave_off.clear()

    @contextmanager
    def _built_beside(self, leave_off: Callable[[], bool], coming: bool = False) -> Iterator[ChromaVectors]:
        """An index in the other folder, closed in the end unless it has been adopted."""
        place = self._other_place()
        shutil.rmtree(place, ignore_errors=True)
        fresh = ChromaVectors(place)
        try:
            for rows in self._catalogue.all_vectors(coming=coming):
                if leave_off():
                    break
                fresh.add(rows)
            yield fresh
        finally:
            if self._indexes is None or self._indexes.vectors is not fresh:
                fresh.close()

    def _adopt(self, fresh: ChromaVectors, known: int, coming: bool = False) -> None:
        there, expected = fresh.ids(), self._catalogue.embedded_ids(coming)
        came_in = [*(expected - there | expected & self._catalogue.stored_since(known))]
        for start in range(0, len(came_in), _BATCH):
            fresh.add(self._catalogue.vectors(came_in[start : start + _BATCH], coming))
        fresh.remove(there - expected)
        before = self._place()
        take_over = self._catalogue.complete_change if coming else self._catalogue.adopt
        with self.searches.none():
            if self._indexes is None:  # it is opened when it is searched
                fresh.close()
                take_over(fresh.folder.name, seal(fresh.folder))
            else:
                take_over(fresh.folder.name)
                self._indexes.vectors.close()
                self._indexes.vectors = fresh
        shutil.rmtree(before, ignore_errors=True)
        logger.info("the vector index was built anew in %s", fresh.folder)

    def _generation(self) -> int:
        return int(self._catalogue.recall("generation") or 0)

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
        indexes = Indexes(self._open_vectors(place, untouched), words)
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
        self._tell_and_count(self.embedded(), 0)
        return self._made_anew(place)

    def _made_anew(self, place: Path) -> ChromaVectors:
        shutil.rmtree(place, ignore_errors=True)
        self._catalogue.adopt(place.name)
        vectors = ChromaVectors(place)
        for rows in self._catalogue.all_vectors():
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
        for rows in self._catalogue.passages_since(known):
            indexes.words.add(rows)
        gone = self._catalogue.withdrawn()
        indexes.vectors.remove(gone)
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
