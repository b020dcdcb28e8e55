"""Files and folders to documents."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ingest.documents import Link, Readable, Rejection
from ingest.formats.archives import File, left_out, suffix_of
from ingest.formats.registry import READABLE, READERS, read, why
from ingest.formats.tabular import LINE_BY_LINE, ROW_READERS
from vectorstore.errors import RejectedDocument

SUFFIXES = tuple(READERS)
_HOLDING_MANY = {*ROW_READERS, ".zip", ".gz", ".wacz", ".warc", ".mbox", ".epub"}
_PAGES = {".html", ".htm"}
# What browsers call the folder beside a page that they save, in their languages.
_BESIDE_A_PAGE = (
    *("_files", "_file", "-Dateien", "_fichiers", "_archivos", "_arquivos", "_ficheiros", "_bestanden", "-filer"),
    *("_tiedostot", "_pliki", "_soubory", "_elemei", "_dosyalar", "_datoteke", "_fitxers", "_fajlovi", "_bylos"),
)


def read_path(path: Path) -> Iterator[Readable | Link]:
    """A file, or every file of a known kind in a folder and below it, in the order of their names; then the names of
    what is of another kind."""
    if not os.path.isdir(path):
        yield from read_file(path, _shown(path), os.path.abspath(path))
        return
    empty, others = True, list[str]()
    for file in _walk(path):
        if isinstance(file, Rejection):
            empty = False
            yield file
        elif suffix_of(file.name) in READERS:
            empty = False
            yield from read_path(file)
        else:
            others.append(_shown(file.relative_to(path)))
    if empty:
        yield Rejection(_shown(path), f"this folder holds nothing that can be read ({READABLE})")
    elif others:
        yield left_out(_shown(path), others, READERS)


def read_file(path: Path, name: str, identity: str) -> Iterator[Readable | Link]:
    """The documents in one file. The suffix of `name` says how it is written."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise RejectedDocument("is not a file")  # opening a pipe or a device could wait for ever
        if not status.st_size and suffix_of(name) in READERS:
            raise RejectedDocument("is empty")
        with path.open("rb") as stream:
            yield from read(File(name, identity, suffix_of(name), stream, path))
    except RejectedDocument as reason:
        yield Rejection(name, str(reason))
    except (OSError, ValueError) as error:
        yield Rejection(name, why(error))


def count(path: Path, name: str) -> int | None:
    """About how many documents a file or folder holds, or None where only reading it would tell."""
    if os.path.isdir(path):
        files = (file for file in _walk(path) if isinstance(file, Path) and suffix_of(file.name) in READERS)
        counts = [count(file, file.name) for file in files]
        return None if None in counts else sum(filter(None, counts))
    suffix = suffix_of(name)
    if suffix not in _HOLDING_MANY or not os.path.isfile(path):
        return 1
    return _lines(path) if suffix in LINE_BY_LINE else None


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
    """Every file that is not hidden, but for the parts of a saved page, which are none of their own."""
    unreadable: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=unreadable.append):
        pages = {Path(name).stem for name in files if suffix_of(name) in _PAGES}
        parts = {page + ending for page in pages for ending in _BESIDE_A_PAGE}
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in parts)
        yield from (Path(place, name) for name in sorted(files) if not name.startswith("."))
    yield from (Rejection(_shown(Path(error.filename)), why(error)) for error in unreadable)


def _shown(path: Path) -> str:
    """A name that can be printed, whatever bytes the file system has for it."""
    return os.fsencode(path).decode("utf-8", "replace")
