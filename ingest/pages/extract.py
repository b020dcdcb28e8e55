"""A document to an Article. Nothing here touches the network, the clock or the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from ingest.dates import past
from ingest.documents import Document, Format, Listed, Record
from ingest.formats.fields import completed, described, stated
from ingest.formats.sandbox import bounded
from ingest.formats.sniffing import decode
from ingest.identity import article_id, file_id, host_name, pasted_id
from ingest.text import headline_of, word_count
from vectorstore.errors import RejectedDocument
from vectorstore.models import Article

# A page with less than this share of what the feed itself has of the article is a teaser.
_TEASER = 0.5
# Characters of Markdown that no trick makes slow to read.
_SHORT = 50_000


def extract(document: Document | Record | Listed, now: datetime) -> Article:
    """The article as its publisher states it: version 1, `ingested_at` unset.

    What has no headline gets its first sentence for one, and what has only an address the name of its host for an
    outlet. `now` is the moment of reading: a date that lies ahead of it by more than a day is unknown. Raises
    RejectedDocument with the reason when there is no article.
    """
    if isinstance(document, Listed):
        return extract_listed(document, now)[0]
    if isinstance(document, Record):
        article = stated(document.fields)
        fallback = _row_id(document.identity, article)
    else:
        article = stated(_read(document))
        fallback = file_id(document.identity) if document.identity else pasted_id(article.text)
    return replace(
        _dated(article, now),
        id=article_id(article.id, article.url, fallback),
        title=article.title or headline_of(article.text, article.language),
        outlet=article.outlet or host_name(article.url),
    )


def head(page: Document, now: datetime) -> Article:
    """What an HTML page states besides its text, also one that holds no article."""
    from ingest.pages.html import read_head

    return _dated(described(read_head(page.content, page.url, page.charset)), now)


def _dated(article: Article, now: datetime) -> Article:
    return replace(article, published_at=past(article.published_at, now), updated_at=past(article.updated_at, now))


def extract_listed(listed: Listed, now: datetime) -> tuple[Article, str]:
    """The page's article, with what only the feed states; or, with the reason, the feed's own text where the page has
    less of it."""
    told, told_why = _attempt(listed.told, now)
    read, read_why = _attempt(listed.page, now)
    why = listed.reason or read_why
    if read and not (told and word_count(read.text) < word_count(told.text) * _TEASER):
        article, why = completed(read, _dated(stated({**listed.told.fields, "text": read.text}), now)), ""
    elif told:
        article, why = replace(told, summary_only=True), why or "its page holds less of it than the feed"
    else:
        raise RejectedDocument(why or told_why)
    return replace(article, id=listed.known_as or article.id), why


def _attempt(document: Document | Record | None, now: datetime) -> tuple[Article | None, str]:
    try:
        return (extract(document, now) if document else None), ""
    except RejectedDocument as reason:
        return None, str(reason)


def _read(document: Document) -> Mapping[str, object]:
    if document.kind in _READERS:
        return {"url": document.url, **_READERS[document.kind](document)}
    text = decode(document.content, document.charset)
    if document.kind is Format.MARKDOWN:
        fields = _markdown(text)
        # What was read from an address is known by it: a page cannot pass itself off as another article.
        return {**fields, "id": None, "url": document.url} if document.url else fields
    return {"url": document.url, "text": text, "published_at": document.published_at}


def _page(document: Document) -> Mapping[str, object]:
    from ingest.pages.html import read_page

    first = bounded(read_page, document.content, document.url, document.charset)
    rest = []
    for page in document.further:
        with suppress(RejectedDocument):  # the last one may hold a picture and a line
            rest.append(bounded(read_page, page.content, page.url, page.charset))
    return join_pages(first, rest)


def _markdown(text: str) -> Mapping[str, object]:
    """What is short is read at once; a megabyte of nothing but stars keeps the parser busy for ten seconds."""
    from ingest.formats.markdown import read_markdown

    return read_markdown(text) if len(text) < _SHORT else bounded(read_markdown, text)


def _pdf(document: Document) -> Mapping[str, object]:
    from ingest.formats.pdf import read_pdf

    return bounded(read_pdf, document.content)


def _letter(document: Document) -> Mapping[str, object]:
    from ingest.formats.letters import read_letter

    return bounded(read_letter, document.content)


_READERS = {Format.HTML: _page, Format.PDF: _pdf, Format.LETTER: _letter}


def _row_id(identity: str, article: Article) -> str:
    """A row without id or address is known by its headline and day, so that a corrected text is still the same."""
    if not identity:
        return pasted_id(article.text)
    day = article.published_at.date().isoformat() if article.published_at else ""
    known_by = f"{article.title}\n{day}" if article.title else pasted_id(article.text)
    return file_id(f"{identity}\n{known_by}")


Fields = Mapping[str, object]


def join_pages(first: Fields, rest: Sequence[Fields]) -> dict[str, object]:
    """What the first page states, with the text and the corrections of all. A paragraph that several pages repeat
    stands where it came first."""
    text = str(first.get("text", ""))
    for page in rest:
        known = {"", *(line.strip() for line in text.split("\n"))}
        fresh = [line for line in str(page.get("text", "")).split("\n") if line.strip() not in known]
        text = "\n".join([text, *fresh])
    corrections = [each for page in (first, *rest) for each in _listed(page.get("corrections"))]
    return {**first, "text": text, "corrections": corrections}


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []
