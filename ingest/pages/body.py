"""The text of the story on a page, and what stands between its paragraphs and is no part of it."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Collection

from lxml import html
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document as Extracted

from ingest.pages.furniture import is_furniture, keep_subheads, remove_furniture, unlink_headings
from ingest.pages.mending import mend
from ingest.text import one_line, word_count

# What it warns of becomes the reason of a rejection.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_BODY = re.compile(r"(?:article|story|post|entry|content|text)[-_]*(?:body|content|text)|\bbody\b", re.IGNORECASE)
# Below this, a stricter extraction may have thrown out the story with the noise around it.
_SHORT = 250
_MUCH_MORE = 2


def body_text(tree: HtmlElement, headline: str, stated: str) -> str:
    """The paragraphs of the story, one a line, or "". Takes the tree apart.

    `stated` is the text that the page states for machines, taken where the page shows much less of it.
    """
    remove_furniture(tree)
    unlink_headings(tree)
    mend(tree)
    _join_chunks(tree)
    kept = keep_subheads(tree)
    text = _tidied(_extract(tree, strictly=True), headline, kept)
    if stated:
        text = _longer(text, _tidied(_plain(stated), headline, kept))
    return _longer(text, _tidied(_extract(tree, strictly=False), headline, kept)) if word_count(text) < _SHORT else text


def _join_chunks(tree: HtmlElement) -> None:
    """Joins a story that advertisements have cut into several containers: only one of them would be read."""
    chunks = defaultdict(list)
    for each in tree.iter("div", "section"):
        if _BODY.search(each.get("class", "")) and each.find("p") is not None:
            whole = next(each.iterancestors("article", "main"), None)
            if whole is not None:
                chunks[whole, each.get("class")].append(each)
    for first, *others in chunks.values():
        for other in others:
            if first not in other.iterancestors():
                first.extend(list(other))


def _extract(tree: HtmlElement, *, strictly: bool) -> str:
    found = bare_extraction(tree, include_comments=False, favor_precision=strictly)
    return found.text or "" if isinstance(found, Extracted) else ""


def _tidied(text: str, headline: str, kept: Collection[str]) -> str:
    return without_appeals("\n".join(filter(None, map(one_line, text.split("\n")))), headline, kept)


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


def without_appeals(text: str, headline: str, subheads: Collection[str] = ()) -> str:
    """The lines of the text that belong to the story; a headline that opens it is left to the headline's own field.

    `subheads` are lines that stay, whatever they say."""
    kept: list[str] = []
    over = ""
    for line in text.split("\n"):
        repeated = len(kept) < 2 and line.casefold() == headline.casefold()
        if line and not repeated and not is_furniture(line):
            kept += [line] if not over else [over, line]
            over = ""
        elif line.casefold() in subheads:
            over = line  # stays where the story goes on under it
    return "\n".join(kept)
