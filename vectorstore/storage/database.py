"""The catalogue's database: made, opened, set up, and its small memory of itself."""

from __future__ import annotations

import logging
import os
import sqlite3
import struct
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from secrets import randbits
from typing import Any, NamedTuple

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, inspect
from sqlalchemy.exc import DatabaseError

from vectorstore.errors import LibraryBusy, LibraryError, LibraryUnreadable, LibraryUnwritable
from vectorstore.storage import account_tables as _and_those_of_accounts  # noqa: F401
from vectorstore.storage import annotations as _with_its_tables  # noqa: F401
from vectorstore.storage import migrations
from vectorstore.storage.facts import recall, remember
from vectorstore.storage.schema import SCHEMA_VERSION, metadata

logger = logging.getLogger(__name__)

_BUSY_MS = 30_000
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NO_ROOM = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk is full or failing, or files may not grow that large",
    sqlite3.SQLITE_READONLY: "it may only be read",
    sqlite3.SQLITE_CANTOPEN: "it, or a file beside it, may not be opened",
    sqlite3.SQLITE_PERM: "it may not be written",
}


def create_database(path: Path) -> None:
    """An empty catalogue, which takes its name only when it is whole: so one without tables is always one that lost
    them. Only its owner may read it."""
    part = path.with_name(f"{path.name}.new")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    engine = _engine(part)
    try:
        with engine.begin() as connection:
            metadata.create_all(connection)
            remember(connection, "schema", SCHEMA_VERSION)
    finally:
        engine.dispose()
    part.replace(path)


def open_database(path: Path, read_only: bool = False) -> Engine:
    """The SQLite database at `path`; one of an earlier version is brought forward, unless it is to be `read_only`.

    Raises LibraryUnreadable or LibraryUnwritable, and so does any later use of the engine that comes upon a damaged
    page or a full disk.
    """
    _refuse_emptied(path)
    _refuse_foreign_log(path)
    engine = _engine(path, read_only)
    try:
        with engine.begin() as connection:
            _set_up(connection, path, read_only)
    except DatabaseError as error:
        engine.dispose()
        raise _told(path, error.orig) or _unreadable(path, error.orig) from error
    except LibraryError:
        engine.dispose()
        raise
    return engine


def may_write(path: Path) -> bool:
    """Whether this process may write the catalogue at `path`, and the files that SQLite puts beside it."""
    return os.access(path.parent, os.W_OK | os.X_OK) and os.access(path, os.W_OK)


def _engine(path: Path, read_only: bool = False) -> Engine:
    kept = path.absolute()
    creator = partial(connect_to_read, kept) if read_only else partial(_connect, kept)
    # By its parts: a path that is read as a URL ends at its first question mark.
    engine = create_engine(URL.create("sqlite", database=str(kept)), creator=creator)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "commit", _count_up)
    event.listen(engine, "checkin", _checkpoint)
    event.listen(engine, "handle_error", partial(_tell, path))
    return engine


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_MS / 1000, check_same_thread=False)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Beside a writer or alone; where nothing can be written, not even the index of a log, without SQLite's locks."""
    if may_write(path):
        return _connect(path)
    try:
        return _opened_to_read(path, "mode=ro")
    except sqlite3.OperationalError:
        log = log_of(path)
        if log.is_file() and log.stat().st_size:
            logger.warning("What was stored last is in %s, which cannot be read where nothing may be written.", log)
        return _opened_to_read(path, "immutable=1")


def _opened_to_read(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, check_same_thread=False)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _refuse_emptied(path: Path) -> None:
    if not path.is_file():
        raise _unreadable(path, "it is not a file")
    if not os.access(path, os.R_OK):
        raise _unreadable(path, "permission denied")
    if not path.stat().st_size:
        raise _emptied(path, "is empty (0 bytes)")


def _emptied(path: Path, how: str) -> LibraryUnreadable:
    return LibraryUnreadable(
        f"The catalogue {path} {how}: its articles are no longer in it. Nothing else was touched. Bring a backup back "
        f"with `dateline library restore FILE`, or remove the folder {path.parent} to begin an empty library."
    )


def _refuse_foreign_log(path: Path) -> None:
    # A process that writes meanwhile may be looked at in the middle of a change.
    if _log_belongs(path):
        return
    time.sleep(0.5)
    if not _log_belongs(path):
        raise LibraryUnreadable(
            f"The catalogue {path} was put beside a log of another state of it, {log_of(path).name}, which would "
            f"spoil it. Bring the copy back with `dateline library restore FILE`, or move {path.name}-wal and "
            f"{path.name}-shm out of the folder, and start again."
        )


def _log_belongs(path: Path) -> bool:
    try:
        return belongs(path)
    except OSError as error:
        raise LibraryUnreadable(
            f"The log {log_of(path)} beside the catalogue, which holds what was stored last, cannot be read "
            f"({error.strerror}). Give Dateline the right to read it, then do the same again."
        ) from error


def _set_up(connection: Connection, path: Path, read_only: bool) -> None:
    """Make what is missing, once it is clear that this version may touch it."""
    version = recall(connection, "schema") if inspect(connection).has_table("facts") else None
    if version is None:
        raise _emptied(path, "holds no tables")
    if version in migrations.READABLE and read_only:
        raise LibraryUnreadable(
            f"The catalogue {path} was made by an earlier version of Dateline and must be brought forward first. Stop "
            "the Dateline that uses it, and start this one once where it may write."
        )
    if version in migrations.READABLE:
        # First, since sqlite3 begins a transaction at the first row that is written: all of it or nothing.
        remember(connection, "schema", SCHEMA_VERSION)
        migrations.bring_forward(connection, version)
    elif version != SCHEMA_VERSION:
        raise LibraryUnreadable(
            f"The catalogue {path} was made by another version of Dateline (its schema is {version}, this one reads "
            f"{SCHEMA_VERSION}). Use that version, or choose another folder with --library."
        )
    if not read_only:
        metadata.create_all(connection)


def _tell(path: Path, context: ExceptionContext) -> None:
    if told := _told(path, context.original_exception):
        raise told from context.original_exception


def _told(path: Path, error: BaseException | None) -> LibraryError | None:
    """What the file or the disk is to blame for; None for a fault in a statement."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _NO_ROOM:
        return LibraryUnwritable(
            f"The catalogue {path} cannot be used ({error}): {_NO_ROOM[code]}. What was stored before is kept; make "
            "room or let Dateline write there, then do the same again."
        )
    if code in _BUSY:
        return LibraryBusy(f"The catalogue {path} is being written by another program ({error}). Try again later.")
    return _unreadable(path, error) if code in _DAMAGED else None


def _unreadable(path: Path, reason: object) -> LibraryUnreadable:
    return LibraryUnreadable(
        f"The catalogue {path} cannot be read ({reason}). Bring a backup back with `dateline library restore FILE`, "
        "or choose another folder with --library."
    )


def _prepare(connection: Any, _record: object) -> None:
    """WAL lets readers go on while one process writes; NORMAL loses no committed transaction to a killed process.
    SQLite's own lower() knows A to Z only."""
    connection.create_function("lower", 1, lambda words: words and words.lower(), deterministic=True)
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")


def _count_up(connection: Connection) -> None:
    """Number each transaction in the file's first page, see `belongs`."""
    pooled = connection.connection
    driver: Any = pooled.dbapi_connection
    if not driver.in_transaction:
        return
    [library] = driver.execute("PRAGMA application_id").fetchone()
    [transactions] = driver.execute("PRAGMA user_version").fetchone()
    driver.execute(f"PRAGMA user_version = {(transactions + 1) & 0x7FFFFFFF}")
    if not library:
        driver.execute(f"PRAGMA application_id = {randbits(31) or 1}")
    pooled.info["wrote"] = True


def _checkpoint(connection: Any, record: Any) -> None:
    """Take what was just committed from the log into the file: so a copy of the file alone has nearly always all.

    Whoever reads at the moment is not waited for; then the next one takes it over, or closing.
    """
    if connection is None or not record.info.pop("wrote", False):
        return
    try:
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        logger.info("the log of the catalogue stays: %s", error)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")


_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_USER_VERSION, _APPLICATION_ID = 60, 68
_FIRST_PAGE = 1


class LogState(NamedTuple):
    """Of which library a first page is, and after how many transactions; `library` is 0 where none was given."""

    library: int
    transactions: int


def log_of(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")


def belongs(database: Path) -> bool:
    """Whether SQLite may replay the log beside this database; True where there is none, or it says nothing of it."""
    log = log_of(database)
    logged = list(_committed(log)) if log.is_file() and log.stat().st_size > _HEADER.size else []
    if not logged:
        return True
    with database.open("rb") as file:
        held = _state(file.read(100))
    same_library = 0 in (held.library, logged[0].library) or held.library == logged[0].library
    return same_library and logged[0].transactions - 1 <= held.transactions <= logged[-1].transactions


def _committed(log: Path) -> Iterator[LogState]:
    """The first page after each transaction in the log that changed it."""
    with log.open("rb") as file:
        _, _, page_size, _, *salts, _, _ = _HEADER.unpack(file.read(_HEADER.size))
        page: bytes = b""
        while len(head := file.read(_FRAME.size)) == _FRAME.size:
            number, pages_after, *its_salts, _, _ = _FRAME.unpack(head)
            content = file.read(page_size)
            if its_salts != salts or len(content) < page_size:
                return  # what an earlier use of the log left behind
            if number == _FIRST_PAGE:
                page = content
            if pages_after and page:
                yield _state(page)


def _state(page: bytes) -> LogState:
    if len(page) < _APPLICATION_ID + 4:
        return LogState(0, 0)
    return LogState(*(int.from_bytes(page[at : at + 4], "big") for at in (_APPLICATION_ID, _USER_VERSION)))
