"""Bounds for pages made to keep a reader busy: several ways of reading a page take the square of its size in time."""

from __future__ import annotations

from itertools import islice

from lxml.html import HtmlElement

from vectorstore.errors import RejectedDocument

# Each several times what the largest pages in the wild have.
_MOST_ELEMENTS = 50_000
_MOST_META_TAGS = 500
_LONGEST_ATTRIBUTE = 100_000
_LONGEST_SCRIPT = 2_000_000
_LONGEST_TEXT = 200_000


def tame(tree: HtmlElement) -> None:
    """Takes out of the tree what no article has. Raises RejectedDocument when that is nearly everything."""
    if next(islice(tree.iter(), _MOST_ELEMENTS, None), None) is not None:
        raise RejectedDocument(f"has more than {_MOST_ELEMENTS:,} elements, which no article has")
    for tag in [*islice(tree.iter("meta"), _MOST_META_TAGS, None)]:
        tag.drop_tree()
    for element in tree.iter("*"):
        longest = _LONGEST_SCRIPT if element.tag == "script" else _LONGEST_TEXT
        element.text, element.tail = _within(element.text, longest), _within(element.tail, _LONGEST_TEXT)
        for name, value in element.attrib.items():
            if len(value) > _LONGEST_ATTRIBUTE:
                del element.attrib[name]


def _within(text: str | None, longest: int) -> str | None:
    return text[:longest] if text else text
