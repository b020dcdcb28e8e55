"""The words of a library: how often each stands there, how they are spelled, what short forms stand for.

Short forms are those that a text explains itself, "World Health Organization (WHO)": Schwartz and Hearst 2003, "A Simple
Algorithm for Identifying Abbreviation Definitions in Biomedical Text".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from vectorstore.indexes.embedding import TokenLimit
from vectorstore.indexes.keywords import KeywordIndex

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


class Vocabulary:
    """As the library is at the moment; for one question."""

    def __init__(self, index: KeywordIndex, language: TokenLimit) -> None:
        self._index = index
        self._language = language
        self._counted: dict[str, int] = {}

    def frequency(self, word: str) -> int:
        """In how many passages, their headings or bylines the word, or a phrase, stands in any form."""
        if word not in self._counted:
            self._counted[word] = self._index.frequency(word)
        return self._counted[word]

    def spellings(self, beginning: str) -> Mapping[str, int]:
        """The words as written, in lower case, that begin so, and in how many passages each stands, or stood before."""
        return self._index.spellings(beginning)

    def abbreviations(self, beginning: str) -> list[tuple[str, str]]:
        """Short forms and long ones, in lower case, that begin so, each with what articles have for it: "who" with
        "World Health Organization", and the other way round. The most frequent first."""
        return self._index.abbreviations(beginning)

    def common(self, word: str) -> bool:
        """Whether the embedding model knows the word as a whole: then it is spelled rightly, found here or not."""
        return self._language.rank(word) > 0
