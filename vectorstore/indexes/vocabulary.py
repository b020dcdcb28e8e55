"""The words of a library: how often each stands there, how they are spelled, what short forms stand for."""

from __future__ import annotations

from collections.abc import Mapping

from vectorstore.indexes.embedding import TokenLimit
from vectorstore.indexes.keywords import KeywordIndex


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
