"""Phrases of time in a question as spans of days: "last week", "3 July 2022", "two years ago", "early 2021".

Written for questions about the past: what names no year is the latest such day, month or season that has begun. Date
libraries read single moments ("in May 2022" becomes the 14th) and see dates in "he may" or "the 2022 finals"; here a
phrase is a span, and the words around it decide. The arithmetic of months is dateutil's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included, and where the phrase stands: `text[start:end]`.

    `loose` marks a phrase that only counts as a time when a preposition says so, as "2022" in "the 2022 finals".
    """

    first: date
    last: date
    start: int
    end: int
    loose: bool = False


def spans(text: str, today: date) -> list[Span]:
    """The phrases of time in their order, none within another; impossible dates are left out."""
    found: list[Span] = []
    for pattern, read, loose in _GRAMMAR:
        for match in pattern.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            days = _days(read, match, today)
            if days and days[0] <= days[1]:
                found.append(Span(*days, match.start(), match.end(), loose))
    return sorted(found, key=lambda span: span.start)


Days = tuple[date, date]
Reader = Callable[[dict[str, str], date], Days | None]


def _days(read: Reader, match: re.Match[str], today: date) -> Days | None:
    try:
        return read({name: value.lower() for name, value in match.groupdict().items() if value}, today)
    except (ValueError, OverflowError):
        return None


# -- the words -------------------------------------------------------------------------------------------------

_MONTHS = dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13), strict=True))
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_COUNTED = "one two three four five six seven eight nine ten eleven twelve".split()
_NUMBERS = {word: number for number, word in enumerate(_COUNTED, start=1)}
_NUMBERS |= {"a": 1, "an": 1, "couple": 2, "a couple of": 2, "few": 3, "a few": 3, "several": 5}
_ORDINALS = dict(zip("first second third fourth 1st 2nd 3rd 4th".split(), [1, 2, 3, 4] * 2, strict=True))

# "may" and "march" are verbs too: without a year only the capital tells.
_MONTH = (
    r"(?P<month>(?:Jan|Febr?)(?:uary)?|(?-i:Mar(?:ch)?|May)|(?:mar(?:ch)?|may)(?=,? (?:of )?(?:19|20)\d\d)|Apr(?:il)?"
    r"|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|(?:Nov|Dec)(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_LAST_DAY = r"(?P<until>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
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
    month = _MONTHS[given["month"][:3]]
    first = date(_year(given, today, month, int(given["day"])), month, int(given["day"]))
    return first, first.replace(day=int(given.get("until", first.day)))


def _of_month(given: dict[str, str], today: date) -> Days:
    month = _MONTHS[given["month"][:3]]
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
    back = {"yesterday": 1, "last night": 1, "the day before yesterday": 2}.get(given["near"], 0)
    return today - timedelta(days=back), today


def _on_weekday(given: dict[str, str], today: date) -> Days:
    back = (today.weekday() - _WEEKDAYS.index(given["weekday"][:3])) % 7
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
