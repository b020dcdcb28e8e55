"""What a caller can hand over, and what is read from it before anything is understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

# Bytes that one article may have, packed or unpacked: a hundred times the longest that newspapers print.
LARGEST_DOCUMENT = 10 * 1024 * 1024


class Format(StrEnum):
    """How the bytes of a document are written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    LETTER = "letter"  # an e-mail: a newsletter that was saved
    # These list articles and hold none.
    FEED = "feed"
    SITEMAP = "sitemap"
    OPML = "opml"


LISTS = {Format.FEED, Format.SITEMAP, Format.OPML}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file handed over under a name of its own. The name is its identity: the path differs at each upload."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """Text that someone pasted. Its content is its identity, unless it says which address it is from.

    `published_at` is the day that they state; ingest.dates.stated_day proposes one.
    """

    text: str
    title: str = ""
    url: str = ""
    outlet: str = ""
    published_at: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of one article. `name` is what a report calls it; the id of the article is derived from
    `url`, and where it has none from `identity`. `further` are the pages that it goes on over, `published_at` is the
    day that somebody stated for a text."""

    name: str
    identity: str
    kind: Format
    content: bytes
    url: str = ""
    charset: str = ""
    further: tuple[Document, ...] = ()
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DatedByText:
    """A file or folder whose texts are of the day that they state at their head, as somebody says who knows them."""

    source: str | Path


@dataclass(frozen=True, slots=True)
class Record:
    """One row of structured input: field names as the publisher wrote them, values not yet checked.

    `identity` is that of the file that the row stands in, or "" when only the content identifies it.
    """

    name: str
    identity: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Listed:
    """An article that a feed or a sitemap lists: what that says of it, and its page where it could be read.

    `reason` says why there is no page. `known_as` is the id that the library has it under already, wherever its
    address leads by now.
    """

    name: str
    told: Record
    page: Document | None
    reason: str = ""
    known_as: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A row of a file that has an address for its text: whose page is to be read, and what the row says of it."""

    url: str
    told: Record


@dataclass(frozen=True, slots=True)
class Seen:
    """An article of the library whose page has not changed since it was read."""

    name: str
    article_id: str


@dataclass(frozen=True, slots=True)
class Gone:
    """An article of the library whose page is there no more."""

    name: str
    article_id: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that could not be read, and why."""

    name: str
    reason: str


Source = str | Path | Upload | Pasted | Document | Record | Listed | DatedByText
Readable = Document | Record | Listed | Rejection
Found = Readable | Seen | Gone
