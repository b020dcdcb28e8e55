"""Short forms that a text explains itself: "World Health Organization (WHO)". Pure.

Schwartz and Hearst 2003, "A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_IN_BRACKETS = re.compile(r"(?P<before>[^()\n]{2,200}?)\s\((?P<inside>[^()\n]{2,80})\)")
# Two capitals at least: "Smith (Ed)" and "the town (pop 500)" explain nothing.
_SHORT = re.compile(r"[\"“]?(?P<short>(?=(?:[^A-Z]*[A-Z]){2})[A-Z][\w&.-]{1,9})[\"”]?")
_LAST_WORD = re.compile(r"[\w&.-]+$")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"\w")


def abbreviations(text: str) -> Iterator[tuple[str, str]]:
    """Each short form with its long one, whichever of the two stands in brackets."""
    for match in _IN_BRACKETS.finditer(text):
        before, inside = match["before"], match["inside"]
        if short := _SHORT.fullmatch(inside):
            long = _long(short["short"], " ".join(before.split()[-_most_words(short["short"]) :]))
        elif (last := _LAST_WORD.search(before)) and (short := _SHORT.fullmatch(last.group())):
            long = inside if _long(short["short"], inside) == inside else ""
        else:
            continue
        if long and len(long.split()) <= _most_words(short["short"]) and not _DIGIT.search(long):
            yield short["short"], long


def _most_words(short: str) -> int:
    return min(len(short) + 5, 2 * len(short))


def _long(short: str, text: str) -> str:
    """The end of the text in which the letters of the short form follow each other, the first at the start of a word;
    "" when there is none."""
    at = len(text)
    for index in range(len(short) - 1, -1, -1):
        if not _LETTER.match(short[index]):
            continue
        at -= 1
        while at >= 0 and not (
            text[at].lower() == short[index].lower() and (index or at == 0 or not text[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return ""
    long = text[at:]
    return long if len(long.split()) > 1 and len(long) > len(short) else ""
