"""Articles over time, in days, months or years, whichever shows most of them."""

from __future__ import annotations

from datetime import date, timedelta

from assistant.presentation.histogram import MOST_BARS, Bar, Unit, timeline

NEWEST = date(2022, 7, 3)


def before(days: int) -> date:
    return NEWEST - timedelta(days=days)


def test_of_no_day_there_is_none() -> None:
    assert timeline({}) is None


def test_one_day_is_one_bar() -> None:
    drawn = timeline({NEWEST: 4})
    assert drawn and (drawn.unit, drawn.bars, drawn.earlier) == (Unit.DAY, (Bar(NEWEST, 0, 4),), 0)
    assert drawn.places == 1


def test_sixty_days_are_days_and_those_without_articles_keep_their_place() -> None:
    drawn = timeline({NEWEST: 2, before(59): 1, before(2): 5})
    assert drawn and drawn.unit is Unit.DAY and drawn.places == MOST_BARS
    assert [(bar.place, bar.articles) for bar in drawn.bars] == [(0, 1), (57, 5), (59, 2)]
    assert drawn.highest.begins == before(2)


def test_a_few_that_are_far_older_are_counted_and_not_drawn() -> None:
    drawn = timeline({NEWEST: 60, before(10): 39, date(1999, 1, 1): 5})
    assert drawn and (drawn.unit, drawn.earlier, drawn.places) == (Unit.DAY, 5, 11)


def test_many_that_are_older_make_it_months_then_years() -> None:
    months = timeline({NEWEST: 1, before(60): 1, date(2021, 12, 31): 3})
    assert months and months.unit is Unit.MONTH and months.earlier == 0
    assert [(bar.begins, bar.place, bar.articles) for bar in months.bars] == [
        (date(2021, 12, 1), 0, 3),
        (date(2022, 5, 1), 5, 1),
        (date(2022, 7, 1), 7, 1),
    ]
    years = timeline({NEWEST: 1, date(2009, 2, 3): 1, date(2009, 4, 3): 1})
    assert years and years.unit is Unit.YEAR
    assert [(bar.begins.year, bar.place, bar.articles) for bar in years.bars] == [(2009, 0, 2), (2022, 13, 1)]


def test_years_that_do_not_fit_either_are_counted() -> None:
    drawn = timeline({NEWEST: 1, date(1, 1, 1): 9})
    assert drawn and (drawn.unit, drawn.earlier, len(drawn.bars)) == (Unit.YEAR, 9, 1)
    assert timeline({date.max: 1, date.min: 1}) is not None


def test_the_latest_of_equal_bars_is_the_highest() -> None:
    drawn = timeline({NEWEST: 3, before(1): 3})
    assert drawn and drawn.highest.begins == NEWEST
