"""Collections: articles under names that everybody shares. A reader or a token may be kept to some of them, see
vectorstore.accounts, and a question to one.

There is a collection as long as anything is in it or goes into it. What a feed leads to goes into the collections of
the feed, in the transaction in which its page becomes known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Engine, delete, func, select, update

from vectorstore.accounts import collections_seen
from vectorstore.errors import LibraryBusy
from vectorstore.storage.annotations import LONGEST_NAME, one_line
from vectorstore.storage.dialect import each_of, insert_new, insert_selected_over
from vectorstore.storage.facts import COLLECTIONS, recall, remember
from vectorstore.storage.schema import article_collections, articles, feed_collections, pages


class Collections:
    """Every method that writes is one transaction. It raises AnnotationUnusable for what is no name, and LibraryBusy
    where the library is only read."""

    def __init__(self, engine: Engine, only_read: str = "") -> None:
        self._engine, self._only_read = engine, only_read

    def all(self) -> dict[str, int]:
        """Those that whoever asks may see, in alphabetical order, each with the number of its articles."""
        counted = select(article_collections.c.collection, func.count()).group_by(article_collections.c.collection)
        fed, allowed = select(feed_collections.c.collection).distinct(), collections_seen()
        with self._engine.connect() as connection:
            held = {name: 0 for name in connection.execute(fed).scalars()}
            held |= {name: size for name, size in connection.execute(counted)}
        names = sorted(held, key=str.casefold)
        return {name: held[name] for name in names if allowed is None or name in allowed}

    def of(self, article_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Of each of these articles that is in any, in alphabetical order; those that whoever asks may see."""
        allowed = collections_seen()
        found: dict[str, list[str]] = {}
        query = select(article_collections.c.article_id, article_collections.c.collection).where(
            article_collections.c.article_id.in_(article_ids)
        )
        with self._engine.connect() as connection:
            for article_id, name in connection.execute(query):
                if allowed is None or name in allowed:
                    found.setdefault(article_id, []).append(name)
        return {article_id: tuple(sorted(names, key=str.casefold)) for article_id, names in found.items()}

    def put(self, name: str, article_ids: Iterable[str]) -> str:
        """Articles into a collection, which is made where there is none; returns its name as it is written there."""
        name = self._spelled(name)
        with self._writing().begin() as connection:
            if rows := [{"collection": name, "article_id": each} for each in article_ids]:
                insert_new(connection, article_collections, rows)
                changed(connection)
        return name

    def take(self, name: str, article_ids: Iterable[str]) -> int:
        """Articles out of a collection; returns how many were in it."""
        own = article_collections.c.collection == self._spelled(name)
        with self._writing().begin() as connection:
            gone = delete(article_collections).where(own, article_collections.c.article_id.in_(each_of(article_ids)))
            changed(connection)
            return connection.execute(gone).rowcount

    def feeds(self) -> dict[str, tuple[str, ...]]:
        """The collections of each feed that has any."""
        found: dict[str, tuple[str, ...]] = {}
        query = select(feed_collections).order_by(feed_collections.c.url, feed_collections.c.collection)
        with self._engine.connect() as connection:
            for url, name in connection.execute(query):
                found[url] = (*found.get(url, ()), name)
        return found

    def fill(self, name: str, url: str) -> str:
        """What a feed led to, and leads to from now on, goes into a collection; returns its name."""
        name = self._spelled(name)
        with self._writing().begin() as connection:
            insert_new(connection, feed_collections, [{"url": url, "collection": name}])
            collect_pages(connection, url)
        return name

    def stop_filling(self, name: str, url: str) -> bool:
        """What is in the collection stays there. False where the feed did not fill it."""
        row = (feed_collections.c.url == url) & (feed_collections.c.collection == self._spelled(name))
        with self._writing().begin() as connection:
            return bool(connection.execute(delete(feed_collections).where(row)).rowcount)

    def _spelled(self, name: str) -> str:
        """As one that there is in other letter case."""
        with self._engine.connect() as connection:
            return spelled(connection, one_line(name, LONGEST_NAME))

    def _writing(self) -> Engine:
        if self._only_read:
            raise LibraryBusy(
                f"Collections cannot be changed: the library was opened for reading only, since {self._only_read}."
            )
        return self._engine


def spelled(connection: Connection, name: str) -> str:
    """As a collection that there is in other letter case."""
    written = select(article_collections.c.collection).union(select(feed_collections.c.collection))
    known: dict[str, str] = {each.casefold(): each for each in connection.execute(written).scalars()}
    return known.get(name.casefold(), name)


def changed(connection: Connection) -> None:
    """What whoever is kept to collections sees may be another thing from now on."""
    remember(connection, COLLECTIONS, str(int(recall(connection, COLLECTIONS) or 0) + 1))


def collect_pages(connection: Connection, url: str, article_ids: Iterable[str] | None = None) -> None:
    """What is known to have come by a feed, or these articles of it, goes into the feed's collections. What somebody
    has taken out of one meanwhile is not among them."""
    both = feed_collections.c.url == pages.c.feed
    rows = select(feed_collections.c.collection, pages.c.article_id).join_from(feed_collections, pages, both)
    rows = rows.join(articles, articles.c.id == pages.c.article_id).where(pages.c.feed == url)
    if article_ids is not None:
        rows = rows.where(pages.c.article_id.in_(each_of(article_ids)))
    changed(connection)
    connection.execute(insert_selected_over(connection, article_collections, ["collection", "article_id"], rows))


def follow_move(connection: Connection, url: str, moved_to: str) -> None:
    """The feed has another address."""
    connection.execute(update(feed_collections).where(feed_collections.c.url == url).values(url=moved_to))
