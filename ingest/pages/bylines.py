"""The people who wrote an article, out of what the page says about them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.text import one_line

_BY = re.compile(
    r"^(?:(?:written|posted|published|story|words|text|reporting|edited)\s+)?(?:by|von|par|por|door|av|af|przez|od)\b[\s:]+"
    r"|^(?:author|autor|autora|text|words|written)\s*:\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*[;,|/·•]\s*|\s+[–—-]\s+|\s+&\s+|\s+(?:and|und|et|og|och|y|e|i|with|mit|avec)\s+|\s+for\s+(?=[A-Z])"
)
_ASIDE = re.compile(r"\([^)]*\)|<[^>]*>|@\w+")
# What is no name: addresses, dates, and the words that jobs, desks and buttons are called by.
_NO_NAME = re.compile(
    r"https?:|www\.|\w\.(?:com|org|net)\b|\d|[@{}\[\]_=]"
    r"|\b(?:editors?|editorial|reporters?|correspondents?|writers?|journalists?|columnists?|contributors?|contributing"
    r"|producers?|analysts?|authors?|admin(?:istrator)?|staff|desk|team|newsroom|bureau|director|professor|photographers?"
    r"|news|newspaper|magazine|media|agency|agencies|online|press|follow|updated|published|posted|unknown|none|null|guest"
    r"|redakt\w+|redac\w+|rédact\w+|redazione|redakcj\w+|toimitus|and|by)\b",
    re.IGNORECASE,
)
_MONTHS = set("january february march april may june july august september october november december".split())
_LONGEST_NAME = 60
_LONGEST_BYLINE = 500
_MOST_WORDS = 6


def names(stated: Iterable[str], outlet: str) -> list[str]:
    """Names alone, each once: no "By", jobs, dates, addresses, and not the name of the outlet."""
    found: dict[str, str] = {}
    for byline in stated:
        if "://" in byline or len(byline) > _LONGEST_BYLINE:
            continue
        for part in _BETWEEN.split(_BY.sub("", one_line(_ASIDE.sub(" ", byline)))):
            name = _undated(_BY.sub("", part).strip(" .:'\"*"))
            if _is_name(name) and name.casefold() != outlet.casefold():
                found.setdefault(name.casefold(), name)
    return list(found.values())


def _undated(name: str) -> str:
    """Without the month that is left of a date where its numbers have been taken out."""
    *first, last = name.split() or [""]
    return " ".join(first) if len(first) > 1 and last.casefold() in _MONTHS else name


def _is_name(text: str) -> bool:
    fits = 1 < len(text) <= _LONGEST_NAME and len(text.split()) <= _MOST_WORDS
    return fits and any(map(str.isalpha, text)) and not _NO_NAME.search(text)
