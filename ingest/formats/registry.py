"""Every kind of file that is read, by the suffix of its name: one reader each, from the bytes to what they hold."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from ingest.documents import LARGEST_DOCUMENT, LISTS, Document, Format, Link, Listed, Readable, Record, Rejection
from ingest.formats.archives import File, page_of_mhtml, read_gzip, read_mbox, read_wacz, read_warc, read_zip
from ingest.formats.databases import articles_in
from ingest.formats.lists import addresses_in, is_list_of_links, link_to, links_in
from ingest.formats.sandbox import LARGEST_ILLUSTRATED, bounded, whole
from ingest.formats.sniffing import BY_SUFFIX, decode, kind_of_bytes
from ingest.formats.subtitles import transcript
from ingest.formats.tabular import ROW_READERS
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
