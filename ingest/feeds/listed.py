"""What feeds, sitemaps and OPML files list -> the documents to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from ingest.documents import Document, Format, Listed, Readable, Record, Rejection
from ingest.feeds.parsing import Feed, FeedEntry, parse_feed, parse_sitemap, read_opml
from ingest.formats.sandbox import bounded
from ingest.formats.sniffing import kind_of_page
from ingest.identity import file_id
from ingest.web.fetch import FetchedPage
from ingest.web.paging import Get, whole_story
from ingest.web.politeness import Web
from ingest.web.responses import unpacked
from ingest.web.workers import Errand, host_of
from vectorstore.errors import RejectedDocument

_GZIP = b"\x1f\x8b"
# Feeds keep their last ten to hundred entries; whoever lists more than this hands over an archive.
MOST_ENTRIES = 1000
_MOST_SITEMAPS = 20
_MOST_FEEDS = 5
_HOME = re.compile(r"/?(?:index\.(?:html?|php))?(?:[a-z]{2}(?:-[a-zA-Z]{2})?/?)?")


def document_of(name: str, page: FetchedPage) -> Document:
    """The page as a document. Raises RejectedDocument for what is none."""
    content = unpacked([page.content], "gzip") if page.content.startswith(_GZIP) else page.content
    kind = kind_of_page(page.url, page.content_type, content)
    return Document(name, page.url, kind, content, page.url, page.charset)


def story_at(name: str, page: FetchedPage, get: Get) -> Document:
    """As `document_of`, with the other pages of the story, each asked for by `get`. Raises RejectedDocument."""
    document = document_of(name, page)
    if document.kind is not Format.HTML:
        return document
    first, *rest = whole_story(page, get)
    further = tuple(document_of(each.url, each) for each in rest)
    return replace(document if first is page else document_of(name, first), further=further)


def documents_in(document: Document, web: Web) -> Iterator[Readable | Errand[Readable]]:
    """Everything that the document lists, with the page of each where it can be read; no article twice.

    The feeds of an OPML file are at many hosts, so each is left as an errand.
    """
    listing = _Listing(document, web, {})
    if document.kind is not Format.OPML:
        yield from listing.documents(_feeds_in(document, web))
        return
    try:
        for outline in read_opml(document.content):
            feeds = _named([outline.url], Format.FEED, web)
            yield Errand(host_of(outline.url), partial(listing.documents, feeds))
    except RejectedDocument as reason:
        yield Rejection(document.name, str(reason))


@dataclass(frozen=True, slots=True)
class _Listing:
    """A document that lists, and the addresses in it that somebody has turned to already."""

    document: Document
    web: Web
    taken: dict[str, FeedEntry]

    def documents(self, feeds: Iterable[Feed | Rejection]) -> Iterator[Readable]:
        for feed in feeds:
            if isinstance(feed, Rejection):
                yield feed
                continue
            if not feed.entries:
                yield Rejection(self.document.name, "lists no article")
            for entry in feed.entries:
                address = entry.address
                if not address or self.taken.setdefault(address, entry) is entry:  # in one step: threads share it
                    yield _read_entry(entry, feed, self.document.identity, self.web)


def _feeds_in(document: Document, web: Web) -> Iterator[Feed | Rejection]:
    """The feed that the document is, or the sitemaps that it names."""
    try:
        if document.kind is Format.FEED:
            yield from _within_reason(document.name, bounded(parse_feed, document.content, document.url))
        else:
            feed, further = parse_sitemap(document.content)
            if feed.entries or not further:
                yield feed
            yield from _named(further[:_MOST_SITEMAPS], Format.SITEMAP, web)
    except RejectedDocument as reason:
        yield Rejection(document.name, str(reason))


def feed_of(document: Document) -> Feed:
    """The feed, or the sitemap as one. Raises RejectedDocument for what is neither, and for a list of sitemaps."""
    if document.kind is Format.SITEMAP:
        feed, further = parse_sitemap(document.content)
        if further and not feed.entries:
            raise RejectedDocument(f"is a list of sitemaps; give the address of one of them, such as {further[0]}")
        return feed
    if document.kind is not Format.FEED:
        raise RejectedDocument("is not a feed; give the address of an RSS or Atom feed, or of a page that names one")
    feed = bounded(parse_feed, document.content, document.url)
    if not (feed.dialect or feed.entries):
        raise RejectedDocument("is not a feed that can be read")
    if feed.damaged and not feed.entries:
        raise RejectedDocument("is damaged and lists no article; check the address, or try again later")
    return feed


def feeds_of_page(document: Document) -> list[str]:
    """The addresses of the feeds that a page names, its main one first."""
    from trafilatura.feeds import FeedParameters, determine_feed

    from ingest.formats.sniffing import decode

    host = urlsplit(document.url).hostname or ""
    named = determine_feed(
        decode(document.content, document.charset), FeedParameters(document.url, host, document.url, external=True)
    )
    return list(named)[:_MOST_FEEDS]


def is_home(url: str) -> bool:
    """Whether the address is that of a site itself, or of one of its languages."""
    return _HOME.fullmatch(urlsplit(url).path) is not None


def told_of(entry: FeedEntry, feed: Feed, identity: str) -> Record:
    """What a feed itself says of an article."""
    fields: dict[str, object] = {
        "title": entry.title,
        "outlet": feed.title,
        "authors": list(entry.authors),
        "published_at": entry.published_at,
        "updated_at": entry.updated_at,
        "url": entry.url or entry.shared,
        "language": feed.language,
        "text": entry.text,
    }
    # An entry without an address of its own is known by what its publisher calls it.
    known_by = f"{identity} {entry.id}"
    if entry.shared:
        fields["id"] = file_id(known_by)
    return Record(entry.url or entry.title or entry.id, known_by, fields)


def _within_reason(name: str, feed: Feed) -> Iterator[Feed | Rejection]:
    yield replace(feed, entries=feed.entries[:MOST_ENTRIES])
    if left := left_over(feed):
        yield Rejection(name, left)


def left_over(feed: Feed) -> str:
    """What is to be told of a feed that lists more than is read of it, else ""."""
    left = len(feed.entries) - MOST_ENTRIES
    return f"lists {left} more entries than the {MOST_ENTRIES} that are read of one feed" if left > 0 else ""


def _named(urls: list[str] | tuple[str, ...], kind: Format, web: Web) -> Iterator[Feed | Rejection]:
    """One level deep: what a sitemap of sitemaps of sitemaps names is left."""
    for url in urls:
        try:
            document = document_of(url, web.get(url))
            if document.kind is not kind and document.kind is not Format.SITEMAP:
                raise RejectedDocument(f"is not a {kind}")
            yield feed_of(document)
        except RejectedDocument as reason:
            yield Rejection(url, str(reason))


def _read_entry(entry: FeedEntry, feed: Feed, identity: str, web: Web) -> Listed:
    told = told_of(entry, feed, identity)
    if entry.shared:
        return Listed(told.name, told, None, "has no address of its own")
    try:
        return Listed(told.name, told, story_at(told.name, web.get(entry.url), web.get))
    except RejectedDocument as reason:
        return Listed(told.name, told, None, str(reason))
