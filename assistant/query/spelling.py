"""Words of a question that the library does not know, corrected to the nearest that it knows."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from assistant.text.text_dates import moments
from assistant.text.words import ENGLISH, QUOTED, folded, small_words
from vectorstore.indexes.keywords import Vocabulary
from vectorstore.languages import language_of

_WORD = re.compile(r"[^\W\d_]{3,30}")
# Letters of a word from which on two mistakes are looked for, and one before.
_TWO_MISTAKES = 8
_OF_EVERY_TEXT = 10**9
# Of a part of a compound: its letters, and its share of all words written.
_LEAST_OF_A_COMPOUND, _PART = 3, 1e-5
# Of so many words that nobody knows most are near to none that is known where the question is in another language.
_FOREIGN = 3
# In another language than English, whose common words are all known, letters from which on a word may be misspelt.
_LEAST_ELSEWHERE = 6


class Corrected(NamedTuple):
    """A question with its words corrected, and those of them that say something."""

    text: str
    words: tuple[str, ...] = ()


def corrected(question: str, known: Vocabulary) -> Corrected:
    """The question as its writer seems to have meant it; what stands in quotation marks, and days and months, are left
    as they are."""
    left = [match.span() for match in QUOTED.finditer(question)]
    left += [(moment.start, moment.end) for moment in moments(question, None)]
    shouted, small = question.isupper(), small_words(question)
    least = 0 if language_of(question) in ENGLISH else _LEAST_ELSEWHERE
    strange = [
        match
        for match in _WORD.finditer(question)
        if not (match.group().isupper() and not shouted)
        and not any(start <= match.start() < end for start, end in left)
        and len(match.group()) >= least
        and _strange(match.group(), known, small)
    ]
    meant = [(match, nearest) for match in strange if (nearest := _nearest(folded(match.group()), known, small))]
    if len(strange) >= _FOREIGN and len(meant) * 2 < len(strange):
        return Corrected(question)
    parts, done = [], 0
    for match, nearest in meant:
        parts += [question[done : match.start()], _in_case_of(match.group(), nearest)]
        done = match.end()
    words = dict.fromkeys(nearest for _, nearest in meant if nearest not in small)
    return Corrected("".join([*parts, question[done:]]), tuple(words))


def _strange(word: str, known: Vocabulary, small: frozenset[str]) -> bool:
    """Whether neither the library knows the word, in any form, nor the language at large."""
    plain = word.lower()
    if plain in small or known.frequency(plain) or known.common(plain):
        return False
    cuts = range(_LEAST_OF_A_COMPOUND, len(plain) - _LEAST_OF_A_COMPOUND + 1)
    return not any(known.common(plain[:cut], _PART) and known.common(plain[cut:], _PART) for cut in cuts)


def _nearest(word: str, known: Vocabulary, small: frozenset[str]) -> str:
    """The word that takes the fewest mistakes, of several one with all the letters written, or written alone, and the
    most frequent; "" when none is near. Hardly anybody gets the first letter wrong."""
    most = 2 if len(word) >= _TWO_MISTAKES else 1
    sayings = {each: _OF_EVERY_TEXT for each in small if each.startswith(word[0])}
    near = [
        (mistakes, not _same_letters(word, folded(other)), -frequency, other)
        for other, frequency in {**known.spellings(word[0]), **sayings}.items()
        if abs(len(other) - len(word)) <= most and (mistakes := distance(word, folded(other), most)) <= most
    ]
    held = (other for *_, other in sorted(near) if other in small or known.frequency(other))
    return next(held, "")


def _same_letters(one: str, other: str) -> bool:
    """Whether letters were left out, doubled or exchanged, rather than others written."""
    written, meant = Counter(one), Counter(other)
    return written <= meant or meant <= written


def distance(one: str, other: str, most: int) -> int:
    """Letters to put in, leave out, replace or exchange with the next, from one word to another; more than `most` where
    it takes more (optimal string alignment)."""
    before, last = [0], [*range(len(other) + 1)]
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, meant in enumerate(other, start=1):
            step = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != meant))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == meant:
                step = min(step, before[j - 2] + 1)
            row.append(step)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return int(last[-1])


def _in_case_of(word: str, meant: str) -> str:
    if word.isupper():
        return meant.upper()
    return meant.capitalize() if word[0].isupper() else meant
