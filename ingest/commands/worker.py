"""`dateline worker`."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from time import monotonic
from typing import Annotated

import typer

from ingest.intake import Intake
from vectorstore.console.commands import JsonOption, LibraryOption, complain, fail, tell
from vectorstore.console.printable import printable_line
from vectorstore.errors import DatelineError

logger = logging.getLogger(__name__)

_LOOK_EVERY, _TELL_EVERY = 1.0, 10.0
# Of what went wrong, seconds until it is tried again: twice as many each time.
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 300.0
# Of how often feeds are read: so a feed is late by at most as much.
_SHARE = 10

Opens = Callable[..., AbstractContextManager[Intake]]


class WorkerCommand:
    """Over what opens the library for a worker, and how often feeds are read by the settings."""

    def __init__(self, opening: Opens, every: Callable[[], timedelta | None]) -> None:
        self._opening, self._every = opening, every

    def add_to(self, cli: typer.Typer) -> None:
        cli.command()(self.worker)

    def worker(
        self,
        library: LibraryOption = None,
        feeds: Annotated[bool, typer.Option(help="Also read the feeds on time.")] = True,
        as_json: JsonOption = False,
    ) -> None:
        """Give the articles of a library on PostgreSQL their vectors, read its queue and its feeds, until Ctrl-C."""
        left = threading.Event()

        def leave(*_: object) -> None:
            left.set()
            signal.signal(signal.SIGINT, signal.default_int_handler)

        signal.signal(signal.SIGINT, leave)
        signal.signal(signal.SIGTERM, leave)
        with self._opening(library) as intake:
            if not intake.library.database:
                fail(
                    "Workers are for a library on PostgreSQL (DATELINE_LIBRARY=postgresql://...). One in a folder has "
                    "one process: `dateline serve` does all the work."
                )
            tell({"working": True}, "Working; Ctrl-C stops it", as_json)
            _Shift(intake, self._every() if feeds else None, feeds, left).run()


class _Shift:
    """Until `left` is set. Nothing that goes wrong ends it."""

    def __init__(self, intake: Intake, every: timedelta | None, feeds: bool, left: threading.Event) -> None:
        self._intake, self._every, self._feeds, self._left = intake, every, feeds, left
        self._feeds_due = self._told_at = 0.0
        self._pause, self._waiting = _FIRST_PAUSE, 0

    def run(self) -> None:
        while not self._left.is_set():
            try:
                self._embed()
                more = self._read_queued()
                self._read_feeds()
                self._pause = _FIRST_PAUSE
                if not more:
                    self._left.wait(_LOOK_EVERY)
            except DatelineError as error:
                complain(f"{error} Tried again in {self._pause:.0f} seconds.")
                self._rest()
            except Exception:
                logger.exception("A fault of Dateline's own; tried again in %.0f seconds", self._pause)
                self._rest()

    def _rest(self) -> None:
        self._left.wait(self._pause)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def _embed(self) -> None:
        pending = self._intake.library.pending
        if failure := pending.failure:
            pending.start()
            raise failure
        waiting = pending.standing().waiting
        if waiting:
            pending.start()
        if waiting != self._waiting and (not waiting or monotonic() - self._told_at > _TELL_EVERY):
            complain(f"{waiting:,} passages wait for their vectors" if waiting else "Every passage has its vector")
            self._waiting, self._told_at = waiting, monotonic()

    def _read_queued(self) -> bool:
        """Whether there may be more."""
        from ingest.queued import read_queued

        done = read_queued(self._intake, self._left.is_set)
        for url, problem in done.items():
            complain(f"Read {printable_line(url)}{f': {printable_line(problem)}' if problem else ''}")
        return bool(done)

    def _read_feeds(self) -> None:
        from ingest.feeds.rounds import read_due
        from ingest.feeds.scheduler import kept_every

        every = kept_every(self._intake.library.subscriptions, self._every) if self._feeds else None
        if every is None or monotonic() < self._feeds_due:
            return
        for feed in read_due(self._intake, every, self._left.is_set):
            complain(f"Read {printable_line(feed.title or feed.url)}: {feed.state.value} {feed.reason}".rstrip())
        self._feeds_due = monotonic() + every.total_seconds() / _SHARE
