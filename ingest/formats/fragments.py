"""HTML fragments of feeds and letters to plain text."""

from __future__ import annotations

import re

from lxml import etree, html

from ingest.text import one_line

_BLOCKS = (
    "p",
    "div",
    "li",
    "tr",
    "table",
    "blockquote",
    "pre",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
)
UNSEEN = ("script", "style", "template", "noscript", "iframe", "object")
_MARKUP = re.compile(r"<[a-zA-Z/!]|&\w+;|&#")


def plain_text(fragment: str) -> str:
    """The words of an HTML fragment, a line for each paragraph. Text without markup only loses surplus white space."""
    if not _MARKUP.search(fragment):
        return "\n".join(filter(None, map(one_line, fragment.split("\n"))))
    try:
        tree = html.fragment_fromstring(without_nulls(fragment), create_parent="div")
    except (etree.LxmlError, ValueError):
        return ""
    etree.strip_elements(tree, *UNSEEN, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in tree.iter(*_BLOCKS, "br"):
        element.tail = f"\n{element.tail or ''}"
        if element.tag != "br":
            element.text = f"\n{element.text or ''}"
    lines = "".join(tree.itertext()).split("\n")
    return "\n".join(filter(None, map(one_line, lines)))


def without_nulls(fragment: str) -> str:
    """Without what lxml refuses: controls, halves of characters, and a declaration of an encoding."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|<\?xml[^>]*>", "", fragment)
