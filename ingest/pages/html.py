"""An HTML page to the fields of its article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from html import unescape
from itertools import islice

from htmldate import find_date
from lxml.html import HtmlElement
from trafilatura import load_html
from trafilatura.metadata import extract_metadata

from ingest.dates import parse_date
from ingest.formats.sandbox import tame
from ingest.formats.sniffing import decode
from ingest.identity import host_name, web_address
from ingest.pages.address import absolute, base, link, of_page, own_address
from ingest.pages.body import body_text, remove
from ingest.pages.corrections import all_notes, take_notes, with_notes
from ingest.pages.headline import headline, names
from ingest.pages.metadata import (
    AUTHOR,
    LANGUAGE,
    OUTLET,
    PUBLISHED,
    TITLE,
    UPDATED,
    Stated,
    Tags,
    article_blocks,
    comparable,
    every,
    first,
    read_statement,
    read_tags,
)
from ingest.pages.published import day_of_publication
from ingest.pages.walls import cut_offer, wall
from ingest.text import one_line, word_count
from vectorstore.errors import RejectedDocument

_FEWEST_WORDS = 25
_FEWEST_FOR_SUBSCRIBERS = 150
_LONGEST_HEADLINE = 500
_DECLARED = re.compile(
    rb"""<(?:meta[^>]{1,200}charset|\?xml[^>]{1,100}encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE
)
# Without the extensive search, which also takes dates from the text of the story and from footers.
_AS_WRITTEN = "%Y-%m-%dT%H:%M:%S%z"
_DATES = {"original_date": True, "extensive_search": False, "outputformat": _AS_WRITTEN}
_MOST_MARKED_TIMES = 20
_MOST_LINKS = 2000
_MOST_HEADINGS = 20
_MARKUP = re.compile(r"</?(?:a|b|br|em|i|mark|small|span|strong|sub|sup|u)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_FIRST_YEAR = 1900
_ADVICE = "open the page in a browser and paste its text"


def read_page(content: bytes, url: str, charset: str) -> dict[str, object]:
    """The fields of the article on a page that was read from `url` ("" for a file).

    Raises RejectedDocument when the page has too little text to be an article, or is what sites show in place of one.
    """
    tree = _tree(content, charset)
    tags = read_tags(tree)
    story = _statement(tree, tags, url)
    stated = story.found or bool(first(tags, PUBLISHED))
    # What covers a page whose story has not been loaded is titled by a heading of its own.
    covering = [] if _texts(tree, "h1") else _texts(tree, "h2")[:1]
    if name := wall(tree, [*_headings(tree), *covering], stated, url):
        raise RejectedDocument(f"is {name} and no article; {_ADVICE}")
    fields = _head(tree, story, tags, url)
    notes = all_notes(take_notes(tree), story.corrections)
    offered = cut_offer(tree)
    text = body_text(tree, str(fields["title"]), story.body)
    _refuse_teaser(word_count(text), story, offered)
    return {**fields, "text": with_notes(text, notes), "corrections": [(note.date, note.text) for note in notes]}


def read_head(content: bytes, url: str, charset: str = "") -> dict[str, object]:
    """All fields but the text, also those of a page that has too little of it."""
    tree = _tree(content, charset)
    tags = read_tags(tree)
    return _head(tree, _statement(tree, tags, url), tags, url)


def _statement(tree: HtmlElement, tags: Tags, url: str) -> Stated:
    stated = (url, *(absolute(base(tree, url), each) for each in _canonicals(tree, tags)))
    return read_statement(tree, _headings(tree), {comparable(each) for each in stated if web_address(each)})


def _canonicals(tree: HtmlElement, tags: Tags) -> list[str]:
    return list(filter(None, (link(tree, "canonical"), first(tags, ["og.url"]))))


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


def _head(tree: HtmlElement, story: Stated, tags: Tags, url: str) -> dict[str, object]:
    """Each field from the first that states it: schema.org, the meta tags, the page itself as trafilatura reads it."""
    remove(list(article_blocks(tree)))  # they have been read, and trafilatura takes those of other stories too
    guess = extract_metadata(tree, url or None, dict(_DATES), extensive=False)
    outlet = _outlet(story.outlet, first(tags, OUTLET), guess.sitename)
    language = story.language or tree.get("lang") or first(tags, LANGUAGE) or ""
    published = story.published_at, first(tags, PUBLISHED), *_marked_times(tree, language)
    updated_at = _date([story.updated_at, first(tags, UPDATED)], language)
    title = _title(tree, [story.headline, first(tags, TITLE)], [_site_name(url), story.outlet]) or guess.title
    bylines = story.authors, every(tags, AUTHOR), _linked_authors(tree) or [guess.author or ""]
    return {
        "title": title,
        "outlet": outlet,
        "authors": next(filter(None, (names(each, outlet, story.people) for each in bylines)), []),
        "published_at": _date(published, language) or _guessed_day(tree, url, guess.date, updated_at),
        "updated_at": updated_at,
        "url": _address(tree, url, (*_canonicals(tree, tags), story.url), title or ""),
        "language": language,
    }


def _linked_authors(tree: HtmlElement) -> list[str]:
    """The links to authors that stand beside the first one, where there are several: a byline of more than one."""
    links = [each for each in islice(tree.iter("a"), _MOST_LINKS) if "author" in each.get("rel", "").lower().split()]
    beside = [each for each in links if each.getparent() is links[0].getparent()]
    return [one_line(each.text_content()) for each in beside] if len(beside) > 1 else []


def _guessed_day(tree: HtmlElement, url: str, guess: str | None, updated_at: datetime | None) -> datetime | None:
    """The day that the page shows and marks by no name. An update alone says nothing."""

    def find(left: HtmlElement) -> str | None:
        return find_date(left, extensive_search=False, original_date=True, outputformat=_AS_WRITTEN, url=url or None)

    found = _date([day_of_publication(tree, find) if guess else None])
    return None if found == updated_at else found


def _address(tree: HtmlElement, url: str, canonicals: Iterable[str], title: str) -> str:
    under = base(tree, url)
    canonical = next(filter(None, canonicals), "")
    found = own_address(url, absolute(under, canonical), title)
    return of_page(found, url, absolute(under, link(tree, "next", "a")))


def _title(tree: HtmlElement, stated: Iterable[str], site: list[str]) -> str:
    usable = [text for text in map(_without_markup, stated) if 0 < len(text) <= _LONGEST_HEADLINE]
    title = next(iter(_texts(tree, "title")), "")
    return headline(usable, title, _texts(tree, "h1"), site, _texts(tree, "h2")[:_MOST_HEADINGS])


def _without_markup(stated: str) -> str:
    """Some systems state a headline as it is written in their pages, or escape it twice."""
    return one_line(_MARKUP.sub("", unescape(stated)))


def _outlet(*stated: str | None) -> str:
    """The first that is a name and no address."""
    return next((one_line(name) for name in stated if name and "://" not in name), "")


def _site_name(url: str) -> str:
    """What an address calls its site: "bugle" of www.bugle.co.uk."""
    return max(host_name(url).split(".")[:-1], key=len, default="")


def _marked_times(tree: HtmlElement, language: str) -> Iterator[str]:
    """What the page marks as its time of publication; nothing where it marks several days so."""
    every = tree.iter("time", "span", "abbr", "div", "p")
    marked = list(islice(filter(_is_publication, every), _MOST_MARKED_TIMES))
    stated = [each.get("datetime") or each.get("content") or each.text_content()[:_LONGEST_HEADLINE] for each in marked]
    days = {found.date() for text in stated if (found := parse_date(text, language))}
    if len(days) == 1:
        yield from stated


def _is_publication(element: HtmlElement) -> bool:
    return element.get("pubdate") is not None or "datePublished" in element.get("itemprop", "").split()


def _date(stated: Iterable[object], language: str = "") -> datetime | None:
    """The first that is a date; the day that computers count from and years before 1900 stand for "none"."""
    for found in (parse_date(each, language) for each in stated if each):
        if found and found.year >= _FIRST_YEAR and found.timestamp() != 0:
            return found
    return None


def _refuse_teaser(words: int, story: Stated, offered: bool) -> None:
    """`offered` says that the page offers a subscription in the place of what is missing."""
    if words < _FEWEST_WORDS:
        raise RejectedDocument(f"only {words} words of article text were found; {_ADVICE}")
    least = max(_FEWEST_FOR_SUBSCRIBERS, story.words // 2) if story.free is False else _FEWEST_FOR_SUBSCRIBERS
    if (story.free is False or (offered and story.free is None)) and words < least:
        whole = f" of {story.words}" if story.words > words else ""
        raise RejectedDocument(f"is for subscribers and shows only {words}{whole} words; {_ADVICE}")
