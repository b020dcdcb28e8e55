"""How articles get in: sources -> documents -> articles -> passages -> the library, with a report of what happened.

Knows the library it fills, and nothing of questions or screens. Parsers and HTTP are loaded when first used.
"""

from __future__ import annotations

from vectorstore.models import Article


def extract_article(content: bytes, url: str) -> Article:
    """The article that an HTML page holds; `url` is the address that the page was read from, or "".

    Raises RejectedDocument with the reason when the page holds none.
    """
    from datetime import UTC, datetime

    from ingest.documents import Document, Format
    from ingest.pages.extract import extract

    page = Document(name=url or "page", identity=url, kind=Format.HTML, content=content, url=url)
    return extract(page, datetime.now(UTC))
