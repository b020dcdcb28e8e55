"""How many articles there are over time, in days, months or years: whichever shows most of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MOST_BARS = 60
# Of the articles: so many are to be in the picture before something coarser is taken.
_SHOWN = 0.9


class Unit(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Bar:
    """So many articles from the day `begins` on; in the picture it is `place` units after the first bar."""

    begins: date
    place: int
    articles: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars that are empty are left out; `earlier` articles are older than what is shown."""

    unit: Unit
    bars: tuple[Bar, ...]
    earlier: int

    @property
    def places(self) -> int:
        """How many units there are from the first bar to the last."""
        return self.bars[-1].place + 1

    @property
    def highest(self) -> Bar:
        """The one with the most articles, the latest of several."""
        return max(self.bars, key=lambda bar: (bar.articles, bar.place))


# The unit that a day lies in: its number, and its first day.
_NUMBERED: dict[Unit, Callable[[date], int]] = {
    Unit.DAY: date.toordinal,
    Unit.MONTH: lambda day: day.year * 12 + day.month,
    Unit.YEAR: lambda day: day.year,
}
_BEGINS: dict[Unit, Callable[[date], date]] = {
    Unit.DAY: lambda day: day,
    Unit.MONTH: lambda day: day.replace(day=1),
    Unit.YEAR: lambda day: day.replace(month=1, day=1),
}


def timeline(days: Mapping[date, int]) -> Timeline | None:
    """The last 60 days up to the newest article, where nine in ten of them are of these; else months, else years.

    None where no day is known.
    """
    if not days:
        return None
    for unit in Unit:
        drawn = _drawn(unit, days)
        if drawn.earlier <= (1 - _SHOWN) * sum(days.values()):
            break
    return drawn


def _drawn(unit: Unit, days: Mapping[date, int]) -> Timeline:
    numbered, begins = _NUMBERED[unit], _BEGINS[unit]
    oldest = numbered(max(days)) - MOST_BARS + 1
    counts: dict[date, int] = {}
    for day in sorted(days):
        if numbered(day) >= oldest:
            counts[begins(day)] = counts.get(begins(day), 0) + days[day]
    first = numbered(min(counts))
    bars = tuple(Bar(begun, numbered(begun) - first, articles) for begun, articles in counts.items())
    return Timeline(unit, bars, sum(days.values()) - sum(counts.values()))
