"""Where a page, or an address itself, sends who reads it."""

from __future__ import annotations

import base64
import re
from urllib.parse import parse_qs, urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement, document_fromstring

from ingest.identity import web_address

# Pages that only send on are short, and a page with a story says so in its head.
_HEAD = 64 * 1024
_MENTIONED = re.compile(rb"http-equiv\s*=\s*(?:[\"']\s*)?refresh", re.IGNORECASE)
_REFRESH = re.compile(r"\s*(\d{0,6})(?:\.[\d.]*)?\s*(?:[;,]\s*|\s|$)(?:url\s*=\s*)?(.*)", re.IGNORECASE | re.DOTALL)
# A page that is loaded anew after a minute is a ticker, and what has so many words can be read where it stands.
_SOON = 10
_FEWEST_WORDS = 25
_UNSEEN = " or ".join(f"ancestor::{name}" for name in ("title", "script", "style", "template", "noscript"))
_SEEN = f"//text()[not({_UNSEEN})]"

_CONSENT = re.compile(r"consent", re.IGNORECASE)
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_GOOGLE_STORY = re.compile(r"/(?:rss/)?(?:articles|read)/|/__i/rss/rd/articles/")
_OF_GOOGLE = re.compile(r"(?:^|\.)google\.[a-z]{2,3}(?:\.[a-z]{2})?$")
# Of the addresses in what Google News calls an article, the first is that of its page.
_ENCODED = re.compile(rb"https?://[\x21-\x7e]+")
_LONGEST = 2000


def refreshed_to(content: bytes, content_type: str, header: str = "") -> str | None:
    """The address, "" for its own, that the page or its Refresh header has its reader go to at once; else None.

    Readers without scripts are sent on by many pages that they could read all the same: what only they are told counts
    on a page that holds nothing else.
    """
    if header and (target := _target(header, soon=True)) is not None:
        return target
    head = content[:_HEAD]
    if content_type not in ("text/html", "application/xhtml+xml", "") or not _MENTIONED.search(head):
        return None
    try:
        tree = document_fromstring(head)
    except (etree.LxmlError, ValueError):
        return None
    empty = len(content) <= _HEAD and _words(tree) < _FEWEST_WORDS
    for tag in tree.iter("meta"):
        if tag.get("http-equiv", "").strip().lower() == "refresh" and (empty or not _for_few(tag)):
            target = _target(tag.get("content", ""), soon=not empty)
            return None if target is None else _from_base(tree, target)
    return None


def _target(stated: str, soon: bool) -> str | None:
    found = _REFRESH.match(stated)
    if not found or not (found[1] or found[2]) or (soon and int(found[1] or 0) > _SOON):
        return None
    target = found[2].strip()
    quote = target[:1]
    return target[1:].partition(quote)[0].strip() if quote and quote in "\"'" else target


def _for_few(tag: HtmlElement) -> bool:
    return any(each.tag in ("noscript", "template") for each in tag.iterancestors())


def _from_base(tree: HtmlElement, target: str) -> str:
    base = next((each.get("href", "") for each in tree.iter("base")), "")
    try:
        return urljoin(base, target) if base and target else target
    except ValueError:
        return target


def _words(tree: HtmlElement) -> int:
    return sum(len(text.split()) for text in tree.xpath(_SEEN))


def named_target(url: str) -> str:
    """The address of the page that this one says it leads to, where no request is needed to know it; else ""."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    host = (parts.hostname or "").lower()
    if host == "news.google.com":
        return _encoded(parts.path)
    if _GOOGLE.fullmatch(host) and parts.path == "/url":
        return _named(parts.query, "url", "q")
    asks_for_consent = any(_CONSENT.fullmatch(each) for each in (host.partition(".")[0], *parts.path.split("/")))
    return _named(parts.query, "continue") if asks_for_consent else ""


def kept_by_google(asked: str, ended: str) -> bool:
    """Whether an address of Google News, of the form that names no page, has ended at a page of Google's own."""
    try:
        parts, end = urlsplit(asked), urlsplit(ended).hostname or ""
    except ValueError:
        return False
    story = parts.hostname == "news.google.com" and _GOOGLE_STORY.match(parts.path)
    return bool(story and _OF_GOOGLE.search(end))


def _named(query: str, *names: str) -> str:
    given = parse_qs(query, max_num_fields=100) if len(query) < 2 * _LONGEST else {}
    return next((address for name in names for address in map(web_address, given.get(name, ())) if address), "")


def _encoded(path: str) -> str:
    """Of the older form, which holds the address; the newer one holds a number that only Google can look up."""
    kind, _, name = path.rpartition("/")
    if not kind.endswith("articles") or len(name) > _LONGEST:
        return ""
    try:
        held = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4))
    except ValueError:
        return ""
    found = _ENCODED.search(held)
    return web_address(found[0].decode()) if found else ""
