"""Keyword search over passages with SQLite's FTS5 and its BM25."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, column, func, literal_column, select, table, text

from vectorstore.models import Scope
from vectorstore.schema import articles, passages
from vectorstore.scope import within

# rowid is passages.key. Porter's stemmer folds plurals and tenses.
CREATE = text(
    "CREATE VIRTUAL TABLE IF NOT EXISTS passage_words "
    "USING fts5(headline, body, tokenize = 'porter unicode61 remove_diacritics 2')"
)
_ADD = text("INSERT INTO passage_words (rowid, headline, body) VALUES (:key, :headline, :body)")
_DROP = text("DELETE FROM passage_words WHERE rowid IN (SELECT key FROM passages WHERE article_key = :key)")
_INDEX = table("passage_words", column("rowid"))
# FTS5 names the whole table where a search or its score is meant.
_WHOLE: ColumnElement[str] = literal_column("passage_words")


def add(connection: Connection, key: int, heading: str, body: str) -> None:
    """Index one passage."""
    connection.execute(_ADD, {"key": key, "headline": heading, "body": body})


def drop(connection: Connection, article_key: int) -> None:
    """Take an article's passages out of the index, before they leave their own table."""
    connection.execute(_DROP, {"key": article_key})


def search(connection: Connection, words: Mapping[str, float], scope: Scope, limit: int) -> dict[str, float]:
    """The passages within the scope in which any of the words stands, with their BM25 > 0; about `limit` of them.

    A word counts as much as its weight says. Each distinct weight costs one search, since FTS5 knows none, and a
    passage that is not among the first `limit` of one of them gets nothing for its words.
    """
    found: dict[str, float] = defaultdict(float)
    for weight in {*words.values()}:
        for passage_id, score in _matches(connection, [w for w in words if words[w] == weight], scope, limit):
            found[passage_id] += weight * score
    return dict(found)


def _matches(connection: Connection, words: Sequence[str], scope: Scope, limit: int) -> list[tuple[str, float]]:
    score = func.bm25(_WHOLE, 1.0, 1.0).label("score")
    query = (
        select(passages.c.id, score)
        .select_from(_INDEX)
        .join(passages, passages.c.key == _INDEX.c.rowid)
        .join(articles)
        .where(_WHOLE.op("MATCH")(" OR ".join(_quoted(word) for word in words)), *within(scope))
        .order_by(score)
        .limit(limit)
    )
    return [(row.id, -row.score) for row in connection.execute(query)]


def _quoted(word: str) -> str:
    """Quoted, so that no word is ever read as FTS5 syntax. FTS5 reads a query only up to a NUL."""
    return '"' + word.replace('"', '""').replace("\0", " ") + '"'
