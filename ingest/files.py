"""Files and folders to documents."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ingest.documents import LISTS, Document, Format, Readable, Rejection
from ingest.formats.sniffing import BY_SUFFIX, kind_of_bytes
from ingest.formats.tabular import ROW_READERS, whole
from vectorstore.errors import RejectedDocument

SUFFIXES = (*BY_SUFFIX, *ROW_READERS)
_READABLE = " ".join(SUFFIXES)


def read_path(path: Path) -> Iterator[Readable]:
    """A file, or every file of a known kind in a folder and below it, in the order of their names."""
    if not os.path.isdir(path):
        yield from read_file(path, _shown(path), os.path.abspath(path))
        return
    empty = True
    for file in _walk(path):
        empty = False
        yield from [file] if isinstance(file, Rejection) else read_path(file)
    if empty:
        yield Rejection(_shown(path), f"this folder holds nothing that can be read ({_READABLE})")


def read_file(path: Path, name: str, identity: str) -> Iterator[Readable]:
    """The documents in one file. The suffix of `name` says how it is written."""
    empty = True
    try:
        for found in _documents(path, name, identity):
            empty = False
            yield found
    except RejectedDocument as reason:
        yield Rejection(name, str(reason))
    except (OSError, ValueError) as error:
        yield Rejection(name, _why(error))
    else:
        if empty:
            yield Rejection(name, "holds no article")


def count(path: Path, name: str) -> int | None:
    """About how many documents a file or folder holds, or None where only reading it would tell."""
    if os.path.isdir(path):
        counts = [count(file, file.name) for file in _walk(path) if isinstance(file, Path)]
        return None if None in counts else sum(filter(None, counts))
    suffix = Path(name).suffix.lower()
    if suffix not in ROW_READERS or not os.path.isfile(path):
        return 1
    return _lines(path) if suffix == ".jsonl" else None


def _lines(path: Path) -> int:
    try:
        with path.open("rb") as stream:
            lines, end = 0, b"\n"
            while block := stream.read(1 << 20):
                lines, end = lines + block.count(b"\n"), block[-1:]
            return lines + (end != b"\n")
    except OSError:
        return 1  # what is wrong with it is told when it is read


def _walk(folder: Path) -> Iterator[Path | Rejection]:
    unreadable: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(place, name) for name in sorted(files) if not name.startswith("."))
        yield from (path for path in paths if path.suffix.lower() in SUFFIXES)
    yield from (Rejection(_shown(Path(error.filename)), _why(error)) for error in unreadable)


def _documents(path: Path, name: str, identity: str) -> Iterator[Readable]:
    suffix = Path(name).suffix.lower()
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise RejectedDocument("is not a file")  # opening a pipe or a device could wait for ever
    if suffix not in SUFFIXES:
        raise RejectedDocument(f"{suffix or 'a file without a suffix'} cannot be read; use one of {_READABLE}")
    if not status.st_size:
        raise RejectedDocument("is empty")
    with path.open("rb") as stream:
        if suffix in ROW_READERS:
            yield from ROW_READERS[suffix](stream, name, identity)
        else:
            content = whole(stream)
            yield Document(name, identity, _kind(suffix, content), content)


def _kind(suffix: str, content: bytes) -> Format:
    """What the suffix says, but XML and PDF are known by their bytes: they are saved under many names."""
    told = kind_of_bytes(content)
    return told if told and (told is Format.PDF or told in LISTS or BY_SUFFIX[suffix] in LISTS) else BY_SUFFIX[suffix]


def _shown(path: Path) -> str:
    """A name that can be printed, whatever bytes the file system has for it."""
    return os.fsencode(path).decode("utf-8", "replace")


def _why(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder; an address must begin with https://"
    if isinstance(error, PermissionError):
        return "permission denied; make it readable for you and try again"
    return f"cannot be read ({getattr(error, 'strerror', None) or error})"
