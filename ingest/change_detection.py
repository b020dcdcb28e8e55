"""What an article that was just read is to the library: new, changed, the same, or what its outlet published before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from ingest.formats.fields import completed
from ingest.identity import article_id, canonical_url, file_id, host_name, story_id, web_address
from ingest.text import squeezed
from vectorstore.indexes.embedding import TokenLimit
from vectorstore.languages import resolved
from vectorstore.models import Article, Passage
from vectorstore.near_duplicates import shingles
from vectorstore.reports import Outcome, Row

_WORD = re.compile(r"\w{3,}")
# Two texts that share less of their runs of words are two stories; so are two rows of the same number.
_SAME_STORY = 0.05
_SAME_ROW = 0.3
# What a file calls its rows by, a bare number or a word and one: each other file has a row of that name too. Written
# in one word ("story-2", "b1") it is a key that its publisher chose.
_ROW_NUMBER = re.compile(r"(?:[^\W\d_]{1,12} )?\d{1,7}(?:\.0)?")


class Shelf(Protocol):
    """What ingest needs of a library."""

    @property
    def token_limit(self) -> TokenLimit:
        """How long its passages may be."""

    def find(self, article_id: str) -> Article | None:
        """The current version of the article."""

    def stated(self, article_id: str) -> Article | None:
        """The same as its publisher states it, whatever a reader has put right in it."""

    def twins(self, text: str) -> Sequence[Article]:
        """The articles whose current text is the same but for white space."""

    def latest_of(self, outlet: str, most: int) -> Sequence[Article]:
        """Of the outlet's articles those that came last."""

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

    stored = shelf.stated(article.id)
    if stored and _another_row(stored, article):
        article = replace(article, id=_by_what_it_says(article))
        stored = shelf.stated(article.id)
    if stored and _another_story(stored, article):
        article = _under_its_own_address(article, source)
        stored = shelf.stated(article.id)
    if stored is None:
        twin = next((each for each in shelf.twins(article.text) if not _elsewhere(each, article)), None)
        return (row(Outcome.DUPLICATE, twin.id) if twin else row(Outcome.ADDED)), article
    if article.summary_only and not stored.summary_only:
        return row(Outcome.UNCHANGED), stored  # a page that cannot be read today was read before
    same_words = _same_words(stored.text, article.text)
    if article.url:
        article = completed(article, stored if same_words else replace(stored, updated_at=None, corrections=()))
    if same_words and _statement(stored) == _statement(article):
        return row(Outcome.UNCHANGED), stored
    return row(Outcome.UPDATED), replace(article, version=stored.version + 1)


def _another_story(stored: Article, article: Article) -> bool:
    """Whether an address that names an article has another one on it now: some sites state one address for all their
    pages, and some put each day's story under the same one. No word of the headline is left, and hardly any run."""
    if article.id != article_id("", article.url, "") or article.summary_only or stored.summary_only:
        return False
    if set(_WORD.findall(stored.title.casefold())) & set(_WORD.findall(article.title.casefold())):
        return False
    return all(map(_has_runs, (stored, article))) and _in_common(stored, article) < _SAME_STORY


def _another_row(stored: Article, article: Article) -> bool:
    """Whether an article that is known by the number of its row is not the one that came under this number before."""
    if not _ROW_NUMBER.fullmatch(article.id):
        return False
    if stored.url and article.url:
        return canonical_url(stored.url) != canonical_url(article.url)
    if _elsewhere(stored, article):
        return True
    if squeezed(stored.title).casefold() == squeezed(article.title).casefold():
        days = {each.published_at.date() for each in (stored, article) if each.published_at}
        return len(days) > 1 and not _same_words(stored.text, article.text)
    return not _same_words(stored.text, article.text) and _in_common(stored, article) < _SAME_ROW


def _has_runs(article: Article) -> bool:
    return bool(len(shingles(article.text)))


def _by_what_it_says(article: Article) -> str:
    day = article.published_at.date() if article.published_at else ""
    said = file_id(f"{article.id}\n{article.outlet}\n{squeezed(article.title)}\n{day}")
    return article_id("", article.url, said)


def _in_common(one: Article, other: Article) -> float:
    """The share of the runs of words of the shorter text that the other has too; none in a text of a few words."""
    ours, theirs = (set(shingles(each.text).tolist()) for each in (one, other))
    return len(ours & theirs) / min(len(ours), len(theirs)) if ours and theirs else 0.0


def _under_its_own_address(article: Article, source: str) -> Article:
    """By where it was read, if that is on the same site, else by its headline as well."""
    same_site = web_address(source) and host_name(source) == host_name(article.url)
    if same_site and article_id("", source, "") != article.id:
        return replace(article, url=source, id=article_id("", source, ""))
    return replace(article, id=story_id(article.url, article.title))


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
    noted = tuple(squeezed(note.text) for note in article.corrections)
    stated = article.title, article.outlet, article.authors, address, article.published_at, language, noted
    return *stated, article.summary_only


def _same_words(one: str, other: str) -> bool:
    return one == other or squeezed(one) == squeezed(other)
