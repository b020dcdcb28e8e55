"""What is said of an article beside its text, in words: its dates and its marks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from assistant.text.texts import ENGLISH, locale, number, tr, tr_later, tr_plural, zone
from assistant.types import Answer, Window
from vectorstore.models import Article, Copy, Entry, Scope

EMPTY = tr_later("The library is empty. Add articles first: on the Library page, or with `dateline ingest`.")

# From so many days, and so many months on, an age is told in the next larger unit.
_WEEKS, _MONTHS, _YEARS = 14, 62, 24

_JUST_NOW, _FRESH = timedelta(minutes=1), timedelta(hours=6)
# Outlets named of those in which a story stands too.
_NAMED = 3


def day(moment: date | None) -> str:
    """`3 July 2022`, UTC; of a moment its day."""
    if moment is None:
        return tr("date unknown")
    if (written_in := locale()) is None:
        return f"{moment.day} {moment:%B %Y}"
    from babel.dates import format_date

    return format_date(moment, "long", locale=written_in)


def short_day(moment: date) -> str:
    """`3 Jul 2022`."""
    return _written(moment, "yMMMd") or f"{moment.day} {moment:%b %Y}"


def day_of_year(moment: date) -> str:
    """`3 July`."""
    return _written(moment, "MMMMd") or f"{moment.day} {moment:%B}"


def month(moment: date) -> str:
    """`July 2022`."""
    return _written(moment, "yMMMM") or f"{moment:%B %Y}"


def _written(moment: date, skeleton: str) -> str:
    """As Babel has it; "" in English."""
    if (written_in := locale()) is None:
        return ""
    from babel.dates import format_skeleton

    return format_skeleton(skeleton, moment, locale=written_in)


def age(moment: date, today: date) -> str:
    """`today`, `yesterday`, `12 days ago`, `6 weeks ago`, `16 months ago`, `3 years ago`; "" of what is to come."""
    if (days := (today - moment).days) < 2:
        return tr("yesterday") if days == 1 else tr("today") if days == 0 else ""
    if days < _WEEKS:
        return tr_plural("{n} day ago", "{n} days ago", days)
    if days < _MONTHS:
        return tr_plural("{n} week ago", "{n} weeks ago", days // 7)
    if (months := months_between(moment, today)) < _YEARS:
        return tr_plural("{n} month ago", "{n} months ago", months)
    return tr_plural("{n} year ago", "{n} years ago", months // 12)


def months_between(earlier: date, later: date) -> int:
    """Whole ones."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)


def clock(moment: datetime) -> str:
    """`3 July 2022, 14:05` in the reader's zone, `3 July 2022, 14:05 UTC` where that is not known."""
    return tr("{day}, {time}", day=day(_here(moment)), time=time_of_day(moment))


def time_of_day(moment: datetime) -> str:
    """`14:05`, or `14:05 UTC`; see `clock`."""
    time = f"{_here(moment):%H:%M}"
    return time if zone() else tr("{time} UTC", time=time)


def since_then(moment: datetime, now: datetime) -> str:
    """How long ago it was while that is fresh, `5 minutes ago`; the time of a day that has not ended; else the day."""
    passed = now - moment
    if timedelta() <= passed < _JUST_NOW:
        return tr("just now")
    if timedelta() <= passed < _FRESH:
        from babel.dates import format_timedelta

        return format_timedelta(-passed, add_direction=True, locale=locale() or ENGLISH)
    return at_time(moment, now)


def at_time(moment: datetime, now: datetime) -> str:
    """`14:05` today, and with its day on any other."""
    return time_of_day(moment) if _here(moment).date() == _here(now).date() else clock(moment)


def _here(moment: datetime) -> datetime:
    return moment.astimezone(zone() or UTC)


def count(number: int, noun: str) -> str:
    """`1 article`, `4 articles`."""
    return tr_plural(f"{{n}} {noun}", f"{{n}} {noun}s", number)


def days(window: Window) -> str:
    """`1–7 July 2022`, `since 3 July 2022`, `until 3 July 2022`."""
    written_in = locale()
    if written_in is None:
        return str(window)
    if not (window.first and window.last):
        if window.first:
            return tr("since {day}", day=day(window.first))
        return tr("until {day}", day=day(window.last)) if window.last else tr("any time")
    from babel.dates import format_interval

    return format_interval(window.first, window.last, "yMMMd", locale=written_in)


def spoken(window: Window) -> str:
    """As it stands in a sentence: "on 3 July 2022", "in 1–7 July 2022", "since 3 July 2022"."""
    if not (window.first and window.last):
        return days(window)
    if window.first == window.last:
        return tr("on {day}", day=day(window.first))
    return tr("in {days}", days=days(window))


def language_named(language: str) -> str:
    """`German`, for "de"; `unknown` for ""."""
    from babel import Locale

    if not language:
        return tr("unknown")
    return str((locale() or Locale(ENGLISH)).languages.get(language, language))


def marks(article: Article | Entry) -> list[str]:
    """What a reader must know before relying on an article; nothing for most."""
    summary = [tr("summary only: what the feed had")] if article.summary_only else []
    return summary + ([tr("gone at its source since {day}", day=day(article.gone_at))] if article.gone_at else [])


def edition(article: Article, versions: int) -> str:
    """`Version 2 of 3, corrected 4 July 2022`; "" where there has only ever been one."""
    if versions < 2:
        return ""
    told = tr("Version {version} of {versions}", version=article.version, versions=versions)
    return tr("{version}, {corrected}", version=told, corrected=corrected(article)) if corrected(article) else told


def corrected(article: Article) -> str:
    """When a later version was made: the publisher's word for it, or failing that the day on which it was found."""
    if article.version == 1:
        return ""
    if article.updated_at:
        return tr("corrected {day}", day=day(article.updated_at))
    return tr("found changed {day}", day=day(article.ingested_at)) if article.ingested_at else ""


def corrections(article: Article) -> list[str]:
    """What the publisher has put right, each with its day where it names one, in the publisher's words."""
    return [f"{day(date)}: {text}" if date else text for date, text in article.corrections]


def kept_to(scope: Scope) -> str:
    """`1–7 July 2022, CNN`; "" for a scope that keeps nothing out."""
    window = Window(scope.since.date() if scope.since else None, scope.until.date() if scope.until else None)
    languages = map(language_named, scope.languages)
    return listed([*([days(window)] if window != Window() else []), *scope.outlets, *languages])


def looked_at(answer: Answer) -> str:
    """The days and the outlets whose articles came first: "Searching 1–7 July 2022, CNN first"; else nothing."""
    places = listed([*([days(answer.window)] if answer.window else []), *answer.outlets])
    return tr("Searching {places} first", places=places) if places else ""


def also_in(copies: Sequence[Copy]) -> str:
    """`also in CNN, Reuters and 7 others`, in the order in which they published it; empty when there is no copy."""
    names = list(dict.fromkeys(copy.outlet for copy in copies if copy.outlet))
    if not names:
        return tr_plural("also in {n} other outlet", "also in {n} other outlets", len(copies)) if copies else ""
    if len(names) == 1:
        return tr("also in {outlet}", outlet=names[0])
    if len(names) <= _NAMED:
        return tr("also in {outlets} and {last}", outlets=listed(names[:-1]), last=names[-1])
    others = len(names) - _NAMED + 1
    named = listed(names[: _NAMED - 1])
    return tr_plural("also in {outlets} and {n} other", "also in {outlets} and {n} others", others, outlets=named)


def listed(names: Sequence[str]) -> str:
    """`CNN, Reuters`, with the reader's comma."""
    return tr(", ").join(names)


def tallied(counted: Iterable[tuple[str, int]]) -> str:
    """`CNN (3), Reuters (2)`."""
    return listed([f"{name} ({number(many)})" for name, many in counted])
