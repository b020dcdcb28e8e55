from __future__ import annotations

from datetime import date

import pytest

from assistant.query.follow_ups import carried_over
from assistant.query.reading import read
from assistant.query.search_filters import read_outlets
from assistant.types import Turn

KNOWN = ["CNN", "USA Today", "The Week", "The Sunday Times", "The Times", "Nature", ""]
TODAY = date(2022, 7, 14)


@pytest.mark.parametrize(
    ("question", "outlets", "rest"),
    [
        ("According to CNN, who resigned?", ("CNN",), "who resigned?"),
        ("According to a CNN poll, who leads?", (), "According to a CNN poll, who leads?"),
        ("As reported by USA TODAY, who resigned?", ("USA Today",), "who resigned?"),
        ("What does The Week say about grain?", ("The Week",), "What does grain?"),
        ("What did USA Today report about grain?", ("USA Today",), "What did grain?"),
        ("Who resigned, according to The Sunday Times?", ("The Sunday Times",), "Who resigned, ?"),
        ("Who resigned, according to the Times?", ("The Times",), "Who resigned, ?"),
        ("What is the latest from CNN?", ("CNN",), "What is the latest ?"),
        ("What do CNN and The Week say about grain?", ("CNN", "The Week"), "What do grain?"),
        ("How do the Times, USA Today and CNN differ on grain?", ("The Times", "USA Today", "CNN"), "How do grain?"),
        ("According to CNN or the Times, who resigned?", ("CNN", "The Times"), "who resigned?"),
        (
            "According to CNN and what USA Today reported, who resigned?",
            ("CNN", "USA Today"),
            "and what , who resigned?",
        ),
    ],
)
def test_an_outlet_that_is_asked_for_is_found(question: str, outlets: tuple[str, ...], rest: str) -> None:
    assert read_outlets(question, KNOWN) == (outlets, rest)


@pytest.mark.parametrize(
    "question",
    [
        "Which CNN anchor left?",
        "Who sued CNN?",
        "What grows in nature, and where?",
        "According to Reuters, who resigned?",
        "According to the week's figures, who leads?",
        "What happened at the times?",
        "",
    ],
)
def test_an_outlet_that_is_only_spoken_of_is_not_asked_for(question: str) -> None:
    assert read_outlets(question, KNOWN) == ((), question)


def test_an_outlets_name_is_no_date() -> None:
    assert read("What did USA Today report about grain?", (), TODAY, KNOWN).window is None


def test_the_name_of_an_outlet_is_never_a_pattern() -> None:
    assert read_outlets("According to A(B, who resigned?", ["A(B", "*"]).outlets == ("A(B",)


GRAIN = (Turn("Which ship left Odesa with grain?", "The Razoni."), Turn("Where did it sail?", "To Lebanon."))


def test_a_follow_up_carries_the_earlier_questions_fading() -> None:
    assert carried_over("Why?", GRAIN) == [("Where did it sail?", 1.0), ("Which ship left Odesa with grain?", 0.5)]


def test_a_question_on_the_same_subject_carries_half_of_them() -> None:
    weights = [
        earlier.weight for earlier in carried_over("How much grain does Egypt buy from Ukraine each year?", GRAIN)
    ]
    assert weights == [0.5, 0.25]


def test_a_question_on_another_subject_carries_nothing() -> None:
    question = "Which tennis champion said farewell to New York?"
    assert carried_over(question, GRAIN) == []
    assert read(question, GRAIN, TODAY) == read(question, (), TODAY)


def test_its_own_words_weigh_more_than_carried_ones() -> None:
    reading = read("And the grain?", GRAIN, TODAY)
    assert reading.words == {"grain": 1.0, "sail": 0.3, "ship": 0.15, "left": 0.15, "odesa": 0.15}
    assert reading.texts == {
        "And the grain?": 1.0,
        "Where did it sail?": 0.5,
        "Which ship left Odesa with grain?": 0.25,
    }


def test_a_question_asked_twice_counts_once_in_full() -> None:
    assert read("Why?", [Turn("Why?", "So.")], TODAY).texts == {"Why?": 1.0}
