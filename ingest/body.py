"""The text of the story on a page."""

from __future__ import annotations

import logging
import re
from itertools import groupby

from lxml import html
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document as Extracted

from ingest.boilerplate import remove_pointers, without_appeals
from ingest.text import one_line, word_count

# What it warns of becomes the reason of a rejection.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_BODY = re.compile(r"(?:article|story|post|entry|content|text)[-_]*(?:body|content|text)|\bbody\b", re.IGNORECASE)
_WHOLE = "article", "main"
# Below this, a stricter extraction may have thrown out the story with the noise around it.
_SHORT = 250
_MUCH_MORE = 2


def body_text(tree: HtmlElement, headline: str, stated: str) -> str:
    """The paragraphs of the story, one a line, or "". Takes the tree apart.

    `stated` is the text that the page states for machines, taken where the page shows much less of it.
    """
    remove_pointers(tree)
    join_chunks(tree)
    text = _tidied(_extract(tree, strictly=True), headline)
    if word_count(text) < _SHORT:
        text = _longer(text, _tidied(_extract(tree, strictly=False), headline))
    return _longer(text, _tidied(_plain(stated), headline)) if stated else text


def join_chunks(tree: HtmlElement) -> None:
    """Joins a story that advertisements have cut into several containers: only one of them would be read."""
    for whole in tree.iter(*_WHOLE):
        bodies = [each for each in whole.iter("div", "section") if _BODY.search(each.get("class", ""))]
        bodies = [each for each in bodies if each.find("p") is not None and _nearest(each) is whole]
        for _, group in groupby(bodies, key=lambda each: each.get("class")):
            first, *others = group
            for other in others:
                first.extend(list(other))


def _nearest(element: HtmlElement) -> HtmlElement | None:
    return next(element.iterancestors(*_WHOLE), None)


def _extract(tree: HtmlElement, *, strictly: bool) -> str:
    found = bare_extraction(tree, include_comments=False, favor_precision=strictly)
    return found.text or "" if isinstance(found, Extracted) else ""


def _tidied(text: str, headline: str) -> str:
    return without_appeals("\n".join(filter(None, map(one_line, text.split("\n")))), headline)


def _longer(text: str, other: str) -> str:
    return other if word_count(other) > _MUCH_MORE * word_count(text) else text


def _plain(stated: str) -> str:
    """The text without the HTML that some write into it."""
    if not re.search(r"<(?:p|br|div)\b", stated, re.IGNORECASE):
        return stated
    tree = html.fromstring(f"<div>{stated}</div>")
    for block in tree.iter("p", "br", "div", "li"):
        block.tail = "\n" + (block.tail or "")
    return str(tree.text_content())
