"""Catalogues of earlier versions, brought forward to the schema of this one."""

from __future__ import annotations

from sqlalchemy import Connection, text

from vectorstore import listing, stories
from vectorstore.schema import articles, sketches

READABLE = ("1", "2", "3", "4", "5")
"""The schemas of earlier versions, the oldest first."""

_BEFORE_FEEDS = ("1",)
_BEFORE_STORIES = (*_BEFORE_FEEDS, "2")
_BEFORE_WORDS = (*_BEFORE_STORIES, "3")


def bring_forward(connection: Connection, version: str) -> None:
    """Change what earlier versions kept otherwise; tables that are new since then are made by whoever opens it."""
    if version in _BEFORE_FEEDS:
        _add_what_feeds_state(connection)
    if version in _BEFORE_STORIES:
        _add_stories(connection)
    if version in _BEFORE_WORDS:
        connection.execute(text("DROP TABLE passage_words"))  # words have an index of their own since schema 4
    listing.enter_all(connection)


def _add_what_feeds_state(connection: Connection) -> None:
    for table in ("articles", "earlier_versions"):
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN summary_only BOOLEAN DEFAULT 0 NOT NULL"))
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN gone_at DATETIME"))


def _add_stories(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE articles ADD COLUMN story INTEGER DEFAULT '0' NOT NULL"))
    for index in articles.indexes:
        index.create(connection, checkfirst=True)
    sketches.create(connection)
    stories.join_all(connection)
