"""What the catalogue takes and gives, articles as its rows (those of `earlier_versions` too), and a Scope as conditions
on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Table, or_

from vectorstore.models import Article, Correction, Matrix, Passage, Scope
from vectorstore.storage.schema import articles

ARTICLE = [column for column in articles.c if column.name not in ("key", "text_hash", "story")]
_STATED = [column.name for column in ARTICLE]


class VectorRow(NamedTuple):
    """A passage as the vector index takes it; `vector` has length 1."""

    passage_id: str
    vector: Matrix


class Described(NamedTuple):
    """A passage as a search weighs it, before anything heavier is loaded; `vector` is empty where it waits for one."""

    key: int
    passage_id: str
    article_id: str
    position: int
    outlet: str
    published_at: datetime | None
    story: int
    vector: Matrix


class WaitingRow(NamedTuple):
    """A passage that waits for its vector, with the text that is embedded; stored again, its generation is another."""

    passage_id: str
    generation: int
    text: str


Shelved = tuple[Article, Sequence[Passage]]
"""An article with its passages."""


class Removed(NamedTuple):
    """All of an article that was removed; `earlier` are its earlier versions, the earliest first."""

    article: Article
    passages: Sequence[Passage]
    earlier: Sequence[Article]


def article_of(row: Row[Any]) -> Article:
    values = {name: getattr(row, name) for name in _STATED}
    noted = (Correction(date and datetime.fromisoformat(date), text) for date, text in values["corrections"])
    return Article(**values | {"authors": tuple(values["authors"]), "corrections": tuple(noted)})


def row_of(article: Article) -> dict[str, Any]:
    noted = [(date and date.isoformat(), text) for date, text in article.corrections]
    return {name: getattr(article, name) for name in _STATED} | {"authors": list(article.authors), "corrections": noted}


def within(scope: Scope, table: Table = articles) -> list[ColumnElement[bool]]:
    """The conditions, none for a scope that holds everything. `table` has a row for each article, with its id, outlet,
    language and date."""
    published = table.c.published_at
    conditions: list[ColumnElement[bool]] = []
    if scope.since:
        conditions.append(published >= scope.since)
    if scope.until:
        earlier = published <= scope.until
        conditions.append(earlier if scope.since else or_(published.is_(None), earlier))
    if scope.outlets:
        conditions.append(table.c.outlet.in_(scope.outlets))
    if scope.languages:
        conditions.append(table.c.language.in_(scope.languages))
    if scope.without:
        conditions.append(table.c.id.not_in(scope.without))
    return conditions
