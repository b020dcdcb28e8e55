"""The bytes of feeds (RSS, Atom, RDF, CDF, JSON), sitemaps and OPML to what they list, well formed or not."""

from __future__ import annotations

import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import struct_time
from typing import Any
from xml.sax import SAXException

from lxml import etree

from ingest.dates import parse_date
from ingest.formats.markup import local_name, parse_xml, plain_text, texts
from ingest.identity import canonical_url, web_address
from ingest.text import one_line
from vectorstore.errors import RejectedDocument

MOST_TITLE = 500


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One item of a feed. `id`, `url` and the dates are as the feed states them, the rest is plain text.

    `text` is the longest that the feed itself has of the article, which may be all of it, a teaser or "". `shared` is
    an address that other items have too, so that what stands there is none of them.
    """

    id: str
    url: str
    title: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    text: str = ""
    shared: str = ""

    @property
    def address(self) -> str:
        """The canonical form of its address, "" where it has none of the web."""
        return canonical_url(self.url) if web_address(self.url) else ""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed or a sitemap lists, in its order. `link` is the site that it belongs to; `dialect` is feedparser's
    name for how it is written, "" for what is no feed at all. What is `damaged` may end before its last entries."""

    title: str
    link: str
    language: str
    entries: tuple[FeedEntry, ...]
    dialect: str = ""
    damaged: bool = False


def told_apart(feed: Feed) -> Feed:
    """Items of different names with one address for all, as of a page on how a service does, are items of their own:
    at the address that is such a name, or without any. Places on one page are of that page."""
    named: dict[str, list[FeedEntry]] = defaultdict(list)
    for entry in feed.entries:
        named[entry.address].append(entry)
    shared = {address for address, entries in named.items() if address and _differ(entries)}
    return replace(feed, entries=tuple(_on_its_own(each) if each.address in shared else each for each in feed.entries))


def _differ(entries: Iterable[FeedEntry]) -> bool:
    ids, titles, urls = ({getattr(each, name) for each in entries} for name in ("id", "title", "url"))
    return len(ids) > 1 and len(titles) > 1 and len(urls) == 1 and "" not in ids


def _on_its_own(entry: FeedEntry) -> FeedEntry:
    own = web_address(entry.id)
    if own and canonical_url(own) != entry.address:
        return replace(entry, url=own)
    return replace(entry, url="", shared=entry.url)


# What entities may add to a document when every reference to one stands for the longest that is declared.
_MOST_ADDED = 2_000_000
# feedparser looks for declarations in all that stands before the first element, in time that grows with its square.
_LONGEST_PROLOGUE = 16 * 1024
_FIRST_ELEMENT = re.compile(rb"<\w")
_ENTITY = re.compile(rb"<!ENTITY([^>]*)", re.IGNORECASE)
# The protocol's own limit for news; of a plain sitemap, which may list a whole archive, as many of the newest.
_MOST = 1000
_NEVER = datetime.min.replace(tzinfo=UTC)


def parse_feed(content: bytes, url: str = "") -> Feed:
    """The feed in these bytes; relative addresses are read against `url`.

    Entities are not resolved but for short ones that the document declares itself, and nothing external is read.
    Raises RejectedDocument for bytes that no feed is made of, and for entities that would unfold to megabytes.
    Malformed input can take long: callers that read what strangers wrote do so through ingest.formats.sandbox.
    """
    return told_apart(parse_json_feed(content) if is_json(content) else _parse_xml_feed(content, url))


def _parse_xml_feed(content: bytes, url: str) -> Feed:
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
        damaged=isinstance(parsed.get("bozo_exception"), SAXException),
    )


def _refuse_bombs(content: bytes) -> None:
    start = _FIRST_ELEMENT.search(content)
    prologue = content[: start.start()] if start else content[: _LONGEST_PROLOGUE + 1]
    if len(prologue) > _LONGEST_PROLOGUE:
        raise RejectedDocument("is not a feed: no element stands in its first 16 KB")
    longest = max((len(entity[1]) for entity in _ENTITY.finditer(prologue)), default=0)
    if longest * content.count(b"&") > _MOST_ADDED:
        raise RejectedDocument("refused: its XML declares entities that would unfold to megabytes")


def _entry(item: Mapping[str, object]) -> FeedEntry:
    """feedparser's own dictionaries answer for a missing date with the other one; plain look-ups do not."""
    own = dict(item)
    return FeedEntry(
        id=_string(own.get("id")),
        url=_string(own.get("link")),
        title=_line(own.get("title"))[:MOST_TITLE],
        published_at=_stated(own, "published"),
        updated_at=_stated(own, "updated"),
        authors=_authors(own),
        text=max(_texts(own), key=len, default=""),
    )


def _stated(item: Mapping[str, object], name: str) -> datetime | None:
    """feedparser takes "2026/11/10" for the first of the month and CET for UTC: its reading counts only where months
    have names that we do not know."""
    raw = _string(item.get(name))
    found = parse_date(raw)
    if found:
        return found.replace(microsecond=0)
    return None if raw.isascii() else moment(item.get(f"{name}_parsed"))


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


def parse_sitemap(content: bytes) -> tuple[Feed, tuple[str, ...]]:
    """The articles that it lists, and the addresses of further sitemaps, newest first. Raises RejectedDocument."""
    root = parse_xml(content)
    entries: list[FeedEntry] = []
    further: list[tuple[datetime, str]] = []
    for element in root:
        name, held = local_name(element), texts(element)
        address = web_address(held.get("loc", ""))
        if name == "url" and address:
            entries.append(_sitemap_entry(address, held))
        elif name == "sitemap" and address:
            further.append((parse_date(held.get("lastmod")) or _NEVER, address))
    if len(entries) > _MOST:
        entries.sort(key=lambda entry: entry.published_at or entry.updated_at or _NEVER, reverse=True)
    further.sort(key=lambda each: each[0], reverse=True)
    return Feed("", "", "", tuple(entries[:_MOST])), tuple(address for _, address in further)


def _sitemap_entry(address: str, held: dict[str, str]) -> FeedEntry:
    """`lastmod` is when the page was touched, be it by a new advertisement: it is nobody's date of an update."""
    return FeedEntry(
        id=address,
        url=address,
        title=one_line(held.get("title", "")) if "publication_date" in held else "",
        published_at=parse_date(held.get("publication_date")),
    )


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription; `title` may be ""."""

    url: str
    title: str = ""


def read_opml(content: bytes) -> tuple[Outline, ...]:
    """Every feed that it names, however deep in folders, each once. Raises RejectedDocument where there is none."""
    found: dict[str, Outline] = {}
    for element in parse_xml(content).iter():
        given = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        url = web_address(given.get("xmlurl", "")) if local_name(element) == "outline" else ""
        if url:
            found.setdefault(url, Outline(url, one_line(given.get("title") or given.get("text") or "")))
    if not found:
        raise RejectedDocument("names no feed; an OPML file has one in the xmlUrl of each outline")
    return tuple(found.values())


def write_opml(outlines: Iterable[Outline]) -> bytes:
    """What other readers import, UTF-8."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Dateline subscriptions"
    body = etree.SubElement(root, "body")
    for outline in outlines:
        name = outline.title or outline.url
        etree.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=outline.url)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


_BOM = b"\xef\xbb\xbf"


def is_json(content: bytes) -> bool:
    """Whether it begins like an object of JSON, which no XML does."""
    return content.removeprefix(_BOM).lstrip().startswith(b"{")


def parse_json_feed(content: bytes) -> Feed:
    """Items that are none are left out. Raises RejectedDocument for what is no JSON."""
    try:
        about = json.loads(content.removeprefix(_BOM).decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError) as error:
        raise RejectedDocument(f"is not a JSON Feed that can be read ({type(error).__name__})") from error
    items = about.get("items")
    return Feed(
        title=_line(about.get("title")),
        link=_string(about.get("home_page_url")),
        language=_string(about.get("language")),
        entries=tuple(_item(item, about) for item in items if isinstance(item, dict)) if items else (),
        dialect="json" if isinstance(items, list) else "",
    )


def _item(item: Mapping[str, Any], feed: Mapping[str, Any]) -> FeedEntry:
    """`external_url` is what a list of links is about, and `url` then its remark on it: that is the item's own."""
    address = next((url for name in ("url", "external_url") if (url := web_address(_string(item.get(name))))), "")
    told = (_string(item.get("content_text")), *(plain_text(_string(item.get(n))) for n in ("content_html", "summary")))
    identifier = item.get("id")
    return FeedEntry(
        id=str(identifier) if isinstance(identifier, str | int) else "",
        url=address or web_address(_string(identifier)),
        title=_line(item.get("title"))[:MOST_TITLE],
        published_at=parse_date(_string(item.get("date_published"))),
        updated_at=parse_date(_string(item.get("date_modified"))),
        authors=_people(item) or _people(feed),
        text=max(told, key=len),
    )


def _people(given: Mapping[str, Any]) -> tuple[str, ...]:
    """One `author` in its first version, several in the next."""
    listed = given.get("authors")
    people = listed if isinstance(listed, list) else [given.get("author")]
    names = (_line(person.get("name")) for person in people if isinstance(person, dict))
    return tuple(dict.fromkeys(filter(None, names)))
