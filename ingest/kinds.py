"""How a file or a page is written, before it is read."""

from __future__ import annotations

import re

from ingest.documents import Kind
from vectorstore.errors import RejectedDocument

BY_SUFFIX = {".txt": Kind.TEXT, ".md": Kind.MARKDOWN, ".html": Kind.HTML, ".htm": Kind.HTML}
_BY_CONTENT_TYPE = {
    "text/html": Kind.HTML,
    "application/xhtml+xml": Kind.HTML,
    "text/markdown": Kind.MARKDOWN,
    "text/x-markdown": Kind.MARKDOWN,
    "text/plain": Kind.TEXT,
    "": Kind.TEXT,
}
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)


def kind_of_page(url: str, content_type: str, content: bytes) -> Kind:
    """By its first bytes, and only then by what the server says. Raises RejectedDocument for what is no page."""
    if _HTML.match(content[:4096]):
        return Kind.HTML
    kind = _BY_CONTENT_TYPE.get(content_type)
    if kind is None:
        raise RejectedDocument(f"is {content_type}, not a page of text; give the address of the article itself")
    # Sites that serve raw files call Markdown plain text.
    return Kind.MARKDOWN if kind is Kind.TEXT and url.lower().endswith(".md") else kind
