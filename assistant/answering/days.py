"""Which day an article means by "on Monday" or "Wednesday next week": news counts from the day it is printed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from assistant.facts import Kind
from assistant.labels import day
from assistant.models import Answer, own
from assistant.moments import Moment, moments
from assistant.wanted import wanted

_AHEAD = re.compile(r"\b(?:will|would|(?:is|are|was|were) to|set to|due|scheduled|expected)\b", re.I)
# Of the past as often as of what is to come: "is in hospital since Monday", "is open on Monday".
_EITHER = re.compile(r"\b(?:is|are)\b", re.I)
_ONE_PHRASE = ("", " ", ", ", " of ")


def with_day(answer: Answer) -> Answer:
    """The answer to a question of when, with the day that its first phrase of time means, where that names none."""
    if answer.refused or wanted(answer.question) is not Kind.DATE:
        return answer
    published = {each.number: each.article.published_at for each in answer.citations}
    for at, sentence in enumerate(answer.sentences, start=1):
        printed = next(filter(None, map(published.get, sentence.citations)), None)
        meant = meant_day(sentence.text, printed.date()) if printed else None
        if meant and printed:
            phrase, when = meant
            told = own(f"“{phrase}” is {day(when)}, counted from the article of {day(printed)}.")
            return replace(answer, sentences=(*answer.sentences[:at], told, *answer.sentences[at:]))
    return answer


def meant_day(sentence: str, published: date) -> tuple[str, date] | None:
    """The first phrase of time and its day; None where the sentence gives a date, or the day is not certain."""
    told = moments(sentence, published)
    relative = [each for each in told if each.days]
    if not relative or any(each.day for each in told):
        return None
    first, *others = relative
    end, days = first.end, first.days
    for other in others:
        if sentence[end : other.start] in _ONE_PHRASE:
            end = other.end
            days = frozenset(each for each in other.days if first.weekday in (None, each.weekday()))
    if len(days) > 1 and first.weekday is not None:
        days = _by_tense(first, days, sentence, published)
    return (sentence[first.start : end].rstrip(" ."), next(iter(days))) if len(days) == 1 else None


def _by_tense(weekday: Moment, days: frozenset[date], sentence: str, published: date) -> frozenset[date]:
    before = sentence[: weekday.start]
    if _AHEAD.search(before):
        return frozenset({min(each for each in days if each > published)})
    if _EITHER.search(before):
        return days
    return frozenset({max(each for each in days if each <= published)})
