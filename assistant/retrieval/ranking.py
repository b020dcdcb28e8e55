"""How well a passage fits a question: its words, its meaning, its article, its place there, its time and its outlet.

The weights are round numbers in the middle of wide plateaus, found on questions about news of 2022 (see
tests/benchmarks/retrieval.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from assistant.query.reading import Reading
from assistant.types import Recency, Window
from vectorstore.models import Candidate

_KEYWORD_SHARE = 0.5
# An article that speaks of the question in three passages is more likely about it than one that mentions it once.
_ARTICLE_SHARE = 0.1
_OF_AN_ARTICLE = 3
# News says first what it is about.
_LEAD = (0.1, 0.05)
_RECENCY_WEIGHT = 0.45
_WANTED = {Recency.OFF: 0.0, Recency.NORMAL: _RECENCY_WEIGHT, Recency.STRONG: 0.7}
_HALF_LIFE_DAYS = 30.0
# What is left to an article outside the window or the outlet that the question names: it may be meant all the same.
_OUTSIDE_THE_WINDOW = 0.85
_OTHER_OUTLET = 0.7
# News of a day is often printed later, and a month is summed up in the next.
_LATE_DAYS = 30.0
# More than any score without it.
_HOLDS_A_PHRASE = 2.0


def ranked(
    candidates: Sequence[Candidate], reading: Reading, as_of: datetime, phrases: Mapping[str, int] | None = None
) -> list[tuple[Candidate, float]]:
    """The candidates with their scores, best first. `phrases` tells how many of the phrases that the question quotes a
    passage holds, by its id: those that hold more come first, whatever else is said of them.

    The relevance is the convex sum of BM25 and cosine, each divided by its best (Bruch, Gai and Ingber 2023, "An
    Analysis of Fusion Functions for Hybrid Retrieval"), with a tenth of it left to the article's three best passages
    and up to a tenth more for its first two. It is then weighed as `weighed` says.
    """
    relevances = _relevances(candidates)
    of_article = _article_relevances(candidates, relevances)
    scored = []
    for candidate, relevance in zip(candidates, relevances, strict=True):
        score = (1 - _ARTICLE_SHARE) * relevance + _ARTICLE_SHARE * of_article[candidate.article_id]
        score *= 1 + (_LEAD[candidate.position] if candidate.position < len(_LEAD) else 0.0)
        held = (phrases or {}).get(candidate.passage_id, 0)
        scored.append((candidate, weighed(score, candidate.published_at, candidate.outlet, held, reading, as_of)))
    return sorted(scored, key=lambda pair: -pair[1])


def weighed(
    relevance: float, published_at: datetime | None, outlet: str, phrases: int, reading: Reading, as_of: datetime
) -> float:
    """A relevance of about 1 at most times its timeliness; less for another outlet than the one asked for, and far more
    for each phrase held."""
    score = relevance * timeliness(published_at, reading.window, as_of, _WANTED[reading.recency])
    if reading.outlets and outlet not in reading.outlets:
        score *= _OTHER_OUTLET
    return score + _HOLDS_A_PHRASE * phrases


def _relevances(candidates: Sequence[Candidate]) -> list[float]:
    best_keyword = max((c.keyword for c in candidates), default=0.0) or 1.0
    best_similarity = max((c.similarity for c in candidates), default=0.0) or 1.0
    return [
        _KEYWORD_SHARE * c.keyword / best_keyword + (1 - _KEYWORD_SHARE) * c.similarity / best_similarity
        for c in candidates
    ]


def _article_relevances(candidates: Sequence[Candidate], relevances: Sequence[float]) -> dict[str, float]:
    """The mean of each article's three best passages, those that are missing counted as nothing."""
    held: dict[str, list[float]] = defaultdict(list)
    for candidate, relevance in zip(candidates, relevances, strict=True):
        held[candidate.article_id].append(relevance)
    return {id: sum(sorted(found)[-_OF_AN_ARTICLE:]) / _OF_AN_ARTICLE for id, found in held.items()}


def timeliness(
    published_at: datetime | None, window: Window | None, as_of: datetime, weight: float = _RECENCY_WEIGHT
) -> float:
    """1 for the right time, less for any other.

    Without a window or with one that reaches to today the newest is best. Within a window that is past all days are
    alike, and so they are in the month after it.
    """
    recent = recency(published_at, as_of, weight)
    if window is None:
        return recent
    past = window.closes is not None and window.closes < as_of
    if window.holds(published_at):
        return 1.0 if past else recent
    if past and window.closes and published_at and 0 < _days(window.closes, published_at) < _LATE_DAYS:
        recent = 1.0
    return _OUTSIDE_THE_WINDOW * recent


def recency(published_at: datetime | None, as_of: datetime, weight: float = _RECENCY_WEIGHT) -> float:
    """1 for what was published at `as_of`, falling by `weight` to 0.55; halfway between for an unknown date."""
    if published_at is None:
        return 1 - weight / 2
    age = max(0.0, _days(published_at, as_of))
    return float(1 - weight + weight * 0.5 ** (age / _HALF_LIFE_DAYS))


def _days(earlier: datetime, later: datetime) -> float:
    return (later - earlier).total_seconds() / 86400
