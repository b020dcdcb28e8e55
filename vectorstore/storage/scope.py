"""A Scope as conditions on the catalogue's articles."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, or_

from vectorstore.models import Scope
from vectorstore.storage.schema import articles


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
