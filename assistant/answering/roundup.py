"""Answers that are lists of quotations, put together by code: digests, timelines, comparisons and summaries.

At once and without the chat model: a small one takes 8 s for two passages and mixes up who said what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import replace
from datetime import date, timedelta
from itertools import compress
from math import inf
from typing import NamedTuple

import numpy as np

from assistant.answering.clustering import grouped, vectors_of
from assistant.evidence import cite, quotation, quote, weigh
from assistant.evidence.best_sentences import Pick, lede, picked, sentences, whole
from assistant.query.decomposition import parts
from assistant.query.intent import frame_words
from assistant.query.request import OF_OUTLETS
from assistant.query.search_filters import read_outlets
from assistant.query.sections import belonging
from assistant.retrieval.search import Found
from assistant.text.labels import day, days, spoken
from assistant.text.texts import tr
from assistant.text.time_window import read_timing
from assistant.text.words import key_stems, key_words, names_and_numbers, stem, stems_of
from assistant.types import Answer, AnswerKind, Intent, Request, Window, own
from vectorstore.library import Library
from vectorstore.models import Hit, Scope, heading
from vectorstore.storage.story_groups import Opening

LOOKED_AT = 30
"""Hits to put such an answer together from."""
_MOST = 8
_A_WEEK = timedelta(days=7)
_OF_A_PART = 2
_MOST_OUTLETS = 4
# Characters in which an article says what it is about; what is only mentioned comes later.
_BEGINNING = 400
_READ_OF_AN_ARTICLE = 40
_ALIKE = 0.5
# How much more the first sentence of an article counts than the last.
_LEAD = 0.3


def put_together(answer: Answer, request: Request, found: Found, library: Library, scope: Scope) -> Answer:
    """The answer with its sources, sentences and citations; without sentences where nothing fits."""
    most = request.most or _MOST
    if request.broad or request.sections:
        return front_page(answer, library, scope, most, request.sections)
    subject = request.subject or answer.standalone_question
    if request.kind is AnswerKind.COMPARISON:
        return _compared(answer, request, found.hits, library)
    named = key_stems(read_timing(subject, answer.as_of.date()).rest)
    names = {stem(word) for word in names_and_numbers(f"of {subject}")}
    hits = [hit for hit in found.hits if _names(hit, named, names)]
    if not hits:
        return answer
    match request.kind:
        case AnswerKind.TIMELINE:
            events = in_order(picked(subject, _of_the_days(answer, hits), library, most))
            return resting_on(answer, events, [day(event.day) for event in events])
        case AnswerKind.SUMMARY:
            return resting_on(answer, _central(hits[0], library, request.most))
        case _:
            told = picked(subject, _about(_of_the_days(answer, hits), named), library, most)
            return resting_on(answer, sorted(told, key=lambda pick: pick.day or date.min, reverse=True))


def _names(hit: Hit, words: Set[str], names: Set[str]) -> bool:
    """Whether an article has most of the words, or all of the names among them: what is nearest to a thing may be about
    none of it."""
    held = stems_of(f"{heading(hit.article)} {hit.article.text}")
    return not words or len(words & held) > len(words) / 2 or (bool(names) and names <= held)


def in_order(events: Iterable[Pick]) -> list[Pick]:
    """By day, those of an unknown day last."""
    return sorted(events, key=lambda event: event.day or date.max)


def front_page(answer: Answer, library: Library, scope: Scope, most: int, sections: Collection[str] = ()) -> Answer:
    """How the largest stories of the days, outlets and sections asked about open, the largest first; where these days
    have none, those of the newest days that have any, and it says so. Where no days are asked about, those are told,
    and of sections as many articles as are shown, however old."""
    opened = of_sections(openings(answer, library, scope), sections, library)
    notice = "" if opened else answer.notice
    if not opened or not answer.window:
        every = of_sections(openings(replace(answer, window=None), library, scope), sections, library)
        opened = _newest(every, most if sections else 0)
        published = [each.published_at.date() for each in opened if each.published_at]
        if published and answer.window:
            when, newest = spoken(answer.window), days(Window(min(published), max(published)))
            if sections:
                notice = tr(
                    "Nothing that belongs there was published {when}. These are the newest such articles, of {days}.",
                    when=when,
                    days=newest,
                )
            else:
                notice = tr(
                    "Nothing was published {when}. These are the newest articles, of {days}.", when=when, days=newest
                )
    hits = library.hits([(group.centre.passage_id, 1.0) for group in grouped(opened)[:most]], answer.as_of)
    return replace(resting_on(answer, [*filter(None, map(lede, hits))]), notice=notice)


def openings(answer: Answer, library: Library, scope: Scope) -> list[Opening]:
    """How the articles open of the days and the outlets asked about, the last to come first."""
    window = answer.window
    opens, closes = (window.opens, window.closes) if window else (None, None)
    since = max(filter(None, (scope.since, opens)), default=None)
    until = min(filter(None, (scope.until, closes, answer.as_of)))
    return library.openings(replace(scope, since=since, until=until, outlets=scope.outlets or answer.outlets))


def of_sections(opened: list[Opening], sections: Collection[str], library: Library) -> list[Opening]:
    """Those that belong to these sections of a newspaper, the newest first; all of them where none is named."""
    if not sections or not opened:
        return opened
    of_it = compress(opened, belonging(vectors_of(opened), sections, library.embedder))
    return sorted(of_it, key=lambda each: -each.published_at.timestamp() if each.published_at else inf)


def _newest(opened: Sequence[Opening], least: int = 0) -> list[Opening]:
    """Those of the week that ends with the newest, or the newest so many; all where no day is known."""
    known = sorted((each.published_at for each in opened if each.published_at), reverse=True)
    if not known:
        return [*opened]
    newest, enough = known[0], known[: max(1, least)][-1]
    dated = [(each, each.published_at) for each in opened if each.published_at]
    return [each for each, when in dated if newest - when < _A_WEEK or when >= enough]


def _of_the_days(answer: Answer, hits: Sequence[Hit]) -> Sequence[Hit]:
    """Those of the days asked about; all of them when there are none."""
    window = answer.window
    inside = [hit for hit in hits if window and window.holds(hit.article.published_at)]
    return inside or hits


class _Section(NamedTuple):
    """One of the things compared: its name, what is asked of it, and the hits that tell of it."""

    name: str
    asked: str
    hits: Sequence[Hit]


def _compared(answer: Answer, request: Request, hits: Sequence[Hit], library: Library) -> Answer:
    """For each part its own quotations; for one that no hit tells of, that there are none."""
    picks: list[Pick] = []
    labels: list[str] = []
    compared = _outlets(answer, request, hits) or _parts(answer, hits)
    for name, asked, near in compared:
        taken = {(pick.hit.article.id, pick.start) for pick in picks}
        quoted = quote(weigh(asked, near, library.embedder)).citations
        fresh = [Pick(near[c.number - 1], c.start, c.end) for c in quoted if (c.article.id, c.start) not in taken]
        picks += fresh[:_OF_A_PART]
        labels += [name] * len(fresh[:_OF_A_PART])
    told = resting_on(answer, picks, labels)
    silent = [each.name for each in compared if each.name not in labels]
    missing = [replace(own(tr("No article found says anything of it.")), label=name) for name in silent]
    return replace(told, sentences=(*told.sentences, *missing)) if picks else answer


def _outlets(answer: Answer, request: Request, hits: Sequence[Hit]) -> list[_Section]:
    """What each outlet tells of the one thing: those that the question names, all that tell of it where it means them
    all; none where it compares something else."""
    named, rest = read_outlets(answer.question, answer.outlets)
    if len(named) < 2 and request.detail != OF_OUTLETS:
        return []
    asked = " ".join(word for word in key_words(rest) if word not in frame_words(Intent.COMPARISON))
    words, names = key_stems(asked), {stem(word) for word in names_and_numbers(f"of {asked}")}
    told = [hit for hit in hits if _names(hit, words, names)]
    outlets = named if len(named) > 1 else _telling(told, words)
    return [_Section(each, asked, [hit for hit in told if hit.article.outlet == each]) for each in outlets]


def _telling(hits: Sequence[Hit], words: Set[str]) -> Sequence[str]:
    """The outlets of those that are about it, and do not only mention it; of all where none is."""
    return [*dict.fromkeys(hit.article.outlet for hit in _about(hits, words) if hit.article.outlet)][:_MOST_OUTLETS]


def _about(hits: Sequence[Hit], words: Set[str]) -> Sequence[Hit]:
    """Those of articles that have some of the words in the headline or at the beginning; all where none has."""
    begin = [stems_of(f"{heading(hit.article)} {hit.article.text[:_BEGINNING]}") for hit in hits]
    return [hit for hit, said in zip(hits, begin, strict=True) if words & said] or hits


def _parts(answer: Answer, hits: Sequence[Hit]) -> list[_Section]:
    """Of each the hits that name what it has before the others."""
    asked = parts(answer.question)
    held = [key_stems(part) for part in asked]
    sections = []
    for part, words in zip(asked, held, strict=True):
        own_words = words - set().union(*(each for each in held if each is not words)) or words
        near = [hit for hit in hits if own_words <= stems_of(f"{heading(hit.article)} {hit.passage.text}")]
        sections.append(_Section(part, part, near))
    return sections


def _central(hit: Hit, library: Library, most: int) -> list[Pick]:
    """The sentences, as many as are wanted or three to five, that carry an article, in the order of its text.

    Central is what most of the others are like (Erkan and Radev 2004, "LexRank"), the beginning before the end, each
    saying something new (maximal marginal relevance, Carbonell and Goldstein 1998).
    """
    told = _told(hit, library)
    if not told:
        return []
    vectors = library.embedder.passages([each.text for each in told])
    scores = (vectors @ vectors.T).mean(axis=1) + _LEAD * np.linspace(1, 0, len(told)) ** 2
    chosen = []
    for _ in range(min(len(told), most or max(3, min(5, len(told) // 6)))):
        best = int(scores.argmax())
        chosen.append(best)
        scores = scores - np.maximum(0.0, vectors @ vectors[best] - _ALIKE)
        scores[best] = -np.inf
    return [told[i] for i in sorted(chosen)]


def _told(hit: Hit, library: Library) -> list[Pick]:
    """The article's sentences, each within its first passage; of a long article the first forty."""
    found: dict[int, Pick] = {}
    for passage in library.passages_of(hit.article.id):
        at = replace(hit, passage=passage)
        for start, end in sentences(at, passage):
            if whole(hit.article.text[start:end]):
                found.setdefault(start, Pick(at, start, end))
    return [*found.values()][:_READ_OF_AN_ARTICLE]


def resting_on(answer: Answer, picks: Sequence[Pick], labels: Sequence[str] = ()) -> Answer:
    """The answer with these for its sentences; sources in the order of the sentences, each passage once."""
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
