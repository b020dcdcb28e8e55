"""Sources into the library: read, recognise, split, store; one row of the report for each document."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING

from ingest.change_detection import Shelf, recognise
from ingest.dates import latest
from ingest.documents import Gone, Rejection, Seen, Source
from ingest.sources import Extracted, Taken, articles, expected, is_address
from ingest.splitting import LOOKED_AT, own_stretch, split
from ingest.text import squeezed
from ingest.web.workers import Place
from vectorstore.console.terminal import remote
from vectorstore.models import Article, Passage
from vectorstore.observing.work import stage, tell
from vectorstore.reports import Again, Outcome, Report, Row

if TYPE_CHECKING:
    from ingest.web.politeness import Web

# An article waits for so many seconds, or until there are so many passages, and is stored together with the others:
# each time costs as much as some articles.
_SECONDS = 0.5
_PASSAGES = 512
_FOR_GOOD = ("refused:", "is not a valid address")
_FOR_NOW = ("was given up", "cannot be read (", "permission denied", "there is no such file")


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
    only: Collection[str] = (),
) -> Report:
    """Puts everything that the sources hold into the library and says what became of it.

    Several hosts are read side by side. An article is found by its words as soon as it is stored, a second after it was
    read, and by its meaning once the library has embedded it, for which nobody waits here. The report is in the order
    of the sources, and `progress` in the order in which documents were settled: of two hosts' articles with the same
    text, the one read first is no duplicate. One bad document is a row with its reason. When `stop()` says so or on
    Ctrl-C, what is in hand is stored, within seconds, and the report says that it stopped; a second Ctrl-C ends it at
    once. Errors of the library itself are raised, and what was reported to `progress` before stays stored.

    Where `only` names documents, all others that stand in files are passed over.
    """
    sources, places = tuple(sources), list[Place]()
    reading = latest(now(), library.arrived_since)
    arriving = articles(sources, web or _web(), reading)

    def arrivals() -> Iterator[Taken | None]:
        for arrival in arriving:
            if arrival:
                place, taken = arrival
                if only and taken.name not in only and not is_address(sources[place[0]]):
                    continue
                places.append(place)
            yield arrival and arrival[1]

    total = len(only) or expected(sources)
    with closing(arriving):
        report = take_in(arrivals(), library, total, progress=progress, stop=stop, now=now)
    in_order = sorted(zip(places, report.rows, strict=False), key=itemgetter(0))
    again = tuple(_again(row, sources[place[0]]) for place, row in in_order if row.outcome is Outcome.REJECTED)
    origins = tuple(place[0] for place, _ in in_order)
    return replace(report, rows=tuple(row for _, row in in_order), again=again, origins=origins)


def take_in(
    arriving: Iterable[Taken | None],
    library: Shelf,
    total: int | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """As `ingest`, for what was read already: the report has one row for each, in their order. At None, which says
    that nothing has come for a while, what waits is stored."""
    run = _Run(library, total, progress or (lambda _: None), now)
    stopped = False
    with stage("ingest"), first_interrupt() as interrupted:
        for taken in arriving:
            if stopped := interrupted() or stop():
                break
            if taken:
                run.take(taken)
            else:
                run.commit()
        run.commit()
    return run.report(stopped)


def _again(row: Row, source: Source) -> Again:
    """A page by its own address, whatever listed it; anything else with what it stood in, which would be rejected again
    unless it was this machine that could not read it."""
    if is_address(row.source):
        return Again(row.source, row.source, not row.reason.startswith(_FOR_GOOD))
    return Again(row.source, source, row.reason.startswith(_FOR_NOW))


def _web() -> Web:
    from ingest.web.politeness import Web

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
        self._first = 0.0  # when the first of those came that are pending
        self._done = 0
        self._passages = 0

    def take(self, taken: Taken) -> None:
        """Settles the document, or puts it with those that wait."""
        if isinstance(taken, Seen | Gone):
            self._note(taken)
        elif isinstance(taken, Rejection):
            self._settled(Row(taken.name, Outcome.REJECTED, reason=taken.reason))
        else:
            self._recognise(taken)

    def _recognise(self, taken: Extracted) -> None:
        article = taken.article
        marks = {article.id, squeezed(article.text)}
        if marks & self._waiting:
            self.commit()  # the library cannot recognise what it does not hold yet
        row, article = recognise(taken.name, article, self._library)
        if row.outcome in (Outcome.ADDED, Outcome.UPDATED):
            row = replace(row, reason=taken.instead and f"summary only: {taken.instead}")
            self._rows.append(row)
            self._waiting |= {*marks, article.id}
            self._wait(row, replace(article, ingested_at=self._now()))
            return
        if row.outcome is Outcome.UNCHANGED and article.gone_at:
            self._library.mark_gone(article.id, None)
        self._settled(row)

    def commit(self) -> None:
        """Stores what waits, in one transaction, and only then tells of it."""
        if not self._pending:
            return
        with stage("store", articles=len(self._pending)):
            self._library.store([(waiting.article, waiting.passages) for waiting in self._pending])
        stored, self._pending, self._waiting = self._pending, [], set()
        for waiting in stored:
            self._settle(waiting.row, len(waiting.passages))

    def report(self, stopped: bool) -> Report:
        rejected = (row.source for row in self._rows if row.outcome is Outcome.REJECTED)
        again = tuple(Again(name, name) for name in rejected if is_address(name))
        return Report(tuple(self._rows), self._passages, time.monotonic() - self._begun, stopped, again)

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
        if not self._pending:
            self._first = time.monotonic()
        own = own_stretch(article, self._library.latest_of(article.outlet, LOOKED_AT) if article.outlet else ())
        self._pending.append(_Pending(row, article, split(article, self._library.token_limit, own)))
        passages = sum(len(waiting.passages) for waiting in self._pending)
        if passages >= _PASSAGES or time.monotonic() - self._first >= _SECONDS:
            self.commit()

    def _settle(self, row: Row, passages: int) -> None:
        self._done += 1
        self._passages += passages
        tell("document", outcome=row.outcome.value)
        total = self._total and max(self._total, self._done)  # a feed counts as one until it is read
        self._progress(Progress(self._done, total, row, self._passages, time.monotonic() - self._begun))


@dataclass(frozen=True, slots=True)
class _Pending:
    """An article that waits to be stored."""

    row: Row
    article: Article
    passages: Sequence[Passage]


@contextmanager
def first_interrupt() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed since; pressed again, it raises KeyboardInterrupt as always.

    Only the main thread hears of it, and a program that has its own way with Ctrl-C keeps it.
    """
    if terminal := remote():
        with terminal.taking_interrupts_as_a_wish() as wished:
            yield wished
        return
    pressed = threading.Event()
    usual = signal.default_int_handler

    def note(*_: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, usual)

    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is not usual:
        yield pressed.is_set
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, usual)
