"""Articles as rows of the catalogue. `earlier_versions` has the same columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from vectorstore.models import Article
from vectorstore.storage.schema import articles

ARTICLE = [column for column in articles.c if column.name not in ("key", "text_hash", "story")]
_STATED = [column.name for column in ARTICLE]


def article_of(row: Row[Any]) -> Article:
    values = {name: getattr(row, name) for name in _STATED}
    return Article(**values | {"authors": tuple(values["authors"])})


def row_of(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in _STATED} | {"authors": list(article.authors)}
