"""Files that are nothing but addresses of articles: one a line, bookmarks of a browser, exports of a reading list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.documents import Link, Record
from ingest.formats.sniffing import decode
from ingest.identity import web_address
from ingest.text import one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LISTED = re.compile(
    r"(?:(?P<before>[^\t]{1,300})\t)?(?:[-*+•]|\d+[.)])?\s*(?:\[[ xX]\]\s*)?"
    r"(?:\[(?P<title>[^\[\]]*)\]\(|(?P<name>(?!https?:)[^\t\[\]]{1,150}?)\s+(?:[-–—|:]\s+)?)?"
    r"<?(?P<url>https?://[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)?)>?\)?(?:\t(?P<after>.*)|\s+[-–—|(#].{0,150})?"
)
# Elements that a list of links is made of; a page of news has others.
_PLAIN = set("html head meta title body h1 h2 h3 h4 h5 h6 p ul ol li dl dt dd a hr br div span font b strong".split())
_HEADING = set("title h1 h2 h3 h4 h5 h6".split())
# Characters that a list may have beside its links: a date, a number, a tag.
_MOST_BESIDE = 24
_LARGEST_LIST = 5_000_000
_BOOKMARKS = re.compile(rb"netscape-bookmark-file", re.IGNORECASE)
_OF_A_PAGE = re.compile(rb"<(?:script|style|img|article)\b", re.IGNORECASE)


def addresses_in(text: str) -> list[tuple[str, str]]:
    """Each address with its title or "", of a text of which every line is one; else nothing.

    A line that begins with "#" is a comment. A single line that ends with an address is a sentence.
    """
    found: list[tuple[str, str]] = []
    alone = True
    for line in text.splitlines():
        line = line.strip().lstrip("\ufeff")
        if not line or line.startswith("#"):
            continue
        match = _LISTED.fullmatch(line[:4000])
        if match is None or not web_address(match["url"]):
            return []
        alone = not found and match["name"] is not None
        names = map(match.group, ("title", "before", "name", "after"))
        found.append((match["url"], one_line(next(filter(None, names), ""))))
    return [] if alone else found


def is_list_of_links(content: bytes) -> bool:
    """Whether it is worth reading as such: what has a script or an article in it is a page."""
    if _BOOKMARKS.search(content[:2000]):
        return True
    return len(content) < _LARGEST_LIST and b"<a " in content.lower() and not _OF_A_PAGE.search(content)


def links_in(content: bytes) -> list[tuple[str, str]]:
    """Each address with its title, of a page that holds nothing but links to other sites; else nothing."""
    from lxml import html

    from ingest.formats.markup import without_nulls

    tree = html.document_fromstring(without_nulls(decode(content)))
    bookmarks = _BOOKMARKS.search(content[:2000])
    links = [(each.get("href") or "", one_line(each.text_content())) for each in tree.iter("a")]
    if not bookmarks and (_has_more(tree) or not all(web_address(url) for url, _ in links)):
        return []
    return [(url, title) for url, title in links if web_address(url)]


def _has_more(tree: HtmlElement) -> bool:
    """Whether there is anything on the page besides headings and links."""
    for element in tree.iter("*"):
        if element.tag not in _PLAIN:
            return True
        own = [each.tail for each in element]
        own += [] if element.tag in _HEADING or element.tag == "a" else [element.text]
        if any(len(one_line(text or "")) > _MOST_BESIDE for text in own):
            return True
    return False


def link_to(url: str, title: str, identity: str) -> Link:
    """The page at an address of a list, known by the list's title for it where it has none of its own."""
    return Link(url, Record(url, identity, {"title": "" if web_address(title) else title, "url": url}))
