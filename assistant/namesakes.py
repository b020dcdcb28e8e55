"""Things of one name that sources tell of: a play and a film, a village and the township around it, two people. Pure.

A source says what it tells of in a sentence such as "Marlow is a village in Kent". Two that say so of the name that is
asked about, and have too little in common in it, tell of two things; what either says is then true of one of them only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assistant.evidence import cite, core
from assistant.evidence.stated_values import reading_of
from assistant.facts import facts
from assistant.models import Citation
from assistant.orders import reporting
from assistant.roles import full_names
from assistant.wordforms import folded, stem
from assistant.words import key_words
from vectorstore.models import Hit

_IS = re.compile(r"\s(?:is|was|are|were) (?:an?|the|one of)\s")
# Between a name and its verb: "(born 1999)", ", also known as Tom,".
_ASIDE = re.compile(r"\s*\([^()]*\)|,[^,]*,(?=\s*$)")
_QUOTED = re.compile(r"[\"“]([^\"”]+)[\"”]")
_OF_SOMETHING_ELSE = frozenset("of in for at from by with on to and or than that".split())
_YEAR = re.compile(r"\b(?:1\d{3}|20\d\d)\b")
_WORD = re.compile(r"\w+(?:[-'’.]\w+)*")
_MOST = 3
# Characters before the verb and words behind it that are looked at; words that may stand beside the name.
_BEFORE, _BEHIND, _BESIDE = 300, 12, 3
# The share of the shorter one's words from which on two definitions are of one thing.
_ALIKE = 0.6


class Definition(NamedTuple):
    """What the source of that number says its thing is, from `start` to `end` in the article: the name in full, the
    words behind the verb, and the years in either."""

    number: int
    hit: Hit
    start: int
    end: int
    name: frozenset[str]
    words: frozenset[str]
    years: frozenset[str]


def told_apart(question: str, sources: Sequence[Hit]) -> list[Citation]:
    """What the sources say of each thing of the name that is asked about, three at most: what it is, and the sentence
    with its figure, day or name where the question asks for one. Nothing where they tell of one thing."""
    found = []
    for each in definitions(question, sources)[:_MOST]:
        spans = {(each.start, each.end)}
        if answering := reading_of(question, each.number, each.hit):
            spans.add((answering.start, answering.end))
        found += [cite(each.number, each.hit, start, end) for start, end in sorted(spans)]
    return found


def definitions(question: str, sources: Sequence[Hit]) -> list[Definition]:
    """One for each different thing of the name that is asked about, in the order of the sources; nothing when no two
    are told of."""
    asked = _asked_about(question)
    found: list[Definition] = []
    for number, hit in enumerate(sources, start=1) if asked else ():
        first = next(_of_source(asked, number, hit), None)
        if first and all(_other(first, each) for each in found):
            found.append(first)
    return found if len(found) > 1 else []


def _asked_about(question: str) -> tuple[str, ...]:
    """The words of what stands in quotation marks, or of the first name."""
    if quoted := _QUOTED.search(question):
        return _words(quoted[1])
    names = full_names(question, facts(question, None))
    return _words(question[slice(*names[0])]) if names else ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(folded(each) for each in _WORD.findall(text))


def _of_source(asked: tuple[str, ...], number: int, hit: Hit) -> Iterator[Definition]:
    passage = core(hit)
    for start, end in reporting(passage.text):
        sentence = passage.text[start:end]
        for verb in _IS.finditer(sentence):
            before = sentence[: verb.start()][-_BEFORE:]
            if name := _name(asked, before):
                behind = key_words(sentence[verb.end() :])[:_BEHIND]
                years = frozenset(_YEAR.findall(f"{before} {' '.join(behind)}"))
                words = frozenset(map(stem, behind)) - {stem(word) for word in asked}
                yield Definition(number, hit, passage.start + start, passage.start + end, name, words, years)


def _name(asked: tuple[str, ...], before: str) -> frozenset[str]:
    """The words of the name right before the verb, when that is the one asked about; else nothing."""
    plain = before
    while (shorter := _ASIDE.sub("", plain)) != plain:
        plain = shorter
    words = plain.split()
    at = len(words)
    while at and len(words) - at < len(asked) + _BESIDE and _belongs(words[at - 1], asked):
        at -= 1
    name = frozenset(_words(" ".join(words[at:])))
    of_something_else = at > 0 and words[at - 1].lower() in _OF_SOMETHING_ELSE
    return name if name.issuperset(asked) and not of_something_else else frozenset()


def _belongs(word: str, asked: tuple[str, ...]) -> bool:
    return word[:1].isupper() or folded(word) in asked


def _other(one: Definition, other: Definition) -> bool:
    """Whether they are of two things: each has a name of its own, or other years, or they share too little."""
    if one.name - other.name and other.name - one.name:
        return True
    if one.years and other.years and one.years.isdisjoint(other.years):
        return True
    return len(one.words & other.words) < _ALIKE * min(len(one.words), len(other.words))
