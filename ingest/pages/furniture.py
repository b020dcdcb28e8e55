"""What stands between the paragraphs of a story and is no part of it.

It is told by where it stands, what it is linked to, how short it is and whom it addresses. A sentence in which somebody
is reported, or that tells of somebody, is never taken out, whatever it is about: news is made of cookies and
newsletters too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from lxml import etree
from lxml.html import HtmlElement

from ingest.pages.words import alternatives, pattern, phrases
from ingest.text import squeezed
from vectorstore.languages import count_of_words
from vectorstore.sentences import sentence_spans

HEADINGS = "h2", "h3", "h4", "h5", "h6"
_BLOCKS = "p", "li", "div", *HEADINGS
_NESTED = "p", "div", "ul", "ol", "table", "section", "article", "blockquote", "figure"
_CONTROLS = "form", "button", "input", "select"
# A block that is so named and holds a link or a control is what its name says, if it is short.
_NAMED = re.compile(
    r"news-?letter|sign-?up|subscri(?:be|ption)|promo|social|shar(?:e|ing)|follow-us|cookie|consent|gdpr", re.IGNORECASE
)
_AT_START = r"\W*(?:please\s+)?(?:{})(?!\w)"
_MOSTLY, _PARTLY = 0.8, 0.3
# In words: what asks something of a reader is short, more so where nothing is linked.
_LONGEST_LINKED, _LONGEST_PLAIN, _LONGEST_NAMED = 45, 25, 60
_PROSE = 12
# In words, what is left behind the last comma of "..., the widow wrote."
_LONGEST_REPORT = 20
QUOTED = re.compile('["“”„«»]')
_UNSEEN = "\u2060"
_LABEL = r"(?:\d+\s+)?(?:{})[\s.:…]*"


def remove_furniture(tree: HtmlElement) -> None:
    """Takes out lines that lead to other stories and that ask the reader to sign up, follow, share or accept."""
    _remove_named(tree)
    blocks = list(_innermost_blocks(tree))
    _remove_pointers(blocks)
    for block in blocks:
        linked = block.getparent() is not None and next(block.iter("a", "button"), None) is not None
        if linked and block.tag not in HEADINGS and _asks_with_link(block):
            block.drop_tree()


def keep_subheads(tree: HtmlElement) -> set[str]:
    """The headings over paragraphs: whatever they say, they are of the story. trafilatura drops some labels: behind
    those it is given a character that nobody sees."""
    kept = [each for each in tree.iter(*HEADINGS) if _heads_prose(each)]
    found = {squeezed(each.text_content()).casefold() for each in kept}
    for heading in kept:
        if is_furniture(squeezed(heading.text_content())):
            last = next(heading.iterchildren(reversed=True), None)
            if last is None:
                heading.text = f"{heading.text}{_UNSEEN}"
            else:
                last.tail = f"{last.tail or ''}{_UNSEEN}"
    return found


def unlink_headings(tree: HtmlElement) -> None:
    """Makes text of headings that are links and stand over a paragraph: links alone would be taken for navigation."""
    for heading in tree.iter(*HEADINGS):
        below = heading.getnext()
        if below is not None and below.tag == "p":
            etree.strip_tags(heading, "a")


def is_furniture(line: str) -> bool:
    """Whether a line without links is a label of the page, or asks something of the reader in the publisher's voice."""
    text = line.lstrip("-•* ")
    return bool(pattern("labels", _LABEL).fullmatch(text)) or _asks(text)


def _asks(text: str) -> bool:
    if count_of_words(text) > _LONGEST_PLAIN or _reports(text):
        return False
    sentences = [text[start:end] for start, end in sentence_spans(text, "en")]
    if not all(_opens(each) or addresses(each) for each in sentences):
        return False
    return bool(pattern("appeals", _AT_START).match(text) or (_opens(text) and _own_wants().search(text)))


@cache
def _own_wants() -> re.Pattern[str]:
    """Finds what the publisher calls its own, or the letters that it sends the reader: "our weekly newsletter"."""
    own, yours = alternatives(phrases("publisher")), alternatives(phrases("reader"))
    letters, others = alternatives(phrases("letters")), alternatives(phrases("objects"))
    between = r"(?:[^\w,.;:]+\w+){0,3}[^\w,.;:]+"
    found = rf"(?<!\w)(?:(?:{own}){between}(?:{letters}|{others})|(?:{yours}){between}(?:{letters}))(?!\w)"
    return re.compile(found, re.IGNORECASE)


def _opens(text: str) -> bool:
    return bool(pattern("openings", _AT_START).match(text) or pattern("appeals", _AT_START).match(text))


def _wants(text: str) -> bool:
    return bool(pattern("letters").search(text) or pattern("objects").search(text))


def addresses(text: str) -> bool:
    """Whether the publisher speaks, or speaks to the reader."""
    return bool(pattern("publisher").search(text) or pattern("reader").search(text))


def _reports(text: str) -> bool:
    """Whether somebody is quoted, or the line ends with who said so."""
    _, comma, last = text.rpartition(",")
    told = comma and count_of_words(last) <= _LONGEST_REPORT and not addresses(last) and not _wants(last)
    return bool(told or QUOTED.search(text))


def _asks_with_link(block: HtmlElement) -> bool:
    text = squeezed(block.text_content())
    if not 0 < count_of_words(text) <= _LONGEST_LINKED or QUOTED.search(text) or not _opens(text) or not _wants(text):
        return False
    links = [squeezed(each.text_content()) for each in block.iter("a", "button")]
    if any(_opens(link) or link.startswith("@") for link in links):
        return True
    mostly = sum(map(len, links)) >= _PARTLY * len(text)
    return (mostly or addresses(text)) and not _reports(text)


def _remove_named(tree: HtmlElement) -> None:
    """Takes out boxes whose class says what they are for, if they are short and have something to press."""
    for box in list(tree.iter("div", "section", "aside", "figure", "form", "ul")):
        name = f"{box.get('class', '')} {box.get('id', '')}"
        if box.getparent() is None or not _NAMED.search(name) or next(box.iter("h1", "article"), None) is not None:
            continue
        pressed = next(box.iter("a", *_CONTROLS), None) is not None
        if pressed and count_of_words(box.text_content()) <= _LONGEST_NAMED and not any(map(_tells, box.iter("p"))):
            box.drop_tree()


def _tells(paragraph: HtmlElement) -> bool:
    """Whether it is as long as a sentence of news, and told to nobody."""
    text = squeezed(paragraph.text_content())
    return count_of_words(text) >= _PROSE and not addresses(text) and not _opens(text)


def _remove_pointers(blocks: Iterable[HtmlElement]) -> None:
    """Takes lines such as "Read more: ..." that are mostly a link out of the tree, and the links that follow them."""
    begins = pattern("pointers", r"(?:{})(?!\w)(?:\s+th(?:is|e)\s+\w+$)?")
    pointers: list[HtmlElement] = []
    following = False
    for block in blocks:
        text = squeezed(" ".join(block.itertext()))  # a line break is a space
        pointer = begins.match(text)
        if text and (pointer or following):
            rest = text[pointer.end() :].strip(" :–—-") if pointer else text
            linked = sum(len(squeezed(link.text_content())) for link in block.iter("a"))
            following = (following or pointer is not None) and linked >= _MOSTLY * len(rest) and not _heads_prose(block)
            pointers += [block] if following else []
    for block in pointers:
        block.drop_tree()


def _heads_prose(heading: HtmlElement) -> bool:
    """Whether what follows a heading is a paragraph, and not a list of links or a form."""
    below = heading.getnext()
    if heading.tag not in HEADINGS or below is None or below.tag not in ("p", "div", "section", "ul", "ol"):
        return False
    text = squeezed(below.text_content())
    linked = sum(len(squeezed(link.text_content())) for link in below.iter("a"))
    return count_of_words(text) >= _PROSE and linked < len(text) / 2 and next(below.iter(*_CONTROLS), None) is None


def _innermost_blocks(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in tree.iter(*_BLOCKS):
        if element.getparent() is not None and next(element.iterdescendants(*_NESTED), None) is None:
            yield element
