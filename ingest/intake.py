"""Everything that puts articles into a library, as a program or a page asks for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.documents import Source, Upload
from vectorstore.accounts import collections_seen
from vectorstore.console.commands import complain
from vectorstore.console.terminal import interrupted, stop_if_interrupted
from vectorstore.errors import RejectedDocument
from vectorstore.reports import Outcome, Row, Step

if TYPE_CHECKING:
    from ingest.feeds.parsing import Outline
    from ingest.feeds.scheduler import Refresh
    from ingest.pipeline import Progress
    from ingest.web.politeness import Web
    from vectorstore.library import Library
    from vectorstore.reports import Report, Standing
    from vectorstore.storage.subscriptions import FeedArticle, Subscription


class Intake:
    """Takes documents and feeds into a library; each piece of work asks sites through an `open_web()` of its own."""

    def __init__(self, library: Library, open_web: Callable[[], Web]) -> None:
        self.library = library
        self._open_web = open_web

    def ingest(
        self,
        sources: Iterable[Source],
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] = lambda: False,
        only: Collection[str] = (),
        embed: bool = True,
    ) -> Report:
        """Put addresses, files, folders, uploads or pasted texts into the library; see ingest.pipeline.ingest.

        They are found by their words meanwhile. Without `embed` it does not wait for their vectors, which follow.
        """
        from ingest.pipeline import ingest

        report = ingest(sources, self.library, web=self._open_web(), progress=progress, stop=stop, only=only)
        if embed:
            self.library.pending.wait(stop=stop)
        return report

    def embed(self, progress: Callable[[int, int], None]) -> int:
        """Wait for the vectors until Ctrl-C; how many passages are without one then."""
        from ingest.pipeline import first_interrupt
        from vectorstore.console.terminal import remote

        with first_interrupt() as stop:
            return self.library.pending.wait(progress, stop, hurry=remote() is None)

    def follow(self, url: str, empty: bool = False) -> Outline:
        """Follow the feed at an address, or the one that the page there names; it is read at the next refresh. See
        ingest.feeds.following.find_feed."""
        from ingest.feeds.following import find_feed

        outline = find_feed(url, self._open_web(), empty)
        self.follow_all([outline])
        return outline

    def follow_all(self, outlines: Iterable[Outline]) -> int:
        """Follow feeds without looking at them first; how many were not followed before."""
        from vectorstore.storage.subscriptions import Subscription

        added_at, follow = datetime.now(UTC), self.library.subscriptions.add
        return sum(follow(Subscription(outline.url, added_at, outline.title)) for outline in outlines)

    def import_opml(self, opml: bytes) -> tuple[int, int]:
        """Follow the feeds that an OPML file names; how many more, and how many of them were followed before."""
        from ingest.feeds.parsing import read_opml

        outlines = read_opml(opml)
        added = self.follow_all(outlines)
        return added, len(outlines) - added

    def export_opml(self) -> bytes:
        """The feeds that are followed, as other readers import them; a mailbox is nobody else's."""
        from ingest.feeds.mailbox import is_mailbox
        from ingest.feeds.parsing import Outline, write_opml

        followed = self.library.subscriptions.all()
        return write_opml(Outline(each.url, each.title) for each in followed if not is_mailbox(each.url))

    def refresh(
        self,
        urls: Sequence[str] = (),
        everything: bool = False,
        progress: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] = lambda: False,
        embed: bool = True,
    ) -> Refresh:
        """Read the feeds that are followed, or those named; see ingest.feeds.following.refresh, and `ingest`."""
        from ingest.feeds.following import refresh

        done = refresh(self.library, self._open_web(), urls=urls, everything=everything, progress=progress, stop=stop)
        if embed:
            self.library.pending.wait(stop=stop)
        return done


Stop = Callable[[], bool]

_MINUTE = timedelta(minutes=1)
_GONE = "the file that was uploaded is no longer kept here; add it again"


class IntakeDesk:
    """One at a time puts articles in: two could both take the same article for new."""

    def __init__(self, intake: Intake, refresh_every: timedelta | None = None) -> None:
        from ingest.feeds.scheduler import Refreshing, kept_every

        self._intake = intake
        every, by_workers = kept_every(intake.library.subscriptions, refresh_every), intake.library.pending.elsewhere
        self.clock = Refreshing(self._refresh, every, runs=not by_workers)
        self._turn, self._closing = threading.Lock(), threading.Event()

    def add_url(self, url: str, progress: Callable[[Step], None], stop: Stop) -> Report:
        return self._add([self._address(url)], progress, stop)

    def add_files(self, files: Sequence[tuple[Path, str]], progress: Callable[[Step], None], stop: Stop) -> Report:
        return self._add([Upload(path, name) for path, name in files], progress, stop)

    def add_text(
        self,
        text: str,
        title: str,
        outlet: str,
        progress: Callable[[Step], None],
        stop: Stop,
        published_at: str = "",
        url: str = "",
    ) -> Report:
        """`published_at` is what the reader states; `stated_day` proposes the day of the text's head."""
        from ingest.documents import Pasted

        if url.strip():
            url = self._address(url)
        pasted = Pasted(text, title.strip(), url.strip(), outlet.strip(), published_at.strip())
        return self._add([pasted], progress, stop)

    def stated_day(self, text: str) -> datetime | None:
        """The day that a text states at its head, in the past; it is proposed, and never taken by itself."""
        from ingest.dates import past, stated_day

        return past(stated_day(text), datetime.now(UTC))

    @property
    def readable(self) -> str:
        """The suffixes of the files that are read."""
        from ingest.formats.registry import READABLE

        return READABLE

    def _address(self, typed: str) -> str:
        """Raises RejectedDocument for what is no web address."""
        from ingest.identity import web_address, with_scheme

        url = with_scheme(typed.strip())
        if not web_address(url):  # else it would name a file of this machine, which is not the reader's to name
            raise RejectedDocument(f"“{typed.strip()[:200]}” isn't a web address; an address begins with https://")
        return url

    def take_articles(self, articles: Sequence[Mapping[str, object]], stop: Stop) -> Report:
        from ingest.sources import as_sent

        return self._add([as_sent(fields) for fields in articles], lambda step: None, stop)

    def retry(self, report: Report, progress: Callable[[Step], None], stop: Stop) -> Report:
        """What was rejected is read once more, and nothing else of the files that it stood in."""
        from ingest.sources import name_of

        worth = [each for each in report.again if each.can_help]
        gone = {each.source: each for each in worth if _is_gone(each.source)}
        there = [each for each in worth if each.source not in gone]
        sources = list(dict.fromkeys(each.source for each in there))
        tried = self._add(sources, progress, stop, only={each.name for each in there})
        rows = (Row(name_of(source), Outcome.REJECTED, reason=_GONE) for source in gone)
        return replace(tried, rows=(*tried.rows, *rows))

    def feeds(self) -> Sequence[Subscription]:
        return self._intake.library.subscriptions.all()

    def follow(self, address: str, empty: bool = False) -> Subscription:
        """Mailboxes are not the page's to name: with the passwords that are kept here it would read any folder."""
        from ingest.feeds.mailbox import is_mailbox

        if is_mailbox(address):
            raise RejectedDocument("is a mailbox, which the page cannot add; use `dateline feeds add` in a terminal")
        url = self._intake.follow(self._address(address), empty).url
        return next(each for each in self.feeds() if each.url == url)

    def feed_article_ids(self) -> Mapping[str, Sequence[str]]:
        return self._intake.library.subscriptions.article_ids()

    def feed_articles(self, url: str, most: int) -> Sequence[FeedArticle]:
        return self._intake.library.subscriptions.articles(url, most)

    @property
    def refresh_every(self) -> timedelta | None:
        return self.clock.every

    def set_refresh_every(self, every: timedelta | None) -> None:
        self._intake.library.subscriptions.keep_every(f"{every // _MINUTE}m" if every else "")
        self.clock.set_every(every)

    def unfollow(self, url: str) -> None:
        self._intake.library.subscriptions.remove(url)

    def import_feeds(self, opml: bytes) -> tuple[int, int]:
        return self._intake.import_opml(opml)

    def export_feeds(self) -> bytes:
        return self._intake.export_opml()

    def refresh(self, urls: Sequence[str], progress: Callable[[Step], None], stop: Stop) -> Report:
        return self.clock.refresh(urls, self._telling(progress), stop).report

    def refreshing(self) -> Standing:
        standing = self.clock.standing
        if collections_seen() is None:
            return standing
        return replace(standing, done=0, report=None, problem="")  # which tell of feeds that they do not see

    def close(self) -> None:
        """End what is being added or refreshed; what is done stays."""
        self._closing.set()
        self.clock.close()
        with self._turn:
            pass

    def _add(
        self, sources: Sequence[Source], progress: Callable[[Step], None], stop: Stop, only: Collection[str] = ()
    ) -> Report:
        with self.in_turn(stop, lambda line: progress(Step(line))) as halted:
            return self._intake.ingest(sources, self._telling(progress), halted, only, embed=False)

    def _refresh(self, urls: Sequence[str] = (), *, progress: Callable[[Progress], None], stop: Stop) -> Refresh:
        with self.in_turn(stop) as halted:
            return self._intake.refresh(urls, progress=progress, stop=halted, embed=False)

    def _telling(self, progress: Callable[[Step], None]) -> Callable[[Progress], None]:
        return lambda at: progress(Step(at.row.source, at.done, at.total, at.passages, at.seconds))

    @contextmanager
    def in_turn(self, stop: Stop, tell: Callable[[str], None] = lambda line: None) -> Iterator[Stop]:
        """Waits for the others, which is told. Who is stopped while waiting goes on and finds itself stopped: nothing
        is read."""

        def halted() -> bool:
            return self._closing.is_set() or stop()

        mine = self._turn.acquire(blocking=False)
        if not mine:
            tell("Waiting until the feeds are refreshed or another addition is done")
        while not mine and not halted():
            mine = self._turn.acquire(timeout=0.2)
        try:
            yield halted if mine else lambda: True
        finally:
            if mine:
                self._turn.release()


class CommandIntake(Intake):
    """What a command in another process asks of the library that a page has open: in turn with the page."""

    def __init__(self, library: Library, open_web: Callable[[], Web], desk: IntakeDesk) -> None:
        super().__init__(library, open_web)
        self._desk = desk

    def ingest(
        self,
        sources: Iterable[Source],
        progress: Callable[[Progress], None] | None = None,
        stop: Stop = interrupted,
        only: Collection[str] = (),
        embed: bool = False,
    ) -> Report:
        with self._desk.in_turn(stop, complain) as halted:
            return super().ingest(sources, progress, halted, only, embed)

    def follow_all(self, outlines: Iterable[Outline]) -> int:
        stop_if_interrupted()  # while the feed was looked for
        return super().follow_all(outlines)

    def refresh(
        self,
        urls: Sequence[str] = (),
        everything: bool = False,
        progress: Callable[[Progress], None] | None = None,
        stop: Stop = interrupted,
        embed: bool = False,
    ) -> Refresh:
        with self._desk.in_turn(stop, complain) as halted:
            return super().refresh(urls, everything, progress, halted, embed)


def _is_gone(source: Source) -> bool:
    """Uploads are kept for a while only."""
    return isinstance(source, Upload) and not source.path.exists()
