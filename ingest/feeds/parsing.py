"""A feed's bytes to what it lists: RSS, Atom, RDF and CDF, well formed or not."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import struct_time

from ingest.formats.fragments import plain_text
from ingest.text import one_line
from vectorstore.errors import RejectedDocument

# What entities may add to a document when every reference to one stands for the longest that is declared.
_MOST_ADDED = 2_000_000
# feedparser looks for declarations in all that stands before the first element, in time that grows with its square.
_LONGEST_PROLOGUE = 16 * 1024
_FIRST_ELEMENT = re.compile(rb"<\w")
_ENTITY = re.compile(rb"<!ENTITY([^>]*)", re.IGNORECASE)
_MOST_TITLE = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed. `id`, `url` and the dates are as feedparser reads them, the rest is plain text.

    `text` is the longest that the feed itself has of the article, which may be all of it, a teaser or "".
    """

    id: str
    url: str
    title: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed or a sitemap lists, in its order. `link` is the site that it belongs to; `dialect` is feedparser's
    name for how it is written, "" for what is no feed at all."""

    title: str
    link: str
    language: str
    entries: tuple[Entry, ...]
    dialect: str = ""


def parse_feed(content: bytes, url: str = "") -> Feed:
    """The feed in these bytes; relative addresses are read against `url`.

    Entities are not resolved but for short ones that the document declares itself, and nothing external is read.
    Raises RejectedDocument for bytes that no feed is made of, and for entities that would unfold to megabytes.
    Malformed input can take long: callers that read what strangers wrote do so through ingest.formats.sandbox.
    """
    import feedparser

    _refuse_bombs(content)
    headers = {"content-location": url} if url else {}
    try:
        parsed = feedparser.parse(
            io.BytesIO(content), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError) as error:
        raise RejectedDocument(f"is not a feed that can be read ({type(error).__name__})") from error
    about = parsed.feed
    return Feed(
        title=_line(about.get("title")),
        link=_string(about.get("link")),
        language=_string(about.get("language")),
        entries=tuple(_entry(item) for item in parsed.entries),
        dialect=_string(parsed.get("version")),
    )


def _refuse_bombs(content: bytes) -> None:
    start = _FIRST_ELEMENT.search(content)
    prologue = content[: start.start()] if start else content[: _LONGEST_PROLOGUE + 1]
    if len(prologue) > _LONGEST_PROLOGUE:
        raise RejectedDocument("is not a feed: no element stands in its first 16 KB")
    longest = max((len(entity[1]) for entity in _ENTITY.finditer(prologue)), default=0)
    if longest * content.count(b"&") > _MOST_ADDED:
        raise RejectedDocument("refused: its XML declares entities that would unfold to megabytes")


def _entry(item: Mapping[str, object]) -> Entry:
    """feedparser's own dictionaries answer for a missing date with the other one; plain look-ups do not."""
    own = dict(item)
    return Entry(
        id=_string(own.get("id")),
        url=_string(own.get("link")),
        title=_line(own.get("title"))[:_MOST_TITLE],
        published_at=moment(own.get("published_parsed")),
        updated_at=moment(own.get("updated_parsed")),
        authors=_authors(own),
        text=max(_texts(own), key=len, default=""),
    )


def moment(parsed: object) -> datetime | None:
    """feedparser's time, which is UTC, as a datetime; None for what is no time of this calendar."""
    if not isinstance(parsed, struct_time):
        return None
    try:
        return datetime(*parsed[:6], tzinfo=UTC)
    except ValueError:
        return None


def _texts(item: Mapping[str, object]) -> list[str]:
    contents = item.get("content")
    held = [part.get("value") for part in contents if isinstance(part, dict)] if isinstance(contents, list) else []
    return [plain_text(_string(text)) for text in (*held, item.get("summary"))]


def _authors(item: Mapping[str, object]) -> tuple[str, ...]:
    listed = item.get("authors")
    people = listed if isinstance(listed, list) else []
    names = [_line(person.get("name")) for person in people if isinstance(person, dict)]
    return tuple(dict.fromkeys(filter(None, names or [_line(item.get("author"))])))


def _line(value: object) -> str:
    return one_line(plain_text(_string(value)))


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
