"""What is said of an article beside its text, in words: its dates and its marks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from assistant.types import Answer, Window
from vectorstore.models import Article, Copy, Entry, Scope

EMPTY = "The library is empty. Add articles first: on the Library page, or with `dateline ingest`."

# Outlets named of those in which a story stands too.
_NAMED = 3


def day(moment: date | None) -> str:
    """`3 July 2022`, UTC; of a moment its day."""
    return f"{moment.day} {moment:%B %Y}" if moment else "date unknown"


def clock(moment: datetime) -> str:
    """`3 July 2022, 14:05 UTC`."""
    return f"{day(moment)}, {moment:%H:%M} UTC"


def count(number: int, noun: str) -> str:
    """`1 article`, `4 articles`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def marks(article: Article | Entry) -> list[str]:
    """What a reader must know before relying on an article; nothing for most."""
    summary = ["summary only: what the feed had"] if article.summary_only else []
    return summary + ([f"gone at its source since {day(article.gone_at)}"] if article.gone_at else [])


def edition(article: Article, versions: int) -> str:
    """`Version 2 of 3, corrected 4 July 2022`; "" where there has only ever been one."""
    if versions < 2:
        return ""
    return ", ".join(filter(None, (f"Version {article.version} of {versions}", corrected(article))))


def corrected(article: Article) -> str:
    """When a later version was made: the publisher's word for it, or failing that the day on which it was found."""
    if article.version == 1:
        return ""
    if article.updated_at:
        return f"corrected {day(article.updated_at)}"
    return f"found changed {day(article.ingested_at)}" if article.ingested_at else ""


def kept_to(scope: Scope) -> str:
    """`1–7 July 2022, CNN`; "" for a scope that keeps nothing out."""
    window = Window(scope.since.date() if scope.since else None, scope.until.date() if scope.until else None)
    return ", ".join([*([str(window)] if window != Window() else []), *scope.outlets])


def looked_at(answer: Answer) -> str:
    """The days and the outlets whose articles came first: "Looking first at 1–7 July 2022, CNN"; else nothing."""
    places = [*([str(answer.window)] if answer.window else []), *answer.outlets]
    return f"Looking first at {', '.join(places)}" if places else ""


def also_in(copies: Sequence[Copy]) -> str:
    """`also in CNN, Reuters and 7 others`, in the order in which they published it; empty when there is no copy."""
    names = list(dict.fromkeys(copy.outlet for copy in copies if copy.outlet))
    if not names:
        return f"also in {len(copies)} other outlet{'s' if len(copies) > 1 else ''}" if copies else ""
    if len(names) <= _NAMED:
        *first, last = names
        return f"also in {', '.join(first)} and {last}" if first else f"also in {last}"
    return f"also in {', '.join(names[: _NAMED - 1])} and {len(names) - _NAMED + 1} others"
