"""Which day an article means by "on Monday" or "Wednesday next week": news counts from the day it is printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assistant.query.answer_type import wanted
from assistant.text.facts import Kind
from assistant.text.labels import day
from assistant.text.text_dates import Moment, moments
from assistant.types import Answer, own

# News tells what is to come in the present tense too ("reopens Saturday"): without such words a weekday stays as it is.
_AHEAD = re.compile(r"\b(?:will|would|(?:is|are) (?:to|set|due|scheduled|expected|planned))\b", re.I)
_LAST_OR_NEXT = re.compile(r"\b(?:last|past|next|coming) $", re.I)
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
    """The first phrase of time whose day is certain, and the day; None where the sentence gives a date itself."""
    told = moments(sentence, published)
    if any(each.day for each in told):
        return None
    relative = [each for each in told if each.days]
    return next(filter(None, (_meant(sentence, relative[at:], published) for at in range(len(relative)))), None)


def _meant(sentence: str, told: Sequence[Moment], published: date) -> tuple[str, date] | None:
    """Of the first of the phrases, with such as adjoin it."""
    first, *others = told
    end, days = first.end, first.days
    for other in others:
        if sentence[end : other.start] in _ONE_PHRASE:
            end = other.end
            days = frozenset(each for each in other.days if first.weekday in (None, each.weekday()))
    before = sentence[: first.start]
    if len(days) > 1 and first.weekday is not None and _AHEAD.search(before) and not _LAST_OR_NEXT.search(before):
        days = frozenset({min(each for each in days if each > published)})
    return (sentence[first.start : end].rstrip(" ."), next(iter(days))) if len(days) == 1 else None
