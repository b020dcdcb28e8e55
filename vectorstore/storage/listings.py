"""The library's table: searched, filtered, sorted and turned by the page, whatever the number of articles.

All of it is asked of `listed`, which has one narrow row for each article. The articles' own rows carry their texts:
to read 100,000 of them for their headlines takes seconds.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, delete, func, insert, or_, select

from vectorstore.languages import count_of_words, words_in
from vectorstore.models import EVERYTHING, Article, Entry, Passage, Scope
from vectorstore.storage.dialect import day_of, each_key_of, holds, without_case
from vectorstore.storage.rows import ARTICLE, PLACED, article_of, placed, within
from vectorstore.storage.schema import WITHOUT_VECTOR, articles, listed, passages, seen

PAGE = 50
"""Rows of a page."""
LONGEST_SEARCH = 200
"""Characters; what is longer is cut, since every word of it is a condition of its own."""
_BATCH = 200
_MOST_WORDS = 12
_AFTER_ALL = "\U0010ffff"


class Column(StrEnum):
    """What the table can be sorted by. Headlines are sorted without case and accents."""

    HEADLINE = "headline"
    OUTLET = "outlet"
    LANGUAGE = "language"
    DATE = "date"
    ADDED = "added"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Listing:
    """Which rows of the table are wanted, in which order, and from which one on; rows count from 0.

    Every word of `search` stands in the headline or the outlet, in any case, with or without accents, also as a part of
    a longer word; or in the text, as an index of words finds them. Articles of unknown date come last in either
    direction; they are within the scope only where it has no `since`.
    """

    search: str = ""
    scope: Scope = EVERYTHING
    by: Column = Column.DATE
    descending: bool = True
    start: int = 0

    def turned(self, start: int) -> Listing:
        """The same rows from another one on."""
        return replace(self, start=start)

    def sorted_by(self, column: Column) -> Listing:
        """From the first row on; the other way round where it is sorted by that column already. Words go upwards at
        first, dates and figures downwards."""
        words = column in (Column.HEADLINE, Column.OUTLET, Column.LANGUAGE)
        return replace(self, by=column, descending=not (self.descending if column is self.by else words), start=0)


@dataclass(frozen=True, slots=True)
class ListPage:
    """Rows of the table from number `start` on, of `found` that fit the listing and `held` that there are; so many
    passages of the library are `waiting` for their vectors. `places` has the passage of an article in which most of the
    words stand that were searched for, where there is one."""

    entries: tuple[Entry, ...]
    start: int
    found: int
    held: int
    waiting: int = 0
    places: Mapping[str, Passage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many articles there are of each day (UTC) on which any was published, of unknown date, and of each outlet,
    the largest first."""

    days: dict[date, int]
    undated: int
    outlets: tuple[tuple[str, int], ...]


_ORDERS: dict[Column, Any] = {
    Column.HEADLINE: listed.c.words,
    Column.OUTLET: without_case(listed.c.outlet),
    Column.LANGUAGE: listed.c.language,
    Column.DATE: listed.c.published_at,
    Column.ADDED: listed.c.ingested_at,
    Column.LENGTH: listed.c.length,
}
_SHOWN = [
    articles.c[name]
    for name in "id title outlet url published_at ingested_at version summary_only gone_at language".split()
]
_ENTRY = select(*_SHOWN, listed.c.passages).join_from(listed, articles, articles.c.key == listed.c.article_key)


def _waiting() -> Select[Any]:
    query = select(func.count()).select_from(passages).where(WITHOUT_VECTOR)
    conditions = seen(articles.c.id)
    return query.join(articles).where(*conditions) if conditions else query


Holding = Callable[[Sequence[str]], Sequence[Collection[int]]]
"""For each word the keys of the passages in which it stands, and of several words those of all."""


class Listings:
    """Reads only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.holding: Holding = lambda words: ()
        """Until there is an index of words, headlines and outlets alone are searched."""

    def everything(self, scope: Scope = EVERYTHING) -> list[Entry]:
        """Every article of the scope without its text, the newest addition first."""
        with self._engine.connect() as connection:
            rows = connection.execute(_ENTRY.where(*within(scope, listed)).order_by(*_order(Listing(by=Column.ADDED))))
            return [Entry(**row._mapping) for row in rows]

    def holds(self, headline: str) -> bool:
        """Whether an article has just this headline."""
        words, first = listed.c.words, folded(headline)
        titles = select(articles.c.title).join_from(listed, articles, articles.c.key == listed.c.article_key)
        with self._engine.connect() as connection:
            found = connection.execute(
                titles.where(words >= first, words < first + _AFTER_ALL, *seen(listed.c.id))
            ).scalars()
            return headline in found

    def page(self, listing: Listing) -> ListPage:
        """A page of the table; beyond the last one it is the last one."""
        holding = self._holding(listing.search)
        conditions = _conditions(listing, holding)
        count = select(func.count()).select_from(listed).where(*seen(listed.c.id))
        with self._engine.connect() as connection:
            held = connection.execute(count).scalar_one()
            waiting = connection.execute(_waiting()).scalar_one()
            found = connection.execute(count.where(*conditions)).scalar_one() if conditions else held
            start = max(0, min(listing.start, (found - 1) // PAGE * PAGE))
            chosen = select(listed.c.article_key).where(*conditions).order_by(*_order(listing))
            keys = list(connection.execute(chosen.limit(PAGE).offset(start)).scalars())
            more = listed.c.article_key, articles.c.text
            rows = connection.execute(_ENTRY.add_columns(*more).where(listed.c.article_key.in_(keys)))
            entries = {row.article_key: _entry(row) for row in rows}
            best = PLACED.where(passages.c.key.in_(each_key_of(holding[key] for key in keys if key in holding)))
            places = {row.passage.article_id: row.passage for row in placed(connection.execute(best))}
        return ListPage(tuple(entries[key] for key in keys if key in entries), start, found, held, waiting, places)

    def ids(self, listing: Listing) -> list[str]:
        """Of all articles that fit the listing, in no order."""
        fitting = _conditions(listing, self._holding(listing.search))
        with self._engine.connect() as connection:
            return list(connection.execute(select(listed.c.id).where(*fitting)).scalars())

    def tally(self, listing: Listing) -> Tally:
        """Of all articles that fit the listing, on whatever page."""
        conditions = _conditions(listing, self._holding(listing.search))
        day = day_of(listed.c.published_at)
        by_day = select(day, func.count()).where(*conditions).group_by(day)
        with self._engine.connect() as connection:
            days: dict[str | None, int] = {found: number for found, number in connection.execute(by_day)}
        undated = days.pop(None, 0)
        dated = {date.fromisoformat(found): number for found, number in sorted(days.items()) if found}
        return Tally(dated, undated, self._counted(listed.c.outlet, listing))

    def languages(self, listing: Listing) -> tuple[tuple[str, int], ...]:
        """How many articles that fit there are of each language, "" for an unknown one, the largest first."""
        return self._counted(listed.c.language, listing)

    def _counted(self, column: ColumnElement[str], listing: Listing) -> tuple[tuple[str, int], ...]:
        size = func.count().label("size")
        query = (
            select(column, size)
            .where(*_conditions(listing, self._holding(listing.search)))
            .group_by(column)
            .order_by(size.desc(), column)
        )
        with self._engine.connect() as connection:
            return tuple((value, number) for value, number in connection.execute(query))

    def articles(self, listing: Listing) -> Iterator[Article]:
        """All that fit the listing, on whatever page, in the order in which they came in.

        A batch is read at a time and nothing is held in between: however slowly they are taken, writing goes on. What
        is removed meanwhile is left out.
        """
        query = select(articles.c.key, *ARTICLE).join_from(listed, articles, articles.c.key == listed.c.article_key)
        query = (
            query.where(*_conditions(listing, self._holding(listing.search)))
            .order_by(listed.c.article_key)
            .limit(_BATCH)
        )
        last = -1
        while True:
            with self._engine.connect() as connection:
                rows = connection.execute(query.where(listed.c.article_key > last)).all()
            if not rows:
                return
            last = rows[-1].key
            yield from map(article_of, rows)

    def _holding(self, search: str) -> dict[int, int]:
        """The keys of the articles whose text has each word, each with that of the passage that has most of them, the
        first where several have."""
        words = list(dict.fromkeys(words_in(search[:LONGEST_SEARCH], "")))[:_MOST_WORDS]
        found = self.holding(words) if words else ()
        if not found:
            return {}
        known = Counter(key for each in found for key in each)
        query = select(passages.c.key, passages.c.article_key).where(passages.c.key.in_(each_key_of(known)))
        with self._engine.connect() as connection:
            article = {key: of for key, of in connection.execute(query)}
        every = set.intersection(*({article[key] for key in each if key in article} for each in found))
        best: dict[int, int] = {}
        for key in sorted(article):
            if article[key] in every and known[key] > known[best.get(article[key], -1)]:
                best[article[key]] = key
        return best


def enter(connection: Connection, key: int, article: Article, passages: int) -> None:
    """Put an article that was just stored on the table, in place of its row. It leaves with the article."""
    connection.execute(delete(listed).where(listed.c.article_key == key))
    connection.execute(insert(listed), _row(key, article, passages, len(article.text)))


def enter_all(connection: Connection) -> None:
    """Make the table of everything held."""
    listed.create(connection, checkfirst=True)
    connection.execute(delete(listed))
    count = select(func.count()).where(passages.c.article_key == articles.c.key).scalar_subquery()
    told = [articles.c[name] for name in ("key", "id", "title", "outlet", "language", "published_at", "ingested_at")]
    length = func.length(articles.c.text).label("length")
    last = -1
    query = select(*told, length, count.label("passages")).order_by(articles.c.key).limit(_BATCH * 10)
    while rows := connection.execute(query.where(articles.c.key > last)).all():
        connection.execute(insert(listed), [_row(row.key, row, row.passages, row.length) for row in rows])
        last = rows[-1].key


def folded(text: str) -> str:
    """Words as they are compared: without case and accents."""
    plain = unicodedata.normalize("NFKD", text.encode("utf-8", "replace").decode())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def _row(key: int, article: Any, passages: int, length: int) -> dict[str, Any]:
    same = {name: getattr(article, name) for name in ("id", "outlet", "language", "published_at", "ingested_at")}
    words = folded(f"{article.title} {article.outlet}")
    return same | {"article_key": key, "passages": passages, "length": length, "words": words}


def _conditions(listing: Listing, holding: Collection[int]) -> list[ColumnElement[bool]]:
    words = folded(listing.search[:LONGEST_SEARCH]).split()
    named: list[ColumnElement[bool]] = [holds(listed.c.words, word) for word in words]
    if words and holding:
        named = [or_(and_(*named), listed.c.article_key.in_(each_key_of(holding)))]
    return named + within(listing.scope, listed)


def _order(listing: Listing) -> list[ColumnElement[Any]]:
    column, key = _ORDERS[listing.by], listed.c.article_key
    dated = listing.by is Column.DATE
    if listing.descending:
        return [column.desc().nulls_last() if dated else column.desc(), key.desc()]
    return [column.asc().nulls_last() if dated else column.asc(), key.asc()]


def _entry(row: Any) -> Entry:
    told = {name: value for name, value in row._mapping.items() if name not in ("article_key", "text")}
    return Entry(**told, words=count_of_words(row.text))
