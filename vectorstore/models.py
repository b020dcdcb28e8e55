"""What the library holds and returns. All times are timezone-aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


Matrix: TypeAlias = "NDArray[np.float32]"
"""Vectors of length 1, one a row; or one such vector."""


class Correction(NamedTuple):
    """What the publisher has put right in an article, or says of it; `date` is None where the note names no day."""

    date: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One news article as its publisher states it.

    A date is the publisher's or None, never the time of fetching; a date without a time is its midnight UTC.
    `version` starts at 1 and grows by one each time the publisher's text or headline changes.
    `ingested_at` is None until the library has stored the article. `summary_only` says that the text is what a feed had
    of the article, since its page could not be read. `gone_at` is when the page was found to be there no more.
    `corrections` are those that the publisher has added; each stands in the text too.
    """

    id: str
    text: str
    title: str = ""
    outlet: str = ""
    authors: tuple[str, ...] = ()
    url: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    ingested_at: datetime | None = None
    language: str = ""
    version: int = 1
    summary_only: bool = False
    gone_at: datetime | None = None
    corrections: tuple[Correction, ...] = ()

    @property
    def day(self) -> date | None:
        """When it was published, UTC."""
        return self.published_at and self.published_at.date()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article, and always `article.text[start:end] == passage.text`."""

    id: str
    article_id: str
    version: int
    position: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Copy:
    """An article that is the same story as another one, word for word or nearly so."""

    id: str
    outlet: str
    url: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. A higher score is better; scores compare within one search only.

    `copies` are the other articles of the same story, the earliest first. A `passage` that spans two neighbours which
    were both found has the id of the one with the higher score; `parts` are the two, that one first, each with its
    own score.
    """

    passage: Passage
    article: Article
    score: float
    copies: tuple[Copy, ...] = ()
    parts: tuple[tuple[Passage, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles a search looks at: published from `since` until `until`, both included, by one of `outlets`, in
    one of `languages`, and none whose id is in `without`. With `articles` only these, with `collections` only those in
    one of them, with `tags` only those that have one of them, and `marked` only those in which the reader has marked
    words.

    What is None or empty keeps nothing out, but for `articles`, of which none may be left. An article of unknown date
    is within only when `since` is None.
    """

    since: datetime | None = None
    until: datetime | None = None
    outlets: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    articles: tuple[str, ...] | None = None
    tags: tuple[str, ...] = ()
    marked: bool = False
    collections: tuple[str, ...] = ()


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that one of the two searches found, before anything heavier is loaded.

    `position` counts the article's passages from 0. `keyword` is BM25 (0 when no word of the query stands in it, else
    positive, unbounded); `similarity` is the cosine between query and passage, -1 to 1. Copies of one another have the
    same `story`.
    """

    passage_id: str
    article_id: str
    position: int
    outlet: str
    published_at: datetime | None
    keyword: float
    similarity: float
    story: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the library's table: an article without its text. `words` counts those of the text, where it was read
    for that."""

    id: str
    title: str
    outlet: str
    url: str
    published_at: datetime | None
    ingested_at: datetime
    version: int
    passages: int
    summary_only: bool = False
    gone_at: datetime | None = None
    language: str = ""
    words: int = 0


def heading(article: Article) -> str:
    """`Headline (Outlet, 3 July 2022)`: indexed and embedded with each passage, and read by the model."""
    day = article.published_at and f"{article.published_at.day} {article.published_at:%B %Y}"
    origin = ", ".join(part for part in (article.outlet, day) if part)
    return f"{article.title} ({origin})".strip() if origin else article.title


def titled(article: Article) -> str:
    """The heading with the byline, `Headline (Outlet, 3 July 2022) by Ana Lind`: whose words the article's are."""
    return f"{heading(article)} by {' and '.join(article.authors)}" if article.authors else heading(article)


class PassageRow(NamedTuple):
    """A passage as an index of words takes it; `key` is that of the catalogue's row."""

    key: int
    passage: Passage
    article: Article
