"""Whether two texts say yes and no of the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from assistant.text.words import folded, plain_letters, stem

_TOKEN = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}|\w+(?:'\w+)?|[.!?;:]")
# Phrases with a "no" in them that deny nothing.
_IDIOMS = re.compile(
    r"\b(?:not (?:only|just|merely|simply|least)|no (?:later|more|fewer|less|sooner) than|no doubt"
    r"|no matter|no\.? ?(?=\d)|nothing (?:but|less)|never mind|(?:whether )?or not|if not)\b",
    re.I,
)
_CONTRACTED = re.compile(r"\b(?:(wo|ca|sha)n't|(\w+)n't|(can)not)\b", re.I)
_WHOLE = {"wo": "will", "ca": "can", "sha": "shall"}
_NEGATIONS = frozenset("not no never nobody none nothing neither nor nowhere without".split())
# These deny the verb that follows them: "failed to win", "denied taking it".
_DENIALS = frozenset(map(stem, "deny refuse decline fail unable unlikely stop prevent avoid".split()))
# Words that may stand between a negation and what it negates.
_PASSED_OVER = frozenset(
    """
    a an the this that these those any some his her its their our my your he she it they we i you him them us be been
    being am is are was were do does did done has have had will would can could shall should may might must to of in for
    on at by with from all so very too much ever even yet also longer actually really immediately currently necessarily
    fully always clearly plan plans planned planning intend intends intention want wanted wants wish able appear appears
    seem seems going expect expected expects believe believed believes think thinks one
    """.split()
)
_REACH = 8


class Saying(NamedTuple):
    """The stems of a text, each with a word of it, and those that it affirms and negates; a stem may be both."""

    said: Mapping[str, str]
    affirmed: frozenset[str]
    negated: frozenset[str]
    negates: bool


@lru_cache(maxsize=1024)
def reading(text: str) -> Saying:
    """What a text affirms and what it negates, by stems."""
    spelled = _CONTRACTED.sub(_spelled_out, _IDIOMS.sub(" ", plain_letters(text)))
    words = [folded(match.group()) for match in _TOKEN.finditer(spelled)]
    stems = [stem(word) for word in words]
    heads = set(_heads(words, stems))
    affirmed = frozenset(each for at, each in enumerate(stems) if at not in heads)
    negates = any(word in _NEGATIONS for word in words) or not _DENIALS.isdisjoint(stems)
    return Saying(dict(zip(stems, words, strict=True)), affirmed, frozenset(stems[at] for at in heads), negates)


def _spelled_out(match: re.Match[str]) -> str:
    verb = (match[1] or match[2] or match[3]).lower()
    return f"{_WHOLE.get(verb, verb)} not"


def _heads(words: Sequence[str], stems: Sequence[str]) -> Iterator[int]:
    """Where the words stand that are negated: for each negation the first behind it that carries a claim."""
    for at, word in enumerate(words):
        if word in _NEGATIONS or (stems[at] in _DENIALS and _denies_a_verb(words[at + 1 : at + 2])):
            behind = range(at + 1, min(at + 1 + _REACH, len(words)))
            until = next((each for each in behind if not words[each][:1].isalnum()), behind.stop)
            claims = (each for each in range(at + 1, until) if words[each] not in _PASSED_OVER)
            yield from islice((each for each in claims if words[each] not in _NEGATIONS), 1)


def _denies_a_verb(behind: Sequence[str]) -> bool:
    return any(word in ("to", "that", "from", "having", "being") or word.endswith("ing") for word in behind)


def denies(text: str) -> bool:
    """Whether it denies anything."""
    return reading(text).negates


def conflict(sentence: str, passage: str) -> str:
    """How the two disagree in negation, as "the passage denies ..."; empty when they don't."""
    wanted, held = reading(sentence), reading(passage)
    for head in sorted(wanted.said.keys() & held.negated):
        if head not in wanted.negated and head not in held.affirmed:
            return f"the passage denies “{wanted.said[head]}”"
    for head in sorted(wanted.negated - held.negated):
        if head in held.said or not held.negates:
            return f"the passage does not deny “{wanted.said[head]}”"
    return ""
