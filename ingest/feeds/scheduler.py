"""Feeds refreshed again and again while a page is served, one refresh at a time, and what came of each."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from ingest.feeds.polling import Arrival, Ending, FeedState
from ingest.pipeline import Progress
from vectorstore.errors import DatelineError, RefreshUnderWay
from vectorstore.reports import Outcome, Report, Row, Standing
from vectorstore.storage.subscriptions import KnownPage, Subscription, Subscriptions

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=15), timedelta(days=1)
logger = logging.getLogger(__name__)

# Soon after the start, but not while the first reader waits for the models to load.
_AFTER_START = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What a refresh did with one feed. `reason` says why it failed or waits, or what else is to be known of it."""

    url: str
    title: str
    state: FeedState
    reason: str = ""
    next_due_at: datetime | None = None
    rows: tuple[Row, ...] = ()

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        counts = {outcome.value: self.count(outcome) for outcome in Outcome}
        due = self.next_due_at.isoformat() if self.next_due_at else None
        about = {"url": self.url, "title": self.title, "state": self.state.value, "reason": self.reason}
        return about | {"next_due_at": due} | counts


@dataclass(frozen=True, slots=True)
class Refresh:
    """Every feed in the order of the subscriptions, and the documents of all of them."""

    feeds: tuple[FeedResult, ...]
    report: Report

    def as_json(self) -> dict[str, Any]:
        """What `dateline feeds refresh --json` prints and `--report` saves."""
        return self.report.as_json() | {"feeds": [feed.as_json() for feed in self.feeds]}


@dataclass(slots=True)
class Harvest:
    """What a feed brought: its rows, and the pages behind those that are in the library now."""

    rows: list[Row] = field(default_factory=list)
    pages: list[KnownPage] = field(default_factory=list)


def harvested(feed: str, handed_on: Sequence[tuple[str, Arrival]], rows: Sequence[Row]) -> Harvest:
    """The rows of one feed, of all rows in the order in which their documents were handed on."""
    harvest = Harvest()
    for (origin, arrival), row in zip(handed_on, rows, strict=False):
        if origin != feed:
            continue
        harvest.rows.append(row)
        if arrival.address and row.article_id and row.outcome is not Outcome.DUPLICATE:
            known = arrival.validators
            page = KnownPage(arrival.address, feed, row.article_id, known.etag, known.last_modified, arrival.listed)
            harvest.pages.append(page)
    return harvest


def is_due(subscription: Subscription, now: datetime) -> bool:
    """Whether the feed may be read again. Nothing is put off for more than a day: what was noted to be further ahead
    was noted by a clock that was wrong."""
    due = subscription.next_due_at
    return due is None or not now < due <= now + _LONGEST_WAIT


def settle(
    subscription: Subscription, harvest: Harvest, ending: Ending | None, subscriptions: Subscriptions, at: datetime
) -> FeedResult:
    """Notes what came of a feed, once all that it led to is stored. `ending` is None where it was not finished."""
    if ending is None:
        subscriptions.record(subscription, harvest.pages)
        return _waiting(subscription, harvest, at)
    noted = _noted(subscription, ending, harvest, at)
    subscriptions.record(noted, harvest.pages, ending.moved_to)
    return FeedResult(noted.url, noted.title, ending.state, _remark(ending), noted.next_due_at, tuple(harvest.rows))


def _waiting(subscription: Subscription, harvest: Harvest, at: datetime) -> FeedResult:
    due = subscription.next_due_at
    reason = "not finished; refresh again" if is_due(subscription, at) else subscription.last_result
    return FeedResult(subscription.url, subscription.title, FeedState.WAITING, reason, due, tuple(harvest.rows))


def _noted(subscription: Subscription, ending: Ending, harvest: Harvest, at: datetime) -> Subscription:
    pause = min(timedelta(seconds=ending.wait), _LONGEST_WAIT) if ending.wait else None
    noted = replace(subscription, last_run_at=at, title=ending.title or subscription.title)
    if ending.state is FeedState.FAILED:
        failures = subscription.failures + 1
        backing_off = min(_FIRST_WAIT * 2 ** min(failures - 1, 16), _LONGEST_WAIT)
        return replace(
            noted, last_result=f"failed: {ending.reason}", failures=failures, next_due_at=at + (pause or backing_off)
        )
    noted = replace(noted, failures=0, next_due_at=at + pause if pause else None)
    if ending.state is FeedState.UNCHANGED:
        return replace(noted, last_result="unchanged")
    known = ending.validators
    result = _counts(harvest.rows) + (f"; {_remark(ending)}" if _remark(ending) else "")
    return replace(noted, etag=known.etag, last_modified=known.last_modified, digest=ending.digest, last_result=result)


def _counts(rows: Sequence[Row]) -> str:
    counts = [(sum(row.outcome is outcome for row in rows), outcome.value) for outcome in Outcome]
    summaries = sum(bool(row.reason) and row.outcome is not Outcome.REJECTED for row in rows)
    counts.append((summaries, "of them as summary only"))
    return ", ".join(f"{count} {name}" for count, name in counts if count) or "no articles"


def _remark(ending: Ending) -> str:
    put_off = f"{ending.put_off} put off, since the site asked to be left alone" if ending.put_off else ""
    return "; ".join(filter(None, (ending.reason, put_off, ending.moved_to and f"moved to {ending.moved_to}")))


def kept_every(subscriptions: Subscriptions, given: timedelta | None) -> timedelta | None:
    """How often feeds are read: what a reader has set on the page, else what the setting says."""
    kept = subscriptions.every()
    return given if kept is None else timedelta(minutes=int(kept.removesuffix("m"))) if kept else None


class Refreshes(Protocol):
    """See ingest.feeds.following.refresh."""

    def __call__(
        self, urls: Sequence[str] = (), *, progress: Callable[[Progress], None], stop: Callable[[], bool]
    ) -> Refresh: ...


class _Clock(NamedTuple):
    thread: threading.Thread
    over: threading.Event


class Refreshing:
    """Threads may share one. `wait` is given seconds and returns True as soon as the clock must stop."""

    def __init__(
        self,
        refresh: Refreshes,
        every: timedelta | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: Callable[[float], bool] | None = None,
        runs: bool = True,
    ) -> None:
        """Where it does not `run`, other processes refresh, and it only does so by hand."""
        self._refresh = refresh
        self._every = every
        self._now = now
        self._closing = threading.Event()
        self._wait, self._runs = wait, runs
        self._turn, self._noting = threading.Lock(), threading.Lock()
        self._clock: _Clock | None = None
        self.standing = Standing()

    @property
    def every(self) -> timedelta | None:
        """How often the clock refreshes; None for never."""
        return self._every

    def refresh(
        self,
        urls: Sequence[str] = (),
        progress: Callable[[Progress], None] = lambda at: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Refresh:
        """Refreshes now. Raises RefreshUnderWay, and what the refresh itself raises."""
        if not self._turn.acquire(blocking=False):
            raise RefreshUnderWay("The feeds are being refreshed already. Wait until that is done, or stop it.")
        try:
            return self._run(urls, progress, stop)
        finally:
            self._turn.release()

    def start(self) -> None:
        """Lets the clock refresh from now on; nothing without one."""
        if self._every:
            self._run_clock(self._every, _AFTER_START)

    def set_every(self, every: timedelta | None) -> None:
        """Another clock from now on, None for none. A refresh that is under way goes on."""
        with self._noting:
            if self._clock:
                self._clock.over.set()
            self._every, self._clock = every, None
        self._note(next_at=None)
        if every and not self._closing.is_set():
            self._run_clock(every, every)

    def close(self) -> None:
        """Ends the clock and what is under way; what was taken in stays."""
        self._closing.set()
        if self._clock:
            self._clock.over.set()
            self._clock.thread.join()
        with self._turn:  # held by a refresh by hand until that has ended too
            pass

    def _run_clock(self, every: timedelta, first: timedelta) -> None:
        if not self._runs:
            return
        over = threading.Event()
        thread = threading.Thread(target=self.keep_on, args=(every, first, over), name="refreshing", daemon=True)
        self._clock = _Clock(thread, over)
        thread.start()

    def keep_on(self, every: timedelta, first: timedelta = _AFTER_START, over: threading.Event | None = None) -> None:
        """Refreshes after each wait until told to stop or `over`. Nothing that a refresh raises ends it."""
        pause, wait = first, self._wait or (over or self._closing).wait
        while not (over and over.is_set()):
            self._note(next_at=self._now() + pause)
            if wait(pause.total_seconds()):
                return
            try:
                self.refresh()
            except RefreshUnderWay:
                logger.info("Not refreshed by the clock: a refresh by hand was under way")
            except DatelineError as error:
                logger.warning("The feeds could not be refreshed: %s", error)
            except Exception:
                logger.exception("The feeds could not be refreshed")
            pause = every

    def _run(self, urls: Sequence[str], progress: Callable[[Progress], None], stop: Callable[[], bool]) -> Refresh:
        def noted(at: Progress) -> None:
            self._note(done=at.done)
            progress(at)

        self._note(since=self._now(), done=0)
        try:
            refreshed = self._refresh(urls, progress=noted, stop=lambda: self._closing.is_set() or stop())
        except BaseException as error:
            told = str(error) if isinstance(error, DatelineError) else "a fault of Dateline's own; its log says which"
            self._note(since=None, last_at=self._now(), report=None, problem=told)
            raise
        self._note(since=None, last_at=self._now(), report=refreshed.report, problem="")
        return refreshed

    def _note(self, **changed: object) -> None:
        with self._noting:
            self.standing = replace(self.standing, **changed)  # type: ignore[arg-type]
