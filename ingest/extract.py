"""A document to an Article. Nothing here touches the network, the clock or the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ingest.decode import decode
from ingest.documents import Document, Kind, Record
from ingest.fields import stated
from ingest.identity import article_id, file_id, host_name, pasted_id
from ingest.text import headline_of
from vectorstore.models import Article


def extract(document: Document | Record) -> Article:
    """The article as its publisher states it: version 1, `ingested_at` unset.

    What has no headline gets its first sentence for one, and what has only an address the name of its host for an
    outlet. Raises RejectedDocument with the reason when there is no article.
    """
    if isinstance(document, Record):
        article = stated(document.fields)
        fallback = _row_id(document.identity, article)
    else:
        article = stated(_read(document))
        fallback = file_id(document.identity) if document.identity else pasted_id(article.text)
    return replace(
        article,
        id=article_id(article.id, article.url, fallback),
        title=article.title or headline_of(article.text),
        outlet=article.outlet or host_name(article.url),
    )


def _read(document: Document) -> Mapping[str, object]:
    if document.kind is Kind.HTML:
        from ingest.page import read_page

        return read_page(document.content, document.url, document.charset)
    text = decode(document.content, document.charset)
    if document.kind is Kind.MARKDOWN:
        from ingest.markdown import read_markdown

        fields = read_markdown(text)
        # What was read from an address is known by it: a page cannot pass itself off as another article.
        return {**fields, "id": None, "url": document.url} if document.url else fields
    return {"url": document.url, "text": text}


def _row_id(identity: str, article: Article) -> str:
    """A row without id or address is known by its headline and day, so that a corrected text is still the same."""
    if not identity:
        return pasted_id(article.text)
    day = article.published_at.date().isoformat() if article.published_at else ""
    known_by = f"{article.title}\n{day}" if article.title else pasted_id(article.text)
    return file_id(f"{identity}\n{known_by}")
