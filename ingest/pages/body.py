"""The text of the story on a page, and what stands between its paragraphs and is no part of it."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator

from lxml import etree, html
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document as Extracted

from ingest.text import one_line, squeezed, word_count
from vectorstore.languages import count_of_words

# What it warns of becomes the reason of a rejection.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_BODY = re.compile(r"(?:article|story|post|entry|content|text)[-_]*(?:body|content|text)|\bbody\b", re.IGNORECASE)
# Below this, a stricter extraction may have thrown out the story with the noise around it.
_SHORT = 250
_MUCH_MORE = 2
# How a line begins that sends the reader to another story, in the languages that most pages are in.
_POINTER = re.compile(
    r"(?:read|see|watch|listen|also)\s(?:more|also|next|on|now|read|see)\b|more\s(?:on|from|about|stories|news|coverage)\b(?:\sth(?:is|e)\s\w+$)?"
    r"|related(?:\s(?:stor(?:y|ies)|articles?|coverage|links?|posts?|content|news|topics?|reading))?\s*(?::|$)"
    r"|don['’]t\smiss|you\s(?:may|might)\s(?:also\s)?like|recommended|(?:keep|continue|further)\sreading|click\shere"
    r"|(?:à\s)?lire\saussi|sur\sle\smême\ssujet|leggi\sanche|lees\sook|mehr\szum\sthema|lesen\ssie\s(?:auch|mehr)"
    r"|auch\sinteressant|(?:lea|lee|leer|leia|veja)\s(?:también|también|más|também|mais)|te\spuede\sinteresar"
    r"|saiba\smais|baca\sjuga|czytaj\s(?:też|także|więcej)|läs\s(?:också|även|mer)|читайте\sтакже|смотрите\sтакже",
    re.IGNORECASE,
)
_APPEAL = re.compile(
    r"\b(?:sign\sup|subscribe|register)\b.*\b(?:newsletters?|inbox|updates|alerts|podcast)\b"
    r"|\bnewsletters?\b.*\b(?:sign\sup|subscribe)\b|\b(?:in|into|to)\syour\s(?:email\s)?(?:inbox|letterbox)\b"
    r"|^(?:please\s)?(?:follow|find|like|join)\s.*\bon\s(?:twitter|facebook|instagram|x|bluesky|threads|telegram|whatsapp)\b"
    r"|^like\sthis\s(?:story|article|post)|^share\sth(?:is|e)\s(?:story|article|post|page)|^have\s(?:a|any)\s(?:news\s)?tips?\?"
    r"|\bcookies\b.*\b(?:consent|accept|browser|experience|website)\b",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"(?:advertisement|advertising|order\sreprints|print\s(?:article|this)|sponsored(?:\scontent)?|anzeige|publicité|publicidad|pubblicità|share|tweet|print|email"
    r"|copy\slink|link\scopied|(?:\d+\s|view\s|leave\sa\s|post\sa\s)?comments?|loading|tags|topics|most\s(?:read|popular)"
    r"|newsletter|subscribe|sign\sup|log\sin|skip\s(?:ad|advertisement)|story\scontinues(?:\sbelow)?"
    r"|article\scontinues\sbelow(?:\sadvertisement)?)[\s.:…]*",
    re.IGNORECASE,
)
_LONGEST_APPEAL = 45
_MOSTLY = 0.8
_HEADINGS = "h2", "h3", "h4", "h5", "h6"
_BLOCKS = "p", "li", "div", *_HEADINGS
_NESTED = "p", "div", "ul", "ol", "table", "section", "article", "blockquote", "figure"


def body_text(tree: HtmlElement, headline: str, stated: str) -> str:
    """The paragraphs of the story, one a line, or "". Takes the tree apart.

    `stated` is the text that the page states for machines, taken where the page shows much less of it.
    """
    remove_pointers(tree)
    unlink_headings(tree)
    _join_chunks(tree)
    text = _tidied(_extract(tree, strictly=True), headline)
    if stated:
        text = _longer(text, _tidied(_plain(stated), headline))
    return _longer(text, _tidied(_extract(tree, strictly=False), headline)) if word_count(text) < _SHORT else text


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


def remove_pointers(tree: HtmlElement) -> None:
    """Takes lines such as "Read more: ..." that are mostly a link out of the tree, and the links that follow them."""
    pointers: list[HtmlElement] = []
    following = False
    for block in _innermost_blocks(tree):
        text = squeezed(block.text_content())
        if text:
            pointer = _POINTER.match(text)
            rest = text[pointer.end() :].strip(" :–—-") if pointer else text
            linked = sum(len(squeezed(link.text_content())) for link in block.iter("a"))
            following = (following or pointer is not None) and linked >= _MOSTLY * len(rest)
            pointers += [block] if following else []
    for block in pointers:
        block.drop_tree()


def _innermost_blocks(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in tree.iter(*_BLOCKS):
        if element.getparent() is not None and next(element.iterdescendants(*_NESTED), None) is None:
            yield element


def unlink_headings(tree: HtmlElement) -> None:
    """Makes text of headings that are links and stand over a paragraph: links alone would be taken for navigation."""
    for heading in tree.iter(*_HEADINGS):
        below = heading.getnext()
        if below is not None and below.tag == "p":
            etree.strip_tags(heading, "a")


def without_appeals(text: str, headline: str) -> str:
    """The lines of the text that belong to the story; a headline that opens it is left to the headline's own field."""
    kept: list[str] = []
    for line in text.split("\n"):
        repeated = len(kept) < 2 and line.casefold() == headline.casefold()
        if line and not repeated and not _is_appeal(line):
            kept.append(line)
    return "\n".join(kept)


def _is_appeal(line: str) -> bool:
    short = line.lstrip("-•* ")
    return bool(_FURNITURE.fullmatch(short)) or (
        count_of_words(short) <= _LONGEST_APPEAL and bool(_APPEAL.search(short))
    )
