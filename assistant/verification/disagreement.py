"""Where sources differ on the figure, the date or the name that a question asks for. Pure.

The same in another notation, a figure that was rounded and a year for a day in it do not differ; nor do sources that
may well speak of two events: published weeks apart, or one with far fewer of the question's words. Rather nothing is
said than "differs" of what does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from assistant.evidence import cite, quotation
from assistant.evidence.stated_values import StatedValue, change, count_the_same, readings
from assistant.text.facts import Fact, FactKind, agrees, facts
from assistant.text.quantities import Quantity
from assistant.types import Account, Answer
from vectorstore.models import Hit

_MOST = 3
_APART = timedelta(days=14)
# Of the share of the question's words that the other sentence has.
_AS_WELL = 0.75
# What a figure and its rounded or hedged form may be apart; of small figures each one counts.
_ROUND, _ROUNDED, _HEDGED = 100, 0.05, 0.1
_UNKNOWN = datetime.min.replace(tzinfo=UTC)


def with_differing(answer: Answer) -> Answer:
    """The answer with what its sources say otherwise: as reports, and quoted as far as it does not quote it yet."""
    found = differing(answer.standalone_question, answer.sources)
    quoted = {cited.quote for cited in answer.citations}
    otherwise = {each.citation.quote: each.citation for each in found}
    fresh = tuple(cited for quote, cited in otherwise.items() if quote not in quoted)
    dates = [cited.article.published_at for cited in fresh if cited.article.published_at]
    return replace(
        answer,
        sentences=(*answer.sentences, *map(quotation, fresh)),
        citations=(*answer.citations, *fresh),
        newest_source=max([*dates, *filter(None, [answer.newest_source])], default=None),
        differing=found,
    )


def differing(question: str, sources: Sequence[Hit]) -> tuple[Account, ...]:
    """What is said on the point that the question asks about, each thing once, the newest report first; nothing where
    no two sources differ."""
    found = readings(question, sources)
    changed = change(found)  # of a toll that was lowered few sentences have the question's words
    told = [each for each in found if (changed and each is changed.newest) or each.share >= _AS_WELL * found[0].share]
    chosen = [max(group, key=_published) for group in _groups(told)]
    if len(chosen) < 2:
        return ()
    newest_first = sorted(chosen, key=_published, reverse=True)[:_MOST]
    return tuple(Account(each.says, cite(each.number, each.hit, each.start, each.end)) for each in newest_first)


def _groups(found: Sequence[StatedValue]) -> list[list[StatedValue]]:
    """Those that say the same together; left out is what can't be compared with the others."""
    groups: list[list[StatedValue]] = []
    for reading in found:
        same = next((group for group in groups if any(_same(reading, each) for each in group)), None)
        if same is not None:
            same.append(reading)
        elif all(_differ(reading, group[0]) for group in groups):
            groups.append([reading])
    return groups


def _published(reading: StatedValue) -> datetime:
    return reading.hit.article.published_at or _UNKNOWN


def _same(one: StatedValue, other: StatedValue) -> bool:
    if agrees(one.fact, other.fact, other.hit.article.day) or agrees(other.fact, one.fact, one.hit.article.day):
        return True
    if not (isinstance(one.fact.value, Quantity) and isinstance(other.fact.value, Quantity)):
        return one.fact.kind is FactKind.NAME and not set(one.says.split()).isdisjoint(other.says.split())
    less, more = sorted((one.fact.value.value, other.fact.value.value))
    allowed = _HEDGED if one.hedged or other.hedged else _ROUNDED if less >= _ROUND else 0.0
    return more - less <= allowed * more


def _differ(one: StatedValue, other: StatedValue) -> bool:
    """Whether two that are not the same speak of the same thing."""
    return (
        count_the_same(one, other)
        and not one.beside.isdisjoint(other.beside)
        and one.expected == other.expected
        and not _far_apart(one, other)
        and not _knows(*sorted((one, other), key=_published))
    )


def _far_apart(one: StatedValue, other: StatedValue) -> bool:
    dates = [each.hit.article.published_at for each in (one, other)]
    return bool(dates[0] and dates[1] and abs(dates[0] - dates[1]) > _APART)


def _knows(older: StatedValue, newer: StatedValue) -> bool:
    """Whether one passage has what the other says as well, and so means something else by it; a later report may well
    tell which figure it corrects."""
    corrects = isinstance(older.fact.value, Quantity) and _UNKNOWN < _published(older) < _published(newer)
    return _mentions(older.hit, newer.fact) or (not corrects and _mentions(newer.hit, older.fact))


def _mentions(hit: Hit, fact: Fact) -> bool:
    return any(agrees(fact, each, hit.article.day) for each in facts(hit.passage.text, hit.article.day))
