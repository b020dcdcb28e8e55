"""Which passages a question is about: BM25 and meaning fused, the right time before others, each article once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, TypeVar

from assistant.query.reading import Reading
from assistant.retrieval.merging import one_of_each_story
from assistant.retrieval.ranking import ranked, weighed
from assistant.text.words import plain
from vectorstore.library import Library
from vectorstore.models import Candidate, Hit, Scope, heading

# Each search brings this many: a passage that both like only somewhat can still win, above all when it is new.
_CANDIDATES = 200
_FIRST = 5

Rerank = Callable[[str, Sequence[str]], Sequence[float]]
"""How well each text fits the question, from 0 to 1."""
Item = TypeVar("Item")


class Found(NamedTuple):
    """`hits`, best first, and the highest cosine between the question and any passage (0 when there is none)."""

    hits: list[Hit]
    similarity: float


def retrieve(
    library: Library, reading: Reading, as_of: datetime, scope: Scope, top: int = 10, rerank: Rerank | None = None
) -> Found:
    """The `top` best passages within the scope, best first, the first five of five articles where there are so many.

    The scores are those of ranking.py. Of a story that stands in several articles one is shown. `rerank` puts the
    passages found into an order of its own, in which time, outlet and phrases count as before.
    """
    found, held = library.steady(lambda: _retrieved(library, reading, as_of, scope, top))
    if not rerank:
        return found
    reranked = _reranked(found.hits, rerank, reading, as_of, held)
    return found._replace(hits=_spread(reranked, lambda hit: hit.article.id))


def _retrieved(
    library: Library, reading: Reading, as_of: datetime, scope: Scope, top: int
) -> tuple[Found, Mapping[str, int]]:
    """What is found, and how many of the phrases each candidate holds."""
    candidates = [*{each.passage_id: each for each in _candidates(library, reading, as_of, scope)}.values()]
    held = _phrases_held(library, reading.phrases, candidates)
    best = _spread(one_of_each_story(ranked(candidates, reading, as_of, held)), lambda pair: pair[0].article_id)
    hits = library.hits([(candidate.passage_id, score) for candidate, score in best[:top]], as_of)
    return Found(hits, max((candidate.similarity for candidate in candidates), default=0.0)), held


def _candidates(library: Library, reading: Reading, as_of: datetime, scope: Scope) -> Iterable[Candidate]:
    """Those of the whole scope, and those of what the question names: few may be from an old week or a small outlet."""
    yield from library.search(reading.texts, reading.words, scope, _CANDIDATES, reading.sought)
    if named := _named(reading, scope, as_of):
        yield from library.search(reading.texts, reading.words, named, _CANDIDATES, reading.sought)


def _phrases_held(library: Library, phrases: Sequence[str], candidates: Sequence[Candidate]) -> dict[str, int]:
    """Passage id -> how many of the phrases stand in the passage or its headline, word for word.

    BM25 brings such passages in, but knows stems only and weighs a phrase as one word among others.
    """
    hits = library.hits([(candidate.passage_id, 0.0) for candidate in candidates]) if phrases else []
    texts = {hit.passage.id: f" {plain(hit.article.title)} | {plain(hit.passage.text)} " for hit in hits}
    return {id: sum(f" {phrase} " in text for phrase in phrases) for id, text in texts.items()}


def _named(reading: Reading, scope: Scope, as_of: datetime) -> Scope | None:
    """The part of the scope that the question names, None when it names none."""
    window, outlets = reading.window, reading.outlets
    if not (window and window.closes and window.closes < as_of) and not outlets:
        return None
    opens, closes = (window.opens, window.closes) if window else (None, None)
    since = max(filter(None, (scope.since, opens)), default=None)
    until = min(filter(None, (scope.until, closes)), default=None)
    return replace(scope, since=since, until=until, outlets=scope.outlets or outlets)


def _reranked(
    hits: Sequence[Hit], rerank: Rerank, reading: Reading, as_of: datetime, phrases: Mapping[str, int]
) -> list[Hit]:
    relevances = rerank(reading.standalone, [f"{heading(hit.article)}\n{hit.passage.text}" for hit in hits])
    rescored = []
    for hit, relevance in zip(hits, relevances, strict=True):
        held = phrases.get(hit.passage.id, 0)
        score = weighed(relevance, hit.article.published_at, hit.article.outlet, held, reading, as_of)
        rescored.append(replace(hit, score=score))
    return sorted(rescored, key=lambda hit: -hit.score)


def _spread(items: Sequence[Item], article: Callable[[Item], str]) -> list[Item]:
    """The same items, with those moved behind the first five that would be a second one of their article there."""
    first: list[Item] = []
    later: list[Item] = []
    taken: set[str] = set()
    for item in items:
        if len(first) < _FIRST and article(item) not in taken:
            first.append(item)
            taken.add(article(item))
        else:
            later.append(item)
    return first + later
