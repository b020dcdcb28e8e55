"""A look at what would be taken of a source, without taking it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, TYPE_CHECKING

from ingest.dates import past, stated_day
from ingest.documents import LARGEST_DOCUMENT, Document, Format, Listed, Readable, Rejection, Source
from ingest.formats.sniffing import kind_of_bytes
from ingest.pages.extract import head
from ingest.sources import article_in, documents_of
from vectorstore.errors import RejectedDocument
from vectorstore.models import Article

if TYPE_CHECKING:
    from ingest.web.politeness import Web


@dataclass(frozen=True, slots=True)
class Look:
    """The article that ingest would take of one document.

    With a `reason` it would be rejected, and the article is what its page states all the same: without text or id, and
    with nothing at all where that cannot be told. `proposed_at` is the day that a text without a date states at its
    head, which is not taken unless somebody says so.
    """

    source: str
    article: Article
    reason: str = ""
    proposed_at: datetime | None = None


def look(source: Source, web: Web, now: datetime, url: str = "") -> Iterator[Look]:
    """Every document of the source, read as ingest reads it, one after the other.

    `now` is the moment of reading; `url` is the address that a page in a file came from.
    """
    for found in documents_of(source, web):
        if url and isinstance(found, Document):
            found = replace(found, url=url)
        article = article_in(found, now)
        if isinstance(article, Rejection):
            yield Look(found.name, _stated(found, now), article.reason)
        else:
            yield Look(found.name, article, proposed_at=_proposed(found, article, now))


def _proposed(found: Readable, article: Article, now: datetime) -> datetime | None:
    is_text = isinstance(found, Document) and found.kind is Format.TEXT
    return past(stated_day(article.text), now) if is_text and not article.published_at else None


def piped(stream: IO[bytes]) -> Document:
    """What comes through a pipe: a page, unless its first bytes say otherwise. Raises RejectedDocument."""
    content = stream.read(LARGEST_DOCUMENT + 1)
    if len(content) > LARGEST_DOCUMENT:
        raise RejectedDocument("Standard input holds more than 10 MB, which no article has; give one page.")
    return Document("standard input", "", kind_of_bytes(content) or Format.HTML, content)


def _stated(found: Readable, now: datetime) -> Article:
    page = found.page if isinstance(found, Listed) else found
    if isinstance(page, Document) and page.kind is Format.HTML:
        with suppress(Exception):  # it has been told as the reason
            return head(page, now)
    return Article(id="", text="")
