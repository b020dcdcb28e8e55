"""What the caller named, read one after the other into articles; what cannot be read never costs the rest."""

from __future__ import annotations

import logging
import os
import re
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ingest.dates import stated_day
from ingest.documents import (
    LISTS,
    DatedByText,
    Document,
    Format,
    Found,
    Gone,
    Link,
    Listed,
    Pasted,
    Readable,
    Record,
    Rejection,
    Seen,
    Source,
    Upload,
)
from ingest.formats.lists import addresses_in, link_to
from ingest.formats.registry import count, read_file, read_path
from ingest.formats.sniffing import decode
from ingest.identity import canonical_url, web_address
from ingest.pages.extract import extract, extract_listed
from ingest.text import squeezed, tidy
from ingest.web.workers import Errand, Place, host_of, in_order, side_by_side
from vectorstore.characters import printable_line
from vectorstore.console.terminal import remote, resolved
from vectorstore.errors import RejectedDocument
from vectorstore.models import Article
from vectorstore.observing.work import stage

if TYPE_CHECKING:
    from ingest.web.politeness import Web

MOST_LINKS = 10_000
"""Addresses that are asked for of one file, as many as a reading list of years has."""
_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)
logger = logging.getLogger(__name__)


def read(source: Source, web: Web) -> Iterator[Readable]:
    """Everything that a source holds, in a stable order. What cannot be read comes out as a Rejection.

    Of a feed, a sitemap or a site's home page that is what it lists, each with its page.
    """
    return in_order(look_up(source, web))


def look_up(source: Source, web: Web) -> Iterator[Readable | Errand[Readable]]:
    """As `read`, but each feed that an OPML file names is left as an errand, and so is each address in a file."""
    links: dict[str, Link] = {}
    left = 0
    for found in _named(source, web):
        if isinstance(found, Document) and found.kind in LISTS:
            from ingest.feeds.listed import documents_in

            yield from documents_in(found, web)
        elif not isinstance(found, Link):
            yield found
        elif len(links) >= MOST_LINKS and canonical_url(found.url) not in links:
            if found.told.fields.get("text"):
                yield Listed(found.url, found.told, None, f"not asked for: {MOST_LINKS:,} addresses were")
            else:
                left += 1
        elif links.setdefault(canonical_url(found.url), found) is found:
            yield Errand(host_of(found.url), partial(_followed, found, web))
    if left:
        reason = f"lists {left:,} more addresses than the {MOST_LINKS:,} that are asked for; give them in other files"
        yield Rejection(name_of(source), reason)


def _followed(link: Link, web: Web) -> Iterator[Readable]:
    """The page at an address that a row gives, with what the row says of it. It is read as one that somebody typed."""
    from ingest.feeds.listed import document_of, is_home

    try:
        page = document_of(link.url, web.get(link.url, by_hand=True))
        if page.kind in LISTS or is_home(page.url):
            raise RejectedDocument("is a feed or a site's home page; follow it with `dateline feeds add`")
        yield Listed(link.url, link.told, page)
    except RejectedDocument as reason:
        yield Listed(link.url, link.told, None, str(reason))


def _named(source: Source, web: Web) -> Iterator[Readable | Link]:
    if isinstance(source, Pasted):
        yield from _pasted(source)
    elif isinstance(source, DatedByText):
        yield from map(_dated, _named(source.source, web))
    elif isinstance(source, Document | Record | Listed):
        yield source
    elif isinstance(source, Upload):
        yield from read_file(source.path, source.name, source.name)
    elif is_address(source):
        yield from _from_web(name_of(source), web)
    else:
        yield from read_path(_local(source))


def _pasted(source: Pasted) -> Iterator[Readable | Link]:
    """The text; or where it is nothing but addresses, these."""
    if links := addresses_in(source.text):
        yield from (link_to(url, title, "") for url, title in links)
        return
    names = "text", "title", "url", "outlet", "published_at"
    yield Record(name_of(source), "", {name: getattr(source, name) for name in names})


def _dated(found: Readable | Link) -> Readable | Link:
    if not isinstance(found, Document) or found.kind is not Format.TEXT:
        return found
    with suppress(RejectedDocument):  # which is told when it is extracted
        return replace(found, published_at=stated_day(tidy(decode(found.content, found.charset))))
    return found


def expected(sources: Iterable[Source]) -> int | None:
    """About how many documents there are, or None where only reading them would tell."""
    counts = [_count(source) for source in sources]
    return None if None in counts else sum(filter(None, counts))


def name_of(source: Source) -> str:
    """What a report calls a source."""
    if isinstance(source, Pasted):
        return source.title or "pasted text"
    if isinstance(source, DatedByText):
        return name_of(source.source)
    return source.name if isinstance(source, Upload | Document | Record | Listed) else str(source).strip()


def as_sent(fields: Mapping[str, object]) -> Record | Listed:
    """An article as a program sends it: its fields, and its text or under `html` its page, whose own word counts."""
    markup, url = fields.get("html"), str(fields.get("url", ""))
    told = Record(url or str(fields.get("title", "")) or "article", "", {**fields, "html": None})
    if not isinstance(markup, str):
        return told
    page = Document(told.name, "", Format.HTML, markup.encode("utf-8", "replace"), web_address(url), "utf-8")
    return Listed(told.name, told, page)


def _count(source: Source) -> int | None:
    if isinstance(source, Pasted | Document | Record | Listed) or is_address(source):
        return 1
    if isinstance(source, DatedByText):
        return _count(source.source)
    path = source.path if isinstance(source, Upload) else _local(source)
    return count(path, name_of(source))


def is_address(source: Source) -> bool:
    """Whether the source is to be read from the web."""
    return isinstance(source, str) and _ADDRESS.match(source) is not None


def resolved_source(source: str) -> str:
    """An address, or a path as it was named on the command line, for opening it here."""
    return str(resolved(Path(source))) if remote() and not is_address(source) else source


def _local(source: str | Path) -> Path:
    return Path(os.path.expanduser(source))


def _from_web(url: str, web: Web) -> Iterator[Readable]:
    """The page, or the feeds of the site whose home page it is."""
    from ingest.feeds.listed import document_of, feeds_of_page, is_home, story_at

    get = partial(web.get, by_hand=True)
    try:
        page = get(url)
        document = document_of(url, page)
        feeds = feeds_of_page(document) if document.kind is Format.HTML and is_home(page.url) else []
        if not feeds:
            yield story_at(url, page, get)
        for feed in feeds:
            yield document_of(feed, web.get(feed))
    except RejectedDocument as reason:
        yield Rejection(url, str(reason))


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article, and what a report calls the document that it was in; `instead` says why it is the feed's own text."""

    name: str
    article: Article
    instead: str = ""


Taken = Extracted | Seen | Gone | Rejection


def articles(sources: Sequence[Source], web: Web, now: datetime) -> Generator[tuple[Place, Taken] | None, None, None]:
    """What every source holds, with its place in their order: fetched and extracted side by side, ahead of whoever
    stores it; see ingest.web.workers."""
    return side_by_side(
        Errand(_host(source), partial(_read, name_of(source), look_up(source, web), now)) for source in sources
    )


def documents_of(source: Source, web: Web) -> Iterator[Readable]:
    """Everything that the source holds, one after the other."""
    try:
        yield from read(source, web)
    except Exception as error:
        yield _fault(name_of(source), error)


def taken(found: Found, now: datetime) -> Taken:
    """What was found, and of a document the article that it holds; `now` is the moment of reading."""
    return found if isinstance(found, Seen | Gone) else _extracted(found, now)


def article_in(found: Readable, now: datetime) -> Article | Rejection:
    """The article, or why there is none; `now` is the moment of reading."""
    result = _extracted(found, now)
    return result.article if isinstance(result, Extracted) else result


def _extracted(found: Readable, now: datetime) -> Extracted | Rejection:
    if isinstance(found, Rejection):
        return found
    try:
        with stage("extract"):
            if isinstance(found, Listed):
                return Extracted(found.name, *extract_listed(found, now))
            return Extracted(found.name, extract(found, now))
    except RejectedDocument as reason:
        return Rejection(found.name, str(reason))
    except Exception as error:
        return _fault(found.name, error)


T = TypeVar("T")
R = TypeVar("R")
# Pages that wait to be compared with the others of their feed.
_MOST_HELD = 200
_LONG_WORD = re.compile(r"\w{4,}")


def taken_together(found: Iterable[tuple[T, Any]], take: Callable[[Any], R]) -> Iterator[tuple[T, R]]:
    """What `take` makes of each that one feed led to. Where several of its links end at one text that says nothing of
    what they are about, none of them is that text: the feed's own stands in. What could be one comes last."""
    held: dict[str, list[tuple[T, Listed, R]]] = defaultdict(list)
    for mark, each in found:
        result = take(each)
        if isinstance(each, Listed) and len(held) < _MOST_HELD and (text := _text_of_another(each, result)):
            held[text].append((mark, replace(each, page=None), result))
        else:
            yield mark, result
    for alike in held.values():
        wall = len({str(listed.told.fields.get("title")) for _, listed, _ in alike}) > 1
        reason = f"{len(alike)} links of the feed end at pages with the same text"
        for mark, listed, result in alike:
            yield mark, take(replace(listed, reason=reason)) if wall else result


def _text_of_another(listed: Listed, result: object) -> str:
    """The text of the page, if it has less than half of the longer words of the headline that the feed gives it."""
    if not isinstance(result, Extracted) or result.instead:
        return ""
    headline = set(_LONG_WORD.findall(str(listed.told.fields.get("title", "")).casefold()))
    page = f"{result.article.title}\n{result.article.text}".casefold()
    return squeezed(page) if 2 * sum(word in page for word in headline) < len(headline) else ""


def _host(source: Source) -> str:
    return host_of(name_of(source)) if is_address(source) else ""


def _read(
    name: str, looked_up: Iterable[Readable | Errand[Readable]], now: datetime
) -> Iterator[Taken | Errand[Taken]]:
    def take(found: Readable | Errand[Readable]) -> Taken | Errand[Taken]:
        if isinstance(found, Errand):
            return Errand(found.host, partial(_read, name, found.read(), now))
        return taken(found, now)

    try:
        for _, result in taken_together(((None, found) for found in looked_up), take):
            yield result
    except Exception as error:
        yield _fault(name, error)


def _fault(name: str, error: Exception) -> Rejection:
    """A fault of ours in one document, which must not cost the others."""
    logger.exception("%s could not be read", name)
    return Rejection(name, told(error))


def told(fault: Exception) -> str:
    """A fault of ours in one line, as a report and the state of a feed keep it."""
    return printable_line(f"{type(fault).__name__}: {fault}"[:300])
