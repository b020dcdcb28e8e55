"""Pages that stand where an article was asked for: consent, robot checks, log-ins, missing pages, and teasers.

Structure comes first: what states an article (an author, a day, a node of schema.org) or is as long as one is no wall,
whatever its headline says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from ingest.pages.body import remove
from ingest.pages.furniture import HEADINGS, QUOTED, addresses
from ingest.pages.headline import last_part, parts
from ingest.pages.words import pattern, phrases
from ingest.text import squeezed
from vectorstore.languages import count_of_words
from vectorstore.sentences import sentence_spans

NAMES = {
    "consent": "a consent page",
    "robot": "a robot check",
    "login": "a log-in page",
    "missing": 'a "page not found" page',
    "region": "a page that is closed to your region",
    "redirect": "a page that leads elsewhere",
}
# A wall explains itself in fewer words; most articles need more.
_LONGEST = 300
# Phrases that have to be said below a title that an article could have, and where nothing is titled so.
_SAID, _SAID_UNTITLED = 1, 3
_A_FEW_WORDS = 40
# The share of the sentences that are told to the reader: under a title that says so, and where nothing is titled.
_HALF, _NEARLY_ALL = 0.5, 0.9
_A_LABEL = 4
_LONGEST_CALL, _LONGEST_OFFER, _A_PARAGRAPH = 25, 90, 12
_CONSENT_HOSTS = ("consent.", "consents.", "cmp.", "privacy-mgmt.")
_MOST_CALLS, _MOST_PARTS = 50, 8
_ASKED = "button", "input", "select"


def wall(tree: HtmlElement, headings: Collection[str], states_article: bool, url: str) -> str:
    """What stands here in place of an article, as a reader calls it, or "". `headings` are the page's title and h1."""
    if states_article:
        return ""
    titled = {kind for kind in NAMES if any(_is_titled(kind, each) for each in headings)}
    asked = {kind for kind in NAMES if _asks(tree, kind) or (kind == "consent" and _is_consent_host(url))}
    return next((NAMES[kind] for kind in NAMES if kind in titled | asked and _says(tree, kind, kind in titled)), "")


def _says(tree: HtmlElement, kind: str, titled: bool) -> bool:
    """Whether what the page says is of the kind of wall, in few words and to its reader."""
    own = squeezed(" ".join(_explanation(tree, kind)))
    length = count_of_words(own)
    if titled and length <= _A_FEW_WORDS:
        return True
    said = pattern(f"walls.{kind}.says").findall(squeezed(" ".join(_visible(tree, "li", "a"))))
    least = _SAID if titled else _SAID_UNTITLED
    share = _HALF if titled else _NEARLY_ALL
    enough = len({found.casefold() for found in said}) >= least
    return length <= _LONGEST and enough and _told_to_the_reader(own, kind) >= share


def cut_offer(tree: HtmlElement) -> bool:
    """Takes out what is put in the place of a story's remainder, an offer to subscribe; whether there was one."""
    lines = tree.iter("p", "div", "span", "strong", "b", *HEADINGS)
    calls = list(islice(filter(_is_call, lines), _MOST_CALLS))
    boxes = dict.fromkeys(_box(call) for call in calls if _stands_in_story(call))
    offers = [box for box in boxes if box is not None and not _story_follows(box)]
    remove(offers)
    return bool(offers)


def _explanation(tree: HtmlElement, kind: str) -> Iterator[str]:
    """What is no link, which a site's own bars consist of; of a missing page up to the stories offered instead."""
    said = False
    for element in _written(tree, "li"):
        if kind == "missing" and said and element.tag in HEADINGS:
            return
        text = " ".join(_texts(element))
        said = said or pattern(f"walls.{kind}.says").search(text) is not None
        yield text


def _visible(tree: HtmlElement, *more: str) -> Iterator[str]:
    for element in _written(tree, *more):
        yield from _texts(element)


def _written(tree: HtmlElement, *more: str) -> Iterator[HtmlElement]:
    yield from tree.iter("p", "div", "button", "label", "td", "input", "span", "h1", *HEADINGS, *more)


def _texts(element: HtmlElement) -> Iterator[str]:
    if element.tag == "input":
        yield element.get("value") or element.get("placeholder") or ""
    yield element.text or ""
    yield from (each.tail or "" for each in element)


def _is_titled(kind: str, heading: str) -> bool:
    """Whether the heading says this and, beside the name of a site, nothing else."""
    whole = {each.rstrip(".…!").casefold() for each in phrases(f"walls.{kind}.titles")}
    return any(part.strip().rstrip(".…!").casefold() in whole for part in (*parts(heading)[:2], last_part(heading)))


def _asks(tree: HtmlElement, kind: str) -> bool:
    """Whether the page has what the kind of wall is made for: something to press, a password, a riddle."""
    if kind == "login":
        return any(each.get("type") == "password" for each in tree.iter("input"))
    if kind == "robot":
        parts_of_it = tree.iter("iframe", "script", "div", "form")
        marks = (" ".join(each.get(key, "") for key in ("src", "class", "id")).casefold() for each in parts_of_it)
        return any("captcha" in mark or "challenge" in mark for mark in marks)
    return kind == "consent" and next(tree.iter(*_ASKED), None) is not None


def _told_to_the_reader(said: str, kind: str) -> float:
    """The share of the sentences that address the reader, or are of the kind; news tells of others."""
    sentences = [
        said[start:end] for start, end in sentence_spans(said, "en") if count_of_words(said[start:end]) > _A_LABEL
    ]
    told = [each for each in sentences if addresses(each) or pattern(f"walls.{kind}.says").search(each)]
    return len(told) / len(sentences) if sentences else 1.0


def _is_consent_host(url: str) -> bool:
    return (urlsplit(url).hostname or "").startswith(_CONSENT_HOSTS)


def _is_call(element: HtmlElement) -> bool:
    """Whether it asks for a subscription: in a few words, or in more that the reader is told."""
    if next(islice(element.iterdescendants(), _MOST_PARTS, None), None) is not None:
        return False
    text = squeezed(element.text_content())
    if not pattern("teasers", r"\W*(?:{})(?!\w)").match(text) or QUOTED.search(text):
        return False
    asks = addresses(text) or pattern("openings").search(text) is not None
    return count_of_words(text) <= (_LONGEST_CALL if asks else _A_PARAGRAPH)


def _stands_in_story(call: HtmlElement) -> bool:
    """Whether a paragraph stands before it, and it is none of the page's own bars."""
    if next(call.iterancestors("header", "nav", "footer"), None) is not None:
        return False
    outer = [call, *call.iterancestors()]
    before = (each for element in outer for each in element.itersiblings(preceding=True) if isinstance(each.tag, str))
    paragraphs = (each for element in before for each in element.iter("p"))
    return any(count_of_words(each.text_content()) >= _A_PARAGRAPH for each in paragraphs)


def _box(call: HtmlElement) -> HtmlElement | None:
    """The largest container of the call that is no more than an offer; None where it has been taken out already."""
    box = call
    for outer in call.iterancestors("div", "section", "aside", "form"):
        long = count_of_words(outer.text_content()) > _LONGEST_OFFER
        if long or next(outer.iter("h1", "article"), None) is not None or _holds_story(outer, call):
            break
        box = outer
    return box if box.getparent() is not None else None


def _holds_story(box: HtmlElement, call: HtmlElement) -> bool:
    """Whether a paragraph stands before the call in its container: it is of the story."""
    for each in box.iter("p", "h1"):
        if each is call or call in each.iterdescendants():
            return False
        if count_of_words(each.text_content()) >= _A_PARAGRAPH and call not in each.itersiblings(preceding=True):
            return True
    return False


def _story_follows(offer: HtmlElement) -> bool:
    """Whether paragraphs of the story go on below: then it was an advertisement."""
    story = next(offer.iterancestors("article", "main"), None)
    inside, after = set(offer.iter()), False
    for each in story.iter() if story is not None else ():
        after = after or each is offer
        if after and each.tag == "p" and each not in inside and count_of_words(each.text_content()) >= _LONGEST_CALL:
            return True
    return False
