"""Keyword search over passages with SQLite's FTS5 and its BM25."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, text

# rowid is passages.key. Porter's stemmer folds plurals and tenses.
CREATE = text(
    "CREATE VIRTUAL TABLE IF NOT EXISTS passage_words "
    "USING fts5(headline, body, tokenize = 'porter unicode61 remove_diacritics 2')"
)
_ADD = text("INSERT INTO passage_words (rowid, headline, body) VALUES (:key, :headline, :body)")
_DROP = text("DELETE FROM passage_words WHERE rowid IN (SELECT key FROM passages WHERE article_key = :key)")
_SEARCH = text(
    "SELECT p.id AS id, bm25(passage_words, 1.0, 1.0) AS score "
    "FROM passage_words JOIN passages p ON p.key = passage_words.rowid JOIN articles a ON a.key = p.article_key "
    "WHERE passage_words MATCH :match AND (:until IS NULL OR a.published_at IS NULL OR a.published_at <= :until) "
    "ORDER BY score LIMIT :limit"
)
_HOLDS = text("SELECT 1 FROM passage_words WHERE passage_words MATCH :match LIMIT 1")


def add(connection: Connection, key: int, heading: str, body: str) -> None:
    """Index one passage."""
    connection.execute(_ADD, {"key": key, "headline": heading, "body": body})


def drop(connection: Connection, article_key: int) -> None:
    """Take an article's passages out of the index, before they leave their own table."""
    connection.execute(_DROP, {"key": article_key})


def search(connection: Connection, words: Sequence[str], until: datetime | None, limit: int) -> list[tuple[str, float]]:
    """`(passage id, BM25 > 0)` of passages in which any of the words stands, best first.

    Nothing published after `until` is returned; articles of unknown date are.
    """
    if not words:
        return []
    latest = until and until.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    match = " OR ".join(_quoted(word) for word in words)
    rows = connection.execute(_SEARCH, {"match": match, "until": latest, "limit": limit})
    return [(row.id, -row.score) for row in rows]


def missing(connection: Connection, words: Sequence[str]) -> list[str]:
    """Those of the words that stand in no passage at all."""
    return [word for word in words if connection.execute(_HOLDS, {"match": _quoted(word)}).first() is None]


def _quoted(word: str) -> str:
    """Quoted, so that no word is ever read as FTS5 syntax. FTS5 reads a query only up to a NUL."""
    return '"' + word.replace('"', '""').replace("\0", " ") + '"'
