"""The corrections and editors' notes of a page, wherever it puts them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from lxml import html
from lxml.html import HtmlElement

from ingest.dates import days_in, parse_date
from ingest.pages.furniture import HEADINGS
from ingest.pages.words import pattern
from ingest.text import alike, squeezed
from vectorstore.languages import count_of_words

_NAMED = re.compile(
    r"correction|clarification|editors?[-_]?note|erratum|amend(?:ment|ed)|rectificat|berichtigung|korrektur|errata",
    re.IGNORECASE,
)
_BLOCKS = "p", "div", "aside", "section", "footer", "li", "blockquote", "span"
_FEWEST, _LONGEST = 4, 150
# A day stands near the beginning of a note, where it says when it was written.
_BEGINNING = 90
_PROSE = 12
_MOST = 50


class Note(NamedTuple):
    """A correction or note with the day that it is of, where it says so; `above` where it stands above the story."""

    date: datetime | None
    text: str
    above: bool = False


def take_notes(tree: HtmlElement) -> list[Note]:
    """The notes that the page shows, in order. What stands in boxes that the extraction drops is taken out of the tree,
    for `with_notes` to put back; a paragraph stays where it is."""
    found: list[Note] = []
    taken: set[HtmlElement] = set()
    for block in list(islice(filter(_is_note, tree.iter(*_BLOCKS)), _MOST)):
        if block.getparent() is None or taken.intersection(block.iterancestors()):
            continue
        taken.add(block)
        text = _text(block)
        found.append(Note(_day(block, text), text, _stands_above(block)))
        if block.tag in ("p", "span") and next(block.iterancestors("aside", "footer"), None) is None:
            block.attrib.pop("class", None)
        else:
            block.drop_tree()
    return found


def all_notes(shown: Iterable[Note], stated: Iterable[tuple[object, str]]) -> list[Note]:
    """The notes that the page shows, and those that it states for machines alone."""
    notes = list(shown)
    for day, text in stated:
        known = [
            at for at, note in enumerate(notes) if alike(text) in alike(note.text) or alike(note.text) in alike(text)
        ]
        for at in known:
            notes[at] = notes[at]._replace(date=notes[at].date or parse_date(day))
        if not known:
            notes.append(Note(parse_date(day), squeezed(text)))
    return notes


def with_notes(text: str, notes: Iterable[Note]) -> str:
    """The text of a story with its notes, above and below it where it lacks them."""
    held = alike(text)
    missing = [note for note in notes if alike(note.text) not in held]
    above = [note.text for note in missing if note.above]
    below = [note.text for note in missing if not note.above]
    return "\n".join([*above, text, *below]) if text else text


def _is_note(block: HtmlElement) -> bool:
    named = _NAMED.search(" ".join(block.get(key, "") for key in ("class", "id", "itemprop")))
    if not named and (
        block.tag in ("section", "span") or next(block.iterdescendants("p", "div", "li"), None) is not None
    ):
        return False
    begins = pattern("corrections", r"\W*(?:\w+(?:\s\w+)?:\s+)?(?:{})")
    said = squeezed(block.text_content())
    if not named and not any(begins.match(text) for text in (said, *_in_italics(block))):
        return False
    linked = sum(len(squeezed(link.text_content())) for link in block.iter("a"))
    holds_more = next(block.iter("h1", "article", "form", "input"), None) is not None
    return _FEWEST <= count_of_words(said) <= _LONGEST and linked < len(said) / 2 and not holds_more


def _in_italics(block: HtmlElement) -> Iterator[str]:
    return (squeezed(each.text_content()) for each in block.iter("em", "i"))


def _text(block: HtmlElement) -> str:
    """In one line, a heading parted by a colon from what it stands over."""
    pieces = []
    for each in block.iter("p", "div", "li", *HEADINGS):
        if each is not block and next(each.iterdescendants("p", "div", "li", *HEADINGS), None) is None:
            said = squeezed(each.text_content())
            pieces.append(f"{said.rstrip(':')}:" if each.tag in HEADINGS and said else said)
    whole = squeezed(block.text_content())
    joined = " ".join(filter(None, pieces))
    return joined if alike(joined) == alike(whole) else whole


def _day(block: HtmlElement, text: str) -> datetime | None:
    marked = (parse_date(each.get("datetime", "")) for each in block.iter("time"))
    return next(filter(None, marked), None) or next(days_in(text[:_BEGINNING]), None)


def _stands_above(block: HtmlElement) -> bool:
    """Whether no paragraph of a story stands before it."""
    inside = set(block.iter())
    for each in block.getroottree().iter("p"):
        if each in inside:
            return True
        if (
            count_of_words(each.text_content()) >= _PROSE
            and next(each.iterancestors("nav", "header", "aside"), None) is None
        ):
            return _precedes(block, each)
    return True


def _precedes(block: HtmlElement, paragraph: HtmlElement) -> bool:
    return any(each is paragraph for each in _following(block))


def _following(block: HtmlElement) -> Iterator[HtmlElement]:
    for outer in (block, *block.iterancestors()):
        for each in outer.itersiblings():
            if isinstance(each, html.HtmlElement):
                yield from each.iter("p")
