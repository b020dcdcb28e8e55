"""What an article that was just read is to the library: new, changed, the same, or what its outlet published before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from ingest.formats.fields import completed
from ingest.identity import canonical_url, host_name
from ingest.text import squeezed
from vectorstore.indexes.embedding import TokenLimit
from vectorstore.languages import resolved
from vectorstore.models import Article, Passage
from vectorstore.reports import Outcome, Row


class Shelf(Protocol):
    """What ingest needs of a library."""

    @property
    def token_limit(self) -> TokenLimit:
        """How long its passages may be."""

    def find(self, article_id: str) -> Article | None:
        """The current version of the article."""

    def twins(self, text: str) -> Sequence[Article]:
        """The articles whose current text is the same but for white space."""

    def arrived_since(self, moment: datetime) -> int:
        """How many articles came in after it."""

    def mark_gone(self, article_id: str, gone_at: datetime | None) -> None:
        """Notes that the article's page is there no more, or with None that it is there again."""

    def store(self, batch: Sequence[tuple[Article, Sequence[Passage]]]) -> None:
        """Stores all of the batch or, raising, nothing of it: from then on it is found. Earlier versions are kept."""


def recognise(source: str, article: Article, shelf: Shelf) -> tuple[Row, Article]:
    """The row that the report will hold, and the article with the version it is to be stored under.

    Of an article with an address, each reading knows something else (its page, a feed, an archive): what this one
    does not state stays as it was. A file is all that there is of its article, and can also take something back.
    """

    def row(outcome: Outcome, duplicate_of: str = "") -> Row:
        return Row(source, outcome, article.id, article.title, duplicate_of=duplicate_of)

    stored = shelf.find(article.id)
    if stored is None:
        twin = next((each for each in shelf.twins(article.text) if not _elsewhere(each, article)), None)
        return (row(Outcome.DUPLICATE, twin.id) if twin else row(Outcome.ADDED)), article
    if article.summary_only and not stored.summary_only:
        return row(Outcome.UNCHANGED), stored  # a page that cannot be read today was read before
    same_words = _same_words(stored.text, article.text)
    if article.url:
        article = completed(article, stored if same_words else replace(stored, updated_at=None))
    if same_words and _statement(stored) == _statement(article):
        return row(Outcome.UNCHANGED), stored
    return row(Outcome.UPDATED), replace(article, version=stored.version + 1)


def _elsewhere(one: Article, other: Article) -> bool:
    """Whether two articles are known to be of different outlets: what one outlet publishes twice is a duplicate, what
    two of them publish is two articles."""
    hosts = host_name(one.url), host_name(other.url)
    names = one.outlet.casefold(), other.outlet.casefold()
    apart = hosts[0] != hosts[1] if all(hosts) else all(names)
    return apart and names[0] != names[1]


def _statement(article: Article) -> tuple[object, ...]:
    """All that a publisher states besides the text. How an address was reached is no part of it, nor is the time of an
    update: some sites stamp every page anew each time it is read."""
    address = canonical_url(article.url) if article.url else ""
    language = resolved(article.language, article.text)  # which is what the library keeps
    stated = article.title, article.outlet, article.authors, address, article.published_at, language
    return *stated, article.summary_only


def _same_words(one: str, other: str) -> bool:
    return one == other or squeezed(one) == squeezed(other)
