"""A library's catalogue as one file, and back again. The search indexes are made from it when it is next opened."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from vectorstore.errors import BackupFailed
from vectorstore.storage.copying import copy
from vectorstore.storage.database import belongs, connect_to_read
from vectorstore.storage.folder import CATALOGUE, RESTORING, take, writer_lock
from vectorstore.storage.migrations import READABLE
from vectorstore.storage.private import make_folder
from vectorstore.storage.schema import SCHEMA_VERSION

_PAGES_AT_ONCE = 2000
_BESIDE = ("", "-wal", "-shm")

Progress = Callable[[int, int], None]


def _silently(done: int, total: int) -> None:
    pass


def back_up(at: Path | str, file: Path, force: bool = False, progress: Progress = _silently) -> int:
    """Write the catalogue of the library in a folder, or in the database that a postgresql:// URL names, into `file`,
    also while another process writes to it; how many articles that are.

    What was in `file` stays until the backup is whole and was looked through. Raises BackupFailed.
    """
    place = file.expanduser().absolute()
    if not force and place.exists():
        raise BackupFailed(f"{file} is there already. Name another file, or overwrite it with --force.")
    with _telling(f"The backup {file} cannot be written"):
        part = place.with_name(f".{place.name}.{os.getpid()}.part")
        if isinstance(at, str):
            return _of_database(at, place, progress)
        with closing(_opened(at / CATALOGUE)) as source:
            source.execute("BEGIN")  # one state of it, whatever is written meanwhile
            articles = _articles(source)
            try:
                _copy(source, part, progress)
                _look_through(part, articles)
                part.replace(place)
            finally:
                _remove(part)
    return articles


def _of_database(url: str, place: Path, progress: Progress) -> int:
    with TemporaryDirectory(prefix=".dateline-", dir=place.parent) as beside:
        copied = copy(url, Path(beside) / "library", progress)
        made, part = Path(beside) / "library" / CATALOGUE, Path(beside) / "whole"
        with closing(_opened(made)) as source:
            _copy(source, part, _silently)
        _look_through(part, copied.articles)
        part.replace(place)
    return copied.articles


def restore(
    folder: Path | str, file: Path, force: bool = False, progress: Progress = _silently
) -> tuple[int, Path | None]:
    """Make what is in `file` the catalogue of the library in `folder`: how many articles that are, and where the
    catalogue that was there before lies now, if there was one.

    `file` may be a backup, or a copy of a catalogue.db. Raises BackupFailed, also where the library has articles and
    `force` is not given; LibraryBusy while it is used; LibraryUnwritable.
    """
    if isinstance(folder, str):
        raise BackupFailed("A backup is put into an empty database with `dateline library copy FILE postgresql://...`.")
    file = file.expanduser().absolute()
    articles = _readable(file)
    with _telling(f"The library {folder} cannot be restored"):
        make_folder(folder)
    with _locked(folder), _telling(f"The library {folder} cannot be restored"):
        catalogue = folder / CATALOGUE
        if not force and (held := _held(catalogue)):
            raise BackupFailed(
                f"The library {folder} has {held} articles. Restore into another folder with --library, or put the "
                "backup in their place with --force; they are kept aside."
            )
        part = folder / f"{CATALOGUE}{RESTORING}"
        try:
            with closing(_opened(file)) as source:
                source.execute("BEGIN")
                _copy(source, part, progress)
            _look_through(part, articles)
            with closing(sqlite3.connect(part)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")  # as those that may only read it expect it
            aside = _set_aside(catalogue)
            part.replace(catalogue)
        finally:
            _remove(part)
    return articles, aside


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """While nobody else writes to the library."""
    lock = writer_lock(folder)
    take(lock, folder)
    try:
        yield
    finally:
        lock.release()


def _opened(path: Path) -> sqlite3.Connection:
    """For reading. Raises BackupFailed where that could only go wrong."""
    if not path.is_file() or not path.stat().st_size:
        raise BackupFailed(f"{path} holds no articles: it is {'empty' if path.is_file() else 'no file'}.")
    if not belongs(path):
        raise BackupFailed(f"{path} lies beside a log of another state of it. Move {path.name}-wal away first.")
    return connect_to_read(path)


def _copy(source: sqlite3.Connection, part: Path, progress: Progress) -> None:
    """As one file for its owner alone, that needs no log to be whole."""
    _remove(part)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(part, isolation_level=None)) as target:
        source.backup(target, pages=_PAGES_AT_ONCE, progress=lambda _, left, total: progress(total - left, total))
        target.execute("PRAGMA journal_mode = DELETE")
    with part.open("rb") as written:
        os.fsync(written.fileno())


def _look_through(path: Path, articles: int) -> None:
    with closing(_opened(path)) as connection:
        sound = connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        if not sound or _articles(connection) != articles:
            raise BackupFailed(
                f"What was written to {path} is not what was read: it was taken away again. Try once more."
            )


def _readable(file: Path) -> int:
    """How many articles a backup holds; BackupFailed when this version cannot read it."""
    with _telling(f"{file} cannot be read as a backup"), closing(_opened(file)) as connection:
        if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BackupFailed(f"{file} is damaged, and was not restored. Take another backup.")
        facts = connection.execute("SELECT value FROM facts WHERE name = 'schema'").fetchone()
        version = facts and facts[0]
        if version not in (*READABLE, SCHEMA_VERSION):
            raise BackupFailed(
                f"{file} was made by another version of Dateline (its schema is {version}). Use that one."
            )
        return _articles(connection)


def _articles(connection: sqlite3.Connection) -> int:
    [count] = connection.execute("SELECT count(*) FROM articles").fetchone()
    return int(count)


def _held(catalogue: Path) -> int:
    """How many articles can be read; a catalogue that cannot be read can be replaced, and is kept aside."""
    try:
        with closing(_opened(catalogue)) as connection:
            return _articles(connection)
    except (sqlite3.Error, BackupFailed):
        return 0


def _set_aside(catalogue: Path) -> Path | None:
    """Move the catalogue away with its log: first itself, so that it is never without the log while in its place."""
    beside = [catalogue.with_name(f"{catalogue.name}{end}") for end in _BESIDE]
    if not any(path.exists() for path in beside):
        return None
    aside = catalogue.with_name(f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    make_folder(aside)
    for path in beside:
        if path.exists():
            path.rename(aside / path.name)
    return aside


def _remove(part: Path) -> None:
    for end in (*_BESIDE, "-journal"):
        part.with_name(f"{part.name}{end}").unlink(missing_ok=True)


@contextmanager
def _telling(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise BackupFailed(f"{what} ({reason}).") from error
