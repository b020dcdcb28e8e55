from __future__ import annotations

import pytest

from assistant.query.follow_ups import standalone
from assistant.types import Turn

TURNS = (Turn("Is Meta still open sourcing its models?", "Yes, but with more care."),)


@pytest.mark.parametrize(
    "question", ["And what about Behemoth?", "Why?", "When was that?", "What did they say about it?"]
)
def test_a_follow_up_is_read_with_the_question_before_it(question: str) -> None:
    assert standalone(question, TURNS) == f"Is Meta still open sourcing its models? {question}"


@pytest.mark.parametrize(
    "question",
    [
        "Who won the ferry contract in Norvale this spring?",
        "How many people did Saltmarsh council say were hurt on Monday?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert standalone(question, TURNS) == question


def test_the_second_follow_up_goes_back_to_the_question_that_stands_alone() -> None:
    turns = (*TURNS, Turn("And what about Behemoth?", "It was delayed."))
    assert standalone("Why?", turns) == "Is Meta still open sourcing its models? Why?"


def test_without_earlier_turns_nothing_is_added() -> None:
    assert standalone("Why?", ()) == "Why?"
