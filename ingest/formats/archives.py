"""Files that hold files: archives, compressed files, mailboxes, pages saved with what they need, whole crawls.

Members are read as streams and bounded in all; no name in an archive ever becomes a path.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import Path, PurePosixPath
from typing import IO, cast

from ingest.documents import LARGEST_DOCUMENT, Document, Format, Link, Listed, Readable, Rejection
from ingest.formats.sandbox import LARGEST_ILLUSTRATED, MOST_MEMBERS, Unpacking, bounded, whole
from ingest.identity import web_address
from vectorstore.errors import RejectedDocument

Found = Iterator[Readable | Link]

# Of the ways to pack a member, those that zipfile unpacks piece by piece; of the others a few hundred bytes become all
# that they stand for at once.
_IN_PIECES = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_NESTED = "is an archive within another one, which is not read; unpack it first"
_FROM = re.compile(rb"From \S")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_SHOWN = 8
# Where exports of Omnivore hold the pages that their rows are about, and what was marked in them.
_KEPT = ("content/", "highlights/")


@dataclass(frozen=True, slots=True)
class File:
    """A file, or the member of one: what a report calls it, what its articles are known by where they have no address,
    and how its name says that it is written. `path` is None within an archive."""

    name: str
    identity: str
    suffix: str
    stream: io.BufferedReader
    path: Path | None


Read = Callable[[File], Found]


def left_out(folder: str, names: Collection[str], readable: Collection[str]) -> Rejection:
    """What in a folder or an archive is of no kind that is read, told in one line."""
    shown = ", ".join(sorted(names)[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    return Rejection(folder, f"left out {shown}: only {' '.join(readable)} are read")


def members_of(path: str) -> list[str]:
    """The names in an archive, in their order. Raises RejectedDocument."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise RejectedDocument(f"is no archive that can be read ({error}); pack it anew") from error
    if len(members) > MOST_MEMBERS:
        raise RejectedDocument(f"holds more than {MOST_MEMBERS:,} files; give them in several archives")
    if any(member.compress_type not in _IN_PIECES for member in members):
        raise RejectedDocument("is packed with bzip2, LZMA or something rarer; pack it anew as an ordinary ZIP")
    return sorted(member.filename for member in members)


def read_zip(file: File, read: Read, readable: Collection[str]) -> Found:
    """Everything of a known kind in it, in the order of the names."""
    if file.path is None:
        raise RejectedDocument(_NESTED)
    names = [name for name in bounded(members_of, str(file.path)) if not _is_hidden(name)]
    known = [name for name in names if suffix_of(name) in readable]
    unpacking = Unpacking(file.path.stat().st_size)
    kept = {PurePosixPath(name).stem: name for name in known if name.startswith("content/")}
    taken: set[str] = set()
    with zipfile.ZipFile(file.path) as archive:
        for name in sorted(known, key=lambda each: (each.startswith(_KEPT), each)):
            if not (name.startswith(_KEPT) and PurePosixPath(name).stem in taken):
                for found in _member(file, archive, name, unpacking, read):
                    slug = str(found.told.fields.get("slug")) if isinstance(found, Link) else ""
                    taken |= {slug} & kept.keys()
                    yield _with_page(found, archive, kept[slug], unpacking) if slug in kept else found
    if others := set(names) - set(known):
        yield left_out(file.name, others, readable)


def _with_page(found: Readable | Link, archive: zipfile.ZipFile, name: str, unpacking: Unpacking) -> Readable:
    """The row of a reading list with the page that it kept, which may be gone from its address."""
    assert isinstance(found, Link)
    with archive.open(name) as packed, unpacking.stream(packed) as stream:
        content = whole(stream)
    if b"<title" not in content.lower():
        content = f"<title>{escape(str(found.told.fields.get('title', '')))}</title>".encode() + content
    return Listed(found.url, found.told, Document(found.url, found.url, Format.HTML, content, found.url))


def _is_hidden(name: str) -> bool:
    """Whether a part of the path begins with a dot, or the member is one that macOS adds."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "__MACOSX" in parts or any(part.startswith(".") and part.strip(".") for part in parts)


def suffix_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _member(file: File, archive: zipfile.ZipFile, name: str, unpacking: Unpacking, read: Read) -> Found:
    shown = f"{file.name}/{name}"
    try:
        with archive.open(name) as packed, unpacking.stream(packed) as stream:
            yield from read(File(shown, f"{file.identity}/{name}", suffix_of(name), stream, None))
    except RuntimeError as error:  # what zipfile says of a member that is encrypted
        yield Rejection(shown, f"cannot be unpacked ({error})")


def read_gzip(file: File, read: Read) -> Found:
    """The one file in it, whose suffix stands before ".gz"."""
    inner = suffix_of(PurePosixPath(file.name).stem)
    if inner == ".warc":
        yield from read_warc(file)
        return
    if inner in (".gz", ".zip"):
        raise RejectedDocument(_NESTED)
    size = file.path.stat().st_size if file.path else 0  # of a member, of which there may be thousands
    with gzip.GzipFile(fileobj=file.stream) as packed, Unpacking(size).stream(cast("IO[bytes]", packed)) as stream:
        yield from read(File(file.name, file.identity, inner, stream, None))


def read_warc(file: File, wanted: Collection[str] = ()) -> Found:
    """The pages of a crawl, each once; only those at the `wanted` addresses, if any."""
    with _on_disk(file) as path:
        taken: set[str] = set()
        start: int | None = 0
        while start is not None:
            stretch = bounded(pages_of_warc, str(path), start)
            for page in stretch.pages:
                if page.url not in taken and (not wanted or page.url in wanted):
                    taken.add(page.url)
                    name = f"{file.name} {page.url}"
                    yield Document(name, page.url, Format.HTML, page.content, page.url, page.charset)
            start = stretch.next


@contextmanager
def _on_disk(file: File) -> Iterator[Path]:
    """Where the sandbox can open it; a member of an archive under a name that says nothing."""
    if file.path:
        yield file.path
        return
    with tempfile.NamedTemporaryFile(prefix="dateline-") as copy:
        shutil.copyfileobj(file.stream, copy)
        copy.flush()
        yield Path(copy.name)


def read_wacz(file: File) -> Found:
    """The pages that somebody visited, from the crawl in it."""
    if file.path is None:
        raise RejectedDocument(_NESTED)
    names = bounded(members_of, str(file.path))
    unpacking = Unpacking(file.path.stat().st_size)
    with zipfile.ZipFile(file.path) as archive:
        visited = _visited(archive, [name for name in names if name.startswith("pages/")], unpacking)
        for name in names:
            if name.startswith("archive/") and name.endswith((".warc", ".warc.gz")):
                with archive.open(name) as packed, unpacking.stream(packed) as stream:
                    yield from read_warc(File(file.name, file.identity, ".warc", stream, None), visited)


def _visited(archive: zipfile.ZipFile, names: Collection[str], unpacking: Unpacking) -> set[str]:
    """The addresses in its list of pages."""
    visited = set()
    for name in names:
        with archive.open(name) as packed, unpacking.stream(packed) as stream:
            for line in whole(stream).splitlines():
                try:
                    page = json.loads(line)
                except (ValueError, RecursionError):
                    continue
                if isinstance(page, dict) and isinstance(page.get("url"), str):
                    visited.add(page["url"])
    return visited


def read_mbox(file: File) -> Found:
    """Every letter of a mailbox."""
    for number, content in enumerate(_letters(file.stream), start=1):
        name, identity = f"{file.name} letter {number}", f"{file.identity} letter {number}"
        if len(content) > LARGEST_ILLUSTRATED:
            yield Rejection(name, f"is larger than {LARGEST_ILLUSTRATED // 1024**2} MB, which no newsletter is")
        else:
            yield Document(name, identity, Format.LETTER, _QUOTED_FROM.sub(rb"\1", content))


def _letters(stream: IO[bytes]) -> Iterator[bytes]:
    """What stands between lines that begin with "From " after an empty one; of what is too large the beginning."""
    held, after_blank, begun = bytearray(), True, False
    while line := stream.readline(LARGEST_DOCUMENT):
        if after_blank and _FROM.match(line):
            if begun:
                yield bytes(held)
            held, begun = bytearray(), True
        elif not begun:
            raise RejectedDocument('is no mailbox: its first line does not begin with "From "')
        elif len(held) <= LARGEST_ILLUSTRATED:
            held += line
        after_blank = not line.strip()
    if begun:
        yield bytes(held)


_LONGEST_HEADER = 64 * 1024
_PAGE_TYPE = re.compile(rb"^content-type:\s*(?:text/html|application/xhtml)", re.IGNORECASE | re.MULTILINE)
# Of a crawl, as much as one call of the sandbox hands over: pages, their bytes, seconds of the processor.
_PAGES_AT_ONCE, _BYTES_AT_ONCE, _SECONDS_AT_ONCE = 32, 8 * 1024 * 1024, 3.0
_CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page with the address that it was saved from, "" where nothing says it."""

    url: str
    content: bytes
    charset: str


def page_of_mhtml(content: bytes) -> SavedPage:
    """The page in a file that a browser saved "as a single file"; its pictures are passed over unread."""
    head, _, body = content[: _LONGEST_HEADER * 2].replace(b"\r\n", b"\n").partition(b"\n\n")
    about = message_from_bytes(head + b"\n\n", policy=policy.default)
    boundary = about.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        return _saved(message_from_bytes(content, policy=policy.default), about)
    parts = content.split(b"--" + boundary.encode("ascii", "replace"))[1:]
    pages = [part for part in parts if _PAGE_TYPE.search(part[:2000])]
    if not pages:
        raise RejectedDocument("holds no page; save it anew")
    return _saved(message_from_bytes(pages[0].lstrip(b"\r\n"), policy=policy.default), about)


def _saved(part: object, about: object) -> SavedPage:
    assert isinstance(part, EmailMessage) and isinstance(about, EmailMessage)
    page = part.get_payload(decode=True)
    places = about["Snapshot-Content-Location"], part["Content-Location"], about["Content-Location"]
    url = next(filter(None, (web_address(str(place or "")) for place in places)), "")
    return SavedPage(url, page if isinstance(page, bytes) else b"", part.get_content_charset(""))


@dataclass(frozen=True, slots=True)
class Stretch:
    """The pages in a stretch of a crawl, and where the next one begins; None at its end."""

    pages: list[SavedPage]
    next: int | None


def pages_of_warc(path: str, start: int) -> Stretch:
    """The pages that a crawl has from byte `start` on, as many as one call may take: answers and stored pages that are
    HTML and were found. Raises RejectedDocument."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    pages: list[SavedPage] = []
    begun, held = time.process_time(), 0
    try:
        with Path(path).open("rb") as stream:
            stream.seek(start)
            records = ArchiveIterator(stream)
            for record in records:
                full = len(pages) >= _PAGES_AT_ONCE or held > _BYTES_AT_ONCE
                full = full or time.process_time() - begun > _SECONDS_AT_ONCE
                if full and (reached := records.get_record_offset()) > start:  # however long the first one takes
                    return Stretch(pages, reached)
                if page := _page_in(record):
                    pages.append(page)
                    held += len(page.content)
    except (ArchiveLoadFailed, EOFError, ValueError) as error:
        if not pages:
            raise RejectedDocument(f"is no WARC that can be read ({error})") from error
    return Stretch(pages, None)


def _page_in(record: object) -> SavedPage | None:
    kind, headers, answer = record.rec_type, record.rec_headers, record.http_headers  # type: ignore[attr-defined]
    about = answer if kind == "response" else headers if kind == "resource" else None
    if about is None or (kind == "response" and answer.get_statuscode() != "200"):
        return None
    content_type = str(about.get_header("Content-Type") or "").lower()
    url = web_address(headers.get_header("WARC-Target-URI") or "")
    if not url or not content_type.startswith(("text/html", "application/xhtml")):
        return None
    content = record.content_stream().read(LARGEST_DOCUMENT + 1)  # type: ignore[attr-defined]
    charset = _CHARSET.search(content_type)
    return SavedPage(url, content, charset[1] if charset else "") if len(content) <= LARGEST_DOCUMENT else None
