"""Sources into the library: read, recognise, split, store; one row of the report for each document."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain

from ingest.documents import Rejection, Source
from ingest.extract import extract
from ingest.files import Found
from ingest.recognise import Shelf, recognise
from ingest.report import Outcome, Report, Row
from ingest.sources import expected, name_of, read
from ingest.split import split
from ingest.text import squeezed
from vectorstore.errors import RejectedDocument
from vectorstore.models import Article, Passage

logger = logging.getLogger(__name__)

# Full batches keep the embedder busy; more than this would only make a stop or a crash cost more.
_BATCH = 512


@dataclass(frozen=True, slots=True)
class Progress:
    """One document is settled: what `row` says of it is stored. `total` is an estimate, None when unknown;
    `passages` and `seconds` are those of the whole run so far."""

    done: int
    total: int | None
    row: Row
    passages: int
    seconds: float


def ingest(
    sources: Iterable[Source],
    library: Shelf,
    *,
    allow_private: bool = False,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """Puts everything that the sources hold into the library and says what became of it.

    One bad document is a row with its reason. When `stop()` says so or on Ctrl-C, what is in hand is stored and the
    report says that it stopped; a second Ctrl-C ends it at once. Errors of the library itself are raised, and what
    was reported to `progress` before stays stored.
    """
    sources = tuple(sources)
    run = _Run(library, expected(sources), progress or (lambda _: None), now)
    documents = chain.from_iterable(_read(source, allow_private) for source in sources)
    try:
        while not (stopped := stop()) and (found := next(documents, None)):
            run.take(found)
    except KeyboardInterrupt:
        stopped = True
    run.commit()
    return run.report(stopped)


class _Run:
    """One ingest under way: the rows so far, and the articles that wait for the next transaction."""

    def __init__(
        self, library: Shelf, total: int | None, progress: Callable[[Progress], None], now: Callable[[], datetime]
    ) -> None:
        self._library = library
        self._total = total
        self._progress = progress
        self._now = now
        self._begun = time.monotonic()
        self._rows: list[Row] = []
        self._pending: list[_Pending] = []
        self._waiting: set[str] = set()  # the ids and the texts of what is pending
        self._done = 0
        self._passages = 0

    def take(self, found: Found) -> None:
        """Settles the document, or puts it with those that wait."""
        article = _article(found)
        if isinstance(article, Rejection):
            row = Row(article.name, Outcome.REJECTED, reason=article.reason)
            self._rows.append(row)
            self._settle(row, 0)
            return
        marks = {article.id, squeezed(article.text)}
        if marks & self._waiting:
            self.commit()  # the library cannot recognise what it does not hold yet
        row, article = recognise(found.name, article, self._library)
        self._rows.append(row)
        if row.outcome in (Outcome.ADDED, Outcome.UPDATED):
            self._waiting |= marks
            self._wait(row, replace(article, ingested_at=self._now()))
        else:
            self._settle(row, 0)

    def commit(self) -> None:
        """Stores what waits, in one transaction, and only then tells of it."""
        if self._pending and not self._is_stored(self._pending[0].article):
            self._library.put([(waiting.article, waiting.passages) for waiting in self._pending])
        stored, self._pending, self._waiting = self._pending, [], set()
        for waiting in stored:
            self._settle(waiting.row, len(waiting.passages))

    def report(self, stopped: bool) -> Report:
        return Report(tuple(self._rows), self._passages, time.monotonic() - self._begun, stopped)

    def _wait(self, row: Row, article: Article) -> None:
        self._pending.append(_Pending(row, article, split(article)))
        if sum(len(waiting.passages) for waiting in self._pending) >= _BATCH:
            self.commit()

    def _is_stored(self, article: Article) -> bool:
        """Whether a commit that was interrupted got through: a batch goes in whole, so its first article tells."""
        stored = self._library.find(article.id)
        return stored is not None and stored.version == article.version

    def _settle(self, row: Row, passages: int) -> None:
        self._done += 1
        self._passages += passages
        self._progress(Progress(self._done, self._total, row, self._passages, time.monotonic() - self._begun))


@dataclass(frozen=True, slots=True)
class _Pending:
    """An article that waits to be stored."""

    row: Row
    article: Article
    passages: Sequence[Passage]


def _read(source: Source, allow_private: bool) -> Iterator[Found]:
    try:
        yield from read(source, allow_private=allow_private)
    except Exception as error:
        yield _fault(name_of(source), error)


def _article(found: Found) -> Article | Rejection:
    if isinstance(found, Rejection):
        return found
    try:
        return extract(found)
    except RejectedDocument as reason:
        return Rejection(found.name, str(reason))
    except Exception as error:
        return _fault(found.name, error)


def _fault(name: str, error: Exception) -> Rejection:
    """A fault of ours in one document, which must not cost the others."""
    logger.exception("%s could not be read", name)
    return Rejection(name, f"{type(error).__name__}: {error}")
