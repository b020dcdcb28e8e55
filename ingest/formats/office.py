"""Files of word processors and e-books to text and pages. All of it runs in the sandbox: they are archives and markup
that strangers wrote."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from urllib.parse import unquote

from ingest.formats.markup import local_name, parse_xml, plain_text, texts
from ingest.formats.sandbox import MOST_MEMBERS, Unpacking, whole
from ingest.text import word_count
from vectorstore.errors import RejectedDocument

_PICTURE = re.compile(rb"\{\\(?:\*\\shppict\s*\{\\)?pict[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_FEWEST_WORDS = 25
# What makes books of pages, and calls itself their publisher.
_PROGRAMS = {"calibre", "wallabag", "pocket", "instapaper", "omnivore", "readeck", "dotepub", "pandoc", "unknown"}
_TITLE = re.compile(rb"<title>[^<]*</title>", re.IGNORECASE)
_HEADING = re.compile(rb"<h[1-3][^>]*>([^<]+)</h[1-3]>", re.IGNORECASE)


def text_of_docx(content: bytes) -> str:
    """The paragraphs of a Word document, headings included, pictures left out."""
    import mammoth

    with _archive(content) as archive:
        unpacking = Unpacking(len(content))
        for member in archive.infolist():
            unpacking.take(member.file_size)
    nothing = mammoth.images.img_element(lambda image: {"src": ""})
    text = plain_text(mammoth.convert_to_html(io.BytesIO(content), convert_image=nothing).value)
    return text.replace("\n", "\n\n")


def text_of_rtf(content: bytes) -> str:
    """The paragraphs of a Rich Text file. Cells of a table are kept apart by "|"."""
    from striprtf.striprtf import rtf_to_text

    if not content.lstrip().startswith(b"{\\rtf"):
        raise RejectedDocument("is no Rich Text file; save it anew")
    text: str = rtf_to_text(  # type: ignore[no-untyped-call]
        _PICTURE.sub(b"", content).decode("latin-1"), errors="replace"
    )
    return text


@dataclass(frozen=True, slots=True)
class Chapter:
    """One XHTML page of an e-book: its place in it, and its bytes."""

    place: str
    content: bytes


def chapters_of_epub(content: bytes) -> tuple[dict[str, object], list[Chapter]]:
    """What an e-book says of itself, and its chapters in the order of reading, without covers and tables of contents.

    Its date is that of the file and not of the news, so it is left out.
    """
    with _archive(content) as archive:
        unpacking = Unpacking(len(content))
        names = set(archive.namelist())

        def member(name: str) -> bytes:
            if name not in names:
                raise RejectedDocument("is no e-book that can be read: a part of it is missing")
            with archive.open(name) as stream:
                return whole(unpacking.stream(stream))

        container = parse_xml(member("META-INF/container.xml"))
        package = next((str(path) for each in container.iter() if (path := each.get("full-path"))), "")
        root = parse_xml(member(package))
        items = {each.get("id"): each for each in root.iter() if local_name(each) == "item"}
        spine = [items.get(each.get("idref")) for each in root.iter() if local_name(each) == "itemref"]
        folder = posixpath.dirname(package)
        chapters = []
        for item in spine:
            if item is None or "nav" in (item.get("properties") or ""):
                continue
            place = posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
            if place in names and _is_chapter(page := member(place)):
                chapters.append(Chapter(place, _headed(page)))
    about = texts(root)
    publisher = about.get("publisher", "")
    outlet = "" if publisher.casefold() in _PROGRAMS else publisher
    return {"outlet": outlet, "language": about.get("language", "")}, chapters


def _headed(page: bytes) -> bytes:
    """The chapter under its heading: its title is often the book's, or the name of its file."""
    heading = _HEADING.search(page)
    return _TITLE.sub(lambda _: b"<title>" + heading[1] + b"</title>", page, count=1) if heading else page


def _is_chapter(page: bytes) -> bool:
    return word_count(plain_text(page.decode("utf-8", "replace"))) >= _FEWEST_WORDS


def _archive(content: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise RejectedDocument(f"is damaged ({error}); save it anew") from error
    if len(archive.infolist()) > MOST_MEMBERS:
        raise RejectedDocument(f"has more than {MOST_MEMBERS:,} parts, which no document has")
    return archive
