"""A library looked at from outside: nothing in it is locked, made, written or mended, in whatever state it is.

What SQLite shares among processes (`-shm`) is its own: after a crash it makes that anew.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from vectorstore.errors import DatelineError
from vectorstore.storage.facts import Node, nodes, recall
from vectorstore.storage.postgres import engine_of
from vectorstore.storage.schema import SCHEMA_VERSION, articles

_LOCK, _CATALOGUE = "writer.lock", "catalogue.db"


@dataclass(frozen=True, slots=True)
class Glance:
    """What the catalogue holds, `embedder` being the model that made its vectors, None before there were any.

    `problem` says why nothing could be read, "" if all is well or there is no catalogue yet: `there` tells these apart.
    """

    there: bool = True
    problem: str = ""
    articles: int = 0
    newest_published: datetime | None = None
    newest_ingested: datetime | None = None
    embedder: str | None = None
    nodes: tuple[Node, ...] = ()
    """The processes that follow a catalogue on PostgreSQL."""


def glance(at: Path | str) -> Glance:
    """What can be seen in the library in this folder, or in the database that a postgresql:// URL names."""
    if isinstance(at, str):
        return _of_database(at)
    path = at / _CATALOGUE
    try:
        if not path.exists():
            return Glance(there=False)
        engine = create_engine("sqlite://", creator=_opens(path), poolclass=NullPool)
        with closing(engine.connect()) as connection:
            return _seen(connection)
    except SQLAlchemyError as error:
        return Glance(problem=str(getattr(error, "orig", error)))
    except OSError as error:
        return Glance(problem=error.strerror or str(error))


def _of_database(url: str) -> Glance:
    try:
        engine = engine_of(url)
        try:
            with engine.connect() as connection:
                there = inspect(connection).has_table("facts")
                return _seen(connection) if there else Glance(there=False)
        finally:
            engine.dispose()
    except DatelineError as error:
        return Glance(problem=str(error))
    except SQLAlchemyError as error:
        return Glance(problem=str(getattr(error, "orig", error)).partition("\n")[0])


def _seen(connection: Connection) -> Glance:
    if (version := recall(connection, "schema")) != SCHEMA_VERSION:
        return Glance(problem=f"its schema is {version}, and this version of Dateline reads {SCHEMA_VERSION}")
    published, ingested = func.max(articles.c.published_at), func.max(articles.c.ingested_at)
    count, newest, last = connection.execute(select(func.count(), published, ingested)).one()
    return Glance(True, "", count, newest, last, recall(connection, "embedder"), tuple(nodes(connection)))


def _opens(path: Path) -> Callable[[], sqlite3.Connection]:
    """Where all is in one file, it is read as if on a disk that cannot be written: else files appear beside it."""
    alone = "" if path.with_name(f"{_CATALOGUE}-wal").exists() else "&immutable=1"
    return lambda: sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro{alone}", uri=True)


def in_use(folder: Path) -> bool | None:
    """Whether a process writes to the library just now; None where that cannot be seen."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    try:
        lock = os.open(folder / _LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
