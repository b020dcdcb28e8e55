"""Who did it to whom: the same verb between the same two names, the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.text.facts import Fact, Kind
from assistant.text.word_forms import same_name, stem

# Either may stand first.
_MUTUAL = frozenset(
    map(stem, "meet talk speak agree marry join tie fight clash discuss debate face share sign negotiate".split())
)
# Not in "Ann ended the row by inviting Bob": he is the one who is invited.
_DONE_BY = re.compile(r"\bby\b(?! \w+ing\b)", re.I)


class _Deed(NamedTuple):
    doer: str
    verbs: frozenset[str]
    other: str


def swapped(sentence: str, passage: str, said: Sequence[Fact], held: Sequence[Fact]) -> str:
    """The deed that the passage tells the other way round, in words; empty when there is none."""
    theirs = list(_deeds(passage, held))
    for mine in _deeds(sentence, said):
        for deed in theirs:
            crossed = _same(mine.doer, deed.other) and _same(mine.other, deed.doer)
            if crossed and mine.verbs & deed.verbs and not _same(mine.doer, mine.other):
                return f"the passage has {deed.doer} where it has {mine.doer}"
    return ""


def _deeds(text: str, found: Sequence[Fact]) -> Iterator[_Deed]:
    """Two names with words between them, the doer first: "Ann was beaten by Bob" is Bob's."""
    names = full_names(text, found)
    for (start, end), (then, until) in pairwise(names):
        between = frozenset(f.key for f in found if f.kind is Kind.WORD and end <= f.start and f.end <= then)
        if between and not between & _MUTUAL:
            first, second = text[start:end], text[then:until]
            yield _Deed(second, between, first) if _DONE_BY.search(text[end:then]) else _Deed(first, between, second)


def full_names(text: str, found: Sequence[Fact]) -> list[tuple[int, int]]:
    """Offsets of the names, those that only a space parts being one."""
    spans: list[tuple[int, int]] = []
    for fact in found:
        if fact.kind is Kind.NAME:
            joined = bool(spans) and text[spans[-1][1] : fact.start] == " "
            spans[-1:] = [(spans[-1][0], fact.end)] if joined else [*spans[-1:], (fact.start, fact.end)]
    return spans


def _same(one: str, other: str) -> bool:
    """Whether two full names share a word, as "Ida Berg" and "Berg" do."""
    return any(same_name(word, each) for word in one.split() for each in other.split())
