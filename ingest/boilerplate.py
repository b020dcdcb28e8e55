"""What stands between the paragraphs of a story and is no part of it: pointers elsewhere, appeals, furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from ingest.text import squeezed

# How a line begins that sends the reader to another story, in the languages that most pages are in.
_POINTER = re.compile(
    r"(?:read|see|watch|listen|also)\s(?:more|also|next|on|now|read|see)\b|more\s(?:on|from|about|stories|news|coverage)\b"
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
    r"(?:advertisement|advertising|sponsored(?:\scontent)?|anzeige|publicité|publicidad|pubblicità|share|tweet|print|email"
    r"|copy\slink|link\scopied|(?:\d+\s|view\s|leave\sa\s|post\sa\s)?comments?|loading|tags|topics|most\s(?:read|popular)"
    r"|newsletter|subscribe|sign\sup|log\sin|skip\s(?:ad|advertisement)|story\scontinues(?:\sbelow)?"
    r"|article\scontinues\sbelow(?:\sadvertisement)?)[\s.:…]*",
    re.IGNORECASE,
)
_LONGEST_APPEAL = 45
_MOSTLY_LINKS = 0.8
_BLOCKS = "p", "li", "h2", "h3", "h4", "h5", "h6", "div"
_LISTS = "ul", "ol"
_NESTED = "p", "div", "ul", "ol", "table", "section", "article", "blockquote", "figure"


def remove_pointers(tree: HtmlElement) -> None:
    """Takes lines such as "Read more: ..." that are mostly a link out of the tree, and lists of nothing but links."""
    removed: list[HtmlElement] = []
    after_pointer = False
    for block in _blocks(tree):
        text = squeezed(block.text_content())
        if not text:
            continue
        pointer = _POINTER.match(text)
        rest = text[pointer.end() :].strip(" :–—-") if pointer else text
        links = sum(len(squeezed(link.text_content())) for link in block.iter("a"))
        after_pointer = bool(pointer or after_pointer) and links >= _MOSTLY_LINKS * len(rest)
        if after_pointer:
            removed.append(block)
    for each in removed:
        _drop(each)


def _blocks(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The innermost blocks, in order; a list that holds nothing but links is one."""
    for element in tree.iter(*_BLOCKS):
        if not any(True for _ in element.iterdescendants(*_NESTED)):
            yield element


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


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
