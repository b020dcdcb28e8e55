"""How a file or a page is written, before it is read."""

from __future__ import annotations

import re

from ingest.documents import Format
from vectorstore.errors import RejectedDocument

BY_SUFFIX = {
    **{".txt": Format.TEXT, ".md": Format.MARKDOWN, ".html": Format.HTML, ".htm": Format.HTML},
    **{".pdf": Format.PDF, ".eml": Format.LETTER},
    **{
        ".xml": Format.FEED,
        ".rss": Format.FEED,
        ".atom": Format.FEED,
        ".rdf": Format.FEED,
        ".opml": Format.OPML,
    },
}
_BY_CONTENT_TYPE = {
    "text/html": Format.HTML,
    "application/xhtml+xml": Format.HTML,
    "text/markdown": Format.MARKDOWN,
    "text/x-markdown": Format.MARKDOWN,
    "text/plain": Format.TEXT,
    "message/rfc822": Format.LETTER,
    "application/rss+xml": Format.FEED,
    "application/atom+xml": Format.FEED,
    "application/feed+json": Format.FEED,
    "": Format.TEXT,
}
_BY_ROOT = {
    **dict.fromkeys((b"rss", b"feed", b"rdf", b"channel"), Format.FEED),
    **dict.fromkeys((b"urlset", b"sitemapindex"), Format.SITEMAP),
    b"opml": Format.OPML,
}
_JSON_FEED = re.compile(rb"\"version\"\s*:\s*\"https?:\\?/\\?/jsonfeed\.org\\?/version\\?/")
_HEAD = 16 * 1024
_PROLOGUE = re.compile(rb"<!--(?:(?!-->).)*-->|<\?[^>]*>|<!(?:[^<>\[]|\[[^\]]*\])*>", re.S)
_ROOT = re.compile(rb"(?:\xef\xbb\xbf|\xfe\xff|\xff\xfe)?\s*<(?:[\w.-]+:)?(\w+)[\s/>]")
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)


def kind_of_bytes(content: bytes) -> Format | None:
    """By the first bytes alone; None where they don't tell."""
    if b"%PDF-" in content[:1024]:
        return Format.PDF
    head = content[:_HEAD].replace(b"\0", b"")  # so that UTF-16 reads like ASCII
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):  # whose names come in any order
        return Format.FEED if _JSON_FEED.search(content) else None
    if _HTML.match(head[:4096]):
        return Format.HTML
    root = _ROOT.match(_PROLOGUE.sub(b"", head)) if b"<" in head[:100] else None
    return _BY_ROOT.get(root[1].lower()) if root else None


def kind_of_page(url: str, content_type: str, content: bytes) -> Format:
    """By its first bytes, and only then by what the server says. Raises RejectedDocument for what is no page."""
    if told := kind_of_bytes(content):
        return told
    kind = _BY_CONTENT_TYPE.get(content_type)
    if kind is None:
        raise RejectedDocument(
            f"is {ascii(content_type[:80])}, not a page of text; give the address of the article itself"
        )
    # Sites that serve raw files call Markdown plain text.
    return Format.MARKDOWN if kind is Format.TEXT and url.lower().endswith(".md") else kind
