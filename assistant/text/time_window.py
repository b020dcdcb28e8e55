"""What a question says of time: which days its answer is to be looked for in, or how much newer is better."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from assistant.text.time_phrases import Span, spans
from assistant.text.words import in_the_past
from assistant.types import Window


class Strength(StrEnum):
    """How a question stands to time: it names days, it asks about the present, or it says nothing of either."""

    NAMED = "named"
    PRESENT = "present"
    MILD = "mild"


@dataclass(frozen=True, slots=True)
class Timing:
    """How a question stands to time. `rest` is the question without the phrase that named its window."""

    strength: Strength
    rest: str
    window: Window | None = None


_PRESENT = re.compile(
    r"\b(?:now|current|currently|latest|newest|most recent|recent|recently|lately|these days|nowadays|still|so far|yet"
    r"|at (?:the moment|present)|breaking|as it stands)\b",
    re.I,
)
_INSIDE = re.compile(r"\b(?:in|on|during|over|within|throughout|for|of|around|between|back in)(?: the)? $", re.I)
_AFTER = re.compile(r"\b(?P<word>since|after|following|from)(?: the)? $", re.I)
_BEFORE = re.compile(r"\b(?P<word>before|prior to|until|till|by|up to|as of|as at)(?: the)? $", re.I)
_BETWEEN = re.compile(r"\b(?:between|from)(?: the)? $", re.I)
_JOINED = re.compile(r"\s*(?:-|–|to|and|until|till|through)\s*", re.I)
# What follows a date that belongs to a name: "the 2022 finals", "before the March ruling".
_AHEAD = re.compile(r"\b(?:will|won['’]t|upcoming|scheduled|(?:is|are) (?:\w+ )?(?:going|due|set|to|planned))\b", re.I)
# "18 January", "March 3rd"
_YEARLESS = re.compile(r"^(?:\d{1,2}\D{0,3} (?:of )?[a-z]+\.?|[a-z]+\.? \d{1,2}\D{0,2})$", re.I)
_RESULTS = re.compile(
    r"\b(?:earn|profit|revenue|sales|sold|sell|results?\b|turnover|loss|lost|income|margin|perform|far(?:e|ed)\b)|\bdo(?:ing)?\b",
    re.I,
)
_QUARTER = re.compile(r"quarter|Q[1-4]", re.I)
# In the three months after a quarter its results are told.
_REPORTED_WITHIN = relativedelta(months=3)
_NAMES_A_THING = re.compile(r" [^\W\d_]")
_FOLLOWED_BY = re.compile(
    r" (?:and|or|but|that|which|who|when|where|did|was|were|is|are|has|have|had|in|on|at)\b", re.I
)


def read_timing(question: str, today: date) -> Timing:
    """What the question says of time, asked on `today` (UTC). Days to come are nobody's news and name no window; a
    quarter is told of after its end."""
    found = [
        _reported(question, span, today)
        for span in spans(question, today)
        if span.first <= today and not _to_come(question, span, today)
    ]
    for window, start, end in _windows(question, found):
        rest = " ".join((question[:start] + " " + question[end:]).split())
        return Timing(Strength.NAMED, rest, window)
    weekday_alone = any(span.loose and span.first == span.last for span in found)
    present = weekday_alone or _PRESENT.search(question)
    return Timing(Strength.PRESENT if present else Strength.MILD, question)


def _to_come(question: str, span: Span, today: date) -> bool:
    """Whether a day without a year is rather the next one of its name than the last: so the question says, or it says
    nothing of what is past and the next one is nearer."""
    if not _YEARLESS.search(question[span.start : span.end]) or span.first != span.last:
        return False
    if _AHEAD.search(question):
        return True
    following = span.first + relativedelta(years=1)
    return following - today < today - span.first and not any(map(in_the_past, question.split()))


def _reported(question: str, span: Span, today: date) -> Span:
    """The days on which a quarter's results are told, where they are asked for."""
    phrase = question[span.start : span.end]
    if not (_QUARTER.search(phrase) and _RESULTS.search(question)) or span.last >= today:
        return span
    first = span.last + timedelta(days=1)
    return replace(span, first=first, last=min(first + _REPORTED_WITHIN, today))


def _windows(question: str, found: Sequence[Span]) -> Iterator[tuple[Window, int, int]]:
    """The windows that phrases name, each with the stretch of the question that it takes up; from A to B before A."""
    for one, other in pairwise(found):
        before = _BETWEEN.search(question[: one.start])
        if before and _JOINED.fullmatch(question[one.end : other.start]):
            first = one.first
            while first > other.last:  # "from March to May 2021" names one year for both
                first -= relativedelta(years=1)
            yield Window(first, other.last), before.start(), other.end
    for span in found:
        if window := _window(question, span):
            yield window


def _window(question: str, span: Span) -> tuple[Window, int, int] | None:
    before, of_a_thing = question[: span.start], _names_a_thing(question[span.end :])
    if match := _AFTER.search(before):
        whole = match["word"].lower() in ("since", "from") or of_a_thing
        return Window(span.first if whole else span.last + timedelta(days=1)), match.start(), span.end
    if match := _BEFORE.search(before):
        whole = match["word"].lower() not in ("before", "prior to") or of_a_thing
        return Window(None, span.last if whole else span.first - timedelta(days=1)), match.start(), span.end
    match = _INSIDE.search(before)
    if span.loose and (not match or of_a_thing):
        return None
    return Window(span.first, span.last), match.start() if match else span.start, span.end


def _names_a_thing(behind: str) -> bool:
    return bool(_NAMES_A_THING.match(behind)) and not _FOLLOWED_BY.match(behind)
