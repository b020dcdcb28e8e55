"""Articles as rows of the catalogue, and a Scope as conditions on them. `earlier_versions` has the same columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Table, or_

from vectorstore.models import Article, Scope
from vectorstore.storage.schema import articles

ARTICLE = [column for column in articles.c if column.name not in ("key", "text_hash", "story")]
_STATED = [column.name for column in ARTICLE]


def article_of(row: Row[Any]) -> Article:
    values = {name: getattr(row, name) for name in _STATED}
    return Article(**values | {"authors": tuple(values["authors"])})


def row_of(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in _STATED} | {"authors": list(article.authors)}


def within(scope: Scope, table: Table = articles) -> list[ColumnElement[bool]]:
    """The conditions, none for a scope that holds everything. `table` has a row for each article, with its id, outlet
    and date."""
    published = table.c.published_at
    conditions: list[ColumnElement[bool]] = []
    if scope.since:
        conditions.append(published >= scope.since)
    if scope.until:
        earlier = published <= scope.until
        conditions.append(earlier if scope.since else or_(published.is_(None), earlier))
    if scope.outlets:
        conditions.append(table.c.outlet.in_(scope.outlets))
    if scope.without:
        conditions.append(table.c.id.not_in(scope.without))
    return conditions
