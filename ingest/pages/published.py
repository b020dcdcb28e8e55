"""What is left of a page for the search for its day of publication, once other days have been taken out of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from copy import deepcopy

from lxml.html import HtmlElement

from ingest.dates import days_in, parse_date
from ingest.pages.body import remove
from ingest.pages.metadata import read_blocks
from ingest.pages.words import pattern
from ingest.text import squeezed
from vectorstore.languages import count_of_words

# What holds other stories, events and remarks than the one that the page is about.
_ELSEWHERE = re.compile(
    r"relat|recirc|recommend|time-?line|sidebar|most-|popular|trend|comment|promo|teaser|more-|latest|correction|amend|updated|modified"
    r"|chronolog|history|events?\b|also-",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(r"publi|posted|entry-date", re.IGNORECASE)
_DATED = "time", "span", "abbr", "p", "div", "small", "em", "b", "strong", "i", "li", "dd", "td", "footer"
_ABOUT_PEOPLE = re.compile(r"author|profile|people|staff|/by/|byline|team|contributor|writer|journalist", re.IGNORECASE)
# In characters: a line that says when a page was made or changed is no longer.
_LONGEST_LINE = 160
_SENTENCE = 6
_BESIDE = "aside", "blockquote", "figure"
_CARDS = "li", "article", "section", "div"


def day_of_publication(tree: HtmlElement, find: Callable[[HtmlElement], str | None]) -> str | None:
    """The day that `find` finds in a copy of the page without days of amendments, updates, events and other stories.

    Nor has it what schema.org's words state: that has been read, and what it says of films is no day of a story.
    What cannot be told from the day of publication goes too: an unknown day is better than a wrong one.
    """
    left: HtmlElement = deepcopy(tree)
    remove(each for kind in (read_blocks, _named, _lists_of_days, _changed, _told) for each in list(kind(left)))
    found = find(left)
    doubtful = list(_of_other_stories(left)) if found else []
    remove(doubtful)
    return found if not doubtful or find(left) == found else None


def _holds_publication(element: HtmlElement) -> bool:
    """Whether something in it says that it is the day of publication."""
    return any(_PUBLISHED.search(_name(each)) for each in element.iter(*_DATED))


def _name(element: HtmlElement) -> str:
    return " ".join(element.get(key, "") for key in ("class", "id", "itemprop"))


def _named(tree: HtmlElement) -> Iterable[HtmlElement]:
    for element in tree.iter(*_BESIDE, "div", "section", "ul", "ol", "dl", "table", "time", "span", "p"):
        told_apart = _ELSEWHERE.search(_name(element)) and not _PUBLISHED.search(_name(element))
        beside = element.tag in _BESIDE and not _holds_publication(element)
        if (told_apart or beside) and next(element.iter("h1"), None) is None:
            yield element


def _lists_of_days(tree: HtmlElement) -> Iterable[HtmlElement]:
    """Lists and tables that name several days: what happened when."""
    for element in tree.iter("ul", "ol", "dl", "table"):
        if (
            next(element.iter("h1"), None) is None
            and len({_day(each) for each in element.iter("li", "dt", "dd", "tr")} - {None}) > 1
        ):
            yield element


def _day(element: HtmlElement) -> object:
    marked = (parse_date(each.get("datetime", "")) for each in element.iter("time"))
    found = next(filter(None, marked), None) or next(days_in(squeezed(element.text_content())[:_LONGEST_LINE]), None)
    return found and found.date()


def _changed(tree: HtmlElement) -> Iterable[HtmlElement]:
    """Days behind a word such as "updated"."""
    begins = pattern("changed", r"\W*(?:(?:this|last|the)\s+\w+\s+(?:was|has been)\s+)?(?:{})(?!\w)")
    ends = pattern("changed", r"(?<!\w)(?:{})(?!\w)[^\w]*(?:on|am|le|el|il|em|op|at|um|à|den)?[^\w]*$")
    for element in tree.iter(*_DATED):
        text = squeezed(element.text_content())
        if len(text) <= _LONGEST_LINE and (begins.match(text) or ends.search(_before(element))):
            yield element


def _before(element: HtmlElement) -> str:
    """The words right before it in the same line."""
    previous = element.getprevious()
    if previous is None:
        parent = element.getparent()
        return squeezed(parent.text or "") if parent is not None else ""
    said = f"{previous.text_content() if isinstance(previous.tag, str) else ''} {previous.tail or ''}"
    return squeezed(said)[-_LONGEST_LINE:]


def _told(tree: HtmlElement) -> Iterable[HtmlElement]:
    """Days within sentences of the story, and sentences at the foot of a page that name one."""
    for time in tree.iter("time"):
        paragraph = next(time.iterancestors("p", "li", "blockquote"), None)
        if paragraph is not None and _is_sentence(squeezed(paragraph.text_content())):
            yield time
    for footer in tree.iter("footer"):
        for element in footer.iter("p", "li", "div"):
            if _is_sentence(squeezed(element.text_content())):
                yield element


def _is_sentence(text: str) -> bool:
    return count_of_words(text) > _SENTENCE and text.endswith((".", "!", "?", "”", "。"))


def _of_other_stories(tree: HtmlElement) -> Iterable[HtmlElement]:
    """Days that stand beside a link to something that is no person."""
    for time in tree.iter("time", "span", "abbr"):
        if time.tag != "time" and not next(days_in(squeezed(time.text_content())[:_LONGEST_LINE]), None):
            continue
        card = next(time.iterancestors(*_CARDS), None)
        if card is None or _PUBLISHED.search(_name(time)) or next(card.iter("h1"), None) is not None:
            continue
        short = len(squeezed(card.text_content())) <= _LONGEST_LINE
        if short and any(_leads_away(link, time) for link in card.iter("a")):
            yield time


def _leads_away(link: HtmlElement, time: HtmlElement) -> bool:
    about_people = _ABOUT_PEOPLE.search(f"{link.get('href', '')} {link.get('rel', '')} {link.get('class', '')}")
    return (
        bool(squeezed(link.text_content()))
        and not about_people
        and link not in time.iterancestors()
        and time not in link.iter()
    )
