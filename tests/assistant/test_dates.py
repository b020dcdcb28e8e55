from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from assistant.text.time_window import Strength, read_timing
from assistant.types import Window

TODAY = date(2022, 7, 14)  # a Thursday


@pytest.mark.parametrize(
    ("question", "window", "rest"),
    [
        ("Who resigned in May 2022?", "1–31 May 2022", "Who resigned ?"),
        ("Who resigned in may 2022?", "1–31 May 2022", "Who resigned ?"),
        ("Who resigned in May?", "1–31 May 2022", "Who resigned ?"),
        ("Who resigned in September?", "1–30 September 2021", "Who resigned ?"),
        ("Who resigned on 3 July?", "3 July 2022", "Who resigned ?"),
        ("Who resigned on July 3rd, 2019?", "3 July 2019", "Who resigned ?"),
        ("Who resigned on 2019-07-03?", "3 July 2019", "Who resigned ?"),
        ("Who resigned on Tuesday?", "12 July 2022", "Who resigned ?"),
        ("Who resigned last Thursday?", "7 July 2022", "Who resigned ?"),
        ("Who resigned yesterday?", "13–14 July 2022", "Who resigned ?"),
        ("Who resigned this week?", "7–14 July 2022", "Who resigned ?"),
        ("Who resigned last week?", "4–10 July 2022", "Who resigned ?"),
        ("Who resigned last weekend?", "9–10 July 2022", "Who resigned ?"),
        ("Who resigned last month?", "1–30 June 2022", "Who resigned ?"),
        ("Who resigned last year?", "1 January – 31 December 2021", "Who resigned ?"),
        ("Who resigned in the past two weeks?", "30 June – 14 July 2022", "Who resigned ?"),
        ("Who resigned in recent days?", "9–14 July 2022", "Who resigned ?"),
        ("Who resigned two years ago?", "13 January 2020 – 13 January 2021", "Who resigned ?"),
        ("Who resigned 3 days ago?", "11 July 2022", "Who resigned ?"),
        ("Who resigned in early 2021?", "1 January – 2 May 2021", "Who resigned ?"),
        ("Who resigned in the summer of 2021?", "1 June – 31 August 2021", "Who resigned ?"),
        ("Who resigned in Q2 2022?", "1 April – 30 June 2022", "Who resigned ?"),
        ("Who resigned in 1999?", "1 January – 31 December 1999", "Who resigned ?"),
        ("Who resigned between 1 and 5 July 2022?", "1–5 July 2022", "Who resigned ?"),
        ("Who resigned from March to May 2021?", "1 March – 31 May 2021", "Who resigned ?"),
        ("Who resigned between 2019 and 2021?", "1 January 2019 – 31 December 2021", "Who resigned ?"),
        ("Who resigned since 2019?", "since 1 January 2019", "Who resigned ?"),
        ("Who resigned after 3 July?", "since 4 July 2022", "Who resigned ?"),
        ("Who resigned before March 2022?", "until 28 February 2022", "Who resigned ?"),
        ("Who resigned before the March ruling?", "until 31 March 2022", "Who resigned ruling?"),
        ("Who led as of last Tuesday?", "until 12 July 2022", "Who led ?"),
    ],
)
def test_a_phrase_of_time_names_a_window(question: str, window: str, rest: str) -> None:
    timing = read_timing(question, TODAY)
    assert (timing.strength, str(timing.window), timing.rest) == (Strength.NAMED, window, rest)


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2020 election?",
        "Which team won the 2022 NHL Stanley Cup Finals?",
        "Which two supermarkets plan to merge in 2024?",
        "Who may march with May?",
        "What was built in 2000 homes?",
        "How many of the 2,020 tickets cost $2021?",
        "What is the ten second rule?",
        "Who was hurt on 31 November?",
        "What is covid-19-2020?",
        "",
    ],
)
def test_what_only_looks_like_a_time_names_none(question: str) -> None:
    assert read_timing(question, TODAY) == read_timing(question, TODAY).__class__(Strength.MILD, question)


@pytest.mark.parametrize(
    "question",
    ["Is Meta still open sourcing its models?", "latest on the ferry", "Who runs it now?", "It reopened Friday, why?"],
)
def test_a_question_about_the_present_names_no_window(question: str) -> None:
    timing = read_timing(question, TODAY)
    assert (timing.strength, timing.window) == (Strength.PRESENT, None)


def test_the_first_of_two_windows_counts() -> None:
    assert str(read_timing("Who won in 2019, and who in 2021?", TODAY).window) == "1 January – 31 December 2019"


def test_a_window_holds_its_first_and_last_moment_and_nothing_undated() -> None:
    window = Window(date(2022, 7, 1), date(2022, 7, 3))
    assert window.holds(datetime(2022, 7, 1, tzinfo=UTC)) and window.holds(datetime(2022, 7, 3, 23, 59, 59, tzinfo=UTC))
    assert not window.holds(datetime(2022, 6, 30, 23, 59, tzinfo=UTC)) and not window.holds(None)
    assert not window.holds(datetime(2022, 7, 4, tzinfo=UTC))
    assert Window().holds(datetime(2022, 7, 4, tzinfo=UTC)) and str(Window()) == "any time"


@pytest.mark.parametrize("today", [date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)])
def test_no_day_is_too_odd_to_ask_on(today: date) -> None:
    for question in ("ten years ago", "in the past 999 decades", "last summer", "on 29 February", "last month"):
        window = read_timing(f"Who won {question}?", today).window
        assert window is None or (window.first or date.min) <= (window.last or date.max), question


@pytest.mark.parametrize(
    ("question", "window"),
    [
        ("What did Halden earn last quarter?", "1–14 July 2022"),
        ("How did the bank do in Q1 2022?", "1 April – 1 July 2022"),
        ("What were the results of the first quarter of 2021?", "1 April – 1 July 2021"),
        ("Which ministers resigned last quarter?", "1 April – 30 June 2022"),
    ],
)
def test_the_results_of_a_quarter_are_looked_for_after_its_end(question: str, window: str) -> None:
    assert str(read_timing(question, TODAY).window) == window


@pytest.mark.parametrize(
    "question",
    [
        "What will happen on 18 January?",
        "Is the museum going to open on 3 September?",
        "What is on 20 July?",
        "Which trials are due to begin on September 1st?",
    ],
)
def test_a_day_to_come_names_no_window(question: str) -> None:
    assert read_timing(question, TODAY).window is None


@pytest.mark.parametrize(
    ("question", "window"),
    [
        ("What happened on 20 July?", "20 July 2021"),
        ("What is new on 12 July?", "12 July 2022"),
        ("Who resigned on 18 January?", "18 January 2022"),
        ("What will 3 May 2022 be remembered for?", "3 May 2022"),
    ],
)
def test_a_day_that_is_over_names_one(question: str, window: str) -> None:
    assert str(read_timing(question, TODAY).window) == window
