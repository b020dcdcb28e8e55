"""Feeds that are followed: found, and refreshed side by side."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from ingest.change_detection import Shelf
from ingest.dates import latest
from ingest.documents import Format, Found
from ingest.feeds.listed import document_of, feed_of, feeds_of_page
from ingest.feeds.mailbox import is_mailbox, mailbox_of, opened
from ingest.feeds.parsing import Outline
from ingest.feeds.polling import Arrival, Ending, FeedState, Visits
from ingest.feeds.scheduler import Refresh, harvested, is_due, settle
from ingest.pipeline import Progress, take_in
from ingest.sources import Taken, taken, taken_together, told
from ingest.web.politeness import Web
from ingest.web.workers import Errand, host_of, side_by_side
from vectorstore.errors import FeedEmpty, RejectedDocument
from vectorstore.storage.subscriptions import Subscription, Subscriptions

logger = logging.getLogger(__name__)

_Step = tuple[Arrival, Taken] | Ending


class FollowingShelf(Shelf, Protocol):
    """A library that follows feeds."""

    @property
    def subscriptions(self) -> Subscriptions: ...


def find_feed(url: str, web: Web, empty: bool = False) -> Outline:
    """The feed at the address, the folder of mails, or the main feed that the page there names. Raises
    RejectedDocument, FeedEmpty for one that lists no article unless it may be `empty`."""
    if is_mailbox(url):
        with opened(mailbox_of(url), web.passwords):
            return Outline(url.strip(), mailbox_of(url).title)
    page = web.get(url, by_hand=True)
    document = document_of(url, page)
    address = page.moved_to or url
    if document.kind is Format.HTML:
        named = feeds_of_page(document)
        if not named:
            raise RejectedDocument(f"{url} names no feed; give the address of an RSS or Atom feed")
        address = named[0]
        document = document_of(address, web.get(address, by_hand=True))
    feed = feed_of(document)
    if not (feed.entries or empty):
        raise FeedEmpty(f"The feed at {address} has no articles. Check the address, or follow it with --empty.")
    return Outline(address, feed.title)


def refresh(
    library: FollowingShelf,
    web: Web,
    *,
    urls: Sequence[str] = (),
    everything: bool = False,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Refresh:
    """Reads the feeds that are due, or those named whether due or not, and takes in what they list.

    A feed that failed is left alone for 15 minutes, and twice as long after each further failure, or for as long as its
    site asks, but never for more than a day. `everything` asks for every page even of feeds that have not changed. What
    was taken in before a stop stays, and the feeds that were not finished are read again next time.
    """
    followed = [each for each in library.subscriptions.all() if not urls or each.url in urls]
    if unknown := sorted({*urls} - {each.url for each in followed}):
        raise RejectedDocument(f"{unknown[0]} is not followed; `dateline feeds list` shows what is.")
    begun = now()
    due = [each for each in followed if urls or is_due(each, begun)]
    run = _Run(Visits(library, library.subscriptions, web, everything), due)
    with closing(run.documents(latest(begun, library.arrived_since))) as documents:
        report = take_in(documents, library, progress=progress, stop=stop, now=now)
    results = []
    for each in followed:
        harvest = harvested(each.url, run.handed_on, report.rows)
        results.append(settle(each, harvest, run.endings.get(each.url), library.subscriptions, now()))
    return Refresh(tuple(results), replace(report, stopped=len(run.endings) < len(due)))


class _Run:
    """The visits, a host each side by side, and what they brought in the order in which it was handed on."""

    def __init__(self, visits: Visits, due: Sequence[Subscription]) -> None:
        self.handed_on: list[tuple[str, Arrival]] = []
        self.endings: dict[str, Ending] = {}
        self._visits = visits
        self._due = due

    def documents(self, now: datetime) -> Generator[Taken | None, None, None]:
        """Ends when every feed has."""
        visits: list[Errand[_Step]] = [Errand(host_of(each.url), partial(self._visit, each, now)) for each in self._due]
        with closing(side_by_side(visits)) as arriving:
            for arrived in arriving:
                if arrived is None:
                    yield None
                    continue
                (number,), step = arrived
                feed = self._due[number].url
                if isinstance(step, Ending):
                    self.endings[feed] = step
                else:
                    self.handed_on.append((feed, step[0]))
                    yield step[1]

    def _visit(self, subscription: Subscription, now: datetime) -> Iterator[_Step]:
        endings: list[Ending] = []
        try:
            visit = self._visits.visit(subscription)
            yield from taken_together(_arrivals(visit, endings), lambda found: taken(found, now))
            yield from endings
        except Exception as error:  # a fault of ours in one feed, which must not cost the others
            logger.exception("%s could not be refreshed", subscription.url)
            yield Ending(FeedState.FAILED, told(error))


def _arrivals(visit: Iterator[Arrival | Ending], endings: list[Ending]) -> Iterator[tuple[Arrival, Found]]:
    for step in visit:
        if isinstance(step, Ending):
            endings.append(step)
        else:
            yield step, step.found
