"""Names in a sentence, those who are quoted in it, and who did it to whom. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.text.facts import TITLES, Fact, FactKind, facts
from assistant.text.words import same_name, stem

SAID = r"(?:said|says|told|added|announced|warned|wrote|explained|argued)"
"""The usual verbs of speech, as a pattern."""
_SAID = re.compile(rf"\b(?:(?:has|had|also|later) )*{SAID}\b")
# "Mark Zuckerberg, the chief executive, said": who somebody is stands between the name and the verb.
_WHO_IT_IS = re.compile(r", (?:the|an?|who|its|his|her|their|[a-z]\w+) [^,;:.]{2,80},$")
_WORD = re.compile(r"[^\W\d_](?:[\w-]|['’](?!s\b)\w|\.(?=\w))*")
_MOST_WORDS = 4
# Either may stand first.
_MUTUAL = frozenset(
    map(stem, "meet talk speak agree marry join tie fight clash discuss debate face share sign negotiate".split())
)
# Not in "Ann ended the row by inviting Bob": he is the one who is invited.
_DONE_BY = re.compile(r"\bby\b(?! \w+ing\b)", re.I)


class Name(NamedTuple):
    """How a question calls it, "the White House", and where it stands without its article."""

    text: str
    start: int
    end: int


def names(sentence: str, article: str) -> list[Name]:
    """The names in a sentence, in order; a word that only opens it is none unless the article has it elsewhere too."""
    known = {fact.start for fact in facts(sentence, None) if fact.kind is FactKind.NAME}
    found: list[Name] = []
    for run in _runs(sentence, known):
        start, end = run[0].start(), run[-1].end()
        alone = len(run) == 1 and not sentence[:start].strip(" \"'“‘(")
        if len(run) <= _MOST_WORDS and not (alone and not _stands_inside(run[0].group(), article)):
            the = "the " if re.search(r"\b[Tt]he $", sentence[:start]) else ""
            found.append(Name(the + sentence[start:end], start, end))
    return found


def speakers(sentence: str, article: str) -> list[str]:
    """Those named as saying something in the sentence: "Mark Zuckerberg", "the White House"."""
    found = names(sentence, article)
    before, after = {each.end: each.text for each in found}, {each.start: each.text for each in found}
    spoke = []
    for match in _SAID.finditer(sentence):
        told = sentence[: match.start()].rstrip()
        spoke += [before.get(len(_WHO_IT_IS.sub("", told))), after.get(match.end() + 1)]
    return list(dict.fromkeys(filter(None, spoke)))


def _runs(sentence: str, known: set[int]) -> Iterator[Sequence[re.Match[str]]]:
    """Words of one name, side by side, with a title before them: what belongs to somebody begins another."""
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(sentence):
        title = word.group().lower() in TITLES and word.group()[0].isupper()
        if word.start() not in known and not title:
            continue
        if run and not _side_by_side(sentence[run[-1].end() : word.start()], run[-1]):
            yield from _named(run, known)
            run = []
        run.append(word)
    yield from _named(run, known)


def _side_by_side(between: str, before: re.Match[str]) -> bool:
    short = len(before.group()) == 1 or before.group().lower() in TITLES
    return between == " " or (short and between == ". ")


def _named(run: Sequence[re.Match[str]], known: set[int]) -> Iterator[Sequence[re.Match[str]]]:
    if any(word.start() in known for word in run):
        yield run


def _stands_inside(word: str, article: str) -> bool:
    return re.search(rf"(?<=[a-z,] ){re.escape(word)}\b", article) is not None


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
        between = frozenset(f.key for f in found if f.kind is FactKind.WORD and end <= f.start and f.end <= then)
        if between and not between & _MUTUAL:
            first, second = text[start:end], text[then:until]
            yield _Deed(second, between, first) if _DONE_BY.search(text[end:then]) else _Deed(first, between, second)


def full_names(text: str, found: Sequence[Fact]) -> list[tuple[int, int]]:
    """Offsets of the names, those that only a space parts being one."""
    spans: list[tuple[int, int]] = []
    for fact in found:
        if fact.kind is FactKind.NAME:
            joined = bool(spans) and text[spans[-1][1] : fact.start] == " "
            spans[-1:] = [(spans[-1][0], fact.end)] if joined else [*spans[-1:], (fact.start, fact.end)]
    return spans


def _same(one: str, other: str) -> bool:
    """Whether two full names share a word, as "Ida Berg" and "Berg" do."""
    return any(same_name(word, each) for word in one.split() for each in other.split())
