"""When a text says that things happened, and whether two texts can mean the same day, month or year.

Questions look back from today and want whole spans (assistant.text.time_window); here a phrase of an article may lie
ahead of it, and is compared by the parts that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from assistant.text.calendar_words import DAYS_AWAY, ENGLISH_DAY, MONTH_NUMBERS, UNMISTAKABLE_MONTH, WEEKDAYS, calendar
from assistant.text.locale_data import base
from vectorstore.languages import language_of

# "may" and "march" are verbs too, and open sentences: alone they need their capital and a word before them.
_MONTH = rf"(?P<month>{UNMISTAKABLE_MONTH}|Mar(?:ch)?|May)\b\.?"
_DAY = rf"{ENGLISH_DAY}\b"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)\b"
_WEEKDAY = r"(?P<weekday>(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?s?)\b\.?"
_UNIT = r"(?P<unit>day|week|weekend|month|year)"
_PATTERNS = [
    re.compile(rf"(?<![\w$£€.,-]){pattern}", flags)
    for pattern, flags in (
        (r"(?P<iso>\d{4}-\d\d-\d\d)\b", 0),
        (rf"{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?", re.I),
        (rf"{_MONTH} {_DAY}(?:,? {_YEAR})?", re.I),
        (rf"{_MONTH},? (?:of )?{_YEAR}", re.I),
        (r"(?P<near>the day before yesterday|yesterday|today|tonight|tomorrow|last night"
         r"|this (?:morning|afternoon|evening))\b",
         re.I),
        (rf"(?P<which>last|past|previous|this|next|coming) {_UNIT}\b", re.I),
        (_WEEKDAY, 0),
        (rf"(?<=[a-z,] ){_MONTH}(?! \w+ing\b)", 0),
        (rf"{_YEAR}(?![,.]?\d|%| ?(?:percent|people|dollars|miles|feet))", 0),
    )
]  # fmt: skip
# A weekday means the one before the article or the one after, and on the day itself the one between as well.
_WEEKDAYS_AROUND = 3


class Moment(NamedTuple):
    """The parts of a date that a phrase names, and the days that it can mean when it names none outright."""

    text: str
    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    days: frozenset[date] = frozenset()

    @property
    def grain(self) -> str:
        """The finest part that it names."""
        return "day" if self.day or self.weekday is not None or self.days else "month" if self.month else "year"


def moments(text: str, published: date | None, language: str | None = None) -> list[Moment]:
    """The phrases of time in their order; those that need the article's day to mean one, read from `published`. Each
    language is read with its own words, English where none is given."""
    language = language_of(text) if language is None else language
    found: list[Moment] = []
    taken = bytearray(len(text))
    for given, start, end in _given(text, published, base(language)):
        if taken.find(1, start, end) < 0:
            try:
                found.append(_read(Moment(text[start:end].strip(" ."), start, end), given, published))
            except (ValueError, OverflowError):  # 31 June, or "this year" of an article without a date
                continue
            taken[start:end] = b"\1" * (end - start)
    return sorted(_joined(text, found), key=lambda moment: moment.start)


def _given(text: str, published: date | None, language: str) -> Iterator[tuple[Mapping[str, str], int, int]]:
    """The parts of each phrase, by their English names, and where it stands; the first to take a place has it."""
    if not language:
        for pattern in _PATTERNS:
            for match in pattern.finditer(text):
                yield {name: value for name, value in match.groupdict().items() if value}, *match.span()
        return
    grammar = calendar(language)
    for phrase in grammar.phrases(text, published):
        certain = not phrase.loose or phrase.kind == "weekday" or grammar.edge(text, phrase.start, phrase.end)
        if certain and phrase.kind not in ("lately", "season", "quarter"):
            yield phrase.given, phrase.start, phrase.end


def _joined(text: str, found: Sequence[Moment]) -> Iterator[Moment]:
    """ "Tuesday, 14 June" is one moment, and its weekday is that day's."""
    ordered = sorted(found, key=lambda moment: moment.start)
    skipped = False
    for index, moment in enumerate(ordered):
        following = ordered[index + 1] if index + 1 < len(ordered) else None
        if skipped:
            skipped = False
        elif (
            following
            and moment.weekday is not None
            and following.day
            and text[moment.end : following.start] in (", ", " ")
        ):
            skipped = True
            whole = text[moment.start : following.end]
            yield following._replace(text=whole, start=moment.start, weekday=moment.weekday)
        else:
            yield moment


def _read(moment: Moment, given: Mapping[str, str], published: date | None) -> Moment:
    if "iso" in given:
        day = date.fromisoformat(given["iso"])
        return moment._replace(year=day.year, month=day.month, day=day.day, days=frozenset({day}))
    if "near" in given:
        return moment._replace(days=_days(published, DAYS_AWAY.get(given["near"].lower(), 0)))
    if "count" in given:
        return _ago(moment, int(given["count"]), given["unit"], published)
    if "weekday" in given:
        number = WEEKDAYS.index(given["weekday"][:3].lower())
        near = _days(published, *_around(given, published))
        return moment._replace(weekday=number, days=frozenset(day for day in near if day.weekday() == number))
    if "which" in given:
        return _by_unit(moment, given["which"].lower(), given["unit"].lower(), published)
    parts: dict[str, int] = {name: int(given[name]) for name in ("year", "day") if name in given}
    if "month" in given:
        parts["month"] = MONTH_NUMBERS[given["month"][:3].lower()]
    days = _the_day(parts, published)
    if "until" in given:
        days = frozenset(day + timedelta(days=way) for day in days for way in range(int(given["until"]) - day.day + 1))
    return moment._replace(year=parts.get("year"), month=parts.get("month"), day=parts.get("day"), days=days)


def _around(given: Mapping[str, str], published: date | None) -> range:
    """How far from the article's day a weekday may lie: "last Friday", and Chinese's "Friday of last week"."""
    if "week" in given and published:
        monday = {"last": -7, "next": 7}.get(given["week"], 0) - published.weekday()
        return range(monday, monday + 7)
    return {"last": range(-7, 0), "next": range(1, 8)}.get(given.get("which", ""), range(-7, 8))


def _ago(moment: Moment, count: int, unit: str, published: date | None) -> Moment:
    """ "Three days ago" is a day, "two weeks ago" seven days around one, and longer ago a month or a year."""
    if published is None or unit not in ("day", "week", "month", "year"):
        raise ValueError("it means a time of the article's, which is unknown")
    if unit in ("day", "week"):
        slack = 3 if unit == "week" else 0
        back = -count * (7 if unit == "week" else 1)
        return moment._replace(days=_days(published, *range(back - slack, back + slack + 1)))
    there = published - (relativedelta(months=count) if unit == "month" else relativedelta(years=count))
    return moment._replace(year=there.year, month=there.month if unit == "month" else None)


def _the_day(parts: Mapping[str, int], published: date | None) -> frozenset[date]:
    """The day that a month and a day mean: without a year, the one nearest to the article's."""
    if "day" not in parts:
        return frozenset()
    if "year" in parts:
        return frozenset({date(**parts)})
    if published is None:
        return frozenset()
    near = [date(published.year + way, **parts) for way in (-1, 0, 1) if (parts["month"], parts["day"]) != (2, 29)]
    return frozenset(sorted(near, key=lambda day: abs(day - published))[:1])


def _days(published: date | None, *offsets: int) -> frozenset[date]:
    return frozenset(published + timedelta(days=each) for each in offsets) if published else frozenset()


def _by_unit(moment: Moment, which: str, unit: str, published: date | None) -> Moment:
    if published is None:
        raise ValueError("it means a time of the article's, which is unknown")
    way = {"this": 0, "next": 1, "coming": 1}.get(which, -1)
    if unit == "year":
        return moment._replace(year=published.year + way)
    if unit == "month":
        there = published + relativedelta(months=way)
        return moment._replace(year=there.year, month=there.month)
    monday = -published.weekday() + 7 * way
    return moment._replace(days=_days(published, *(range(monday, monday + 7) if unit != "day" else [way])))


def borne_out(wanted: Moment, known: Moment, published: date | None) -> bool:
    """Whether `known` says all that `wanted` says, a year left out being the article's own or next to it."""
    if wanted.text.lower() == known.text.lower():
        return True
    if wanted.days and known.days:
        return len(known.days) <= max(len(wanted.days), _WEEKDAYS_AROUND) and not wanted.days.isdisjoint(known.days)
    if known.days:
        return any(_fits(wanted, day) for day in known.days)
    for name in ("year", "month", "day", "weekday"):
        said, held = getattr(wanted, name), getattr(known, name)
        left_out = name == "year" and held is None and known.month and _near_year(said, published)
        if said is not None and said != held and not left_out:
            return False
    return any(part is not None for part in (wanted.year, wanted.month, wanted.day, wanted.weekday))


def _fits(wanted: Moment, day: date) -> bool:
    """Whether the month or the year that `wanted` names has this day."""
    parts = [(wanted.year, day.year), (wanted.month, day.month), (wanted.day, day.day), (wanted.weekday, day.weekday())]
    said = [(part, of_day) for part, of_day in parts if part is not None]
    return bool(said) and all(part == of_day for part, of_day in said)


def _near_year(year: int | None, published: date | None) -> bool:
    return year is None or published is None or abs(year - published.year) <= 1
