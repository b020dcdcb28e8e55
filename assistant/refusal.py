"""When not to answer: decided here, with the model's opinion as one input, since small models judge absence badly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from assistant.dates import Strength, Window
from assistant.evidence import Evidence
from assistant.prompts import NOT_FOUND
from assistant.ranking import recency
from assistant.reading import Reading
from assistant.retrieve import Found
from assistant.wordforms import stem
from assistant.words import key_words, names_and_numbers, words_of
from vectorstore.models import Hit, heading

_LOOKED_AT = 5
_NEWEST_OF = 3
# Days beside a window in which news of it still appears, and in which a sentence may still tell of it.
_BESIDE, _AROUND = timedelta(days=3), timedelta(days=30)
_OF_THE_PRESENT = re.compile(r"\b(?:is|are|has|have|will|does|do)\b", re.I)
_SAYS_NOT_FOUND = re.compile(NOT_FOUND, re.I)


class Signals(NamedTuple):
    """What speaks for and against an answer in what was found.

    `similarity` is the cosine of the nearest passage; `said` the best sentence's share of the question's words plus its
    cosine; `outside` 1 when the question names days and nothing found is of them; `unknown` how many of its names and
    numbers stand in none of the first articles; `stale` how old the newest of the first is, 0 to 0.45, when the
    question is about the present.
    """

    similarity: float
    said: float
    outside: float
    unknown: float
    stale: float


# A logistic regression's, its threshold taken in: above 0 is answered. tests/benchmarks/refusals.py fits and draws it.
_WEIGHTS = Signals(similarity=10.5, said=3.5, outside=-3.0, unknown=-1.9, stale=-4.4)
_BIAS = -9.5


def confidence(signals: Signals) -> float:
    """The log odds that the library holds an answer, from about -8 to 6; below 0 it is refused."""
    return _BIAS + sum(weight * signal for weight, signal in zip(_WEIGHTS, signals, strict=True))


def answerable(reading: Reading, found: Found, evidence: Evidence, today: datetime) -> bool:
    """Whether the library seems to hold an answer. `evidence` is of the hits found, for the question as read."""
    return bool(found.hits) and confidence(signals(reading, found, evidence, today)) > 0


def signals(reading: Reading, found: Found, evidence: Evidence, today: datetime) -> Signals:
    """What was found, weighed; there is at least one hit."""
    window = reading.window
    asked = reading.timing.rest or reading.standalone
    inside = any(_within(window, hit, _BESIDE) for hit in found.hits)
    return Signals(
        found.similarity,
        _said(asked, window, evidence),
        float(window is not None and not inside),
        float(_unknown(asked, found.hits[:_LOOKED_AT])),
        _stale(reading, found.hits[:_NEWEST_OF], today),
    )


def says_not_found(text: str) -> bool:
    """Whether a model's answer says that the passages do not hold it."""
    return _SAYS_NOT_FOUND.search(text) is not None


def _said(asked: str, window: Window | None, evidence: Evidence) -> float:
    words = {stem(word) for word in key_words(asked)}
    told = [
        (len(words & {stem(word) for word in key_words(span.text)}) / len(words) if words else 1.0) + float(cosine)
        for span, cosine in zip(evidence.spans, evidence.cosines, strict=True)
    ]
    near = [each for each, span in zip(told, evidence.spans, strict=True) if _within(window, span.hit, _AROUND)]
    return max(near or told, default=0.0)


def _within(window: Window | None, hit: Hit, margin: timedelta) -> bool:
    """Whether it was published in the window or that close to it; an unknown date may be."""
    published = hit.article.published_at
    if window is None or published is None:
        return True
    return (window.opens is None or published >= window.opens - margin) and (
        window.closes is None or published <= window.closes + margin
    )


def _unknown(asked: str, hits: Sequence[Hit]) -> int:
    known = {word for hit in hits for word in words_of(f"{heading(hit.article)} {hit.article.text}")}
    return sum(not known.issuperset(words_of(name)) for name in names_and_numbers(asked))


def _stale(reading: Reading, hits: Sequence[Hit], today: datetime) -> float:
    of_now = reading.timing.strength is Strength.PRESENT or _OF_THE_PRESENT.search(reading.standalone)
    if reading.window or not of_now:
        return 0.0
    return 1 - recency(max((h.article.published_at for h in hits if h.article.published_at), default=None), today)
