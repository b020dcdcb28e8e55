"""Keeps the two indexes, of vectors and of words, true to the catalogue, whatever happened to them."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from vectorstore.errors import IndexUnusable, LibraryError, VectorsUnreachable
from vectorstore.indexes.homes import FolderHome, Indexes, Searches, VectorHome, other, seal
from vectorstore.indexes.keywords import KeywordIndex
from vectorstore.indexes.vectors import ChromaVectors, Difference, ExactVectors
from vectorstore.storage.catalogue import Catalogue
from vectorstore.storage.facts import INDEXED, INDEXED_VECTORS, VECTORS_OF
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


class KeptIndexes:
    """The indexes of a library, opened when first used.

    A damaged file of theirs can give wrong answers or kill the process, so a folder is trusted only when it is just as
    this class closed it. Other vectors are compared with the catalogue's, one by one, by a process of its own, and
    taken anew from the catalogue when that process fails; other words are made anew, which takes a second for 8,000
    passages.

    `writing` is held by whoever changes the library; the vectors are built anew in the background without it.
    `searches` are those that use the indexes. Where `others` write to the catalogue too, on this machine or elsewhere,
    the indexes are brought up to what they did by `follow_others`; vectors at `home`, which all share, by whoever comes
    first.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        folder: Path,
        writing: threading.RLock,
        home: VectorHome | None = None,
        others: bool = False,
    ) -> None:
        self._catalogue = catalogue
        self._home = home or FolderHome(folder)
        self._shared = home is not None
        self._others = others
        self._followed = -1
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
            return words if words and words.count() == self._catalogue.size()[1] else None
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
            self._catalogue.remember(self._of_vectors("seal"), self._home.seal(vectors.name))
            self._catalogue.remember(self._of_words("seal of words"), seal(self._words))

    def follow(self) -> None:
        """Take over the words that the catalogue has stored since the last time, whether or not that went well, and
        what it has removed."""
        self._catch_up(self.opened())
        if self._worn() >= _WORN_OUT:
            self._start_renewing()

    def follow_others(self, patience: float) -> None:
        """Take over what other processes have done to the catalogue, unless this one changes it all the while."""
        if self._generation() != self._followed and self._writing.acquire(timeout=patience):
            try:
                self._catch_up(self.opened())
            finally:
                self._writing.release()

    def behind(self) -> int:
        """How many changes of the catalogue its indexes here have yet to take over."""
        return max(0, self._generation() - self._known())

    @property
    def problem(self) -> str:
        """Why nothing is found by its meaning just now, "" where it is."""
        return self._home.problem

    def add(self, rows: Sequence[VectorRow]) -> bool:
        """Before the catalogue keeps them: what it has is here, whatever ends the process in between. False where the
        index cannot be reached, which takes them over later."""
        try:
            self.opened().vectors.add(rows)
        except VectorsUnreachable:
            return False
        return True

    def forget(self, passage_ids: Sequence[str]) -> None:
        """Their vectors, before they get others."""
        with suppress(VectorsUnreachable):
            self.opened().vectors.remove(passage_ids)

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
        if self._others or self._shared:
            self._catch_up(indexes)  # what others did a moment ago is no fault
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
        except VectorsUnreachable:
            return  # which is told with what the check has found
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
        return self._catalogue.size()[1] - self._catalogue.waiting()

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
        place = other(self._place())
        self._home.drop(place)
        fresh = self._home.opened(place)
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
        take_over: Callable[[str, str | None, int], None] = self._catalogue.adopt
        if coming:

            def take_over(name: str, sealed: str | None, known: int) -> None:
                self._catalogue.complete_change(name, sealed)

        with self.searches.none():
            if self._indexes is None:  # it is opened when it is searched
                fresh.close()
                take_over(fresh.name, self._home.seal(fresh.name), known)
            else:
                take_over(fresh.name, None, known)
                self._indexes.vectors.close()
                self._indexes.vectors = fresh
        self._home.drop(before)
        logger.info("the vector index was built anew in %s", fresh.folder)

    def _generation(self) -> int:
        return int(self._catalogue.recall("generation") or 0)

    def _worn(self) -> float:
        """How much of the index was removed since it was built, as a share of what it holds."""
        replaced = int(self._catalogue.recall(self._of_vectors("replaced")) or 0)
        return replaced / max(1, self._catalogue.size()[1]) if replaced >= _WORTH_IT else 0.0

    def _place(self) -> str:
        return self._catalogue.recall(self._of_vectors("vectors")) or VECTORS[0]

    def _of_words(self, fact: str) -> str:
        return f"{self._catalogue.words_facts}{fact}"

    def _of_vectors(self, fact: str) -> str:
        return f"{self._catalogue.vector_facts}{fact}"

    def _open(self) -> Indexes:
        if self._words.exists() and not self._words.is_dir():
            raise IndexUnusable(f"{self._words} is not a folder, and a search index belongs there. Move it away.")
        name = self._place()
        indexes = Indexes(self._home.opened(name), self._open_words()) if self._shared else self._open_own(name)
        self._catch_up(indexes)
        return indexes

    def _open_own(self, name: str) -> Indexes:
        held = self._home.seal(name)
        self._home.drop(other(name))  # what was not finished, or is no longer wanted
        untouched = self._untouched(self._of_vectors("seal"), held) and not self._of_another_embedder()
        words = self._open_words()
        indexes = Indexes(self._open_vectors(name, untouched), words)
        self._note_embedder()
        return indexes

    def _open_vectors(self, name: str, untouched: bool) -> ChromaVectors:
        if self._worn() >= _TOO_WORN_TO_WAIT:
            return self._made_anew(name)
        if untouched:
            return self._home.opened(name)
        found = self._home.difference(name, self._catalogue.at)
        if found is not None:
            vectors = self._home.opened(name)
            self._level(vectors, found)
            return vectors
        self._tell_and_count(self.embedded(), 0)
        return self._made_anew(name)

    def _made_anew(self, name: str) -> ChromaVectors:
        self._home.drop(name)
        self._catalogue.adopt(name, generation=self._generation())
        vectors = self._home.opened(name)
        for rows in self._catalogue.all_vectors():
            vectors.add(rows)
        return vectors

    def _open_words(self) -> KeywordIndex:
        held = seal(self._words) if self._words.exists() else None
        if self._untouched(self._of_words("seal of words"), held):
            try:
                return KeywordIndex(self._words)
            except IndexUnusable:
                logger.info("the index of words is of another version")
        shutil.rmtree(self._words, ignore_errors=True)
        words = KeywordIndex(self._words)
        self._fill(words)
        return words

    def _untouched(self, name: str, held: str | None) -> bool:
        """Whether the folder is as it was when it was sealed; from now on it no longer is."""
        untouched = held is not None and self._catalogue.recall(name) == held
        self._catalogue.remember(name, None)
        return untouched

    def _catch_up(self, indexes: Indexes) -> None:
        now = self._generation()
        if self._others and self._catalogue.recall(self._of_words(INDEXED)) is None:
            self._fill(indexes.words)  # nobody has kept for it what has gone
        for rows in self._catalogue.passages_since(self._known()):
            indexes.words.add(rows)
        indexes.words.remove(self._catalogue.withdrawn_since(self._known()))
        indexes.words.commit()
        replaced = self._catch_up_vectors(indexes, now)
        self._catalogue.mark_indexed(now, replaced is not None, replaced or 0)
        self._followed = now if replaced is not None else -1

    def _catch_up_vectors(self, indexes: Indexes, now: int) -> int | None:
        """How many were taken out; None where that has to wait."""
        try:
            if self._shared:
                self._use_the_shared(indexes)
            elif self._others and self._of_another_embedder():
                self.renew()
            known = int(self._catalogue.recall(self._of_vectors(INDEXED_VECTORS)) or 0)
            gone = self._catalogue.withdrawn_since(known)
            indexes.vectors.remove(gone)
            if self._others or self._shared:
                indexes.vectors.remove(self._catalogue.waiting_since(known))
                for rows in self._catalogue.vectors_since(known):
                    indexes.vectors.add(rows)
            self._note_embedder()
            return len(gone)
        except VectorsUnreachable:
            return None

    def _use_the_shared(self, indexes: Indexes) -> None:
        """Whoever has built them anew has put them elsewhere; and a server that has lost them gets them again."""
        if (name := self._place()) != indexes.vectors.name:
            indexes.vectors.close()
            indexes.vectors = self._home.opened(name)
        known = self._catalogue.recall(self._of_vectors(INDEXED_VECTORS))
        if known is None or not indexes.vectors.count() and self.embedded():
            now = self._generation()
            for rows in self._catalogue.all_vectors():
                indexes.vectors.add(rows)
            indexes.vectors.remove(indexes.vectors.ids() - self._catalogue.embedded_ids())
            self._catalogue.adopt(name, generation=now)

    def _of_another_embedder(self) -> bool:
        """Whether the index has vectors of a model that is no longer in use, since another machine has changed it."""
        its_own = self._catalogue.recall(self._of_vectors(VECTORS_OF))
        return self._others and its_own is not None and its_own != self._catalogue.recall("embedder")

    def _note_embedder(self) -> None:
        if self._others and self._catalogue.recall(self._of_vectors(VECTORS_OF)) != self._catalogue.recall("embedder"):
            self._catalogue.remember(self._of_vectors(VECTORS_OF), self._catalogue.recall("embedder"))

    def _known(self) -> int:
        return int(self._catalogue.recall(self._of_words(INDEXED)) or 0)

    def _level(self, vectors: ChromaVectors, found: Difference) -> None:
        self._tell_and_count(len(found.wrong), len(found.extra))
        for start in range(0, len(found.wrong), _BATCH):
            vectors.add(self._catalogue.vectors(found.wrong[start : start + _BATCH]))
        vectors.remove(found.extra)

    def _fill(self, words: KeywordIndex) -> None:
        now = self._generation()
        if passages := self._catalogue.size()[1]:
            logger.warning("making the index of words anew: %d passages", passages)
        words.clear()
        for rows in self._catalogue.passages_since(0):
            words.add(rows)
        words.commit()
        self._catalogue.remember(self._of_words(INDEXED), str(now))

    def _tell_and_count(self, missing: int, extra: int) -> None:
        if missing or extra:
            logger.warning("mending the vector index: %d passages to add, %d to take out", missing, extra)
        self._count(missing, extra)

    def _count(self, missing: int, extra: int) -> None:
        self._mended = (self._mended[0] + missing, self._mended[1] + extra)
