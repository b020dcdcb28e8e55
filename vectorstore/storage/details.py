"""Headline, outlet, date and address of an article as a reader has put them right.

The article's own row has them so, for whatever searches, sorts and cites it; what its publisher states is kept beside
it, see annotations.edits. Earlier versions are stored as they were stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from vectorstore.models import Article
from vectorstore.storage import listings as listing
from vectorstore.storage.annotations import EDITABLE, Edit, edit_of, keep_edit
from vectorstore.storage.rows import ARTICLE, article_of
from vectorstore.storage.schema import articles, next_vectors, passages


def as_edited(article: Article, edit: Edit | None) -> Article:
    return replace(article, **edit.changed) if edit else article


def as_stated(article: Article, edit: Edit | None) -> Article:
    return replace(article, **edit.stated) if edit else article


def stated_anew(connection: Connection, article: Article, edit: Edit | None) -> Article:
    """A new version with what was put right, which stays; the publisher's own is kept beside it."""
    if edit:
        keep_edit(connection, article.id, Edit(edit.changed, _details(article)))
    return as_edited(article, edit)


def put_right(connection: Connection, article_id: str, changes: Mapping[str, Any], generation: int) -> list[str] | None:
    """The ids of its passages, which are to be indexed and embedded anew; None when it is not there.

    `changes` are by their names in an Article; what is as its publisher states it is no longer edited.
    """
    query = select(articles.c.key, *ARTICLE).where(articles.c.id == article_id)
    if (row := connection.execute(query).one_or_none()) is None:
        return None
    edit, current = edit_of(connection, article_id), article_of(row)
    stated = _details(as_stated(current, edit))
    wanted = {**(edit.changed if edit else {}), **changes}
    changed = {name: value for name, value in wanted.items() if value != stated[name]}
    keep_edit(connection, article_id, Edit(changed, stated))
    values = stated | changed
    connection.execute(update(articles).where(articles.c.key == row.key).values(values))
    mine = passages.c.article_key == row.key
    keys = select(passages.c.key).where(mine)
    connection.execute(delete(next_vectors).where(next_vectors.c.passage_key.in_(keys)))
    connection.execute(update(passages).where(mine).values(generation=generation, vector=b""))
    held = connection.execute(select(func.count()).select_from(passages).where(mine)).scalar_one()
    listing.enter(connection, row.key, replace(current, **values), held)
    return list(connection.execute(select(passages.c.id).where(mine)).scalars())


def _details(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in EDITABLE}
