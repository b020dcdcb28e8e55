"""The folder of a library: made, and locked by the one process that writes to it."""

from __future__ import annotations

import platform
from contextlib import suppress
from itertools import count
from pathlib import Path
from secrets import token_hex

from filelock import FileLock, Timeout

from vectorstore.errors import LibraryBusy, LibraryUnreadable, LibraryUnwritable
from vectorstore.storage.database import create_database
from vectorstore.storage.private import make_folder, private

CATALOGUE = "catalogue.db"
VECTORS = ("chroma", "chroma-2")
"""The index of vectors is in one of these folders of the library; the other is where the next one is built."""
WORDS = "words"
RESTORING = ".restoring"
"""At the end of its name as long as a backup is being put in its place."""
UNTIL_IT_IS_MADE = 10
"""Seconds that a reader waits for another process that is just making the catalogue."""


def writer_lock(folder: Path) -> FileLock:
    """Held by the one process that writes to the library in this folder."""
    return FileLock(folder / "writer.lock", mode=0o600, thread_local=False)  # any thread may close


def take(lock: FileLock, folder: Path, patience: float = 0) -> None:
    """Raises LibraryBusy when another process has it, LibraryUnwritable where nothing can be locked."""
    try:
        lock.acquire(timeout=patience)
    except Timeout as error:
        raise LibraryBusy(
            f"Another Dateline is using the library {folder}. Add and remove articles on its page, "
            "stop it first, or choose another folder with --library."
        ) from error
    except OSError as error:
        raise LibraryUnwritable(
            f"The library {folder} cannot be written ({error.strerror}: {lock.lock_file}). Let Dateline write there, "
            "or choose another folder with --library."
        ) from error


def make_catalogue(path: Path) -> None:
    """An empty one. Raises LibraryUnreadable where there are traces of one that is gone, LibraryUnwritable."""
    traces = (*VECTORS, WORDS, f"{path.name}-wal", f"{path.name}{RESTORING}")
    if left := [name for name in traces if (path.parent / name).exists()]:
        raise LibraryUnreadable(
            f"The catalogue {path} is gone, with all articles; {left[0]}, which belongs to it, is still there. "
            f"Bring a backup back with `dateline library restore FILE`, or remove the folder {path.parent} to begin an "
            "empty library."
        )
    try:
        create_database(path)
    except OSError as error:
        raise LibraryUnwritable(f"The catalogue {path} cannot be made ({error.strerror}).") from error


def take_node(folder: Path) -> tuple[Path, FileLock]:
    """A folder of this process alone for the indexes of a catalogue that others use too: the first one that is free."""
    for number in count(1):
        place = folder / f"node-{number}"
        make(place)
        lock = writer_lock(place)
        with suppress(LibraryBusy):
            take(lock, place)
            return place, lock
    raise AssertionError("numbers do not end")


def node_name(place: Path) -> str:
    """Of the machine and of this folder on it, for as long as the folder is there."""
    file = place / "node"
    if not file.exists():
        with open(file, "w", encoding="utf-8", opener=private) as written:
            written.write(f"{platform.node() or 'node'}-{place.name.rpartition('-')[2]}-{token_hex(4)}")
    return file.read_text(encoding="utf-8")


def make(folder: Path) -> None:
    """The folder, if it is not there. Raises LibraryUnreadable."""
    try:
        make_folder(folder)
    except OSError as error:
        raise LibraryUnreadable(
            f"The library's folder {folder} cannot be made ({error.strerror}). Choose another one with --library."
        ) from error
