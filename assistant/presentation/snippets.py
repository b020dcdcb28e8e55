"""The place in a passage at which the words stand that were searched for. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from vectorstore.languages import resolved, stem, without_accents, words_in

_WORD = re.compile(r"\w+")
_AROUND = 90


class Stretch(NamedTuple):
    """Text, and whether it was searched for."""

    text: str
    sought: bool


def marked_up(text: str, search: str, language: str = "") -> list[Stretch]:
    """The whole text in stretches; no stretch is sought where none of the words stands in it."""
    parts, at = [], 0
    for start, end in _places(text, search, language):
        parts += [Stretch(text[at:start], False), Stretch(text[start:end], True)]
        at = end
    return [each for each in [*parts, Stretch(text[at:], False)] if each.text]


def snippet(text: str, search: str, language: str = "") -> list[Stretch]:
    """Some twenty words around where most of the words stand; nothing where none does."""
    places = _places(text, search, language)
    if not places:
        return []
    best = max(places, key=lambda place: sum(place[0] <= other[0] < place[0] + 2 * _AROUND for other in places))
    start, end = _cut(text, best[0] - _AROUND // 4, -1), _cut(text, best[0] + 2 * _AROUND, 1)
    shown = marked_up(" ".join(text[start:end].split()), search, language)
    return [*[Stretch("… ", False)] * (start > 0), *shown, *[Stretch(" …", False)] * (end < len(text))]


def _cut(text: str, at: int, step: int) -> int:
    """The edge of the word there, or where a run of letters has none near."""
    at = max(0, min(len(text), at))
    for edge in range(at, max(0, min(len(text), at + 30 * step)), step):
        if text[edge].isspace():
            return edge
    return at if 0 < at < len(text) else max(0, min(len(text), at))


def _places(text: str, search: str, language: str) -> Sequence[tuple[int, int]]:
    language = resolved(language, text)
    sought = {without_accents(word) for word in words_in(search, language)}
    stems = {stem(word, language or "en") for word in sought}
    found = []
    for match in _WORD.finditer(text):
        word = without_accents(match.group().lower())
        if word in sought or stem(word, language or "en") in stems:
            found.append(match.span())
        else:  # of scripts without spaces a run is many words
            inside = [(word.find(each), each) for each in sought if not each.isascii() and each in word]
            found += [(match.start() + at, match.start() + at + len(each)) for at, each in sorted(inside)]
    return [each for number, each in enumerate(found) if number == 0 or each[0] >= found[number - 1][1]]
