"""`dateline queue`: addresses that workers read, and `dateline worker`, which reads them."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from ingest.commands.documents import Opens
from ingest.intake import Intake
from vectorstore.characters import printable_line
from vectorstore.console.commands import JsonOption, LibraryOption, complain, fail, tell
from vectorstore.console.terminal import resolved
from vectorstore.errors import DatelineError

_LONGEST = 2000
UrlsArgument = Annotated[list[str] | None, typer.Argument(metavar="URL...")]


class QueueCommands:
    """Over the library for reading, and for writing."""

    def __init__(self, reading: Opens, writing: Opens) -> None:
        self._reading, self._writing = reading, writing

    def add_to(self, cli: typer.Typer) -> None:
        queue = typer.Typer(no_args_is_help=True, help="Addresses that `dateline worker` reads, on any machine.")
        queue.command("list")(self.list_addresses)
        for command in (self.add, self.retry, self.remove):
            queue.command()(command)
        cli.add_typer(queue, name="queue")

    def add(
        self,
        urls: UrlsArgument = None,
        file: Annotated[Path | None, typer.Option(help="A text with an address on each line.", dir_okay=False)] = None,
        collection: Annotated[str | None, typer.Option(help="Put what is read into this collection.")] = None,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Have workers read these addresses, of articles or of lists of them; what was set aside is tried anew."""
        from ingest.identity import web_address, with_scheme

        typed = [*(urls or ()), *(_lines(file) if file else ())]
        if not typed:
            raise typer.BadParameter("name an address, or a file of them with --file.")
        wanted = [with_scheme(each) for each in typed]
        if too_long := [each for each in wanted if len(each) > _LONGEST]:
            named = printable_line(too_long[0][:100])
            raise typer.BadParameter(f"{named}… is too long; nothing was put into the queue.")
        if unusable := [each for each, given in zip(typed, wanted, strict=True) if not web_address(given)]:
            raise typer.BadParameter(
                f"{printable_line(unusable[0][:200])} is not a web address; nothing was put into the queue."
            )
        with self._writing(library) as intake:
            held = intake.library
            if not held.database:
                fail(
                    "Workers are for a library on PostgreSQL (DATELINE_LIBRARY=postgresql://...). For one in a folder, "
                    "`dateline ingest` reads addresses at once."
                )
            name = held.collections.put(collection, ()) if collection is not None else ""
            added = held.queue.add(wanted, datetime.now(UTC), name)
            waiting, _ = held.queue.counts()
            held.people.record("addresses queued", f"{added} more")
        tell({"added": added, "waiting": waiting}, f"{added:,} more, {waiting:,} waiting now.", as_json)

    def list_addresses(
        self,
        most: Annotated[int, typer.Option(help="The first so many.", min=1, max=100_000)] = 50,
        library: LibraryOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """What is set aside and why, then what waits."""
        with self._reading(library) as intake:
            (waiting, aside), entries = intake.library.queue.counts(), intake.library.queue.entries(most)
        rows = [
            {
                "url": each.url,
                "set_aside": each.due_at is None,
                "due_at": each.due_at and each.due_at.isoformat(),
                "tries": each.tries,
                "problem": each.problem,
                "collection": each.collection,
            }
            for each in entries
        ]
        lines = [
            f"{'set aside' if each.due_at is None else f'{each.due_at:%d %H:%M} UTC':>12}  {printable_line(each.url)}"
            f"{f'  ({printable_line(each.problem)})' if each.problem else ''}"
            for each in entries
        ]
        told = "\n".join([*lines, f"{waiting:,} waiting, {aside:,} set aside."])
        tell({"waiting": waiting, "set_aside": aside, "addresses": rows}, told, as_json)

    def retry(self, urls: UrlsArgument = None, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Try these anew, or all that is set aside."""
        with self._writing(library) as intake:
            again = intake.library.queue.retry(datetime.now(UTC), _named(urls))
        tell({"again": again}, f"{again:,} tried again.", as_json)

    def remove(self, urls: UrlsArgument = None, library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """Take these out of the queue, or all that is set aside."""
        with self._writing(library) as intake:
            removed = intake.library.queue.remove(_named(urls))
        tell({"removed": removed}, f"{removed:,} taken out.", as_json)


def _named(urls: list[str] | None) -> list[str]:
    from ingest.identity import with_scheme

    return [with_scheme(each) for each in urls or ()]


def _lines(file: Path) -> list[str]:
    try:
        text = resolved(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} cannot be read as text ({error}).", param_hint="--file") from error
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


logger = logging.getLogger(__name__)

_LOOK_EVERY, _TELL_EVERY = 1.0, 10.0
# Of what went wrong, seconds until it is tried again: twice as many each time.
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 300.0
# Of how often feeds are read: so a feed is late by at most as much.
_SHARE = 10


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
        from ingest.worker import read_queued

        done = read_queued(self._intake, self._left.is_set)
        for url, problem in done.items():
            complain(f"Read {printable_line(url)}{f': {printable_line(problem)}' if problem else ''}")
        return bool(done)

    def _read_feeds(self) -> None:
        from ingest.feeds.scheduler import kept_every
        from ingest.worker import read_due

        every = kept_every(self._intake.library.subscriptions, self._every) if self._feeds else None
        if every is None or monotonic() < self._feeds_due:
            return
        for feed in read_due(self._intake, every, self._left.is_set):
            complain(f"Read {printable_line(feed.title or feed.url)}: {feed.state.value} {feed.reason}".rstrip())
        self._feeds_due = monotonic() + every.total_seconds() / _SHARE
