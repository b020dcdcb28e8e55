"""How articles open: what stories are put together from, without their texts."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, func, select

from vectorstore.models import Matrix, Scope
from vectorstore.storage.rows import within
from vectorstore.storage.schema import articles, passages


class Opening(NamedTuple):
    """An article's first passage: news says first what it is about. Copies of one another have the same `story`;
    `vector` has length 1."""

    passage_id: str
    article_id: str
    outlet: str
    published_at: datetime | None
    story: int
    vector: Matrix


def openings(connection: Connection, scope: Scope, arrived: datetime | None, limit: int) -> list[Opening]:
    """Of the articles within the scope that came in after `arrived`, the last to come first."""
    wanted = [*within(scope), *([articles.c.ingested_at > arrived] if arrived else [])]
    told = [articles.c[name] for name in ("key", "id", "outlet", "published_at", "story", "ingested_at")]
    last = articles.c.ingested_at.desc(), articles.c.key.desc()
    # Articles first: left to itself, SQLite reads every passage there is to find the first ones.
    chosen = select(*told).where(*wanted).order_by(*last).limit(limit).subquery()
    query = select(passages.c.id, *(chosen.c[name] for name in ("id", "outlet", "published_at", "story")))
    query = query.add_columns(passages.c.vector).join_from(chosen, passages, passages.c.article_key == chosen.c.key)
    rows = connection.execute(
        query.where(passages.c.position == 0).order_by(chosen.c.ingested_at.desc(), chosen.c.key.desc())
    )
    return [Opening(*row)._replace(vector=np.frombuffer(row.vector, dtype=np.float32)) for row in rows]


def arrived_since(connection: Connection, moment: datetime) -> int:
    """How many articles came in, or came in anew, after it."""
    query = select(func.count()).select_from(articles).where(articles.c.ingested_at > moment)
    return connection.execute(query).scalar_one()
