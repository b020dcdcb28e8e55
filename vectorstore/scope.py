"""A Scope as conditions on the catalogue's articles."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from vectorstore.models import Scope
from vectorstore.schema import articles


def within(scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions, none for a scope that holds everything."""
    published = articles.c.published_at
    conditions: list[ColumnElement[bool]] = []
    if scope.since:
        conditions.append(published >= scope.since)
    if scope.until:
        earlier = published <= scope.until
        conditions.append(earlier if scope.since else or_(published.is_(None), earlier))
    if scope.outlets:
        conditions.append(articles.c.outlet.in_(scope.outlets))
    if scope.without:
        conditions.append(articles.c.id.not_in(scope.without))
    return conditions
