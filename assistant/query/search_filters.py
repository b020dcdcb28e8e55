"""The days and outlets that a search is kept to, as a reader sets them and as a question names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from assistant.text.labels import language_named
from assistant.text.texts import ENGLISH, language, tr
from assistant.text.time_window import spans
from assistant.types import Window
from vectorstore.errors import AnnotationUnusable, LimitUnusable
from vectorstore.languages import language_name, normal
from vectorstore.models import Scope

ALL_DATES = datetime.max.replace(tzinfo=UTC)
"""The end of a scope that keeps no day out, and sets aside the days that a question names."""
_FIRST_NEWSPAPERS = 1600
_TELLS = r"(?:say|tell|report|writ|wrote|said|told|mention|describ|cover|publish|call|stat|quot|differ|disagree)\w*"
# Each stands for a phrase in which {name} is whom the question wants to hear.
_PHRASES = (
    r"\b(?i:(?:according|as told) to|(?:as )?(?:reported|published|written|covered) (?:by|in|on)|per|via)(?i: the)? "
    r"{name}(?:['’]s(?: \w+)?)?",
    rf"{{name}}(?:['’]s)? (?:also |really |first )?{_TELLS}(?: (?:about|on|that))?",
    r"\b(?i:from|in|on)(?i: the)? {name}(?=\s*[,?.!]|$|\s+about\b)",
)


def limited(
    since: str,
    until: str,
    outlets: Sequence[str],
    known: Iterable[str],
    languages: Sequence[str] = (),
    held: Iterable[str] = (),
) -> Scope:
    """The scope from one day (2022-07-03, or in words: "last week") to another, both included, of outlets that are
    known and in languages that are held, in any letter case: "de", "German", or the reader's own word for it.

    What is empty keeps nothing out. Raises LimitUnusable.
    """
    window = Window(_day(since, "from"), _day(until, "to"))
    if window.first and window.last and window.first > window.last:
        raise LimitUnusable(f"{since} is later than {until}", "from")
    names = {outlet.lower(): outlet for outlet in known}
    if unknown := [outlet for outlet in outlets if outlet.lower() not in names]:
        raise LimitUnusable(f"the library holds nothing by {unknown[0]!r}", "outlet")
    outlets = [names[outlet.lower()] for outlet in outlets]
    return Scope(window.opens, window.closes, tuple(outlets), languages=_codes(languages, held) if languages else ())


def chosen(
    scope: Scope,
    articles: Sequence[str] | None,
    tags: Sequence[str] | None,
    marked: bool,
    collections: Sequence[str] | None = None,
    known: Iterable[str] = (),
) -> Scope:
    """Within the scope only single articles, those with one of the tags, those in which words are marked, or those in
    one of the collections, which are known, in any letter case. Raises LimitUnusable."""
    names = {name.casefold(): name for name in known} if collections else {}
    if unknown := [each for each in collections or () if each.strip().casefold() not in names]:
        raise LimitUnusable(f"there is no collection {unknown[0]!r}", "collection")
    return replace(
        scope,
        articles=tuple(articles) if articles else None,
        tags=tuple(tags or ()),
        marked=marked,
        collections=tuple(names[each.strip().casefold()] for each in collections or ()),
    )


def dated(day: str, before: datetime | None = None) -> datetime | None:
    """The day on which somebody says that an article was published, its midnight UTC, or the time that is known where
    that is of the same day; None for "". Raises LimitUnusable and AnnotationUnusable."""
    if not (typed := day_of(day)):
        return None
    moment = datetime.fromisoformat(typed).replace(tzinfo=UTC)
    if moment.date() > datetime.now(UTC).date() or moment.year < _FIRST_NEWSPAPERS:
        raise AnnotationUnusable(tr("No article was published on {day}.", day=typed))
    return before if before and before.date() == moment.date() else moment


def _codes(languages: Iterable[str], held: Iterable[str]) -> tuple[str, ...]:
    codes = {name.casefold(): code for code in held for name in (language_named(code), language_name(code), code)}
    found = {each: codes.get(each.casefold()) or codes.get(normal(each)) for each in languages}
    if foreign := [each for each, code in found.items() if not code]:
        raise LimitUnusable(f"the library holds nothing in the language {foreign[0]!r}", "language")
    return tuple(dict.fromkeys(filter(None, found.values())))


def moment(text: str) -> date | datetime | None:
    """The reader's today from a day (2022-07-03) or a time (2022-07-03T14:05Z); None for "". Raises LimitUnusable."""
    if not text:
        return None
    try:
        return date.fromisoformat(text) if len(text) <= len("2022-07-03") else datetime.fromisoformat(text)
    except ValueError as error:
        raise LimitUnusable(f"{text!r} is not a date such as 2022-07-03", "as-of") from error


def day_of(text: str) -> str:
    """A day that was typed, as 2022-07-03; "" for "". Raises LimitUnusable."""
    day = _day(text.strip(), "date")
    return day.isoformat() if day else ""


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        if days := _in_words(text.strip(), datetime.now(UTC).date()):
            return days[1] if field == "to" else days[0]
        raise LimitUnusable(f"{text!r} is not a day such as 2022-07-03", field) from error


def _in_words(text: str, today: date) -> tuple[date, date] | None:
    """The first and the last day of "last week", "July 2022" or "3 days ago", in the reader's language or English."""
    for spoken in dict.fromkeys((language(), ENGLISH)):
        for span in spans(text, today, spoken):
            if text[span.start : span.end] == text and span.first <= today:
                # In a question "yesterday" means its reports, some of which are of today.
                evening = span.last == today and today - span.first == timedelta(days=1)
                return span.first, span.first if evening else min(span.last, today)
    return None


class OutletsAsked(NamedTuple):
    """The outlets that a question asks for, as the library writes them, and the question without those phrases."""

    outlets: tuple[str, ...]
    rest: str


def read_outlets(question: str, known: Iterable[str]) -> OutletsAsked:
    """Only outlets that the library knows count, and only where the question asks for what they tell: "Which CNN
    anchor left?" asks for none. Longer names first, so that "The Sunday Times" is not "The Times"; given back in the
    question's order."""
    asked = question.casefold()
    named = {each: _name(each) for each in sorted(filter(None, known), key=len, reverse=True) if _bare(each) in asked}
    if not named:
        return OutletsAsked((), question)  # a library can know thousands of outlets
    one = rf"(?:{'|'.join(named.values())})"
    several = rf"(?:both )?{one}(?:(?:,|,? and|,? or|,? as well as) {one})*"
    rest, spoken = question, ""
    for phrase in _PHRASES:
        pattern = phrase.replace("{name}", several)
        spoken += "".join(f"{match.group()} " for match in re.finditer(pattern, rest))
        rest = re.sub(pattern, " ", rest)
    found = []
    for outlet, name in named.items():
        spoken, times = re.subn(name, "", spoken)
        found += [outlet] * bool(times)
    found.sort(key=lambda outlet: asked.index(_bare(outlet)))
    return OutletsAsked(tuple(found), " ".join(rest.split()).lstrip(", ") if found else question)


def _bare(outlet: str) -> str:
    return re.sub(r"^The (?=.)", "", outlet).casefold()


def _name(outlet: str) -> str:
    bare = re.sub(r"^The (?=.)", "", outlet)
    return rf"(?<!\w)(?:[Tt]he )?(?:{re.escape(bare)}|{re.escape(bare.upper())})(?!\w)"
