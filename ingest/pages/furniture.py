"""What stands between the paragraphs of a story and is no part of it: pointers elsewhere, appeals, furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from ingest.text import squeezed

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
    return bool(_FURNITURE.fullmatch(short)) or (len(short.split()) <= _LONGEST_APPEAL and bool(_APPEAL.search(short)))
