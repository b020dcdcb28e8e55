"""The catalogue's database: opened, set up, and its small memory of itself."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, delete, event, insert, select, text
from sqlalchemy.exc import DatabaseError

from vectorstore import listing, stories
from vectorstore.errors import LibraryUnreadable
from vectorstore.schema import SCHEMA_VERSION, articles, facts, metadata, sketches

_BEFORE_STORIES = "2"
_BEFORE_WORDS = (_BEFORE_STORIES, "3")
_EARLIER = (*_BEFORE_WORDS, "4", "5")


def open_database(path: Path, read_only: bool = False) -> Engine:
    """The SQLite database at `path`, made when it is not there; one of an earlier version is brought forward, unless
    it is to be `read_only`.

    Raises LibraryUnreadable, and so does any later use of the engine that comes upon a damaged page.
    """
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "handle_error", partial(_tell_of_damage, path))
    try:
        with engine.begin() as connection:
            _set_up(connection, path, read_only)
    except DatabaseError as error:
        engine.dispose()
        raise _unreadable(path, error.orig) from error
    except LibraryUnreadable:
        engine.dispose()
        raise
    return engine


def _set_up(connection: Connection, path: Path, read_only: bool) -> None:
    """Make what is missing, once it is clear that this version may touch it."""
    facts.create(connection, checkfirst=True)
    version = recall(connection, "schema")
    if version in _EARLIER and read_only:
        raise LibraryUnreadable(
            f"The catalogue {path} was made by an earlier version of Dateline and must be brought forward first. Stop "
            "the Dateline that uses it, and start this one once."
        )
    if version in _EARLIER:
        _bring_forward(connection, version)
    elif version not in (None, SCHEMA_VERSION):
        raise LibraryUnreadable(
            f"The catalogue {path} was made by another version of Dateline (its schema is {version}, this one reads "
            f"{SCHEMA_VERSION}). Use that version, or choose another folder with --library."
        )
    metadata.create_all(connection)
    if version is None:
        remember(connection, "schema", SCHEMA_VERSION)


def _bring_forward(connection: Connection, version: str) -> None:
    """All of it or nothing: sqlite3 begins a transaction at the first row that is written, no earlier."""
    remember(connection, "schema", SCHEMA_VERSION)
    if version == _BEFORE_STORIES:
        _add_stories(connection)
    if version in _BEFORE_WORDS:
        connection.execute(text("DROP TABLE passage_words"))  # words have an index of their own since schema 4
    listing.enter_all(connection)


def _add_stories(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE articles ADD COLUMN story INTEGER DEFAULT '0' NOT NULL"))
    for index in articles.indexes:
        index.create(connection, checkfirst=True)
    sketches.create(connection)
    stories.join_all(connection)


def _tell_of_damage(path: Path, context: ExceptionContext) -> None:
    if type(context.original_exception) is sqlite3.DatabaseError:  # its subclasses are about a statement, not the file
        raise _unreadable(path, context.original_exception) from context.original_exception


def _unreadable(path: Path, reason: object) -> LibraryUnreadable:
    return LibraryUnreadable(
        f"The catalogue {path} cannot be read ({reason}). Put back a copy of it, "
        "or choose another folder with --library."
    )


def _prepare(connection: Any, _record: object) -> None:
    """WAL lets readers go on while one process writes; NORMAL loses no committed transaction to a killed process.
    SQLite's own lower() knows A to Z only."""
    connection.create_function("lower", 1, lambda words: words and words.lower(), deterministic=True)
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")


def recall(connection: Connection, name: str) -> str | None:
    """What the library remembers under this name."""
    value: str | None = connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()
    return value


def remember(connection: Connection, name: str, value: str | None) -> None:
    """Keep a fact, or forget it with None."""
    connection.execute(delete(facts).where(facts.c.name == name))
    if value is not None:
        connection.execute(insert(facts).values(name=name, value=value))
