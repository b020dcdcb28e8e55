"""What the caller named, read one after the other into articles; what cannot be read never costs the rest."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.datelines import stated_day
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
from ingest.files import count, read_file, read_path
from ingest.formats.decoding import decode
from ingest.formats.lists import addresses_in, link_to
from ingest.identity import canonical_url
from ingest.pages.extract import extract
from ingest.text import tidy
from ingest.web.workers import Errand, Place, host_of, in_order, side_by_side
from vectorstore.console.printable import printable_line
from vectorstore.console.terminal import remote, resolved
from vectorstore.errors import RejectedDocument
from vectorstore.models import Article

if TYPE_CHECKING:
    from ingest.web.politeness import Web

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
    for found in _named(source, web):
        if isinstance(found, Document) and found.kind in LISTS:
            from ingest.feeds.listed import documents_in

            yield from documents_in(found, web)
        elif not isinstance(found, Link):
            yield found
        elif links.setdefault(canonical_url(found.url), found) is found:
            yield Errand(host_of(found.url), partial(_followed, found, web))


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
    elif isinstance(source, Document):
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
    return source.name if isinstance(source, Upload | Document) else str(source).strip()


def _count(source: Source) -> int | None:
    if isinstance(source, Pasted | Document) or is_address(source):
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
    from ingest.feeds.listed import document_of, feeds_of_page, is_home

    try:
        page = document_of(url, web.get(url, by_hand=True))
        feeds = feeds_of_page(page) if page.kind is Format.HTML and is_home(page.url) else []
        if not feeds:
            yield page
        for feed in feeds:
            yield document_of(feed, web.get(feed))
    except RejectedDocument as reason:
        yield Rejection(url, str(reason))


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article, and what a report calls the document that it was in."""

    name: str
    article: Article


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
    if isinstance(found, Seen | Gone):
        return found
    article = article_in(found, now)
    return article if isinstance(article, Rejection) else Extracted(found.name, article)


def article_in(found: Readable, now: datetime) -> Article | Rejection:
    """The article, or why there is none; `now` is the moment of reading."""
    if isinstance(found, Rejection):
        return found
    try:
        return extract(found, now)
    except RejectedDocument as reason:
        return Rejection(found.name, str(reason))
    except Exception as error:
        return _fault(found.name, error)


def _host(source: Source) -> str:
    return host_of(name_of(source)) if is_address(source) else ""


def _read(
    name: str, looked_up: Iterable[Readable | Errand[Readable]], now: datetime
) -> Iterator[Taken | Errand[Taken]]:
    try:
        for found in looked_up:
            if isinstance(found, Errand):
                yield Errand(found.host, partial(_read, name, found.read(), now))
            else:
                yield taken(found, now)
    except Exception as error:
        yield _fault(name, error)


def _fault(name: str, error: Exception) -> Rejection:
    """A fault of ours in one document, which must not cost the others."""
    logger.exception("%s could not be read", name)
    return Rejection(name, told(error))


def told(fault: Exception) -> str:
    """A fault of ours in one line, as a report and the state of a feed keep it."""
    return printable_line(f"{type(fault).__name__}: {fault}"[:300])
