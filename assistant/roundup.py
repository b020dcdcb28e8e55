"""Answers that are lists of quotations, put together by code: digests, timelines, comparisons and summaries.

At once and without the chat model: a small one takes 8 s for two passages and mixes up who said what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from datetime import date

import numpy as np

from assistant.dates import read_timing
from assistant.evidence import cite, quotation, quote, weigh
from assistant.groups import grouped
from assistant.kinds import AnswerKind, Request
from assistant.labels import day
from assistant.models import Answer
from assistant.parts import parts
from assistant.picks import Pick, lede, picked, sentences, whole
from assistant.retrieve import Found
from assistant.wordforms import stem
from assistant.words import key_words, words_of
from vectorstore.library import Library
from vectorstore.models import Hit, Scope, heading

LOOKED_AT = 30
"""Hits to put such an answer together from."""
_MOST = 8
_OF_A_PART = 2
_READ_OF_AN_ARTICLE = 40
_ALIKE = 0.5
# How much more the first sentence of an article counts than the last.
_LEAD = 0.3


def put_together(answer: Answer, request: Request, found: Found, library: Library, scope: Scope) -> Answer:
    """The answer with its sources, sentences and citations; without sentences where nothing fits."""
    if request.broad:
        return _with(answer, [*filter(None, map(lede, front_page(library, answer, scope)))])
    subject = request.subject or answer.standalone_question
    if request.kind is AnswerKind.COMPARISON:
        return _compared(answer, parts(answer.question), found.hits, library)
    named = {stem(word) for word in key_words(read_timing(subject, answer.as_of.date()).rest)}
    hits = [hit for hit in found.hits if _names(hit, named)]
    if not hits:
        return answer
    match request.kind:
        case AnswerKind.TIMELINE:
            events = in_order(picked(subject, _of_the_days(answer, hits), library, _MOST))
            return _with(answer, events, [day(event.day) for event in events])
        case AnswerKind.SUMMARY:
            return _with(answer, _central(hits[0], library))
        case _:
            return _with(answer, picked(subject, _of_the_days(answer, hits), library, _MOST))


def _names(hit: Hit, words: Set[str]) -> bool:
    """Whether an article has most of the words: what is nearest to a thing may be about none of it."""
    held = {stem(word) for word in words_of(f"{heading(hit.article)} {hit.article.text}")}
    return not words or len(words & held) > len(words) / 2


def in_order(events: Iterable[Pick]) -> list[Pick]:
    """By day, those of an unknown day last."""
    return sorted(events, key=lambda event: event.day or date.max)


def front_page(library: Library, answer: Answer, scope: Scope) -> list[Hit]:
    """How the largest stories of the days and the outlets asked about open, the largest first."""
    window = answer.window
    opens, closes = (window.opens, window.closes) if window else (None, None)
    since = max(filter(None, (scope.since, opens)), default=None)
    until = min(filter(None, (scope.until, closes, answer.as_of)))
    asked = replace(scope, since=since, until=until, outlets=scope.outlets or answer.outlets)
    groups = grouped(library.openings(asked))[:_MOST]
    return library.hits([(group.centre.passage_id, 1.0) for group in groups], until)


def _of_the_days(answer: Answer, hits: Sequence[Hit]) -> Sequence[Hit]:
    """Those of the days asked about; all of them when there are none."""
    window = answer.window
    inside = [hit for hit in hits if window and window.holds(hit.article.published_at)]
    return inside or hits


def _compared(answer: Answer, asked: Sequence[str], hits: Sequence[Hit], library: Library) -> Answer:
    """For each part its own quotations, of hits that name it where any do."""
    picks: list[Pick] = []
    labels: list[str] = []
    for part in asked:
        name = key_words(part)[0]
        near = [hit for hit in hits if name in words_of(f"{heading(hit.article)} {hit.passage.text}")] or hits
        taken = {(pick.hit.article.id, pick.start) for pick in picks}
        quoted = quote(weigh(part, near, library.embedder)).citations
        fresh = [Pick(near[c.number - 1], c.start, c.end) for c in quoted if (c.article.id, c.start) not in taken]
        picks += fresh[:_OF_A_PART]
        labels += [part] * len(fresh[:_OF_A_PART])
    return _with(answer, picks, labels)


def _central(hit: Hit, library: Library) -> list[Pick]:
    """The three to five sentences that carry an article, in the order of its text.

    Central is what most of the others are like (Erkan and Radev 2004, "LexRank"), the beginning before the end, each
    saying something new (maximal marginal relevance, Carbonell and Goldstein 1998).
    """
    told = _told(hit, library)
    if not told:
        return []
    vectors = library.embedder.passages([each.text for each in told])
    scores = (vectors @ vectors.T).mean(axis=1) + _LEAD * np.linspace(1, 0, len(told)) ** 2
    chosen = []
    for _ in range(min(len(told), max(3, min(5, len(told) // 6)))):
        best = int(scores.argmax())
        chosen.append(best)
        scores = scores - np.maximum(0.0, vectors @ vectors[best] - _ALIKE)
        scores[best] = -np.inf
    return [told[i] for i in sorted(chosen)]


def _told(hit: Hit, library: Library) -> list[Pick]:
    """The article's sentences, each within its first passage; of a long article the first forty."""
    found: dict[int, Pick] = {}
    for passage in library.passages_of(hit.article.id):
        at = replace(hit, passage=passage, better=None)
        for start, end in sentences(at, passage):
            if whole(hit.article.text[start:end]):
                found.setdefault(start, Pick(at, start, end))
    return [*found.values()][:_READ_OF_AN_ARTICLE]


def _with(answer: Answer, picks: Sequence[Pick], labels: Sequence[str] = ()) -> Answer:
    """Sources in the order of the sentences, each passage once."""
    numbers: dict[str, int] = {}
    sources: list[Hit] = []
    citations = []
    for pick in picks:
        if pick.hit.passage.id not in numbers:
            sources.append(pick.hit)
            numbers[pick.hit.passage.id] = len(sources)
        citations.append(cite(numbers[pick.hit.passage.id], pick.hit, pick.start, pick.end))
    told = zip(citations, labels or [""] * len(citations), strict=True)
    said = tuple(quotation(citation, label) for citation, label in told)
    newest = max((c.article.published_at for c in citations if c.article.published_at), default=None)
    ordered = tuple(sorted(citations, key=lambda c: (c.number, c.start)))
    return replace(answer, sources=tuple(sources), sentences=said, citations=ordered, newest_source=newest)
