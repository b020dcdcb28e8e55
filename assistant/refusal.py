"""When not to answer: decided here, with the model's opinion as one input, since small models judge absence badly."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import log1p
from typing import NamedTuple

from assistant.dates import Strength, Window
from assistant.evidence import Evidence
from assistant.labels import day
from assistant.prompts import NOT_FOUND
from assistant.ranking import recency
from assistant.reading import Reading
from assistant.retrieve import Found
from assistant.wordforms import stem
from assistant.words import key_words, names_and_numbers, words_of
from vectorstore.models import Hit, heading

_LOOKED_AT = 5
_NEWEST_OF = 3
# Days beside a window in which news of it still appears.
_BESIDE = timedelta(days=3)
_ENOUGH_WORDS = 1.8
# Of a question's words: whole paragraphs are not the more answerable for their length.
_LONG = 30
_OF_THE_PRESENT = re.compile(r"\b(?:is|are|has|have|will|does|do)\b", re.I)
_SAYS_NOT_FOUND = re.compile(NOT_FOUND, re.I)


class Signals(NamedTuple):
    """What speaks for and against an answer in what was found.

    `similarity` is the cosine of the nearest passage. `told` is, of the best sentence, the share of the question's
    words in it and its headline, rare words counting for more, plus its cosine; `article` the same share in an article.
    `brief` makes up for what a question of few telling words lacks in all three: 0 from five on, 1.1 for one; `length`,
    the logarithm of its different words, thirty at most, for how little of many fits into one sentence. `outside` is 1
    when the question names days and nothing found is of them; `unknown` how many of its names and numbers no one of
    the first articles has; `stale` how old the newest of the first is, 0 to 0.45, when it is about the present.
    """

    similarity: float
    told: float
    article: float
    brief: float
    length: float
    outside: float
    unknown: float
    stale: float


# A logistic regression's, its threshold taken in: above 0 is answered. tests/benchmarks/refusals.py fits and draws it.
_WEIGHTS = Signals(similarity=4.2, told=3.5, article=3.0, brief=5.8, length=1.9, outside=-3.6, unknown=-1.8, stale=-6.1)
_BIAS = -13.6


def confidence(signals: Signals) -> float:
    """The log odds that the library holds an answer, from about -8 to 6; below 0 it is refused."""
    return _BIAS + sum(weight * signal for weight, signal in zip(_WEIGHTS, signals, strict=True))


def answerable(
    reading: Reading, found: Found, evidence: Evidence, rarity: Mapping[str, float], today: datetime
) -> bool:
    """Whether the library seems to hold an answer. `evidence` is of the hits found, for the question as read, and
    `rarity` tells what each of its words counts; see `words_asked`."""
    return bool(found.hits) and confidence(signals(reading, found, evidence, rarity, today)) > 0


def words_asked(reading: Reading) -> list[str]:
    """The words of the question that an answer would have to do with."""
    return key_words(reading.timing.rest or reading.standalone)


def signals(
    reading: Reading, found: Found, evidence: Evidence, rarity: Mapping[str, float], today: datetime
) -> Signals:
    """What was found, weighed; there is at least one hit."""
    window = reading.window
    asked = reading.timing.rest or reading.standalone
    inside = any(_within(window, hit) for hit in found.hits)
    first = found.hits[:_LOOKED_AT]
    return Signals(
        found.similarity,
        _told(rarity, evidence),
        max(_share(rarity, f"{heading(hit.article)} {hit.article.text}") for hit in first),
        max(0.0, _ENOUGH_WORDS - log1p(len(rarity))),
        log1p(min(_LONG, len(words_of(reading.standalone)))),
        float(window is not None and not inside),
        float(_unknown(asked, first)),
        _stale(reading, found.hits[:_NEWEST_OF], today),
    )


def says_not_found(text: str) -> bool:
    """Whether a model's answer says that the passages do not hold it."""
    return _SAYS_NOT_FOUND.search(text) is not None


def all_ahead(dated: int, undated: int, today: datetime) -> str:
    """What to know where all articles that have a date were published after the reader's today; "" where none has."""
    if not dated:
        return ""
    articles = "The one article" if dated == 1 else f"All {dated:,} articles"
    which = f"{articles} with a date" if undated else articles
    return f"{which} {'is' if dated == 1 else 'are'} dated after {day(today)}. Is this computer's clock right?"


def _told(rarity: Mapping[str, float], evidence: Evidence) -> float:
    told = (
        _share(rarity, f"{heading(span.hit.article)} {span.text}") + float(cosine)
        for span, cosine in zip(evidence.spans, evidence.cosines, strict=True)
    )
    return max(told, default=0.0)


def _share(rarity: Mapping[str, float], text: str) -> float:
    """The share of the words that stand in the text, each counting as much as it is rare."""
    said = {stem(word) for word in words_of(text)}
    return sum(rare for word, rare in rarity.items() if stem(word) in said) / (sum(rarity.values()) or 1.0)


def _within(window: Window | None, hit: Hit) -> bool:
    """Whether it was published in the window or close to it; an unknown date may be."""
    published = hit.article.published_at
    if window is None or published is None:
        return True
    return (window.opens is None or published >= window.opens - _BESIDE) and (
        window.closes is None or published <= window.closes + _BESIDE
    )


def _unknown(asked: str, hits: Sequence[Hit]) -> int:
    known = {word for hit in hits for word in words_of(f"{heading(hit.article)} {hit.article.text}")}
    return sum(not known.issuperset(words_of(name)) for name in names_and_numbers(asked))


def _stale(reading: Reading, hits: Sequence[Hit], today: datetime) -> float:
    of_now = reading.timing.strength is Strength.PRESENT or _OF_THE_PRESENT.search(reading.standalone)
    if reading.window or not of_now:
        return 0.0
    dates = [hit.article.published_at for hit in hits if hit.article.published_at]
    return 1 - recency(max(dates), today) if dates else 0.0
