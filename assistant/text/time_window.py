"""What a question says of time: phrases as spans of days, "last week", "3 July 2022", "two years ago", and which
days its answer is to be looked for in, or how much newer is better.

Written for questions about the past: what names no year is the latest such day, month or season that has begun. Date
libraries read single moments ("in May 2022" becomes the 14th) and see dates in "he may" or "the 2022 finals"; here a
phrase is a span, and the words around it decide. The arithmetic of months is dateutil's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from assistant.text.calendar_words import DAYS_AWAY, ENGLISH_DAY, MONTH_NUMBERS, UNMISTAKABLE_MONTH, WEEKDAYS, calendar
from assistant.text.locale_data import base, plain
from assistant.text.words import in_the_past
from assistant.types import Window
from vectorstore.languages import language_of


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Days from `first` to `last`, both included, and where the phrase stands: `text[start:end]`.

    `loose` marks a phrase that only counts as a time when a preposition says so, as "2022" in "the 2022 finals".
    """

    first: date
    last: date
    start: int
    end: int
    loose: bool = False


def spans(text: str, today: date, language: str | None = None) -> list[DaySpan]:
    """The phrases of time in their order, none within another; impossible dates are left out. Each language is read
    with its own words, English where none is given."""
    language = language_of(text) if language is None else language
    if other := base(language):
        phrases = calendar(other).phrases(text, today)
        dated = ((phrase, _days(_READERS[phrase.kind], phrase.given, today)) for phrase in phrases)
        return [DaySpan(*days, each.start, each.end, each.loose) for each, days in dated if days and days[0] <= days[1]]
    found: list[DaySpan] = []
    for pattern, read, loose in _GRAMMAR:
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            days = _days(read, {name: value.lower() for name, value in match.groupdict().items() if value}, today)
            if days and days[0] <= days[1]:
                found.append(DaySpan(*days, match.start(), match.end(), loose))
    return sorted(found, key=lambda span: span.start)


Days = tuple[date, date]
Reader = Callable[[dict[str, str], date], Days | None]


def _days(read: Reader, given: dict[str, str], today: date) -> Days | None:
    try:
        return read(given, today)
    except (ValueError, OverflowError):
        return None


# -- the words -------------------------------------------------------------------------------------------------

_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_COUNTED = "one two three four five six seven eight nine ten eleven twelve".split()
_NUMBERS = {word: number for number, word in enumerate(_COUNTED, start=1)}
_NUMBERS |= {"a": 1, "an": 1, "couple": 2, "a couple of": 2, "few": 3, "a few": 3, "several": 5}
_ORDINALS = dict(zip("first second third fourth 1st 2nd 3rd 4th".split(), [1, 2, 3, 4] * 2, strict=True))

# "may" and "march" are verbs too: without a year only the capital tells.
_MONTH = rf"(?P<month>{UNMISTAKABLE_MONTH}|(?-i:Mar(?:ch)?|May)|(?:mar(?:ch)?|may)(?=,? (?:of )?(?:19|20)\d\d))\b\.?"
_DAY, _LAST_DAY = ENGLISH_DAY, ENGLISH_DAY.replace("<day>", "<until>")
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_TO = r"\s*(?:-|–|to|and|until|through)\s*"
_UNIT = r"(?P<unit>day|week|weekend|month|quarter|year|decade)"
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_PART = r"(?:(?P<part>early|mid|late|(?:the )?(?:start|beginning|middle|end) of)[ -])?"
_WEEKDAY = r"(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"


# -- how each phrase is read -------------------------------------------------------------------------------------


def _iso(given: dict[str, str], today: date) -> Days:
    day = date.fromisoformat(given["iso"])
    return day, day


def _dated(given: dict[str, str], today: date) -> Days:
    """A day, or the days from one to another of the same month."""
    month = MONTH_NUMBERS[given["month"][:3]]
    first = date(_year(given, today, month, int(given["day"])), month, int(given["day"]))
    return first, first.replace(day=int(given.get("until", first.day)))


def _of_month(given: dict[str, str], today: date) -> Days:
    month = MONTH_NUMBERS[given["month"][:3]]
    first = date(_year(given, today, month, 1), month, 1)
    return _part_of(given, first, _month_end(first))


def _of_year(given: dict[str, str], today: date) -> Days:
    return _part_of(given, date(int(given["year"]), 1, 1), date(int(given["year"]), 12, 31))


def _of_decade(given: dict[str, str], today: date) -> Days:
    first = int(given["decade"])
    return date(first, 1, 1), date(first + 9, 12, 31)


def _season(given: dict[str, str], today: date) -> Days:
    month = _SEASONS[given["season"]]
    first = date(_year(given, today, month, 1), month, 1)
    if given.get("which") in ("last", "previous") and first + relativedelta(months=3) > today:
        first -= relativedelta(years=1)  # the one that is still running is not the last one
    return first, first + relativedelta(months=3, days=-1)


def _quarter(given: dict[str, str], today: date) -> Days:
    month = 3 * _ORDINALS.get(given.get("nth", ""), int(given.get("number", 0))) - 2
    first = date(_year(given, today, month, 1), month, 1)
    return first, _month_end(first + relativedelta(months=2))


def _near_day(given: dict[str, str], today: date) -> Days:
    day = today + timedelta(days=DAYS_AWAY.get(given["near"], 0))
    return day, max(day, today)


def _on_weekday(given: dict[str, str], today: date) -> Days | None:
    if given.get("which") == "next":
        return None
    back = (today.weekday() - WEEKDAYS.index(given["weekday"][:3])) % 7
    if back == 0 and given.get("which") in ("last", "previous", "past"):
        back = 7
    day = today - timedelta(days=back)
    return day, day


def _this(given: dict[str, str], today: date) -> Days:
    """The unit up to today, as people say "this week" on its first day too: at least its length back."""
    return today - _length(given["unit"], 1), today


def _previous(given: dict[str, str], today: date) -> Days:
    """From the start of the calendar's last unit: "last month" in July is June, and weeks are counted from Monday."""
    unit = given["unit"]
    if unit == "weekend":
        saturday = today - timedelta(days=(today.weekday() - 5) % 7 or 7)
        return saturday, saturday + timedelta(days=1)
    start = _start_of(unit, today)
    return _start_of(unit, start - timedelta(days=1)), start - timedelta(days=1)


def _unit(given: dict[str, str], today: date) -> Days | None:
    """Of a language whose words for this, last and next are told apart by now."""
    return None if given["which"] == "next" else (_this if given["which"] == "this" else _previous)(given, today)


def _week_day(given: dict[str, str], today: date) -> Days:
    """The weekday of a week, as Chinese has it: the Tuesday of last week."""
    monday = _start_of("week", today) - timedelta(days=7 * (given["week"] == "last"))
    day = monday + timedelta(days=WEEKDAYS.index(given["weekday"]))
    return day, day


def _lately(given: dict[str, str], today: date) -> Days:
    return today - _length(given["unit"], _count(given.get("count", "several"))), today


def _ago(given: dict[str, str], today: date) -> Days:
    """Give or take half a unit: "two years ago" is no single day."""
    middle, unit = today - _length(given["unit"], _count(given["count"])), given["unit"]
    slack = timedelta(days={"day": 0, "week": 4, "weekend": 4, "month": 16}.get(unit, 183))
    return middle - slack, min(middle + slack, today)


# -- the calendar ----------------------------------------------------------------------------------------------


def _year(given: dict[str, str], today: date, month: int, day: int) -> int:
    """The year that is named, else the last in which this day had come."""
    if "year" in given:
        return int(given["year"])
    return today.year - ((month, day) > (today.month, today.day))


def _month_end(day: date) -> date:
    return day + relativedelta(day=31)


def _part_of(given: dict[str, str], first: date, last: date) -> Days:
    third = (last - first) / 3
    part = given.get("part", "").removeprefix("the ").split(" ")[0]
    if part in ("early", "start", "beginning"):
        return first, first + third
    if part in ("mid", "middle"):
        return first + third, last - third
    return (last - third if part in ("late", "end") else first), last


def _start_of(unit: str, day: date) -> date:
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1}.get(unit, 1)
    return date(day.year // 10 * 10 if unit == "decade" else day.year, month, 1)


def _length(unit: str, count: int) -> relativedelta:
    return relativedelta(
        days=count * {"day": 1, "week": 7, "weekend": 7}.get(unit, 0),
        months=count * {"month": 1, "quarter": 3}.get(unit, 0),
        years=count * {"year": 1, "decade": 10}.get(unit, 0),
    )


def _count(word: str) -> int:
    return _NUMBERS[word] if word in _NUMBERS else int(word)


def _grammar() -> Iterator[tuple[re.Pattern[str], Reader, bool]]:
    """Longer phrases first: what one has taken the next ones leave alone."""
    which = r"(?P<which>this|last|past|previous)"
    season = r"(?P<season>spring|summer|autumn|fall|winter)"
    year = rf"(?:,? (?:of )?{_YEAR})?"
    for pattern, read, loose in (
        (r"(?P<iso>\d{4}-\d\d-\d\d)", _iso, False),
        (rf"{_DAY}{_TO}{_LAST_DAY} (?:of )?{_MONTH}{year}", _dated, False),
        (rf"{_MONTH} {_DAY}{_TO}{_LAST_DAY}(?!\d){year}", _dated, False),
        (rf"{_DAY} (?:of )?{_MONTH}{year}", _dated, False),
        (rf"{_MONTH} {_DAY}(?!\d){year}", _dated, False),
        (rf"{_PART}{_MONTH},? (?:of )?{_YEAR}", _of_month, False),
        (rf"{season} (?:of )?{_YEAR}", _season, False),
        (rf"{which} {season}", _season, False),
        (rf"Q(?P<number>[1-4])(?: (?:of )?{_YEAR})?", _quarter, False),
        (rf"(?P<nth>{'|'.join(_ORDINALS)}) quarter (?:of )?{_YEAR}", _quarter, False),
        (r"(?P<near>the day before yesterday|yesterday|last night|today|tonight|this (?:morning|afternoon|evening))",
         _near_day, False),
        (rf"(?:last|past|recent) (?:{_COUNT} )?{_UNIT}s", _lately, False),
        (rf"{_COUNT} {_UNIT}s? (?:ago|earlier|back)", _ago, False),
        (rf"{which} {_WEEKDAY}", _on_weekday, False),
        (rf"(?:this(?: past)?|the last|past) {_UNIT}", _this, False),
        (rf"(?:last|previous) {_UNIT}", _previous, False),
        (rf"{_PART}{_YEAR}", _of_year, True),
        (r"(?P<decade>(?:19|20)\d0)s", _of_decade, True),
        (rf"{_PART}{_MONTH}", _of_month, True),
        (_WEEKDAY, _on_weekday, True),
    ):  # fmt: skip
        yield re.compile(rf"(?<![\w.,$£€-]){pattern}(?!['’]?\w|-\d)", re.I), read, loose


_GRAMMAR = tuple(_grammar())
# Of the phrases of every other language, by their kind.
_READERS: dict[str, Reader] = {
    "dated": _dated, "month": _of_month, "year": _of_year, "season": _season, "quarter": _quarter, "near": _near_day,
    "weekday": _on_weekday, "week_day": _week_day, "unit": _unit, "lately": _lately, "ago": _ago,
}  # fmt: skip


class Strength(StrEnum):
    """How a question stands to time: it names days, it asks about the present, or it says nothing of either."""

    NAMED = "named"
    PRESENT = "present"
    MILD = "mild"


@dataclass(frozen=True, slots=True)
class Timing:
    """How a question stands to time. `rest` is the question without the phrase that named its window."""

    strength: Strength
    rest: str
    window: Window | None = None


_PRESENT = re.compile(
    r"\b(?:now|current|currently|latest|newest|most recent|recent|recently|lately|these days|nowadays|still|so far|yet"
    r"|at (?:the moment|present)|breaking|as it stands)\b",
    re.I,
)
_EDGES = {
    name: re.compile(rf"\b(?:{words})(?: the)? $", re.I)
    for name, words in {
        "since": "since|from",
        "after": "after|following",
        "before": "before|prior to",
        "until": "until|till|by|up to|as of|as at",
        "inside": "in|on|during|over|within|throughout|for|of|around|between|back in",
    }.items()
}
_BETWEEN = re.compile(r"\b(?:between|from)(?: the)? $", re.I)
_JOINED = re.compile(r"\s*(?:-|–|to|and|until|till|through)\s*", re.I)
# What follows a date that belongs to a name: "the 2022 finals", "before the March ruling".
_AHEAD = re.compile(r"\b(?:will|won['’]t|upcoming|scheduled|(?:is|are) (?:\w+ )?(?:going|due|set|to|planned))\b", re.I)
# "18 January", "March 3rd"
_YEARLESS = re.compile(r"^(?:\d{1,2}\D{0,3} (?:of )?[a-z]+\.?|[a-z]+\.? \d{1,2}\D{0,2})$", re.I)
_RESULTS = re.compile(
    r"\b(?:earn|profit|revenue|sales|sold|sell|results?\b|turnover|loss|lost|income|margin|perform|far(?:e|ed)\b)|\bdo(?:ing)?\b",
    re.I,
)
_QUARTER = re.compile(r"quarter|Q[1-4]", re.I)
# In the three months after a quarter its results are told.
_REPORTED_WITHIN = relativedelta(months=3)
_NAMES_A_THING = re.compile(r" [^\W\d_]")
_FOLLOWED_BY = re.compile(
    r" (?:and|or|but|that|which|who|when|where|did|was|were|is|are|has|have|had|in|on|at)\b", re.I
)


def read_timing(question: str, today: date, language: str | None = None) -> Timing:
    """What the question says of time, asked on `today` (UTC). Days to come are nobody's news and name no window; a
    quarter is told of after its end."""
    language = language_of(question) if language is None else language
    other = base(language)
    ahead, present = (calendar(other).ahead, calendar(other).present) if other else (_AHEAD, _PRESENT)
    in_plain = plain(question) if other else question
    is_ahead = bool(ahead.search(in_plain))
    found = [
        _reported(question, span, today)
        for span in spans(question, today, language)
        if span.first <= today and not _to_come(question, span, today, is_ahead, other)
    ]
    for window, start, end in _windows(question, found, language):
        rest = " ".join((question[:start] + " " + question[end:]).split())
        return Timing(Strength.NAMED, rest, window)
    weekday_alone = any(span.loose and span.first == span.last for span in found)
    is_present = weekday_alone or present.search(in_plain)
    return Timing(Strength.PRESENT if is_present else Strength.MILD, question)


def _to_come(question: str, span: DaySpan, today: date, is_ahead: bool, language: str) -> bool:
    """Whether a day without a year is rather the next one of its name than the last: so the question says, or it says
    nothing of what is past and the next one is nearer. The past is told apart in English only."""
    phrase = question[span.start : span.end]
    if language:
        return is_ahead and span.first == span.last < today and not re.search(r"\d{4}", plain(phrase))
    if not _YEARLESS.search(phrase) or span.first != span.last:
        return False
    if is_ahead:
        return True
    following = span.first + relativedelta(years=1)
    return following - today < today - span.first and not any(map(in_the_past, question.split()))


def _reported(question: str, span: DaySpan, today: date) -> DaySpan:
    """The days on which a quarter's results are told, where they are asked for."""
    phrase = question[span.start : span.end]
    if not (_QUARTER.search(phrase) and _RESULTS.search(question)) or span.last >= today:
        return span
    first = span.last + timedelta(days=1)
    return replace(span, first=first, last=min(first + _REPORTED_WITHIN, today))


def _windows(question: str, found: Sequence[DaySpan], language: str) -> Iterator[tuple[Window, int, int]]:
    """The windows that phrases name, each with the stretch of the question that it takes up; from A to B before A."""
    for one, other in pairwise(found):
        if stretch := _between(question, one, other, language):
            first = one.first
            while first > other.last:  # "from March to May 2021" names one year for both
                first -= relativedelta(years=1)
            yield Window(first, other.last), *stretch
    for span in found:
        if window := _window(question, span, language):
            yield window


def _between(question: str, one: DaySpan, other: DaySpan, language: str) -> tuple[int, int] | None:
    """The stretch from the one to the other, where the question puts them together."""
    if name := base(language):
        grammar, gap = calendar(name), plain(question[one.end : other.start])
        found = grammar.joined.fullmatch(gap) and (
            grammar.edge(question, one.start, one.end, ["between"], behind=False)
            or grammar.edge(question, other.start, other.end, ["between"], behind=True)
        )
        return (min(found[1], one.start), max(found[2], other.end)) if found else None
    before = _BETWEEN.search(question[: one.start])
    return (before.start(), other.end) if before and _JOINED.fullmatch(question[one.end : other.start]) else None


def _window(question: str, span: DaySpan, language: str) -> tuple[Window, int, int] | None:
    of_a_thing = not base(language) and _names_a_thing(question[span.end :])
    edge, start, end = _edge(question, span, language) or ("", span.start, span.end)
    if edge in ("since", "after"):
        whole = edge == "since" or of_a_thing
        return Window(span.first if whole else span.last + timedelta(days=1)), start, end
    if edge in ("until", "before"):
        whole = edge == "until" or of_a_thing
        return Window(None, span.last if whole else span.first - timedelta(days=1)), start, end
    if span.loose and (not edge or of_a_thing):
        return None
    return Window(span.first, span.last), start, end


def _edge(question: str, span: DaySpan, language: str) -> tuple[str, int, int] | None:
    """What the words around a phrase make of it, and the stretch that the whole takes up."""
    if other := base(language):
        return calendar(other).edge(question, span.start, span.end)
    before = question[: span.start]
    found = ((name, pattern.search(before)) for name, pattern in _EDGES.items())
    return next(((name, match.start(), span.end) for name, match in found if match), None)


def _names_a_thing(behind: str) -> bool:
    return bool(_NAMES_A_THING.match(behind)) and not _FOLLOWED_BY.match(behind)
