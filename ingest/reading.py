"""Sources to articles, as ingest and a look before it read them: what cannot be read never costs the rest."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from ingest.documents import Found, Gone, Readable, Rejection, Seen, Source
from ingest.pages.extract import extract
from ingest.sources import is_address, look_up, name_of, read
from ingest.web.workers import Errand, Place, host_of, side_by_side
from vectorstore.console.printable import printable_line
from vectorstore.errors import RejectedDocument
from vectorstore.models import Article

if TYPE_CHECKING:
    from ingest.web.politeness import Web

logger = logging.getLogger(__name__)


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
