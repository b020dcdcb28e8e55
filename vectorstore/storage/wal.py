"""Whether a write-ahead log that lies beside a catalogue is that catalogue's own.

SQLite replays whatever log it finds, also over a copy of the database that was put back in its place, which then is
neither of the two. Every transaction of ours counts `user_version` up by one, on the first page of the file, and each
library has an `application_id` there: so the log says which states it leads from and to.
Format: https://sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

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
