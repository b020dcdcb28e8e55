"""What kind of thing a question asks for, and which sentences hold one."""

from __future__ import annotations

import re
from enum import Enum

from assistant.words import words_of

_STEM = 5
_HOW_MUCH = re.compile(
    r"\bhow (?:much|many|old|long|far|often|large|big|tall)\b|\bwhat (?:percent|share|number)\w*", re.I
)
_WHEN = re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|time)\b", re.I)
_WHO = re.compile(r"\b(?:who|whom|whose|where|which)\b", re.I)

_NUMBERS = "two three four five six seven eight nine ten eleven twelve dozens? hundreds? thousands? millions? billions?"
_NUMBER = re.compile(rf"\d|\b(?:{_NUMBERS.replace(' ', '|')}|half|third|quarter)\b", re.I)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_TIME = re.compile(rf"\b(?:{_MONTHS}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[12]\d{{3}})\b")
# Not at the beginning of a sentence or a quotation, where every word has a capital.
_NAME = re.compile(r"(?<=[\w,;:] )[A-Z][\w’'-]+")


class Wanted(Enum):
    NUMBER = "number"
    TIME = "time"
    NAME = "name"


def wanted(question: str) -> Wanted | None:
    """None when the question gives no hint, as "why" and "what" do."""
    if _HOW_MUCH.search(question):
        return Wanted.NUMBER
    if _WHEN.search(question):
        return Wanted.TIME
    return Wanted.NAME if _WHO.search(question) else None


def offers(sentence: str, kind: Wanted | None, question: str) -> bool:
    """Whether the sentence holds something of that kind; a name only counts when the question does not give it."""
    if kind is Wanted.NUMBER:
        return _NUMBER.search(sentence) is not None
    if kind is Wanted.TIME:
        return _TIME.search(sentence) is not None
    known = {word[:_STEM] for word in words_of(question)}
    named = words_of(" ".join(_NAME.findall(sentence)))
    return kind is Wanted.NAME and any(word[:_STEM] not in known for word in named)
