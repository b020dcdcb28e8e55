"""Feeds that are followed: found, and refreshed side by side."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

from ingest.documents import Found, Kind
from ingest.lists import document_of, feed_of, feeds_of_page
from ingest.opml import Outline
from ingest.pipeline import Progress, take_in
from ingest.recognise import Shelf
from ingest.refreshed import Refresh, harvested, settle
from ingest.visit import Arrival, Ending, State, Visits
from ingest.web import Web
from vectorstore.errors import RejectedDocument
from vectorstore.subscriptions import Subscription, Subscriptions

logger = logging.getLogger(__name__)

_HOSTS_AT_ONCE = 8
# Documents that wait to be taken in: a slow embedder must not fill the memory with pages.
_WAITING = 64


class FollowingShelf(Shelf, Protocol):
    """A library that follows feeds."""

    @property
    def subscriptions(self) -> Subscriptions: ...


def find_feed(url: str, web: Web) -> Outline:
    """The feed at the address, or the main one that the page there names. Raises RejectedDocument."""
    page = web.get(url, by_hand=True)
    document = document_of(url, page)
    address = page.moved_to or url
    if document.kind is Kind.HTML:
        named = feeds_of_page(document)
        if not named:
            raise RejectedDocument(f"{url} names no feed; give the address of an RSS or Atom feed")
        address = named[0]
        document = document_of(address, web.get(address, by_hand=True))
    return Outline(address, feed_of(document).title)


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

    A feed that failed is left alone for 15 minutes, and twice as long after each further failure up to a day, or for
    as long as its site asks. `everything` asks for every page even of feeds that have not changed. What was taken in
    before a stop stays, and the feeds that were not finished are read again next time.
    """
    followed = [each for each in library.subscriptions.all() if not urls or each.url in urls]
    if unknown := sorted({*urls} - {each.url for each in followed}):
        raise RejectedDocument(f"{unknown[0]} is not followed; `dateline feeds list` shows what is.")
    begun = now()
    due = [each for each in followed if urls or each.next_due_at is None or each.next_due_at <= begun]
    run = _Run(Visits(library, library.subscriptions, web, everything), due, stop)
    documents = run.documents()
    try:
        report = take_in(documents, library, progress=progress, stop=stop, now=now)
    finally:
        documents.close()  # the threads end with it
    results = []
    for each in followed:
        harvest = harvested(each.url, run.handed_on, report.rows)
        results.append(settle(each, harvest, run.endings.get(each.url), library.subscriptions, now()))
    return Refresh(tuple(results), replace(report, stopped=len(run.endings) < len(due)))


class _Run:
    """Threads that visit, a host each, and the arrivals in the order in which they were handed on."""

    def __init__(self, visits: Visits, due: Iterable[Subscription], stop: Callable[[], bool]) -> None:
        self.handed_on: list[tuple[str, Arrival]] = []
        self.endings: dict[str, Ending] = {}
        self._visits = visits
        self._due = list(due)
        self._stop = stop
        self._over = threading.Event()
        self._arriving: queue.Queue[tuple[str, Arrival | Ending]] = queue.Queue(_WAITING)

    def documents(self) -> Generator[Found, None, None]:
        """Ends when every feed has, or on a stop."""
        hosts: dict[str, list[Subscription]] = {}
        for each in self._due:
            hosts.setdefault(urlsplit(each.url).netloc, []).append(each)
        with ThreadPoolExecutor(_HOSTS_AT_ONCE, "feeds") as threads:
            for subscriptions in hosts.values():
                threads.submit(self._visit_host, subscriptions)
            try:
                yield from self._arrivals()
            finally:
                self._over.set()

    def _arrivals(self) -> Iterator[Found]:
        while len(self.endings) < len(self._due) and not self._stop():
            try:
                feed, arrival = self._arriving.get(timeout=0.2)
            except queue.Empty:
                continue
            if isinstance(arrival, Ending):
                self.endings[feed] = arrival
            else:
                self.handed_on.append((feed, arrival))
                yield arrival.found

    def _visit_host(self, subscriptions: Sequence[Subscription]) -> None:
        for subscription in subscriptions:
            try:
                for arrival in self._visits.visit(subscription):
                    self._hand_on(subscription.url, arrival)
                    if self._over.is_set():
                        return
            except Exception as error:  # a fault of ours in one feed, which must not cost the others
                logger.exception("%s could not be refreshed", subscription.url)
                self._hand_on(subscription.url, Ending(State.FAILED, f"{type(error).__name__}: {error}"))

    def _hand_on(self, feed: str, arrival: Arrival | Ending) -> None:
        while not self._over.is_set():
            try:
                return self._arriving.put((feed, arrival), timeout=0.2)
            except queue.Full:
                continue
