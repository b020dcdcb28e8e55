"""The words of a library: how often each stands there, how much it tells, how it is spelled, what it is short for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, log

from vectorstore.indexes.keywords import KeywordIndex
from vectorstore.languages import share_at_large
from vectorstore.models import EVERYTHING, Scope

_OF_OTHER_THINGS = 300
_WORDS_OF_A_PASSAGE = 150
# What is written less often may be a slip that many make: "teh".
_NO_SLIP = 1.2e-6


class Vocabulary:
    """As the library is at the moment, or what of it lies within a scope; for one question, in a language that ""
    leaves open."""

    def __init__(self, index: KeywordIndex, language: str = "", scope: Scope = EVERYTHING) -> None:
        self._index = index
        self._language = language
        self._conditions = index.within(scope)
        self._counted: dict[str, int] = {}

    def frequency(self, word: str) -> int:
        """In how many passages, their headings or bylines the word, or a phrase, stands in any form."""
        if word not in self._counted:
            self._counted[word] = self._index.frequency(word, self._conditions)
        return self._counted[word]

    def rarity(self, words: Iterable[str]) -> dict[str, float]:
        """How much each word tells: its inverse document frequency over all passages, more than 0 (as in BM25; Spärck
        Jones 1972, "A Statistical Interpretation of Term Specificity").

        A few articles on one thing all name it, and it is no common word for that; nor is a word telling for being in
        none of a few. So some hundred passages in the language at large are counted beside those that are there.
        """
        held = self._index.count() + _OF_OTHER_THINGS
        found = {word: self.frequency(word) + _OF_OTHER_THINGS * self._at_large(word) for word in words}
        return {word: log(1 + (held - among + 0.5) / (among + 0.5)) for word, among in found.items()}

    def _at_large(self, word: str) -> float:
        """The share of passages in the language at large in which a word stands."""
        return 1 - exp(-_WORDS_OF_A_PASSAGE * share_at_large(word, self._language))

    def spellings(self, beginning: str) -> Mapping[str, int]:
        """The words as written, in lower case, that begin so, and in how many passages each stands, or stood before.
        They are those of the whole library: which of them stand in the scope, `frequency` tells."""
        return self._index.spellings(beginning)

    def abbreviations(self, beginning: str) -> list[tuple[str, str]]:
        """Short forms and long ones, in lower case, that begin so, each with what articles have for it: "who" with
        "World Health Organization", and the other way round. The most frequent first."""
        found = self._index.abbreviations(beginning)
        return found if not self._conditions else [pair for pair in found if all(map(self.frequency, pair))]

    def common(self, word: str, least: float = _NO_SLIP) -> bool:
        """Whether at least that share of all words written in the language are this one: then it is spelled rightly,
        found here or not."""
        return share_at_large(word, self._language) >= least
