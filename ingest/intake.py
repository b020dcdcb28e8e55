"""Everything that puts articles into a library, as a program or a page asks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.documents import Source
    from ingest.feeds.parsing import Outline
    from ingest.feeds.scheduler import Refresh
    from ingest.pipeline import Progress
    from ingest.web.politeness import Web
    from vectorstore.library import Library
    from vectorstore.reports import Report


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
        from ingest.interrupts import first_interrupt
        from vectorstore.console.terminal import remote

        with first_interrupt() as interrupted:
            return self.library.pending.wait(progress, interrupted, hurry=remote() is None)

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
