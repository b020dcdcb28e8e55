"""Which articles whoever it is done for may see: a condition in each statement that reads some for a reader.

Whatever keeps the indexes, the stories and the feeds going works on all articles, whoever has set it off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from vectorstore.accounts import collections_seen
from vectorstore.storage.schema import article_collections


def seen(article_id: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """The condition, none where every article may be seen."""
    allowed = collections_seen()
    return [] if allowed is None else [article_id.in_(in_collections(sorted(allowed)))]


def in_collections(names: Sequence[str]) -> Select[tuple[str]]:
    """The ids of the articles in any of these collections."""
    return select(article_collections.c.article_id).where(article_collections.c.collection.in_(names))
