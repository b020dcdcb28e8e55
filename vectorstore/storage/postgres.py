"""A catalogue in a PostgreSQL database: opened, set up, and what its server says told as ours."""

from __future__ import annotations

import re
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError

from vectorstore.errors import (
    LibraryBusy,
    LibraryError,
    LibraryUnreachable,
    LibraryUnreadable,
    LibraryUnwritable,
    SettingsError,
)
from vectorstore.storage import annotations as _with_its_tables  # noqa: F401
from vectorstore.storage import dialect, migrations
from vectorstore.storage.facts import recall, remember
from vectorstore.storage.schema import SCHEMA_VERSION, facts, metadata

if TYPE_CHECKING:
    import psycopg

_SECONDS_TO_CONNECT = "10"
_POOLED, _MORE = 5, 25
_REFUSED = ("28", "password authentication failed", "no password supplied", "no pg_hba.conf entry", "role ")
_NO_DATABASE = re.compile(r'database ".*" does not exist')
_FULL = {"53100": "its disk is full", "53200": "it is out of memory"}
_BUSY = {"53300", "55P03", "57014", "40001", "40P01"}
_ONLY_READ = {"25006", "42501"}


def shown(url: str) -> str:
    """Without its password and what else may be secret in it."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        return "postgresql://..."
    return parts.set(query={}).render_as_string(hide_password=True)


def open_postgres(url: str) -> Engine:
    """The catalogue in the database that the URL names; an empty database gets its tables.

    Raises LibraryError with what to do next, and so does any later use of the engine that the server or the way to it
    are to blame for.
    """
    engine = engine_of(url)
    try:
        with engine.begin() as connection:
            _set_up(connection, url)
    except DatabaseError as error:
        engine.dispose()
        raise _told(url, error.orig) or _unreadable(url, error.orig) from error
    except LibraryError:
        engine.dispose()
        raise
    return engine


def engine_of(url: str) -> Engine:
    """What connects when it is first used. Raises SettingsError."""
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise SettingsError(
            f"A library on PostgreSQL needs psycopg ({error}). Install it with `pip install 'dateline[postgres]'`."
        ) from error
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise SettingsError(f"{shown(url)} is no address such as postgresql://user:password@host/database.") from error
    if not parts.database:
        raise SettingsError(f"{shown(url)} names no database. Write postgresql://user:password@host/database.")
    engine = create_engine(_complete(parts), pool_size=_POOLED, max_overflow=_MORE, pool_pre_ping=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "handle_error", partial(_tell, url))
    _close_what_comes_back(engine)
    return engine


def _close_what_comes_back(engine: Engine) -> None:
    """What a thread still has out when the engine is closed would be left to the garbage collector."""
    closed = threading.Event()
    event.listen(engine, "engine_disposed", lambda _engine: closed.set())
    event.listen(engine, "checkin", lambda _connection, record: record.close() if closed.is_set() else None)


def _complete(parts: URL) -> URL:
    usual = {"connect_timeout": _SECONDS_TO_CONNECT, "application_name": "dateline", "client_encoding": "utf8"}
    return parts.set(drivername="postgresql+psycopg", query={**usual, **parts.query})


def _prepare(connection: psycopg.Connection[Any], _record: object) -> None:
    """No text with a NUL reaches the server, which would refuse it."""
    from psycopg.types.string import StrBinaryDumper, StrDumper, StrDumperUnknown

    for usual in (StrBinaryDumper, StrDumper, StrDumperUnknown):
        connection.adapters.register_dumper(str, _without_nul(usual))


def _without_nul(usual: Any) -> Any:
    def dump(self: Any, obj: str) -> Any:
        return usual.dump(self, obj.replace("\0", dialect.NO_NUL) if "\0" in obj else obj)

    return type(usual.__name__, (usual,), {"dump": dump})


def _set_up(connection: Connection, url: str) -> None:
    """Make the tables where there are none, one process after the other."""
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        raise LibraryUnreadable(
            f"The database {shown(url)} keeps texts in {encoding}, not in UTF8. Make another one with `createdb "
            "--encoding UTF8 --template template0 NAME`."
        )
    dialect.take_turn(connection)
    there = set(inspect(connection).get_table_names())
    version = recall(connection, "schema") if facts.name in there else None
    if version in migrations.READABLE and int(version) >= migrations.BASELINE:
        migrations.bring_forward(connection, version)
        remember(connection, "schema", version := SCHEMA_VERSION)
    if version in (None, SCHEMA_VERSION):
        if not there.issuperset(metadata.tables):
            metadata.create_all(connection)
        if version is None:
            remember(connection, "schema", SCHEMA_VERSION)
    else:
        raise LibraryUnreadable(
            f"The library {shown(url)} was made by another version of Dateline (its schema is {version}, this one "
            f"reads {SCHEMA_VERSION}). Use that version, or another database."
        )


def _tell(url: str, context: ExceptionContext) -> None:
    if context.is_pre_ping:
        return  # a connection that was lost while nobody used it is made anew
    if told := _told(url, context.original_exception):
        raise told from context.original_exception


def _told(url: str, error: BaseException | None) -> LibraryError | None:
    """What the server or the way to it is to blame for; None for a fault in a statement."""
    import psycopg

    if not isinstance(error, psycopg.Error):
        return None
    state, reason = error.sqlstate or "", _reason(url, error)
    at = f"The library {shown(url)}"
    if state in _FULL:
        return LibraryUnwritable(
            f"{at} cannot be written ({reason}): {_FULL[state]}. What was stored before is kept; make room on the "
            "server, then do the same again."
        )
    if state in _ONLY_READ:
        return LibraryUnwritable(f"{at} may only be read ({reason}). Let its user write there, or name another one.")
    if state in _BUSY:
        return LibraryBusy(f"{at} is busy ({reason}). Try again later.")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return _not_connected(at, state, reason)
    return None


def _not_connected(at: str, state: str, reason: str) -> LibraryError:
    if state == "3D000" or _NO_DATABASE.search(reason):
        return LibraryUnreadable(f"{at} is not there ({reason}). Make it with `createdb`, or name another database.")
    if state.startswith(_REFUSED[0]) or any(words in reason for words in _REFUSED[1:]):
        return LibraryUnreadable(
            f"{at} refuses its user ({reason}). Put the name and the password right in DATELINE_LIBRARY, or in the "
            "password file of PostgreSQL (~/.pgpass)."
        )
    if "too many clients" in reason or "remaining connection slots" in reason:
        return LibraryBusy(f"{at} has no connection left ({reason}). Raise max_connections, or try again later.")
    return LibraryUnreachable(
        f"{at} cannot be reached ({reason}). See that PostgreSQL runs and that its address is right; what was stored "
        "is kept, and Dateline goes on as soon as the server answers."
    )


def _reason(url: str, error: BaseException) -> str:
    """What the server said, in one line, without a password."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith(("LINE", " "))]
    said = re.sub(r"^.*FATAL:\s*", "", lines[0] if lines else type(error).__name__)
    secret = make_url(url).password
    return said.replace(str(secret), "***") if secret else said


def _unreadable(url: str, reason: object) -> LibraryUnreadable:
    return LibraryUnreadable(f"The library {shown(url)} cannot be read ({str(reason).partition(chr(10))[0]}).")
