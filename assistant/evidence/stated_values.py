"""What each source says in the place that a question asks about: its figure, its date or its name. Pure.

A source is read for the one sentence that answers: its passage and headline name what the question names, most of the
question's other words stand in it, and beside one of these stands a thing of the kind asked for that the question does
not give itself. Of how many died in the fire a later report says no more than "The death toll stands at 14": where a
sentence has the word for what befell those counted, the rest of its passage tells of which event it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from assistant.evidence.injection_filter import reporting
from assistant.evidence.spans import dateline
from assistant.query.answer_type import wanted
from assistant.text.facts import TITLES, Fact, FactKind, agrees, facts
from assistant.text.measures import Measure, measure
from assistant.text.names import full_names
from assistant.text.quantities import Quantity
from assistant.text.text_dates import Moment
from assistant.text.words import STOP_WORDS, folded, same_name, stem
from vectorstore.languages import count_of_words
from vectorstore.models import Hit

# Shares of the question's names that a source must have, and of its other words that a sentence must.
_NAMES = 0.8
_WORDS = {FactKind.NUMBER: 0.5, FactKind.DATE: 0.5, FactKind.NAME: 0.65}
# Facts from a word of the question to what is asked for. A name is taken only from right beside it.
_NEAR = {FactKind.NUMBER: 3, FactKind.DATE: 3, FactKind.NAME: 1}
_WORDS_BETWEEN = 3
_CLAUSE, _BREAK = re.compile(r"[;:.–—]"), re.compile(r"[,;:.–—]")
# "The number of people hurt when a ferry ran into a pier was 41", "the death toll of the storm rose to 12".
_COUNT = re.compile(r"\b(?:number|total|toll|count)\b[^.;]*\b(?:is|was|were|to|at|reached|of)(?: \w+){0,2} $")
# A number behind these is a name or a size of something, and no count: "line 7", "magnitude 6".
_NAMED_BY = re.compile(
    r"\b(?:magnitude|line|route|flight|category|level|grade|phase|number|no\.?|day|page|chapter|section|article|act|room"
    r"|platform|stage|group|aged?) $",
    re.I,
)
_HOW_MANY = re.compile(
    r"\b(?:how many|number of) (?:more |other |new |different )?(?P<counted>[\w-]+)"
    r"(?: (?:who|that|have|has|had|are|is|were|was|been|being|got|get|so|far|already|now|still))*"
    r"(?: (?P<befell>[\w-]+))?",
    re.I,
)
# What a word of the question counts that stands elsewhere in the passage.
_AROUND = 0.5
# "The last three missing people were found" is no answer to how many died, "twelve lost their lives" is one.
_OTHERWISE = 0.1
# "Two more than last week" is no count of them.
_DIFFERENCE = re.compile(r" (?:more|fewer|less)\b", re.I)
_NEXT_WORD = re.compile(r"[ -]([^\W\d_]+)")
# What is told of one event as it goes on is told within these days.
_ONE_STORY = timedelta(days=60)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_IN = re.compile(r"\b[Ii]n $")
_HEDGE = re.compile(
    r"\b(?:about|around|roughly|some|nearly|almost|over|under|(?:more|fewer|less) than|at (?:least|most)|up to"
    r"|approximately) $",
    re.I,
)
_EXPECTATION = re.compile(r"\b(?:expect|forecast|predict|project(?:ed|ing|ion)|could\b|may\b|might\b)", re.I)
# Said of one event in news: a question and its answer often choose different ones.
_ALIKE = """
    die kill dead deadly death toll fatal; hurt injure wound; population people inhabitant resident; born birth
    birthday; found founded establish create start launch begin form open; build construct erect; release publish
"""
_SENSES = {stem(word): group.split()[0] for group in _ALIKE.split(";") for word in group.split()}
# Words of a question that say how much or when, and not of what.
_LITTLE = frozenset(map(stem, "year date total number estimated approximately".split()))


class StatedValue(NamedTuple):
    """What the source of that number says: `says` as it writes it, in its sentence from `start` to `end`, offsets into
    the article. `share` is that of the question's words in the sentence, `away` how many facts off the nearest is,
    `beside` those that are near. `hedged` is "about 40", `expected` what has not come about."""

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
    expected: bool

    @property
    def counts(self) -> str:
        """The word behind a figure, stemmed, where it means something: what is counted or measured."""
        behind = _NEXT_WORD.match(self.hit.article.text, self.start + self.fact.end)
        return stem(behind[1]) if behind and behind[1].lower() not in STOP_WORDS else ""

    @property
    def published(self) -> datetime | None:
        return self.hit.article.published_at

    @property
    def rank(self) -> tuple[float, bool, int]:
        """A day is worth more than a year, and what stands nearer than what stands farther off."""
        return self.share, isinstance(self.fact.value, Moment) and self.fact.value.day is not None, -self.away


class _Asked(NamedTuple):
    """Of how many the question asks `counted` is the stem of what, and `befell` the word for what became of them."""

    kind: FactKind
    given: tuple[Fact, ...]
    names: tuple[Fact, ...]
    places: tuple[str, ...]
    words: frozenset[str]
    counted: str = ""
    befell: str = ""


def readings(question: str, sources: Sequence[Hit]) -> list[StatedValue]:
    """The best one of each source that has one, best first; none when the question asks for no figure, date or name."""
    asked = _asked(question)
    if asked is None:
        return []
    found = (_best(asked, number, hit) for number, hit in enumerate(sources, start=1))
    return sorted(filter(None, found), key=lambda each: each.rank, reverse=True)


class Change(NamedTuple):
    """The newest of what was told of one thing, and what earlier reports told otherwise."""

    newest: StatedValue
    earlier: tuple[StatedValue, ...]

    @property
    def void(self) -> tuple[StatedValue, ...]:
        """Plans that it overthrows. A figure was so when it was told."""
        return () if self.newest.fact.kind is FactKind.NUMBER else self.earlier


def change(found: Sequence[StatedValue]) -> Change | None:
    """What changed of the thing that the first tells of, a figure or a day that is yet to come; None where nothing did.
    A sentence of another year than its article's does not say how a figure is now."""
    told = _of_the_first(found)
    newest = max(told, key=lambda each: each.published or _LONG_AGO, default=None)
    other = [each for each in told if newest and not agrees(newest.fact, each.fact, each.hit.article.day)]
    if newest is None or not other:
        return None
    if newest.fact.kind is FactKind.NUMBER and _of_another_year(newest):
        return None
    earlier = (each for each in other if (each.published or _LONG_AGO) < (newest.published or _LONG_AGO))
    return Change(newest, tuple(earlier))


def _of_the_first(found: Sequence[StatedValue]) -> list[StatedValue]:
    """Those of the same story and thing as the first, where it can change: a figure, and a day ahead of its article,
    which is a plan. What is over has its day for good."""
    first = next(iter(found), None)
    if first is None or first.published is None or not _can_change(first):
        return []
    same = (each for each in found if _of_one_story(each, first) and each.expected == first.expected)
    return [each for each in same if _can_change(each)]


def _can_change(reading: StatedValue) -> bool:
    moment, published = reading.fact.value, reading.hit.article.day
    if isinstance(moment, Moment):
        return published is not None and bool(moment.days) and all(day > published for day in moment.days)
    return reading.fact.kind is FactKind.NUMBER


def count_the_same(one: StatedValue, other: StatedValue) -> bool:
    """Whether both figures are of one thing as far as the words behind them tell: "84" may be "89 people"."""
    units = {each.fact.value.unit for each in (one, other) if isinstance(each.fact.value, Quantity)}
    if not units:
        return True
    return len(units) < 2 and len({one.counts, other.counts} - {""}) < 2


def _of_one_story(one: StatedValue, other: StatedValue) -> bool:
    near = one.published and other.published and abs(one.published - other.published) <= _ONE_STORY
    return bool(near) and count_the_same(one, other) and not one.beside.isdisjoint(other.beside)


def _of_another_year(reading: StatedValue) -> bool:
    """Whether its sentence names another year than that of its article."""
    sentence, published = reading.hit.article.text[reading.start : reading.end], reading.hit.article.day
    years = {fact.value.year for fact in facts(sentence, published) if isinstance(fact.value, Moment)}
    return published is not None and bool(years - {None, published.year})


def _asked(question: str) -> _Asked | None:
    kind, given = wanted(question), facts(question, None)
    words = frozenset(_sense(each) for each in given if each.kind is FactKind.WORD and not _says_little(each))
    names = tuple(each for each in given if each.kind is FactKind.NAME)
    if not kind or not words:
        return None
    how_many = _HOW_MANY.search(question)
    counted = stem(how_many["counted"]) if how_many else ""
    befell = _meaning(stem(how_many["befell"])) if how_many and how_many["befell"] else ""
    return _Asked(kind, given, names, _places(question, given), words, counted, befell if befell in words else "")


def _says_little(word: Fact) -> bool:
    """Whether it only asks, or is the title of a name."""
    return word.key in _LITTLE or (word.text.istitle() and folded(word.text) in TITLES)


def _sense(fact: Fact) -> str:
    return _meaning(stem(fact.text) if fact.kind is FactKind.NAME else fact.key)  # "Built in 1875" begins with no name


def _meaning(word: str) -> str:
    return _SENSES.get(word, word)


def _best(asked: _Asked, number: int, hit: Hit) -> StatedValue | None:
    return max(_of_source(asked, number, hit), key=lambda each: each.rank, default=None)


def _of_source(asked: _Asked, number: int, hit: Hit) -> Iterator[StatedValue]:
    passage, published = hit.passage, hit.article.day
    around = (*facts(passage.text, published), *facts(hit.article.title, published))
    named = sum(any(agrees(name, each, published) for each in around) for name in asked.names)
    if named >= _NAMES * len(asked.names):
        told = asked.words.intersection(map(_sense, around))
        for start, end in reporting(passage.text):
            start += dateline(passage.text[start:end])  # as spans begin, or no span would state it
            yield from _of_sentence(asked, number, hit, passage.start + start, passage.start + end, told)


def _of_sentence(
    asked: _Asked, number: int, hit: Hit, start: int, end: int, around: frozenset[str]
) -> Iterator[StatedValue]:
    """Everything in the sentence that could be what is asked for; `around` are the question's words in its passage."""
    sentence, published = hit.article.text[start:end], hit.article.day
    said = facts(sentence, published)
    anchors = [at for at, each in enumerate(said) if _sense(each) in asked.words]
    here = {_sense(said[at]) for at in anchors}
    share = len(here) / len(asked.words)
    if asked.befell:
        share += _AROUND * len(around - here) / len(asked.words) if asked.befell in here else -_OTHERWISE
    if share < _WORDS[asked.kind] or _elsewhere(asked, _places(sentence, said)):
        return
    for at, fact in enumerate(said):
        fits = _fits(asked, fact, published) and (not asked.counted or _is_count(asked.counted, sentence, fact))
        near = _near(asked, sentence, said, at, _belong(asked, sentence, said, at, anchors)) if fits else []
        if near:
            away = min(abs(anchor - at) for anchor in near)
            says = _says(sentence, said, at, counts=at + 1 in near)
            beside = frozenset(_sense(said[anchor]) for anchor in near)
            before = sentence[: fact.start]
            hedge = _HEDGE.search(before)
            says = f"{hedge.group() if hedge else ''}{says}"
            expected = bool(_EXPECTATION.search(before))
            yield StatedValue(number, hit, start, end, fact, says, share, away, beside, bool(hedge), expected)


def _places(text: str, found: Sequence[Fact]) -> tuple[str, ...]:
    """The first words of the names behind an "in"."""
    return tuple(each.text for each in found if each.kind is FactKind.NAME and _IN.search(text[: each.start]))


def _elsewhere(asked: _Asked, places: Sequence[str]) -> bool:
    """Whether the question asks about one place, "in Florida", and a sentence speaks of others."""
    return bool(asked.places and places) and not any(same_name(one, other) for one in asked.places for other in places)


def _fits(asked: _Asked, fact: Fact, published: date | None) -> bool:
    """Whether a fact is of the kind asked for, and not given by the question."""
    if fact.kind is not asked.kind or any(agrees(fact, each, published) for each in asked.given):
        return False
    return not isinstance(fact.value, Quantity) or (fact.value.unit != "#" and fact.text.lower() not in ("one", "a"))


def _is_count(counted: str, sentence: str, fact: Fact) -> bool:
    """Whether a figure may count what is asked for: no measure, no share and no number that something goes by."""
    if not isinstance(fact.value, Quantity) or fact.value.unit or not fact.value.value.is_integer():
        return False
    if _DIFFERENCE.match(sentence, fact.end):
        return False
    behind = _NEXT_WORD.match(sentence, fact.end)
    if behind and stem(behind[1]) == counted:
        return True
    return measure(sentence, fact.value) is Measure.COUNT and not _NAMED_BY.search(sentence[: fact.start])


def _belong(asked: _Asked, sentence: str, said: Sequence[Fact], at: int, anchors: Sequence[int]) -> Sequence[int]:
    """The anchors that a figure can belong to: what is counted stands right behind it, or is something else's, as in
    "two batches of the baby milk", and what befell them in the same clause."""
    if not asked.befell:
        return anchors
    counted, figure = _meaning(asked.counted), said[at]

    def belongs(anchor: Fact) -> bool:
        if anchor.start > figure.start:
            between = sentence[figure.end : anchor.start]
            return count_of_words(between) <= 1 if _sense(anchor) == counted else not _CLAUSE.search(between)
        return _sense(anchor) != counted and not _BREAK.search(sentence[anchor.end : figure.start])

    return [each for each in anchors if belongs(said[each])]


def _near(asked: _Asked, sentence: str, said: Sequence[Fact], at: int, anchors: Sequence[int]) -> list[int]:
    """The anchors that the fact at that place belongs to."""
    if asked.kind is FactKind.NUMBER and _COUNT.search(sentence[: said[at].start]):
        return [*anchors]
    near = [anchor for anchor in anchors if abs(anchor - at) <= _NEAR[asked.kind]]
    return [a for a in near if _adjoin(sentence, said[a], said[at])] if asked.kind is FactKind.NAME else near


def _adjoin(sentence: str, one: Fact, other: Fact) -> bool:
    """Whether at most a few small words stand between two facts, and no mark."""
    first, second = sorted((one, other), key=lambda each: each.start)
    between = sentence[first.end : second.start]
    return count_of_words(between) <= _WORDS_BETWEEN and not re.search(r"[^\w\s'’]", between)


def _says(sentence: str, said: Sequence[Fact], at: int, counts: bool) -> str:
    """A name in full; a plain number with what it counts, where that is the next word and the question's own."""
    fact = said[at]
    if fact.kind is FactKind.NAME:
        return next(sentence[start:end] for start, end in full_names(sentence, said) if start <= fact.start < end)
    plain = isinstance(fact.value, Quantity) and not fact.value.unit
    if counts and plain and sentence[fact.end : said[at + 1].start] == " ":
        return sentence[fact.start : said[at + 1].end]
    return fact.text
