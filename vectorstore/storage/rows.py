"""What the catalogue takes and gives, articles as its rows (those of `earlier_versions` too), and a Scope as conditions
on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Row, Select, Table, or_, select

from vectorstore.accounts import person
from vectorstore.models import Article, Correction, Matrix, Passage, PassageRow, Scope
from vectorstore.storage.annotations import marks, tags
from vectorstore.storage.dialect import each_of
from vectorstore.storage.schema import articles, in_collections, passages, seen

ARTICLE = [column for column in articles.c if column.name not in ("key", "text_hash", "story")]
_STATED = [column.name for column in ARTICLE]
PLACED: Select[Any] = select(
    *(passages.c[name].label(f"p_{name}") for name in ("key", "id", "position", "start", "end")), *ARTICLE
).join_from(passages, articles)


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
    """All of an article that was removed; `earlier` are its earlier versions, the earliest first, and `added` is what
    readers added to it, see annotations.taken."""

    article: Article
    passages: Sequence[Passage]
    earlier: Sequence[Article]
    added: Mapping[str, Sequence[Mapping[str, Any]]] = {}


def article_of(row: Row[Any]) -> Article:
    values = {name: getattr(row, name) for name in _STATED}
    noted = (Correction(date and datetime.fromisoformat(date), text) for date, text in values["corrections"])
    return Article(**values | {"authors": tuple(values["authors"]), "corrections": tuple(noted)})


def row_of(article: Article) -> dict[str, Any]:
    noted = [(date and date.isoformat(), text) for date, text in article.corrections]
    return {name: getattr(article, name) for name in _STATED} | {"authors": list(article.authors), "corrections": noted}


def within(scope: Scope, table: Table = articles) -> list[ColumnElement[bool]]:
    """The conditions, none for a scope that holds everything, and that of what whoever it is done for may see. `table`
    has a row for each article, with its id, outlet, language and date."""
    published = table.c.published_at
    conditions = seen(table.c.id)
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
    return conditions + _chosen(scope, table)


def _chosen(scope: Scope, table: Table) -> list[ColumnElement[bool]]:
    """Single articles, and what whoever asks has made of them."""
    wanted: list[Select[Any]] = []
    if scope.articles is not None:
        wanted.append(each_of(scope.articles))
    if scope.tags:
        wanted.append(select(tags.c.article_id).where(tags.c.tag.in_(scope.tags), tags.c.person == person()))
    if scope.collections:
        wanted.append(in_collections(scope.collections))
    if scope.marked:
        wanted.append(select(marks.c.article_id).where(marks.c.person == person()))
    return [table.c.id.in_(each) for each in wanted]


def vector_row(row: Row[Any]) -> VectorRow:
    return VectorRow(row.id, vector(row.vector))


def vector(stored: bytes) -> Matrix:
    return np.frombuffer(stored, dtype=np.float32)


def placed(rows: Iterable[Row[Any]]) -> list[PassageRow]:
    """Passages and articles in one statement: between two, an update would put a passage on another version's text."""
    held: dict[str, Article] = {}
    found = []
    for row in rows:
        article = held.get(row.id) or held.setdefault(row.id, article_of(row))
        body = article.text[row.p_start : row.p_end]
        passage = Passage(row.p_id, article.id, article.version, row.p_position, row.p_start, row.p_end, body)
        found.append(PassageRow(row.p_key, passage, article))
    return found
