"""Of each article the one sentence that tells best what is asked for: what digests and timelines are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np

from assistant.evidence import promise
from assistant.evidence.injection_filter import reporting
from assistant.evidence.spans import dateline, states
from assistant.text.text_dates import moments
from assistant.text.words import key_stems
from vectorstore.library import Library
from vectorstore.models import Hit, Passage

# Two sentences of each are embedded, at 15 ms a sentence: its first, and the most promising of the passage found.
_ARTICLES = 12
# Below this share of the best article's score an article is about something else.
_LEAST_STANDING = 0.55
# News says first what it is about.
_LEDE = 0.15
# Cosine of two sentences from which on they tell of the same event.
_THE_SAME = 0.75
_OPENING = 3
# A weekday in such a sentence may be the one to come.
_AHEAD = re.compile(r"\b(?:will|would|is|are|to be|set to|expected|scheduled|plan(?:s|ned)?|upcoming|coming)\b", re.I)
_ENDING = re.compile(r"[.!…。！][\"'”’)]*$")


Fits = Callable[["Pick", float], bool]


class Pick(NamedTuple):
    """The words `article.text[start:end]` of a hit, within its passage."""

    hit: Hit
    start: int
    end: int
    worth: float = 0.0

    @property
    def text(self) -> str:
        return self.hit.article.text[self.start : self.end]

    @property
    def day(self) -> date | None:
        """The day of what is told, UTC: the latest one past that the sentence names, else that of its article."""
        published = self.hit.article.day
        if published is None:
            return None
        told = [each for each in moments(self.text, published) if _one_day(each.text)]
        if _AHEAD.search(self.text):
            told = [each for each in told if each.weekday is None or len(each.days) == 1]
        return max((day for each in told for day in each.days if day <= published), default=published)


def picked(
    subject: str, hits: Sequence[Hit], library: Library, most: int, to_the_point: Fits | None = None
) -> list[Pick]:
    """A sentence for each of at most `most` articles, best first, no two of which tell of the same event. With
    `to_the_point` every hit is looked at, and those sentences are taken that it takes by their cosine to the subject.

    A sentence counts for what it counts for in assistant.evidence.quote, and for being its article's first.
    """
    among = {hit.article.id: hit for hit in reversed(hits)}.values() if to_the_point else _articles(hits)
    candidates = [pick for hit in among for pick in _candidates(subject, hit, hits[0].score, library)]
    if not candidates:
        return []
    vectors = library.embedder.passages([each.text for each in candidates])
    cosines = vectors @ library.embedder.query(subject)
    scores = np.array([each.worth for each in candidates]) + cosines
    if to_the_point:
        fits = [to_the_point(each, float(cosine)) for each, cosine in zip(candidates, cosines, strict=True)]
        scores[~np.array(fits)] = -np.inf
    of = np.array([each.hit.article.id for each in candidates])
    found: list[Pick] = []
    while len(found) < most and scores.max() > -np.inf:
        best = int(scores.argmax())
        found.append(candidates[best])
        scores[(of == of[best]) | (vectors @ vectors[best] > _THE_SAME)] = -np.inf
    return found


def lede(hit: Hit) -> Pick | None:
    """Of the first three sentences of a hit's passage the one with most of the headline's words: datelines, captions
    and "Click here" have none. None where no sentence reports anything."""
    spans = [Pick(hit, start, end) for start, end in sentences(hit, hit.passage)]
    opening = [each for each in spans if whole(each.text)][:_OPENING] or spans
    title = key_stems(hit.article.title)
    return max(opening, key=lambda each: len(title & key_stems(each.text)), default=None)


def _articles(hits: Sequence[Hit]) -> list[Hit]:
    """The best hit of each article that is not far behind the best one."""
    firsts: dict[str, Hit] = {}
    for hit in hits:
        if hit.score >= _LEAST_STANDING * hits[0].score:
            firsts.setdefault(hit.article.id, hit)
    return [*firsts.values()][:_ARTICLES]


def _candidates(subject: str, hit: Hit, best: float, library: Library) -> Iterator[Pick]:
    opening = next(iter(library.passages_of(hit.article.id)), None)
    published = hit.article.day
    standing = hit.score / best
    current = opening if opening and opening.version == hit.article.version else None
    if current and (first := lede(replace(hit, passage=current))):
        yield first._replace(worth=_LEDE + promise(subject, first.text, published, standing))
    found = [Pick(hit, start, end) for start, end in sentences(hit, hit.passage)]
    told = [each._replace(worth=promise(subject, each.text, published, standing)) for each in found if whole(each.text)]
    if told:
        yield max(told, key=lambda pick: pick.worth)


def sentences(hit: Hit, passage: Passage) -> list[tuple[int, int]]:
    """Those of a passage of a hit's article that report something, without datelines, as offsets in its text."""
    found = [(a + dateline(passage.text[a:b]), b) for a, b in reporting(passage.text)]
    return [(passage.start + a, passage.start + b) for a, b in found]


def whole(sentence: str) -> bool:
    """Whether it is a sentence that states something, and no heading, caption or link."""
    return states(sentence) and _ENDING.search(sentence) is not None


def _one_day(phrase: str) -> bool:
    """Whether a phrase of time means one day: "Tuesday" and "3 July", and not "last week" or "this month"."""
    return not phrase.lower().endswith(("week", "weekend"))
