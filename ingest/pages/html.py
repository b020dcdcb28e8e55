"""An HTML page to the fields of its article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement
from trafilatura import load_html
from trafilatura.metadata import extract_metadata

from ingest.dates import parse_date
from ingest.formats.decoding import decode
from ingest.formats.limits import tame
from ingest.identity import host_name, web_address
from ingest.pages.body import body_text
from ingest.pages.headline import headline, names
from ingest.pages.metadata import (
    AUTHOR,
    LANGUAGE,
    OUTLET,
    PUBLISHED,
    TITLE,
    UPDATED,
    Stated,
    every,
    first,
    read_statement,
    read_tags,
)
from ingest.text import one_line, word_count
from vectorstore.errors import RejectedDocument

_FEWEST_WORDS = 25
_FEWEST_FOR_SUBSCRIBERS = 150
_LONGEST_HEADLINE = 500
_DECLARED = re.compile(
    rb"""<(?:meta[^>]{1,200}charset|\?xml[^>]{1,100}encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE
)
# Without the extensive search, which also takes dates from the text of the story and from footers.
_DATES = {"original_date": True, "extensive_search": False, "outputformat": "%Y-%m-%dT%H:%M:%S%z"}
_MOST_MARKED_TIMES = 20
_FIRST_YEAR = 1900
_TWIN_HOSTS = re.compile(r"^(?:m|amp|mobile)\.")


def read_page(content: bytes, url: str, charset: str) -> dict[str, object]:
    """The fields of the article on a page that was read from `url` ("" for a file).

    Raises RejectedDocument when the page has too little text to be an article.
    """
    tree = _tree(content, charset)
    story = read_statement(tree, _headings(tree))
    fields = _head(tree, story, url)
    text = body_text(tree, str(fields["title"]), story.body)
    _refuse_teaser(word_count(text), story)
    return {**fields, "text": text}


def read_head(content: bytes, url: str, charset: str = "") -> dict[str, object]:
    """All fields but the text, also those of a page that has too little of it."""
    tree = _tree(content, charset)
    return _head(tree, read_statement(tree, _headings(tree)), url)


def _tree(content: bytes, charset: str) -> HtmlElement:
    declared = _DECLARED.search(content[:4096])
    text = decode(content, charset or (declared[1].decode() if declared else ""))
    tree = load_html(text)
    if tree is None and "<" in text:  # a part of a page, as some servers hand it out
        tree = load_html(f"<html><body>{text}</body></html>")
    if tree is None:
        raise RejectedDocument("is no HTML page that can be read")
    tame(tree)
    return tree


def _headings(tree: HtmlElement) -> list[str]:
    return [*_texts(tree, "h1"), *_texts(tree, "title")]


def _texts(tree: HtmlElement, tag: str) -> list[str]:
    # The title of a drawing is none of the page.
    elements = (each for each in tree.iter(tag) if next(each.iterancestors("svg"), None) is None)
    texts = (one_line(each.text_content()) for each in elements)
    return [text for text in texts if 0 < len(text) <= _LONGEST_HEADLINE]


def _head(tree: HtmlElement, story: Stated, url: str) -> dict[str, object]:
    """Each field from the first that states it: schema.org, the meta tags, the page itself as trafilatura reads it."""
    tags = read_tags(tree)
    guess = extract_metadata(tree, url or None, _DATES, extensive=False)
    outlet = _outlet(story.outlet, first(tags, OUTLET), guess.sitename)
    published = story.published_at, first(tags, PUBLISHED), *_marked_times(tree)
    updated_at = _date([story.updated_at, first(tags, UPDATED)])
    canonical = (_link(tree, "canonical"), first(tags, ["og.url"]), story.url)
    bylines = story.authors, every(tags, AUTHOR), [guess.author or ""]
    return {
        "title": _title(tree, [story.headline, first(tags, TITLE)], [_site_name(url), story.outlet]) or guess.title,
        "outlet": outlet,
        "authors": next(filter(None, (names(each, outlet) for each in bylines)), []),
        # Of the publisher's dates, the last resort also takes that of an update: that alone says nothing.
        "published_at": _date([*published, None if _date([guess.date]) == updated_at else guess.date]),
        "updated_at": updated_at,
        "url": _address(url, next(filter(None, canonical), "")),
        "language": story.language or tree.get("lang") or first(tags, LANGUAGE),
    }


def _title(tree: HtmlElement, stated: Iterable[str], site: list[str]) -> str:
    usable = [text for text in map(one_line, stated) if 0 < len(text) <= _LONGEST_HEADLINE]
    return headline(usable, next(iter(_texts(tree, "title")), ""), _texts(tree, "h1"), site)


def _outlet(*stated: str | None) -> str:
    """The first that is a name and no address."""
    return next((one_line(name) for name in stated if name and "://" not in name), "")


def _site_name(url: str) -> str:
    """What an address calls its site: "bugle" of www.bugle.co.uk."""
    return max(host_name(url).split(".")[:-1], key=len, default="")


def _marked_times(tree: HtmlElement) -> Iterator[str]:
    """What the page marks as its time of publication; nothing where it marks several days so."""
    every = tree.iter("time", "span", "abbr", "div", "p")
    marked = list(islice(filter(_is_publication, every), _MOST_MARKED_TIMES))
    stated = [each.get("datetime") or each.get("content") or each.text_content()[:_LONGEST_HEADLINE] for each in marked]
    days = {found.date() for text in stated if (found := parse_date(text))}
    if len(days) == 1:
        yield from stated


def _is_publication(element: HtmlElement) -> bool:
    return element.get("pubdate") is not None or "datePublished" in element.get("itemprop", "").split()


def _link(tree: HtmlElement, relation: str) -> str:
    links = (link.get("href", "") for link in tree.iter("link") if relation in link.get("rel", "").lower().split())
    return next(links, "")


def _date(stated: Iterable[object]) -> datetime | None:
    """The first that is a date; the day that computers count from and years before 1900 stand for "none"."""
    for found in map(parse_date, filter(None, stated)):
        if found and found.year >= _FIRST_YEAR and found.timestamp() != 0:
            return found
    return None


def _refuse_teaser(words: int, story: Stated) -> None:
    advice = "open the page in a browser and paste its text"
    if words < _FEWEST_WORDS:
        raise RejectedDocument(f"only {words} words of article text were found; {advice}")
    if story.free is False and words < max(_FEWEST_FOR_SUBSCRIBERS, story.words // 2):
        whole = f" of {story.words}" if story.words > words else ""
        raise RejectedDocument(f"is for subscribers and shows only {words}{whole} words; {advice}")


def _address(read_from: str, canonical: str) -> str:
    """The canonical address that the page states, if it may: a page cannot pass itself off as another site's."""
    canonical = web_address(_absolute(read_from, canonical))
    if not read_from or not canonical:
        return canonical or read_from
    own = _twinless(canonical) == _twinless(read_from)
    names_a_page = urlsplit(canonical).path.strip("/") or not urlsplit(read_from).path.strip("/")
    return canonical if own and names_a_page else read_from


def _absolute(read_from: str, address: str) -> str:
    try:
        return urljoin(read_from, address) if address else ""
    except ValueError:
        return ""


def _twinless(url: str) -> str:
    return _TWIN_HOSTS.sub("", host_name(url))
