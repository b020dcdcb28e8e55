"""Which passages a question is about: BM25 and meaning fused, the right time before others, each article once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from assistant.ranking import ranked
from assistant.reading import Reading
from assistant.stories import one_of_each_story
from assistant.words import plain
from vectorstore.library import Library
from vectorstore.models import Candidate, Hit, Scope

# Each search brings this many: a passage that both like only somewhat can still win, above all when it is new.
_CANDIDATES = 200
_FIRST = 5


class Found(NamedTuple):
    """`hits`, best first, and the highest cosine between the question and any passage (0 when there is none)."""

    hits: list[Hit]
    similarity: float


def retrieve(library: Library, reading: Reading, as_of: datetime, scope: Scope, top: int = 10) -> Found:
    """The `top` best passages within the scope, best first, the first five of five articles where there are so many.

    The scores are those of assistant.ranking. Of a story that stands in several articles one is shown.
    """
    candidates = {each.passage_id: each for each in _candidates(library, reading, as_of, scope)}.values()
    held = _phrases_held(library, reading.phrases, [*candidates])
    best = _spread(one_of_each_story(ranked([*candidates], reading, as_of, held)))[:top]
    hits = library.hits([(candidate.passage_id, score) for candidate, score in best], as_of)
    return Found(hits, max((candidate.similarity for candidate in candidates), default=0.0))


def _candidates(library: Library, reading: Reading, as_of: datetime, scope: Scope) -> Iterable[Candidate]:
    """Those of the whole scope, and those of what the question names: few may be from an old week or a small outlet."""
    yield from library.search(reading.texts, reading.words, scope, _CANDIDATES)
    if named := _named(reading, scope, as_of):
        yield from library.search(reading.texts, reading.words, named, _CANDIDATES)


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


def _spread(pairs: Sequence[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """The same passages, with those moved behind the first five that would be a second one of their article there."""
    first: list[tuple[Candidate, float]] = []
    later: list[tuple[Candidate, float]] = []
    taken: set[str] = set()
    for pair in pairs:
        article_id = pair[0].article_id
        if len(first) < _FIRST and article_id not in taken:
            first.append(pair)
            taken.add(article_id)
        else:
            later.append(pair)
    return first + later
