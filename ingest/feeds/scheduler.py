"""Feeds refreshed again and again while a page is served: one refresh at a time, by hand or by the clock."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from ingest.feeds.results import Refresh
from ingest.pipeline import Progress
from ingest.report import Report
from vectorstore.errors import DatelineError, RefreshUnderWay

logger = logging.getLogger(__name__)

# Soon after the start, but not while the first reader waits for the models to load.
_FIRST_WAIT = timedelta(seconds=15)


class Refreshes(Protocol):
    """See ingest.feeds.subscriptions.refresh."""

    def __call__(
        self, urls: Sequence[str] = (), *, progress: Callable[[Progress], None], stop: Callable[[], bool]
    ) -> Refresh: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands. While a refresh is under way `since` says since when and `done` how many documents are settled.

    `last_at` is when the last one ended, with its `report`, or the `problem` that ended it. `next_at` is when the clock
    starts the next one, None without a clock.
    """

    since: datetime | None = None
    done: int = 0
    last_at: datetime | None = None
    report: Report | None = None
    problem: str = ""
    next_at: datetime | None = None


class Refreshing:
    """Threads may share one. `wait` is given seconds and returns True as soon as the clock must stop."""

    def __init__(
        self,
        refresh: Refreshes,
        every: timedelta | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self._refresh = refresh
        self._every = every
        self._now = now
        self._closing = threading.Event()
        self._wait = wait or self._closing.wait
        self._turn, self._noting = threading.Lock(), threading.Lock()
        self._thread: threading.Thread | None = None
        self.standing = Standing()

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
            self._thread = threading.Thread(target=self.keep_on, args=(self._every,), name="refreshing", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Ends the clock and what is under way; what was taken in stays."""
        self._closing.set()
        if self._thread:
            self._thread.join()
        with self._turn:  # held by a refresh by hand until that has ended too
            pass

    def keep_on(self, every: timedelta) -> None:
        """Refreshes after each wait until told to stop. Nothing that a refresh raises ends it."""
        pause = _FIRST_WAIT
        while True:
            self._note(next_at=self._now() + pause)
            if self._wait(pause.total_seconds()):
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
