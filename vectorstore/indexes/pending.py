"""What goes on in the background: passages that wait for their vectors are given some, and the indexes of one process
are brought up to what other processes have done to the catalogue."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import NamedTuple

from vectorstore.errors import DatelineError, EmbedderMismatch, LibraryError
from vectorstore.indexes.embedding import Embedder
from vectorstore.indexes.upkeep import KeptIndexes, Progress
from vectorstore.observing.work import stage
from vectorstore.storage.catalogue import Catalogue
from vectorstore.storage.facts import NEXT_EMBEDDER
from vectorstore.storage.rows import VectorRow, WaitingRow

logger = logging.getLogger(__name__)

# Stored together; a process that is killed loses as many. Sorted by length, they are computed in lots: between two of
# them others get their turn.
_AT_ONCE = 512
_LEAST_AT_ONCE, _SHARES = 64, 8
_LOT = 32
# Seconds for which the processors are left to a question or to articles that come in, and how long that can go on
# before the next lot is computed or the next passages are looked up.
_AFTER_OTHERS = 2.0
_QUESTIONS_AT_MOST, _ARTICLES_AT_MOST = 5.0, 60.0
_LOOK_EVERY = 0.2


class Waiting(NamedTuple):
    """How many of the passages wait for a vector. While the embedder is being changed, `coming` names the next one, and
    `coming_waiting` is how many wait for one of its vectors."""

    passages: int
    waiting: int
    coming: str = ""
    coming_waiting: int = 0


class PendingVectors:
    """A passage without a vector waits for one, whatever ended the process that stored it: there is no other queue.

    Those of the newest articles come first, and of several processes each takes others. `writing` is held by whoever
    changes the library.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        kept: KeptIndexes,
        writing: threading.RLock,
        embedder: Embedder,
        elsewhere: bool = False,
    ) -> None:
        """With `elsewhere` other processes give all of them their vectors."""
        self._catalogue, self._kept, self._writing, self._embedder = catalogue, kept, writing, embedder
        self._elsewhere = elsewhere
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        self._failure: Exception | None = None
        self._leaving, self._hurry = threading.Event(), threading.Event()
        self._wanted = False
        self._asked = self._arrived = float("-inf")

    def standing(self) -> Waiting:
        catalogue, coming = self._catalogue, self._catalogue.recall(NEXT_EMBEDDER) or ""
        of_next = catalogue.waiting(coming=True) if coming else 0
        return Waiting(catalogue.counts()[1], catalogue.waiting(), coming, of_next)

    @property
    def elsewhere(self) -> bool:
        """Whether other processes give the vectors."""
        return self._elsewhere

    @property
    def failure(self) -> DatelineError | None:
        """What ended the last attempt; None while one goes on, and where it went well."""
        if self._failure is None or isinstance(self._failure, DatelineError):
            return self._failure
        return LibraryError(f"A fault of Dateline's own: {self._failure}. Its log says where.")

    def give_way_to_question(self) -> None:
        self._asked = monotonic()

    def give_way_to_articles(self) -> None:
        self._arrived = monotonic()

    def start(self) -> None:
        """Let the thread run until nothing waits."""
        with self._turn:
            self._wanted = True
            if self._thread is None and not (self._leaving.is_set() or self._elsewhere):
                self._failure = None
                self._thread = threading.Thread(target=self._run, name="vectors", daemon=True)
                self._thread.start()

    def resume(self) -> None:
        """Where it was started once and went well: give vectors to what another process has left without."""
        if self._wanted and self._failure is None and self._catalogue.waiting():
            self.start()

    def wait(
        self,
        progress: Progress = lambda done, total: None,
        stop: Callable[[], bool] = lambda: False,
        hurry: bool = True,
    ) -> int:
        """Until nothing waits, or `stop()` says so; how many wait then. In a `hurry` nobody is given way.

        Raises what ended the thread.
        """
        self.start()
        with self._hurried(hurry):
            while (thread := self._thread) and not stop():
                self._tell(progress)
                thread.join(_LOOK_EVERY)
        self._tell(progress)
        if self._failure:
            raise self._failure
        at = self.standing()
        return at.coming_waiting if self._is_coming() else at.waiting

    def stop(self) -> None:
        """For good; what has been computed is kept."""
        self._leaving.set()
        self._hurry.set()
        while thread := self._thread:
            self._kept.stop_renewing()
            thread.join(_LOOK_EVERY)

    @contextmanager
    def _hurried(self, hurry: bool) -> Iterator[None]:
        if hurry:
            self._hurry.set()
        try:
            yield
        finally:
            if hurry and not self._leaving.is_set():
                self._hurry.clear()

    def _tell(self, progress: Progress) -> None:
        at = self.standing()
        progress(at.passages - (at.coming_waiting if self._is_coming() else at.waiting), at.passages)

    def _is_coming(self) -> bool:
        """Whether the library is being changed over to this embedder."""
        return self._catalogue.recall(NEXT_EMBEDDER) == self._embedder.name

    def _is_in_use(self) -> bool:
        return self._catalogue.recall("embedder") in (None, self._embedder.name)

    def _run(self) -> None:
        try:
            while not self._is_over():
                self._embed_some()
        except Exception as error:
            unforeseen = None if isinstance(error, DatelineError) else error  # whose message says it all
            logger.warning("Passages stay without vectors: %s", error, exc_info=unforeseen)
            self._failure = error
            self._thread = None

    def _is_over(self) -> bool:
        """Nothing is left; what comes from now on has another thread started for it."""
        with self._turn:
            over = self._leaving.is_set() or not (self._is_coming() or self._is_in_use() and self._catalogue.waiting())
            if over:
                self._thread = None
            return over

    def _embed_some(self) -> None:
        self._wait_while(lambda: self._arrived, _ARTICLES_AT_MOST)
        coming = self._is_coming()
        with self._catalogue.claimed(self._at_once(coming), coming) as rows:
            if rows:
                return self._embed(rows, coming)
        if self._catalogue.waiting(coming):  # others have the rest in their hands, and may end before they are done
            self._leaving.wait(_LOOK_EVERY)
        elif coming:
            with self._catalogue.changing() as ours:
                if ours and self._is_coming():
                    self._kept.change_embedder()
                else:
                    self._leaving.wait(_LOOK_EVERY)

    def _at_once(self, coming: bool) -> int:
        """Towards the end less, so that all who work on it are done at the same time."""
        if not self._catalogue.shared:
            return _AT_ONCE
        return min(_AT_ONCE, max(_LEAST_AT_ONCE, self._catalogue.waiting(coming) // _SHARES))

    def _embed(self, rows: list[WaitingRow], coming: bool) -> None:
        rows.sort(key=lambda row: len(row.text))
        done: list[tuple[WaitingRow, VectorRow]] = []
        try:
            for start in range(0, len(rows), _LOT):
                self._wait_while(lambda: self._asked, _QUESTIONS_AT_MOST)
                if self._leaving.is_set():
                    break
                lot = rows[start : start + _LOT]
                with stage("embed", passages=len(lot)):
                    vectors = self._embedder.passages([row.text for row in lot])
                done += [(row, VectorRow(row.passage_id, vector)) for row, vector in zip(lot, vectors, strict=True)]
        finally:
            self._keep(done, coming)

    def _keep(self, done: list[tuple[WaitingRow, VectorRow]], coming: bool) -> None:
        with self._writing:
            there = self._catalogue.still_there([row for row, _ in done])
            vectors = [vector for _, vector in done if vector.passage_id in there]
            if not vectors or coming != self._is_coming():
                return
            self._refuse_other_length(vectors, coming)
            indexed = not coming and self._kept.add(vectors)
            self._catalogue.keep_vectors(vectors, self._embedder.name, coming, indexed or coming)

    def _refuse_other_length(self, rows: list[VectorRow], coming: bool) -> None:
        """A model's folder can hold another model than last time, under the same name."""
        held = self._catalogue.dimensions(coming)
        if held is not None and held != len(rows[0].vector):
            raise EmbedderMismatch.of_length(held, self._embedder.name)

    def _wait_while(self, others: Callable[[], float], at_most: float) -> None:
        """A while after others were there last."""
        last = monotonic() + at_most
        while not self._hurry.is_set() and (until := min(last, others() + _AFTER_OTHERS)) > monotonic():
            self._hurry.wait(until - monotonic())


_FOLLOW_EVERY = 1.0
_TELL_EVERY = 30.0


class Following:
    """From `start` on. Searches follow by themselves; this keeps what they have to follow short. Passages that another
    process left without vectors, since it was killed, get some here."""

    def __init__(self, catalogue: Catalogue, kept: KeptIndexes, pending: PendingVectors) -> None:
        self._catalogue, self._kept, self._pending = catalogue, kept, pending
        self._leaving = threading.Event()
        self._thread: threading.Thread | None = None
        self._failing = False
        self._told_at: datetime | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._leaving.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._leaving.is_set():
            try:
                self._look()
            except LibraryError as error:
                if not self._failing:
                    logger.warning("The search indexes do not follow the catalogue: %s", error)
                self._failing = True
            except Exception:
                logger.exception("The search indexes do not follow the catalogue")
                self._failing = True
            self._leaving.wait(_FOLLOW_EVERY)

    def _look(self) -> None:
        self._kept.follow_others(_FOLLOW_EVERY)
        now = datetime.now(UTC)
        if self._told_at is None or (now - self._told_at).total_seconds() >= _TELL_EVERY:
            self._catalogue.seen(now)
            self._pending.resume()
            self._told_at = now
        if self._failing:
            logger.warning("The search indexes follow the catalogue again.")
            self._failing = False
