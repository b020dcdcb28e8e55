"""Where sources differ on the figure, the date or the name that a question asks for. Pure.

Each source is read for the one sentence that answers: its article names what the question names, most of the question's
other words stand in it, and beside one of these stands a thing of the kind asked for which the question does not give
itself. What the sources have in that place is compared. The same in another notation, a figure that was rounded and a
day of the year that another names do not differ; nor do sources that may well speak of two events: published weeks
apart, or one with far fewer of the question's words. Rather nothing is said than "differs" of what does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from assistant.evidence import cite, core
from assistant.facts import TITLES, Fact, Kind, agrees, facts
from assistant.models import Answer, Report, Sentence, Support
from assistant.moments import Moment
from assistant.quantities import Quantity
from assistant.roles import full_names
from assistant.wanted import wanted
from assistant.wordforms import same_name, stem
from vectorstore.models import Hit
from vectorstore.sentences import sentence_spans

# Shares of the question's names that an article must have, and of its other words that a sentence must.
_NAMES = 0.8
_WORDS = {Kind.NUMBER: 0.5, Kind.DATE: 0.5, Kind.NAME: 0.65}
# Of the share that the best sentence has.
_AS_WELL = 0.75
# Facts from a word of the question to what is asked for. A name is taken only from right beside it.
_NEAR = {Kind.NUMBER: 3, Kind.DATE: 3, Kind.NAME: 1}
_WORDS_BETWEEN = 3
_APART = timedelta(days=14)
_MOST = 3
_ROUND, _ROUNDED, _HEDGED = 100, 0.05, 0.1
_HEDGE = re.compile(r"\b(?:about|around|roughly|some|nearly|almost|over|under|than|least|most|up to|approximately) $")
_IN = re.compile(r"\b[Ii]n $")
_UNKNOWN = datetime.min.replace(tzinfo=UTC)
# Said of one event in news; a question and its answer seldom choose the same.
_ALIKE = """
    die kill dead deadly death toll fatal; hurt injure wound; population people inhabitant resident; born birth birthday;
    found founded establish create start launch begin form; build construct erect; release publish
"""
_SENSES = {stem(word): group.split()[0] for group in _ALIKE.split(";") for word in group.split()}
# Words of a question that say how much, when or which one, and not of what.
_LITTLE = frozenset(map(stem, ["year", "date", "total", "number", "estimated", "approximately", *TITLES]))


class _Asked(NamedTuple):
    kind: Kind
    given: tuple[Fact, ...]
    names: tuple[Fact, ...]
    places: tuple[str, ...]
    words: frozenset[str]


class _Reading(NamedTuple):
    """What a source says: `says` as it writes it, in its sentence from `start` to `end`, offsets into the article.
    `share` is that of the question's words in the sentence, `beside` those that stand near."""

    number: int
    hit: Hit
    start: int
    end: int
    fact: Fact
    says: str
    share: float
    away: int
    beside: frozenset[str]
    hedged: bool

    @property
    def rank(self) -> tuple[float, bool, int]:
        """A day is worth more than a year, and what stands nearer than what stands farther off."""
        return self.share, isinstance(self.fact.value, Moment) and self.fact.value.day is not None, -self.away


def with_differing(answer: Answer) -> Answer:
    """The answer with what its sources say otherwise: as reports, and quoted as far as it does not quote it yet."""
    found = differing(answer.standalone_question, answer.sources)
    quoted = {cited.quote for cited in answer.citations}
    fresh = tuple(each.citation for each in found if each.citation.quote not in quoted)
    dates = [cited.article.published_at for cited in fresh if cited.article.published_at]
    return replace(
        answer,
        sentences=(*answer.sentences, *(Sentence(c.quote, (c.number,), Support.QUOTED) for c in fresh)),
        citations=(*answer.citations, *fresh),
        newest_source=max([*dates, *filter(None, [answer.newest_source])], default=None),
        differing=found,
    )


def differing(question: str, sources: Sequence[Hit]) -> tuple[Report, ...]:
    """What is said on the point that the question asks about, once each, the newest report first; nothing where no two
    sources differ or the question asks for no figure, date or name."""
    asked = _asked(question)
    if asked is None:
        return ()
    found = [reading for number, hit in enumerate(sources, start=1) if (reading := _read(asked, number, hit))]
    chosen = [_newest(group) for group in _groups(sorted(found, key=lambda each: each.rank, reverse=True))[:_MOST]]
    if len(chosen) < 2:
        return ()
    chosen.sort(key=lambda each: each.hit.article.published_at or _UNKNOWN, reverse=True)
    return tuple(Report(each.says, cite(each.number, each.hit, each.start, each.end)) for each in chosen)


def _asked(question: str) -> _Asked | None:
    kind, given = wanted(question), facts(question, None)
    words = frozenset(_sense(each) for each in given if each.kind is Kind.WORD and each.key not in _LITTLE)
    names = tuple(each for each in given if each.kind is Kind.NAME)
    return _Asked(kind, given, names, tuple(_places(question, given)), words) if kind and words else None


def _sense(fact: Fact) -> str:
    word = stem(fact.text) if fact.kind is Kind.NAME else fact.key  # "Built in 1875, it is" begins with no name
    return _SENSES.get(word, word)


def _read(asked: _Asked, number: int, hit: Hit) -> _Reading | None:
    """The sentence that answers best; None when none does."""
    passage, published = core(hit), _day(hit)
    around = (*facts(passage.text, published), *facts(hit.article.title, published))
    named = sum(any(agrees(name, each, published) for each in around) for name in asked.names)
    if named < _NAMES * len(asked.names):
        return None
    readings: list[_Reading] = []
    for start, end in sentence_spans(passage.text):
        at = passage.start + start
        readings += _readings(asked, _Reading(number, hit, at, passage.start + end, *_NOTHING), passage.text[start:end])
    return max(readings, key=lambda each: each.rank, default=None)


_NOTHING = (Fact(Kind.WORD, "", 0, 0, ""), "", 0.0, 0, frozenset[str](), False)


def _readings(asked: _Asked, blank: _Reading, sentence: str) -> Iterator[_Reading]:
    """Everything in the sentence that could be what is asked for."""
    published = _day(blank.hit)
    said = facts(sentence, published)
    anchors = [at for at, each in enumerate(said) if _sense(each) in asked.words]
    share = len({_sense(said[at]) for at in anchors}) / len(asked.words)
    if share < _WORDS[asked.kind] or _elsewhere(asked, sentence, said):
        return
    for at, fact in enumerate(said):
        if not _fits(asked, fact, published):
            continue
        near = [anchor for anchor in anchors if abs(anchor - at) <= _NEAR[asked.kind]]
        if asked.kind is Kind.NAME:
            near = [anchor for anchor in near if _adjoin(sentence, said[anchor], fact)]
        if near:
            away = min(abs(anchor - at) for anchor in near)
            says = _says(sentence, said, at, at + 1 in near)
            beside = frozenset(_sense(said[anchor]) for anchor in near)
            hedged = bool(_HEDGE.search(sentence[: fact.start].lower()))
            yield blank._replace(fact=fact, says=says, share=share, away=away, beside=beside, hedged=hedged)


def _elsewhere(asked: _Asked, sentence: str, said: Sequence[Fact]) -> bool:
    """Whether the question asks about one place, "in Florida", and the sentence speaks of others."""
    named = _places(sentence, said)
    return bool(asked.places and named) and not any(same_name(one, other) for one in asked.places for other in named)


def _places(text: str, found: Sequence[Fact]) -> list[str]:
    names = (each for each in found if each.kind is Kind.NAME)
    return [each.text for each in names if _IN.search(text[: each.start])]


def _fits(asked: _Asked, fact: Fact, published: date | None) -> bool:
    """Whether a fact is of the kind asked for, is one of its own, and is not given by the question."""
    if fact.kind is not asked.kind or any(agrees(fact, each, published) for each in asked.given):
        return False
    if isinstance(fact.value, Quantity):
        return fact.value.unit != "#" and fact.text.lower() not in ("one", "a")
    return True


def _adjoin(sentence: str, one: Fact, other: Fact) -> bool:
    """Whether at most a few small words stand between two facts, and no mark."""
    first, second = sorted((one, other), key=lambda each: each.start)
    between = sentence[first.end : second.start]
    return len(between.split()) <= _WORDS_BETWEEN and not re.search(r"[^\w\s'’]", between)


def _says(sentence: str, said: Sequence[Fact], at: int, counts: bool) -> str:
    """A name in full; a figure with what it counts, where that is the next word and the question's own."""
    fact = said[at]
    if fact.kind is Kind.NAME:
        return next(sentence[start:end] for start, end in full_names(sentence, said) if start <= fact.start < end)
    if counts and _adjoin(sentence, fact, said[at + 1]):
        return sentence[fact.start : said[at + 1].end]
    return fact.text


def _groups(readings: Sequence[_Reading]) -> list[list[_Reading]]:
    """Those that say the same together; one that differs from none of the others, but cannot be compared, is left."""
    groups: list[list[_Reading]] = []
    for reading in readings:
        same = next((group for group in groups if any(_same(reading, each) for each in group)), None)
        if same is not None:
            same.append(reading)
        elif all(_differ(reading, group[0]) for group in groups):
            groups.append([reading])
    return groups


def _newest(group: Sequence[_Reading]) -> _Reading:
    return max(group, key=lambda each: each.hit.article.published_at or _UNKNOWN)


def _same(one: _Reading, other: _Reading) -> bool:
    if agrees(one.fact, other.fact, _day(other.hit)) or agrees(other.fact, one.fact, _day(one.hit)):
        return True
    if not (isinstance(one.fact.value, Quantity) and isinstance(other.fact.value, Quantity)):
        return one.fact.kind is Kind.NAME and not set(one.says.split()).isdisjoint(other.says.split())
    less, more = sorted((one.fact.value.value, other.fact.value.value))
    allowed = _HEDGED if one.hedged or other.hedged else _ROUNDED if less >= _ROUND else 0.0
    return more - less <= allowed * more


def _differ(one: _Reading, other: _Reading) -> bool:
    """Whether two that are not the same speak of the same thing, and neither passage has the other's word as well."""
    if isinstance(one.fact.value, Quantity) and isinstance(other.fact.value, Quantity):
        if one.fact.value.unit != other.fact.value.unit:
            return False
    dates = [each.hit.article.published_at for each in (one, other)]
    if dates[0] and dates[1] and abs(dates[0] - dates[1]) > _APART:
        return False
    if one.beside.isdisjoint(other.beside) or other.share < _AS_WELL * one.share or one.share < _AS_WELL * other.share:
        return False
    return not (_mentions(one.hit, other.fact) or _mentions(other.hit, one.fact))


def _mentions(hit: Hit, fact: Fact) -> bool:
    return any(agrees(fact, each, _day(hit)) for each in facts(core(hit).text, _day(hit)))


def _day(hit: Hit) -> date | None:
    return hit.article.published_at.date() if hit.article.published_at else None
