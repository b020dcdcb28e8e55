"""The feeds that a library follows, and what is known of their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Engine, delete, select, update

from vectorstore.accounts import collections_seen
from vectorstore.storage.article_collections import collect_pages, follow_move
from vectorstore.storage.dialect import claim, each_of, give_back, insert_new, insert_over
from vectorstore.storage.facts import recall, remember
from vectorstore.storage.schema import articles, feed_collections, hosts, pages, robots, seen, subscriptions

_EVERY = "refresh_every"
_FEED, _HOST = 5_610_004, 5_610_005


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that is followed.

    `etag`, `last_modified` and `digest` are those of the feed when everything in it was last taken in, "" before.
    `last_result` is a line for a reader, `failures` counts those in a row, and before `next_due_at` the feed is left
    alone. `title` is "" until the feed was read.
    """

    url: str
    added_at: datetime
    title: str = ""
    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    last_run_at: datetime | None = None
    last_result: str = ""
    failures: int = 0
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page that became an article. `url` is the address in its canonical spelling, `feed` the one that lists it;
    `listed` turns false once it has left that feed."""

    url: str
    feed: str
    article_id: str
    etag: str = ""
    last_modified: str = ""
    listed: bool = True


@dataclass(frozen=True, slots=True)
class FeedArticle:
    """An article that a feed led to, as the library has it now."""

    id: str
    title: str
    outlet: str
    published_at: datetime | None


@dataclass(slots=True)
class HostTurn:
    """Not before `free_at` the site is asked again."""

    free_at: datetime | None = None


class Subscriptions:
    """Every method that writes is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Subscription]:
        """In the order in which they were added; to whoever may see some collections alone, those that fill these."""
        query = select(subscriptions).order_by(subscriptions.c.added_at, subscriptions.c.url)
        if (allowed := collections_seen()) is not None:
            filling = select(feed_collections.c.url).where(feed_collections.c.collection.in_(sorted(allowed)))
            query = query.where(subscriptions.c.url.in_(filling))
        with self._engine.connect() as connection:
            rows = connection.execute(query)
            return [Subscription(**row._mapping) for row in rows]

    def add(self, subscription: Subscription) -> bool:
        """False when the feed is followed already."""
        with self._engine.begin() as connection:
            return bool(insert_new(connection, subscriptions, [asdict(subscription)]))

    def remove(self, url: str) -> bool:
        """Follow a feed no longer; its articles stay. False when it was not followed."""
        with self._engine.begin() as connection:
            connection.execute(delete(pages).where(pages.c.feed == url))
            connection.execute(delete(feed_collections).where(feed_collections.c.url == url))
            return bool(connection.execute(delete(subscriptions).where(subscriptions.c.url == url)).rowcount)

    def record(self, subscription: Subscription, known: Iterable[KnownPage] = (), moved_to: str = "") -> None:
        """What a refresh found out. The feed's address becomes `moved_to` unless that is followed already."""
        values = asdict(subscription)
        with self._engine.begin() as connection:
            if rows := {page.url: asdict(page) for page in known}:
                new = _new_articles(connection, rows)
                insert_over(connection, pages, [*rows.values()])
                if new:
                    collect_pages(connection, subscription.url, new)
            if moved_to and not _held(connection, moved_to):
                connection.execute(update(pages).where(pages.c.feed == subscription.url).values(feed=moved_to))
                follow_move(connection, subscription.url, moved_to)
                values["url"] = moved_to
            connection.execute(update(subscriptions).where(subscriptions.c.url == subscription.url).values(values))

    def page(self, url: str) -> KnownPage | None:
        """By the canonical spelling of its address."""
        with self._engine.connect() as connection:
            row = connection.execute(select(pages).where(pages.c.url == url)).one_or_none()
        return KnownPage(**row._mapping) if row else None

    def pages_listed(self, feed: str) -> list[KnownPage]:
        """Those that the feed listed when it was last read."""
        query = select(pages).where(pages.c.feed == feed, pages.c.listed).order_by(pages.c.url)
        with self._engine.connect() as connection:
            return [KnownPage(**row._mapping) for row in connection.execute(query)]

    def article_ids(self) -> dict[str, list[str]]:
        """Of the articles that each feed led to and that are still there, by the address of the feed."""
        query = select(pages.c.feed, articles.c.id).distinct().join(articles, articles.c.id == pages.c.article_id)
        query = query.where(*seen(articles.c.id))
        found: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            for feed, article_id in connection.execute(query):
                found.setdefault(feed, []).append(article_id)
        return found

    def articles(self, feed: str, most: int) -> list[FeedArticle]:
        """Those that the feed led to, the last published first."""
        columns = (articles.c.id, articles.c.title, articles.c.outlet, articles.c.published_at)
        query = select(*columns).distinct().join(pages, articles.c.id == pages.c.article_id)
        newest = articles.c.published_at.desc().nulls_last()
        with self._engine.connect() as connection:
            rows = connection.execute(
                query.where(pages.c.feed == feed, *seen(articles.c.id)).order_by(newest, articles.c.id).limit(most)
            )
            return [FeedArticle(*row) for row in rows]

    def every(self) -> str | None:
        """How often all are to be refreshed, as it was last kept: "30m", "" for never, None where nobody has said."""
        with self._engine.connect() as connection:
            return recall(connection, _EVERY)

    def keep_every(self, every: str) -> None:
        with self._engine.begin() as connection:
            remember(connection, _EVERY, every)

    def robots(self, origin: str) -> tuple[str, datetime] | None:
        """What the site's robots.txt said, and when it was read."""
        with self._engine.connect() as connection:
            row = connection.execute(select(robots.c.text, robots.c.read_at).where(robots.c.origin == origin)).first()
        return (row.text, row.read_at) if row else None

    def keep_robots(self, origin: str, text: str, read_at: datetime) -> None:
        """Several threads may keep what they read at once."""
        with self._engine.begin() as connection:
            insert_over(connection, robots, [{"origin": origin, "text": text, "read_at": read_at}])

    @contextmanager
    def claimed(self, urls: Sequence[str], most: int) -> Iterator[list[str]]:
        """At most so many of these feeds, which no other process has meanwhile."""
        if self._engine.dialect.name != "postgresql":
            yield [*urls[:most]]
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                ours = (url for url in urls if claim(connection, _FEED, _number(url)))
                yield [*islice(ours, most)]
            finally:
                give_back(connection)

    @contextmanager
    def turn(self, host: str, stop: Callable[[], None]) -> Iterator[HostTurn]:
        """To ask a site something, which no other machine does meanwhile; `stop` is called again and again while it is
        waited for. Until when the site is left alone is kept for whoever comes next."""
        if self._engine.dialect.name != "postgresql":
            yield HostTurn()
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                while not claim(connection, _HOST, _number(host)):
                    stop()
                turn = HostTurn(connection.execute(select(hosts.c.free_at).where(hosts.c.host == host)).scalar())
                try:
                    yield turn
                finally:
                    if turn.free_at:
                        insert_over(connection, hosts, [{"host": host, "free_at": turn.free_at}])
            finally:
                give_back(connection)


def _number(name: str) -> int:
    """Of a name, as a 32-bit integer of PostgreSQL; of two names with the same one waits for the other."""
    return crc32(name.encode()) - 2**31


def _new_articles(connection: Connection, rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Of pages that the feed did not lead to before, or that became another article."""
    columns = pages.c.url, pages.c.feed, pages.c.article_id
    before = {tuple(row) for row in connection.execute(select(*columns).where(pages.c.url.in_(each_of(rows))))}
    return [row["article_id"] for url, row in rows.items() if (url, row["feed"], row["article_id"]) not in before]


def _held(connection: Connection, url: str) -> bool:
    return connection.execute(select(subscriptions.c.url).where(subscriptions.c.url == url)).first() is not None
