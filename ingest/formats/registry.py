"""Files and folders to documents: every kind of file that is read has one reader, by the suffix of its name."""

from __future__ import annotations

import gzip
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from ingest.documents import LARGEST_DOCUMENT, LISTS, Document, Format, Link, Listed, Readable, Record, Rejection
from ingest.formats.archives import (
    File,
    left_out,
    page_of_mhtml,
    read_gzip,
    read_mbox,
    read_wacz,
    read_warc,
    read_zip,
    suffix_of,
)
from ingest.formats.databases import articles_in
from ingest.formats.lists import addresses_in, is_list_of_links, link_to, links_in
from ingest.formats.sandbox import LARGEST_ILLUSTRATED, bounded, whole
from ingest.formats.sniffing import BY_SUFFIX, decode, kind_of_bytes
from ingest.formats.subtitles import transcript
from ingest.formats.tabular import LINE_BY_LINE, ROW_READERS
from ingest.identity import web_address
from vectorstore.errors import RejectedDocument

Found = Iterator[Readable | Link]

# Pictures, fonts and films that a page saved in one file holds in its addresses.
_EMBEDDED = re.compile(rb"data:[a-z]+/[\w.+-]+(?:;[\w=-]+)*;base64,[A-Za-z0-9+/=%\s]*")
_WITHOUT_PICTURES = "save it without its pictures"
# Where browsers and SingleFile say which address they saved.
_SAVED_FROM = re.compile(
    rb"(?:<!--\s*(?:Page saved with SingleFile\s+url:\s*|saved from url=\(\d+\))|name=.savepage-url.\s+content=.)"
    rb"(https?://[^\s<>\"']+)"
)
_OF_A_DATABASE = re.compile(rb"\bdo[ck]ument\w{0,2}\b|^_{20}", re.IGNORECASE | re.MULTILINE)
# Bytes within which a list of addresses has the first one.
_HEAD = 8000
# What a damaged archive raises while it is unpacked.
UNPACKING = (zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, EOFError, NotImplementedError)


def read(file: File) -> Found:
    """Everything that a file holds; its suffix says how it is written. What cannot be read is a Rejection."""
    empty = True
    try:
        for found in _reader(file)(file):
            empty = False
            yield found
    except RejectedDocument as reason:
        yield Rejection(file.name, str(reason))
    except UNPACKING as error:
        yield Rejection(file.name, f"is damaged ({error}); pack it anew")
    except (OSError, ValueError) as error:
        yield Rejection(file.name, why(error))
    else:
        if empty:
            yield Rejection(file.name, "holds no article")


def why(error: Exception) -> str:
    """Why a file could not be read, and what to do about it."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder; an address must begin with https://"
    if isinstance(error, PermissionError):
        return "permission denied; make it readable for you and try again"
    return f"cannot be read ({getattr(error, 'strerror', None) or error})"


def _reader(file: File) -> Callable[[File], Found]:
    reader = READERS.get(file.suffix)
    if reader is None:
        raise RejectedDocument(f"{file.suffix or 'a file without a suffix'} cannot be read; use one of {READABLE}")
    return reader


def _single(file: File) -> Found:
    content = whole(file.stream)
    yield Document(file.name, file.identity, _kind(file.suffix, content), content)


def _kind(suffix: str, content: bytes) -> Format:
    """What the suffix says, but XML and PDF are known by their bytes: they are saved under many names."""
    told = kind_of_bytes(content)
    return told if told and (told is Format.PDF or told in LISTS or BY_SUFFIX[suffix] in LISTS) else BY_SUFFIX[suffix]


def _page(file: File) -> Found:
    """A page, or the links in a file of bookmarks; what is embedded in it counts for nothing."""
    content = _EMBEDDED.sub(b"data:,", whole(file.stream, 2 * LARGEST_ILLUSTRATED, _WITHOUT_PICTURES))
    if len(content) > LARGEST_DOCUMENT:
        raise RejectedDocument(f"is larger than {LARGEST_DOCUMENT // 1024**2} MB; give each article by itself")
    if is_list_of_links(content) and (links := bounded(links_in, content)):
        yield from (link_to(url, title, file.identity) for url, title in links)
        return
    saved = _SAVED_FROM.search(content[:4096])
    url = web_address(saved[1].decode("ascii", "replace")) if saved else ""
    yield Document(file.name, file.identity, _kind(file.suffix, content), content, url)


def _text(file: File) -> Found:
    """One text, or what it lists, or the articles that a newspaper archive put into it."""
    content = whole(file.stream)
    kind = _kind(file.suffix, content)
    if kind in (Format.TEXT, Format.MARKDOWN):
        yield from _in_text(file, content, kind)
    else:
        yield Document(file.name, file.identity, kind, content)


def _in_text(file: File, content: bytes, kind: Format) -> Found:
    """`kind` is how it is written where it is one text."""
    listed = _listed_in(file, content)
    yield from listed
    if not listed:
        yield Document(file.name, file.identity, kind, content)


def _listed_in(file: File, content: bytes) -> Sequence[Record | Link]:
    """The addresses or the articles that a text consists of; nothing for most, which are not even decoded for that."""
    may_list = b"://" in content[:_HEAD].replace(b"\0", b"")
    if not (may_list or _OF_A_DATABASE.search(content)):
        return []
    try:
        text = decode(content)
    except RejectedDocument:
        return []  # which is told when it is extracted
    if may_list and (links := addresses_in(text)):
        return [link_to(url, title, file.identity) for url, title in links]
    articles = bounded(articles_in, text)
    return [Record(f"{file.name} document {n}", file.identity, fields) for n, fields in enumerate(articles, start=1)]


def _converted(file: File) -> Found:
    from ingest.formats.office import text_of_docx, text_of_rtf

    convert = text_of_docx if file.suffix == ".docx" else text_of_rtf
    content = whole(file.stream, LARGEST_ILLUSTRATED, _WITHOUT_PICTURES)
    yield from _in_text(file, bounded(convert, content).encode("utf-8", "replace"), Format.TEXT)


def _book(file: File) -> Found:
    from ingest.formats.office import chapters_of_epub

    content = whole(file.stream, LARGEST_ILLUSTRATED, _WITHOUT_PICTURES)
    about, chapters = bounded(chapters_of_epub, content)
    for chapter in chapters:
        name, identity = f"{file.name}/{chapter.place}", f"{file.identity}/{chapter.place}"
        yield Listed(name, Record(name, identity, about), Document(name, identity, Format.HTML, chapter.content))


def _web_page(file: File) -> Found:
    page = bounded(page_of_mhtml, whole(file.stream, LARGEST_ILLUSTRATED, _WITHOUT_PICTURES))
    yield Document(file.name, file.identity, Format.HTML, page.content, page.url, page.charset)


def _subtitles(file: File) -> Found:
    title, text = bounded(transcript, decode(whole(file.stream)))
    if title:
        yield Record(file.name, file.identity, {"title": title, "text": text})
    else:
        yield Document(file.name, file.identity, Format.TEXT, text.encode())


def _rows(suffix: str, file: File) -> Found:
    yield from ROW_READERS[suffix](file.stream, file.name, file.identity)


READERS: Mapping[str, Callable[[File], Found]] = {
    **dict.fromkeys([".txt", ".md"], _text),
    **dict.fromkeys([".html", ".htm"], _page),
    **dict.fromkeys([".pdf", ".eml", ".xml", ".rss", ".atom", ".rdf", ".opml"], _single),
    **{suffix: partial(_rows, suffix) for suffix in ROW_READERS},
    **dict.fromkeys([".docx", ".rtf"], _converted),
    ".epub": _book,
    **dict.fromkeys([".mhtml", ".mht"], _web_page),
    **dict.fromkeys([".srt", ".vtt"], _subtitles),
    ".mbox": read_mbox,
    ".warc": read_warc,
    ".wacz": read_wacz,
    ".zip": lambda file: read_zip(file, read, READERS),
    ".gz": lambda file: read_gzip(file, read),
}
READABLE = " ".join(READERS)


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
