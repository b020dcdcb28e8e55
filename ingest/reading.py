"""Sources to articles, as ingest and a look before it read them: what cannot be read never costs the rest."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from ingest.documents import Readable, Rejection, Source
from ingest.extract import extract
from ingest.sources import name_of, read
from vectorstore.errors import RejectedDocument
from vectorstore.models import Article

if TYPE_CHECKING:
    from ingest.web import Web

logger = logging.getLogger(__name__)


def documents_of(source: Source, web: Web) -> Iterator[Readable]:
    """Everything that the source holds, one after the other."""
    try:
        yield from read(source, web)
    except Exception as error:
        yield _fault(name_of(source), error)


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


def _fault(name: str, error: Exception) -> Rejection:
    """A fault of ours in one document."""
    logger.exception("%s could not be read", name)
    return Rejection(name, f"{type(error).__name__}: {error}")
