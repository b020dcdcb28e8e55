"""Only its owner may read a library: folders are made 0700 and files 0600."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

logger = logging.getLogger(__name__)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_folder(folder: Path) -> None:
    """The folder, if it is not there, for its owner alone; those on the way to it as usual."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def private(path: str, flags: int) -> int:
    """For `open(..., opener=private)`: a file that is made so is its owner's alone."""
    return os.open(path, flags, 0o600)


def keep_private(folder: Path) -> None:
    """Take the rights of others away from all that lies in a folder which is closed to them.

    A folder that its owner has opened to others stays as it is, with what is in it.
    """
    if not _open_to_others(folder):
        for path in _within(folder):
            _close(path)


def tighten(folder: Path) -> None:
    """Take the rights of others away from a folder and all that lies in it, and say so."""
    if _open_to_others(folder):
        logger.warning("The library %s could be read by others on this machine; now only its owner can.", folder)
        _close(folder)
    keep_private(folder)


def _within(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files))


def _close(path: Path) -> None:
    with suppress(OSError):  # it is another user's, or went in the meantime
        mode = path.lstat().st_mode
        if mode & _OTHERS and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)


def _open_to_others(path: Path) -> bool:
    return os.name == "posix" and bool(path.stat().st_mode & _OTHERS)
