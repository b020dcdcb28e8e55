"""Sources to articles: what they hold is fetched and extracted side by side, ahead of whoever stores it."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ingest.documents import Found, Gone, Rejection, Seen, Source
from ingest.extract import extract
from ingest.side_by_side import Errand, Place, host_of, side_by_side
from ingest.sources import is_address, look_up, name_of
from vectorstore.errors import RejectedDocument
from vectorstore.models import Article

if TYPE_CHECKING:
    from ingest.web import Web

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article, and what a report calls the document that it was in."""

    name: str
    article: Article


Taken = Extracted | Seen | Gone | Rejection


def articles(sources: Sequence[Source], web: Web) -> Generator[tuple[Place, Taken] | None, None, None]:
    """What every source holds, with its place in their order; see ingest.side_by_side."""
    return side_by_side(
        Errand(_host(source), partial(_read, name_of(source), look_up(source, web))) for source in sources
    )


def taken(found: Found) -> Taken:
    """What was found, and of a document the article that it holds."""
    if isinstance(found, Seen | Gone | Rejection):
        return found
    try:
        return Extracted(found.name, extract(found))
    except RejectedDocument as reason:
        return Rejection(found.name, str(reason))
    except Exception as error:
        return _fault(found.name, error)


def _host(source: Source) -> str:
    return host_of(name_of(source)) if is_address(source) else ""


def _read(name: str, looked_up: Iterable[Found | Errand[Found]]) -> Iterator[Taken | Errand[Taken]]:
    try:
        for found in looked_up:
            yield Errand(found.host, partial(_read, name, found.read())) if isinstance(found, Errand) else taken(found)
    except Exception as error:
        yield _fault(name, error)


def _fault(name: str, error: Exception) -> Rejection:
    """A fault of ours in one document, which must not cost the others."""
    logger.exception("%s could not be read", name)
    return Rejection(name, f"{type(error).__name__}: {error}")
