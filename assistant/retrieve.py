"""Which passages a question is about: BM25 and meaning fused, newer before older, several articles before one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from assistant.stories import one_of_each_story
from assistant.words import key_words, words_of
from vectorstore.library import Library
from vectorstore.models import Candidate, Hit, Scope

# Each search brings this many: a passage that both like only somewhat can still win, above all when it is new.
_CANDIDATES = 200
_KEYWORD_SHARE = 0.5
_RECENCY_WEIGHT = 0.3
_HALF_LIFE_DAYS = 30.0
_FIRST = 5
_OF_ONE_ARTICLE = 2


class Found(NamedTuple):
    """`hits`, best first, and the highest cosine between the question and any passage (0 when there is none)."""

    hits: list[Hit]
    similarity: float


def retrieve(library: Library, question: str, as_of: datetime, top: int = 10) -> Found:
    """The `top` best passages, best first; nothing published after `as_of`.

    The score is the convex sum of BM25 and cosine, each divided by its best (Bruch, Gai and Ingber 2023, "An Analysis
    of Fusion Functions for Hybrid Retrieval"), times a recency that halves every 30 days and weighs 0.3. Among the
    first five at most two are of one article. Of a story that stands in several articles one is shown.
    """
    candidates = library.search(question, key_words(question) or words_of(question), Scope(until=as_of), _CANDIDATES)
    ranked = one_of_each_story(sorted(_fused(candidates, as_of), key=lambda pair: -pair[1]))
    hits = library.hits([(candidate.passage_id, score) for candidate, score in _spread(ranked)[:top]], as_of)
    return Found(hits, max((c.similarity for c in candidates), default=0.0))


def _fused(candidates: Sequence[Candidate], as_of: datetime) -> Iterable[tuple[Candidate, float]]:
    best_keyword = max((c.keyword for c in candidates), default=0.0) or 1.0
    best_similarity = max((c.similarity for c in candidates), default=0.0) or 1.0
    for candidate in candidates:
        keyword, similarity = candidate.keyword / best_keyword, candidate.similarity / best_similarity
        relevance = _KEYWORD_SHARE * keyword + (1 - _KEYWORD_SHARE) * similarity
        yield candidate, relevance * recency(candidate.published_at, as_of)


def recency(published_at: datetime | None, as_of: datetime) -> float:
    """1 for what was published at `as_of`, falling to 0.7; halfway between for an unknown date."""
    if published_at is None:
        return 1 - _RECENCY_WEIGHT / 2
    age = max(0.0, (as_of - published_at).total_seconds() / 86400)
    return float(1 - _RECENCY_WEIGHT + _RECENCY_WEIGHT * 0.5 ** (age / _HALF_LIFE_DAYS))


def _spread(ranked: Sequence[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """The same passages, those that would be an article's third among the first five moved behind them."""
    first: list[tuple[Candidate, float]] = []
    later: list[tuple[Candidate, float]] = []
    taken: Counter[str] = Counter()
    for pair in ranked:
        article_id = pair[0].article_id
        if len(first) < _FIRST and taken[article_id] < _OF_ONE_ARTICLE:
            first.append(pair)
            taken[article_id] += 1
        else:
            later.append(pair)
    return first + later
