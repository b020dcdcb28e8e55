"""Catalogues of earlier versions, brought forward to the schema of this one: up to schema 10 by what the tables lack,
which only those in SQLite can, and from there on by Alembic, a step for each schema in `versions`."""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import Connection, bindparam, delete, func, inspect, select, text, update

from vectorstore.languages import SAMPLE, resolved
from vectorstore.storage import listings as listing
from vectorstore.storage import story_groups as stories
from vectorstore.storage.schema import (
    SCHEMA_VERSION,
    articles,
    conversations,
    earlier_versions,
    facts,
    listed,
    passages,
    sketches,
    withdrawn,
)

READABLE = tuple(str(number) for number in range(1, int(SCHEMA_VERSION)))
"""The schemas of earlier versions, the oldest first."""
BASELINE = 10
"""From this one on both databases are brought forward in the same way."""
_VERSIONS = Path(__file__).parent / "versions"
_BATCH = 2000

logger = logging.getLogger(__name__)

_ADDED_SINCE = (
    (articles.name, "summary_only", "BOOLEAN DEFAULT 0 NOT NULL"),
    (articles.name, "gone_at", "DATETIME"),
    (articles.name, "story", "INTEGER DEFAULT '0' NOT NULL"),
    (earlier_versions.name, "summary_only", "BOOLEAN DEFAULT 0 NOT NULL"),
    (earlier_versions.name, "gone_at", "DATETIME"),
    (articles.name, "corrections", "JSON DEFAULT '[]' NOT NULL"),
    (earlier_versions.name, "corrections", "JSON DEFAULT '[]' NOT NULL"),
    (conversations.name, "person", "VARCHAR DEFAULT '' NOT NULL"),
    (passages.name, "vector_generation", "INTEGER DEFAULT '0' NOT NULL"),
    (withdrawn.name, "generation", "INTEGER DEFAULT '0' NOT NULL"),
)


def bring_forward(connection: Connection, version: str) -> None:
    """Change what the earlier version kept otherwise; tables that are new since then are made by whoever opens it."""
    if int(version) < BASELINE:
        _bring_to_baseline(connection)
    if int(SCHEMA_VERSION) > BASELINE:
        upgrade(connection, str(max(BASELINE, int(version))))


def upgrade(connection: Connection, version: str, versions: Path = _VERSIONS) -> None:
    """Take every step after the schema `version`, in their order."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory(str(versions.parent), version_locations=[str(versions)])
    with Operations.context(MigrationContext.configure(connection)):
        for step in reversed(list(steps.iterate_revisions("head", version))):
            logger.info("the catalogue is brought to schema %s", step.revision)
            step.module.upgrade()


def _bring_to_baseline(connection: Connection) -> None:
    """What there is to do is read off the tables: some versions changed them and kept the number of the schema."""
    for table, column, kind in _ADDED_SINCE:
        if (there := _columns(connection, table)) and column not in there:
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {column} {kind}"))
    talked = conversations.indexes if _columns(connection, conversations.name) else set()
    for index in articles.indexes | passages.indexes | withdrawn.indexes | talked:
        index.create(connection, checkfirst=True)
    if "runs" not in _columns(connection, sketches.name):
        connection.execute(text("DROP TABLE IF EXISTS sketches"))
        sketches.create(connection)
        stories.join_all(connection)
    connection.execute(text("DROP TABLE IF EXISTS passage_words"))  # words have an index of their own since schema 4
    if "language" not in _columns(connection, listed.name):
        connection.execute(text("DROP TABLE IF EXISTS listed"))
        _tell_languages(connection)
    if "length" not in _columns(connection, listed.name):
        connection.execute(text("DROP TABLE IF EXISTS listed"))
    listing.enter_all(connection)
    _forget_mixed_vectors(connection)


def _tell_languages(connection: Connection) -> None:
    """Of articles that were stored with what their publisher declares."""
    query = select(articles.c.key, articles.c.language, func.substr(articles.c.text, 1, SAMPLE).label("beginning"))
    change = update(articles).where(articles.c.key == bindparam("of")).values(language=bindparam("known"))
    last = -1
    while rows := connection.execute(query.where(articles.c.key > last).order_by(articles.c.key).limit(_BATCH)).all():
        known = [(row, resolved(row.language, row.beginning)) for row in rows]
        if changed := [{"of": row.key, "known": language} for row, language in known if language != row.language]:
            connection.execute(change, changed)
        last = rows[-1].key


def _forget_mixed_vectors(connection: Connection) -> None:
    """A reindex that was cut off left the vectors of two models among each other: all are made anew."""
    unfinished = select(facts.c.name).where(facts.c.name == "embedder", facts.c.value == "an unfinished reindex")
    if connection.execute(unfinished).first():
        connection.execute(update(passages).values(vector=b""))
        connection.execute(delete(facts).where(facts.c.name.in_(("embedder", "seal"))))


def _columns(connection: Connection, table: str) -> set[str]:
    """None when there is no such table."""
    seen = inspect(connection)
    return {column["name"] for column in seen.get_columns(table)} if seen.has_table(table) else set()
