"""Which articles are copies of one another, kept by the catalogue, and how they open.

Articles that are copies, directly or over others, are one story. `articles.story` is the key of the oldest member, so
it stays the same while that one stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

import numpy as np
from sqlalchemy import ColumnElement, Connection, FromClause, bindparam, delete, func, insert, or_, select, update

from vectorstore.models import Copy, Matrix, Scope
from vectorstore.near_duplicates import (
    LEAST_SHARED,
    Printed,
    Shingles,
    is_copy,
    may_be_copies,
    promising,
    shingles,
    sketch,
)
from vectorstore.storage.rows import within
from vectorstore.storage.schema import articles, passages, seen, sketches

# Those that share most are looked at. A story in more outlets than this is joined by any of them.
_LOOKED_AT = 50
# Comparing texts takes longer than all the rest: after so many that are no copies, those that share less are let be.
_MISSES = 3

_SHARED = func.count().label("shared")
_NEAR = (
    select(sketches.c.article_key, sketches.c.runs, _SHARED)
    .where(sketches.c.mark.in_(bindparam("marks", expanding=True)))
    .group_by(sketches.c.article_key, sketches.c.runs)
    .having(_SHARED >= LEAST_SHARED)
    .order_by(_SHARED.desc(), sketches.c.article_key)
    .limit(_LOOKED_AT)
    .subquery()
)
# Built once: building it takes longer than running it.
_ALIKE = (
    select(*(articles.c[name] for name in ("key", "story", "outlet", "published_at")), _NEAR.c.runs, _NEAR.c.shared)
    .join_from(_NEAR, articles, _NEAR.c.article_key == articles.c.key)
    .order_by(_NEAR.c.shared.desc(), articles.c.key)
)
_PRINT = select(*(articles.c[name] for name in ("text", "outlet", "published_at"))).where(
    articles.c.key == bindparam("of")
)
_PLACE = update(articles).where(articles.c.key == bindparam("of")).values(story=bindparam("as"))
_KEEP = insert(sketches)


def join(connection: Connection, key: int, printed: Printed) -> None:
    """Put a stored article with the story that it is a copy of; where it joins two, they become one."""
    own = shingles(printed.text)
    marks = sketch(own)
    joined = _copied(connection, printed, own, marks)
    story = min({key, *joined})
    connection.execute(_PLACE, {"of": key, "as": story})
    if joined - {story}:
        connection.execute(update(articles).where(articles.c.story.in_(joined)).values(story=story))
    if marks:
        connection.execute(_KEEP, [{"mark": mark, "article_key": key, "runs": len(own)} for mark in marks])


def leave(connection: Connection, key: int, text: str) -> None:
    """Take an article with this text out of its story, before it goes or changes; the others stay together."""
    mine = sketches.c.mark.in_(sketch(shingles(text))) & (sketches.c.article_key == key)
    connection.execute(delete(sketches).where(mine))
    story = select(articles.c.story).where(articles.c.key == key).scalar_subquery()
    others = (articles.c.story == story) & (articles.c.key != key)
    oldest = connection.execute(select(func.min(articles.c.key)).where(others)).scalar()
    connection.execute(update(articles).where(others).values(story=oldest))


def join_all(connection: Connection) -> None:
    """Find the stories of everything held."""
    for key in connection.execute(select(articles.c.key).order_by(articles.c.key)).scalars().all():
        join(connection, key, _print(connection, key))


def copies(connection: Connection, article_ids: Sequence[str], until: datetime | None) -> dict[str, tuple[Copy, ...]]:
    """The other members of each article's story, the earliest first and those of unknown date last.

    What was published after `until` is left out.
    """
    shown = articles.alias()
    told = [articles.c[name] for name in ("id", "outlet", "url", "published_at")]
    query = select(shown.c.id, *told).join_from(shown, articles, shown.c.story == articles.c.story)
    query = query.where(shown.c.id.in_(article_ids), articles.c.id != shown.c.id, *seen(articles.c.id))
    if until is not None:
        query = query.where(or_(articles.c.published_at.is_(None), articles.c.published_at <= until))
    found: dict[str, tuple[Copy, ...]] = {}
    for of, *values in connection.execute(query.order_by(articles.c.published_at.nulls_last(), articles.c.key)):
        found[of] = (*found.get(of, ()), Copy(*values))
    return found


def _copied(connection: Connection, printed: Printed, own: Shingles, marks: Sequence[int]) -> set[int]:
    """The stories that an article is a copy of."""
    found: set[int] = set()
    misses = 0
    alike: Any = connection.execute(_ALIKE, {"marks": marks}).all()
    for row in alike:
        fitting = promising(row.shared, len(own), row.runs) and may_be_copies(printed, row)
        if misses == _MISSES or not fitting or row.story in found:
            continue
        if is_copy(own, shingles(_print(connection, row.key).text)):
            found.add(row.story)
        else:
            misses += 1
    return found


def _print(connection: Connection, key: int) -> Printed:
    return cast(Printed, connection.execute(_PRINT, {"of": key}).one())


class Opening(NamedTuple):
    """An article's first passage: news says first what it is about. Copies of one another have the same `story`;
    `vector` has length 1, and is empty while the passage waits for it."""

    passage_id: str
    article_id: str
    title: str
    outlet: str
    published_at: datetime | None
    story: int
    vector: Matrix


def openings(
    connection: Connection, scope: Scope, arrived: datetime | None, limit: int, by_date: bool = False
) -> list[Opening]:
    """Of the articles within the scope that came in after `arrived`, the last to come first; `by_date` the last
    published first, and those of unknown date last."""
    wanted = [*within(scope), *([articles.c.ingested_at > arrived] if arrived else [])]
    told = [articles.c[name] for name in ("key", "id", "title", "outlet", "published_at", "story", "ingested_at")]
    first = "published_at" if by_date else "ingested_at"
    # Articles first: left to itself, SQLite reads every passage there is to find the first ones.
    chosen = select(*told).where(*wanted).order_by(*_last(articles, first)).limit(limit).subquery()
    query = select(passages.c.id, *(chosen.c[name] for name in ("id", "title", "outlet", "published_at", "story")))
    query = query.add_columns(passages.c.vector).join_from(chosen, passages, passages.c.article_key == chosen.c.key)
    rows = connection.execute(query.where(passages.c.position == 0).order_by(*_last(chosen, first)))
    return [Opening(*row)._replace(vector=np.frombuffer(row.vector, dtype=np.float32)) for row in rows]


def _last(table: FromClause, by: str) -> list[ColumnElement[Any]]:
    return [table.c[by].desc().nulls_last(), table.c.key.desc()]


def arrived_since(connection: Connection, moment: datetime) -> int:
    """How many articles came in, or came in anew, after it."""
    query = select(func.count()).select_from(articles).where(articles.c.ingested_at > moment, *seen(articles.c.id))
    return connection.execute(query).scalar_one()
