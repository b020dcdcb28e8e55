"""Keyword search over passages with SQLite's FTS5 and its BM25."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, column, func, literal_column, select, table, text

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
_SCORE = func.bm25(_WHOLE, 1.0, 1.0).label("score")
_COUNT = text("SELECT count(*) FROM passage_words WHERE passage_words MATCH :match")
_TO_BE_SAFE = 3
_MOST_SCORED = 40_000
_AT_LEAST = 2


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
    """Joining every passage in which a word stands costs more than scoring it. So the best are scored first, and only
    where a scope keeps most of them out is each looked up before."""
    words = _telling(connection, words)
    if not words:
        return []
    best = select(_INDEX.c.rowid, _SCORE).where(_matching(words)).order_by(_SCORE).limit(_TO_BE_SAFE * limit).subquery()
    query = select(passages.c.id, best.c.score).join_from(best, passages, passages.c.key == best.c.rowid)
    rows = connection.execute(_within(query, best.c.score, scope, limit)).all()
    if len(rows) < limit and within(scope):
        query = select(passages.c.id, _SCORE).join_from(_INDEX, passages, passages.c.key == _INDEX.c.rowid)
        rows = connection.execute(_within(query.where(_matching(words)), _SCORE, scope, limit)).all()
    return [(row.id, -row.score) for row in rows]


def _within(query: Select[Any], score: ColumnElement[float], scope: Scope, limit: int) -> Select[Any]:
    return (
        query.join(articles, passages.c.article_key == articles.c.key)
        .where(*within(scope))
        .order_by(score)
        .limit(limit)
    )


def _telling(connection: Connection, words: Sequence[str]) -> list[str]:
    """The rarest words, as many as together stand in few enough passages; the two rarest whatever they cost.

    What stands in a tenth of all passages tells little of any, and takes most of the time.
    """
    stands_in = {word: connection.execute(_COUNT, {"match": _quoted(word)}).scalar_one() for word in words}
    told: list[str] = []
    rows = 0
    for word in sorted(filter(stands_in.get, words), key=stands_in.__getitem__):
        rows += stands_in[word]
        if rows > _MOST_SCORED and len(told) >= _AT_LEAST:
            break
        told.append(word)
    return told


def _matching(words: Sequence[str]) -> ColumnElement[bool]:
    return _WHOLE.op("MATCH")(" OR ".join(_quoted(word) for word in words))


def _quoted(word: str) -> str:
    """Quoted, so that no word is ever read as FTS5 syntax. FTS5 reads a query only up to a NUL."""
    return '"' + word.replace('"', '""').replace("\0", " ") + '"'
