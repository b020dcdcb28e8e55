"""A whole catalogue copied into an empty one, from a folder to a database or the other way round.

Everything goes but what the search indexes remember: these are made anew from the catalogue where it is opened next,
and nothing is embedded again. Tables are copied in the order of their keys, a batch a transaction: so a copy that was
cut off goes on where it ended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select, tuple_

from vectorstore.errors import BackupFailed, LibraryUnreadable
from vectorstore.storage.database import open_database
from vectorstore.storage.dialect import NO_NUL, go_on_counting, insert_over
from vectorstore.storage.facts import recall, remember
from vectorstore.storage.folder import CATALOGUE, make, make_catalogue, take, writer_lock
from vectorstore.storage.postgres import open_postgres, shown
from vectorstore.storage.schema import answers_under_way, articles, facts, metadata, withdrawn

_BATCH = 500
_UNDER_WAY = "copied from"
_KEPT_FACTS = ("generation", "embedder", "next embedder", "refresh_every")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """How many articles and rows were copied, and the digest that both catalogues have; `resumed` is how many of the
    rows were there from a copy that was cut off."""

    articles: int
    rows: int
    digest: str
    resumed: int = 0


def copy(source: Path | str, target: Path | str, progress: Progress = lambda done, total: None) -> Copied:
    """From a folder, a catalogue's file (also a backup) or a postgresql:// URL to a folder or such a URL.

    What is written to the source meanwhile is not copied. Raises BackupFailed where the target holds anything but the
    beginning of the same copy, or where the two differ in the end; LibraryError where one cannot be opened.
    """
    with ExitStack() as until:
        reading = until.enter_context(_snapshot(until.enter_context(_source(source))))
        writing = until.enter_context(_target(target))
        name = _begin(reading, writing, _told(source), _told(target))
        total, resumed, done = sum(_count(reading, table) for table in _tables()), 0, 0
        for table in _tables():
            with writing.connect() as connection:
                held = _count(connection, table)
            resumed, done = resumed + held, done + held
            for rows in _batches(reading, table, _last(writing, table) if held else None):
                with writing.begin() as connection:
                    connection.execute(insert(table), rows)
                done += len(rows)
                progress(done, total)
        digest = _end(reading, writing, name)
        return Copied(_count(reading, articles), total, digest, resumed)


def digest(connection: Connection) -> str:
    """Of everything that is copied, the same for the same content in whichever database."""
    found = hashlib.sha256()
    for table in _tables():
        found.update(f"{table.name}\n".encode())
        for rows in _batches(connection, table, None):
            for row in rows:
                found.update(json.dumps([_plain(row[name]) for name in sorted(row)], sort_keys=True).encode())
    for name in _KEPT_FACTS:
        found.update(json.dumps([name, recall(connection, name)]).encode())
    return found.hexdigest()


def _tables() -> list[Table]:
    """Those that others refer to first."""
    return [table for table in metadata.sorted_tables if table not in (facts, withdrawn, answers_under_way)]


def _told(place: Path | str) -> str:
    return shown(place) if isinstance(place, str) else str(place)


@contextmanager
def _source(place: Path | str) -> Iterator[Engine]:
    if isinstance(place, str):
        engine = open_postgres(place)
    else:
        path = place if place.is_file() else place / CATALOGUE
        if not path.exists():
            raise LibraryUnreadable(f"There is no library at {place}.")
        engine = open_database(path, read_only=True)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _target(place: Path | str) -> Iterator[Engine]:
    """While nobody else writes to the folder; a catalogue is made where there is none."""
    with ExitStack() as until:
        if isinstance(place, str):
            engine = open_postgres(place)
        else:
            make(place)
            lock = writer_lock(place)
            take(lock, place)
            until.callback(lock.release)
            if not (place / CATALOGUE).exists():
                make_catalogue(place / CATALOGUE)
            engine = open_database(place / CATALOGUE)
        until.callback(engine.dispose)
        yield engine


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """One state of it, whatever is written meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        else:
            connection.exec_driver_sql("BEGIN")
        yield connection


def _begin(reading: Connection, writing: Engine, source: str, target: str) -> str:
    """The name by which the copy is known again. Raises BackupFailed."""
    name = f"{source} at {recall(reading, 'generation') or 0}"
    with writing.begin() as connection:
        if recall(connection, _UNDER_WAY) == name:
            return name
        if held := [table.name for table in _tables() if _count(connection, table)]:
            raise BackupFailed(
                f"{target} is not empty: it has {held[0].replace('_', ' ')}. Nothing was changed; copy into an empty "
                "database or a new folder."
            )
        remember(connection, _UNDER_WAY, name)
    return name


def _end(reading: Connection, writing: Engine, name: str) -> str:
    """The digest of both. Raises BackupFailed where they differ."""
    kept = select(facts).where(facts.c.name.in_(_KEPT_FACTS))
    with writing.begin() as connection:
        if rows := [dict(row._mapping) for row in reading.execute(kept)]:
            insert_over(connection, facts, rows)
        for table in _tables():
            go_on_counting(connection, table)
    wanted = digest(reading)
    with writing.connect() as connection:
        got = digest(connection)
    if got != wanted:
        raise BackupFailed(
            f"The copy differs from what was read ({name}): it was written to meanwhile, or is the rest of an earlier "
            "copy of something else. Empty it and copy again."
        )
    with writing.begin() as connection:
        remember(connection, _UNDER_WAY, None)
    return got


def _batches(connection: Connection, table: Table, after: Sequence[Any] | None) -> Iterator[list[dict[str, Any]]]:
    """In the order of its keys, those after this one."""
    keys = list(table.primary_key.columns)
    query = select(table).order_by(*keys).limit(_BATCH)
    while True:
        wanted = query if after is None else query.where(tuple_(*keys) > tuple_(*after))
        rows = [dict(row._mapping) for row in connection.execute(wanted)]
        if not rows:
            return
        yield rows
        after = [rows[-1][key.name] for key in keys]


def _last(engine: Engine, table: Table) -> Sequence[Any]:
    keys = list(table.primary_key.columns)
    with engine.connect() as connection:
        return list(connection.execute(select(*keys).order_by(*(key.desc() for key in keys)).limit(1)).one())


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _plain(value: Any) -> Any:
    """As it is in either database: PostgreSQL keeps no NUL."""
    if isinstance(value, str):
        return value.replace("\0", NO_NUL)
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    return value.isoformat() if isinstance(value, datetime) else value
