"""Sources into the library: read, recognise, split, store; one row of the report for each document."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING

from ingest.documents import Found, Gone, Rejection, Seen, Source
from ingest.reading import article_in, documents_of
from ingest.recognise import Shelf, recognise
from ingest.report import Outcome, Report, Row
from ingest.sources import expected
from ingest.split import split
from ingest.text import squeezed
from vectorstore.models import Article, Passage

if TYPE_CHECKING:
    from ingest.web import Web

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
    web: Web | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """Puts everything that the sources hold into the library and says what became of it.

    One bad document is a row with its reason. When `stop()` says so or on Ctrl-C, what is in hand is stored and the
    report says that it stopped; a second Ctrl-C ends it at once. Errors of the library itself are raised, and what
    was reported to `progress` before stays stored.
    """
    sources, web = tuple(sources), web or _web()
    documents = chain.from_iterable(documents_of(source, web) for source in sources)
    return take_in(documents, library, expected(sources), progress=progress, stop=stop, now=now)


def take_in(
    documents: Iterable[Found],
    library: Shelf,
    total: int | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """As `ingest`, for documents that were read already: the report has one row for each, in their order."""
    run = _Run(library, total, progress or (lambda _: None), now)
    arriving = iter(documents)
    try:
        while not (stopped := stop()) and (found := next(arriving, None)):
            run.take(found)
    except KeyboardInterrupt:
        stopped = True
    run.commit()
    return run.report(stopped)


def _web() -> Web:
    from ingest.web import Web

    return Web()


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
        if isinstance(found, Seen | Gone):
            self._note(found)
            return
        article = article_in(found, self._now())
        if isinstance(article, Rejection):
            self._settled(Row(article.name, Outcome.REJECTED, reason=article.reason))
            return
        marks = {article.id, squeezed(article.text)}
        if marks & self._waiting:
            self.commit()  # the library cannot recognise what it does not hold yet
        row, article = recognise(found.name, article, self._library)
        if row.outcome in (Outcome.ADDED, Outcome.UPDATED):
            self._rows.append(row)
            self._waiting |= marks
            self._wait(row, replace(article, ingested_at=self._now()))
            return
        if row.outcome is Outcome.UNCHANGED and article.gone_at:
            self._library.mark_gone(article.id, None)
        self._settled(row)

    def commit(self) -> None:
        """Stores what waits, in one transaction, and only then tells of it."""
        if self._pending and not self._is_stored(self._pending[0].article):
            self._library.put([(waiting.article, waiting.passages) for waiting in self._pending])
        stored, self._pending, self._waiting = self._pending, [], set()
        for waiting in stored:
            self._settle(waiting.row, len(waiting.passages))

    def report(self, stopped: bool) -> Report:
        return Report(tuple(self._rows), self._passages, time.monotonic() - self._begun, stopped)

    def _note(self, found: Seen | Gone) -> None:
        """An article whose page was asked for and did not need to be read."""
        stored = self._library.find(found.article_id)
        gone_at = self._now() if isinstance(found, Gone) else None
        if stored and bool(stored.gone_at) != bool(gone_at):
            self._library.mark_gone(stored.id, gone_at)
            outcome = Outcome.GONE if gone_at else Outcome.UNCHANGED
        else:
            outcome = Outcome.UNCHANGED
        self._settled(Row(found.name, outcome, found.article_id, stored.title if stored else ""))

    def _settled(self, row: Row) -> None:
        self._rows.append(row)
        self._settle(row, 0)

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
