"""The time that a publisher states, in whatever form it is written."""

from __future__ import annotations

import logging
import math
import re
import tomllib
import unicodedata
from calendar import day_name
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any

import regex

from vectorstore.languages import count_of_words, normal

logger = logging.getLogger(__name__)

# Hours east of Greenwich. Where letters mean several zones, the one that most newspapers write from.
_OFFSETS = {
    **{"UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2},
    **{
        "EET": 2,
        "EEST": 3,
        "MSK": 3,
        "TRT": 3,
        "SAST": 2,
        "CAT": 2,
        "WAT": 1,
        "EAT": 3,
        "GST": 4,
        "PKT": 5,
        "IST": 5.5,
    },
    **{"NPT": 5.75, "WIB": 7, "ICT": 7, "HKT": 8, "SGT": 8, "MYT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9},
    **{"ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13},
    **{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
    **{"AKST": -9, "AKDT": -8, "HST": -10, "AST": -4, "ADT": -3, "NST": -3.5, "NDT": -2.5, "BRT": -3, "ART": -3},
}
# How American outlets write a time: "ET" is EST in winter and EDT in summer.
_AMERICAN = {"ET": "EST5EDT", "CT": "CST6CDT", "MT": "MST7MDT", "PT": "PST8PDT"}
_SUMMER_TIME = ",M3.2.0,M11.1.0"
# Two days that share no year, month or day: a part that is not written comes out differently.
_DEFAULTS = datetime(1996, 2, 3), datetime(2004, 11, 27)
_EARLIEST_EPOCH, _MILLISECONDS = 1e8, 1e11
# How far a stated time may lie ahead of the clock: a day without a zone has begun half a day earlier elsewhere.
_ZONES = timedelta(days=1)
# When this was written: a clock that shows an earlier time is wrong.
_WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
_NO_END = datetime.max.replace(tzinfo=UTC) - _ZONES
_NUMBER = re.compile(r"\d{9,}(\.\d+)?")
_DAY_FIRST = re.compile(r"(?<!\d)\d{1,2}\.\d{1,2}\.\d{2,4}")
_EITHER_FIRST = re.compile(r"(?<!\d)\d{1,2}[/-]\d{1,2}[/-]\d{2,4}")
# dateutil reads "GMT+1" as the name of a zone of POSIX, which lies on the other side of Greenwich.
_FROM_GREENWICH = re.compile(r"\b(?:GMT|UTC)\s*([+-]\d{1,2}(?::?\d{2})?)\b(?:\s*\([^)]*\))?")
_IN_SIGNS = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_CLOCK_IN_SIGNS = re.compile(r"(\d{1,2})\s*[時时点시]\s*(\d{1,2})\s*[分분]")
_JOINERS = re.compile("[\u200c\u200d]")
_NAME = regex.compile(r"[\p{L}\p{M}]{2,}")
_ORDINAL = re.compile(r"(\d)(?:er|º|ª)(?!\w)")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:h.](\d{2})(?!\d)(\s*(?:[AaPp]\.?[Mm]\b|[A-Z]{1,4}\b|[+-]\d{2}:?\d{2}))?")
_OF = re.compile(r"(?<=[\w.])\s+(?:de|del|di|den|der|г|року)\.?(?=\s|$)|(?<=\d)\s+d[’'](?=\w)", re.IGNORECASE)
# What languages that spell months as English does write beside a day or a time of it.
_BESIDE = re.compile(
    r"(?<=\d)\s*Uhr\b|\b(?:kl|klo|om|ob|alle|ore|às|godz)\.?\s+(?=\d{1,2}[:.h]\d)|^\W*den\s+(?=\d)", re.IGNORECASE
)
# "Year", behind the number of one that stands first, and Vietnamese's "month" before its number.
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})(?:\.\s?|\s)(?:gada|m\.|ж\.|թ\.)\s+(?=\d|\w)")
_NUMBERED_MONTH = re.compile(r"(\d{1,2})\s+(?:tháng|thg)\s+(\d{1,2})(?:,|\s+năm)?\s+(\d{4})", re.IGNORECASE)
_WORD_OF_MONTH = r"[\p{L}\p{M}]{2,}\.?"
_SPELLED = regex.compile(
    r"\d{4}-\d{2}-\d{2}|(?<!\d)\d{1,2}\.\d{1,2}\.\d{4}(?!\d)|\d{4}\s*[年년]\s*\d{1,2}\s*[月월]\s*\d{1,2}\s*[日일]"
    rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th|er|º)?\.?\s+(?:de\s+)?{_WORD_OF_MONTH},?\s+(?:de\s+)?\d{{4}}(?!\d)"
    rf"|{_WORD_OF_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}(?!\d)"
    rf"|(?<!\d)\d{{4}}\.?,?\s+(?:{_WORD_OF_MONTH}\s+\d{{1,2}}|\d{{1,2}}\.?\s+{_WORD_OF_MONTH})(?!\w)"
)
_ENGLISH = "January February March April May June July August September October November December".split()
_IN_ENGLISH = {"sept", *(name.casefold() for name in _ENGLISH), *(name[:3].casefold() for name in _ENGLISH)}


def parse_date(value: object, language: str = "") -> datetime | None:
    """A time in UTC, or None when the value does not state a whole date.

    A date without a time is its midnight UTC, a time without a zone is UTC, a number is seconds (or milliseconds)
    since 1970. Nothing is filled in: "June", "10:30" and "2022" are unknown, and so is "06/07/2022", which is another
    day on either side of the Atlantic, and "12 listopada 2022" where the `language` of what states it is not known:
    November in Polish, October in Croatian.
    """
    try:
        return _in_utc(_read(value, language))
    except (ValueError, OverflowError, OSError):
        return None


def days_in(text: str) -> Iterator[datetime]:
    """The whole dates that a text spells out, in order."""
    yield from filter(None, (parse_date(found.group()) for found in _SPELLED.finditer(text)))


def past(moment: datetime | None, now: datetime) -> datetime | None:
    """The time, or None when it lies more than a day after `now`: no publisher has been there yet."""
    return moment if moment and moment <= now + _ZONES else None


def latest(now: datetime, arrived_since: Callable[[datetime], int] = lambda _: 0) -> datetime:
    """What `past` holds stated times against: `now`, or the end of time where the clock that shows it is wrong.

    It is wrong, and a warning says so, when it shows a time before Dateline was written or, by more than a day, before
    articles came in: `arrived_since` counts those. Dates that it would throw away are then kept as they are stated.
    """
    if now >= _WRITTEN and not arrived_since(now + _ZONES):
        return now
    logger.warning(
        "This machine's clock shows %s, when Dateline or articles of this library were not there yet. Dates are kept "
        "as they are stated, even those that lie ahead. Set the clock.",
        f"{now:%Y-%m-%d %H:%M} UTC",
    )
    return _NO_END


def _read(value: object, language: str) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    return _from_text(" ".join(value.split()), language) if isinstance(value, str) else None


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _from_number(value: float) -> datetime | None:
    if not math.isfinite(value):
        return None
    if value < _EARLIEST_EPOCH:
        return datetime.fromisoformat(f"{value:.0f}")  # 20220617 is a date, not a second of 1970
    return datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS else value, UTC)


def _from_text(text: str, language: str) -> datetime | None:
    if _NUMBER.fullmatch(text):
        return _from_number(float(text))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _from_words(_in_english(text, language)) if len(text) <= 100 else None


def _in_english(text: str, language: str) -> str:
    """The text as dateutil reads it: ASCII digits, English months, offsets without the name of Greenwich."""
    text = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    text = _CLOCK_IN_SIGNS.sub(r"\1:\2", _IN_SIGNS.sub(r"\1-\2-\3 ", text))
    text = _FROM_GREENWICH.sub(r"\1", text)
    text = _NUMBERED_MONTH.sub(r"\3-\2-\1", _JOINERS.sub("", text).replace("،", ","))
    months, weekdays = _months(normal(language)), _weekdays()
    text = _NAME.sub(lambda word: "" if _plain(word.group()) in weekdays else word.group(), text).strip(" ,.")
    plain = _YEAR_FIRST.sub(r"\1 ", _BESIDE.sub(" ", _OF.sub(" ", _ORDINAL.sub(r"\1", text))))
    english = bool({_plain(word) for word in _NAME.findall(text)} & _IN_ENGLISH)
    translated = plain if english else _NAME.sub(lambda word: months.get(_plain(word.group()), word.group()), plain)
    if translated == text:
        return text
    read = _day_and_clock(translated)
    return read if not english or translated.strip().startswith(read[:6]) else text


def _day_and_clock(text: str) -> str:
    """The one day in a text with the time behind it, without weekdays and other words of its language."""
    days = list(_SPELLED.finditer(text))
    if len(days) != 1:
        return text
    [day] = days
    clock = _CLOCK.search(text, day.end())
    return f"{day.group()} {clock[1]}:{clock[2]}{clock[3] or ''}" if clock else day.group()


@cache
def _months(language: str) -> Mapping[str, str]:
    """The English name of a month by its name, long or short: those of any language that mean one month, and those of
    this one that mean another elsewhere."""
    named = {name: month for month in _ENGLISH for name in _calendar()[month]}
    own: Mapping[str, str] = _calendar().get(language, {})
    return {**named, **own}


@cache
def _weekdays() -> frozenset[str]:
    """Their names but for the English ones, which say what day a text in figures is, and are read."""
    return frozenset(_calendar()["weekdays"]) - {name.casefold() for name in day_name}


@cache
def _calendar() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "months.toml").read_text(encoding="utf-8"))


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold().rstrip("."))


def _from_words(text: str) -> datetime | None:
    from dateutil.parser import parse

    def reading(default: datetime, day_first: bool) -> datetime:
        found: datetime = parse(text, default=default, dayfirst=day_first, tzinfos=_zone)
        return found

    day_first = _DAY_FIRST.search(text) is not None
    first, second = (reading(default, day_first) for default in _DEFAULTS)
    ambiguous = _EITHER_FIRST.search(text) is not None and reading(_DEFAULTS[0], True) != first
    return first if first == second and not ambiguous else None


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    if name in _AMERICAN:
        from dateutil.tz import tzstr

        rule: tzinfo = tzstr(_AMERICAN[name] + _SUMMER_TIME)
        return rule
    return timezone(timedelta(hours=_OFFSETS.get(name or "", 0)))


_MONTH = r"[^\W\d_]{3,12}\.?"
_DAY = re.compile(
    rf"(?<!\d)(?:\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?\s+(?:de\s+)?{_MONTH},?\s+(?:de\s+)?\d{{4}}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    r"|\d{4}-\d{2}-\d{2}|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}|\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日)(?!\d)"
)
# Where a date may stand that is the text's own: a line about the article, or what opens its first sentence.
_LINES, _LINE_WORDS, _OPENING = 6, 14, 70
_OPENS = re.compile(r"[.,]?\s*(?:\([^()]{0,40}\)\s*)?(?:[-–—:|]|\)\s*[-–—:])")


def stated_day(text: str) -> datetime | None:
    """Its midnight UTC; None where the head of the text states none, or several."""
    days = {day for line in _head(text) for match in _DAY.finditer(line) if (day := _day_in(match[0]))}
    return days.pop() if len(days) == 1 else None


def _head(text: str) -> list[str]:
    """The short lines at the top, and of the first long one what stands before its dash."""
    head: list[str] = []
    for line in filter(str.strip, text[:4000].split("\n")[: 3 * _LINES]):
        if count_of_words(line) > _LINE_WORDS:
            opening = max(
                (match.end() for match in _DAY.finditer(line[:_OPENING]) if _OPENS.match(line, match.end())), default=0
            )
            return [*head, line[:opening]]
        if len(head) == _LINES:
            break
        head.append(line)
    return head


def _day_in(written: str) -> datetime | None:
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th|er|º)\b|\bde\b", "", written)
    figures = re.fullmatch(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日", written)
    found = parse_date("-".join(part.zfill(2) for part in figures.groups()) if figures else " ".join(plain.split()))
    return found and datetime(found.year, found.month, found.day, tzinfo=UTC)
