from __future__ import annotations

from datetime import date

import pytest

from assistant.answering.assistant import Assistant
from assistant.query.decomposition import interleaved, parts
from vectorstore.library import Library


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Compare Meta and OpenAI on open models.", ["Meta on open models", "OpenAI on open models"]),
        ("What is the difference between Ford's recall and Tesla's?", ["Ford's recall", "Tesla's"]),
        ("Which came first, the Lisbon summit or the Madrid one?", ["the Lisbon summit", "the Madrid one"]),
        ("Did both Kroger and Albertsons agree?", ["Kroger", "Albertsons agree"]),
        ("Who won the Masters? And who the Open?", ["Who won the Masters?", "Who won the Masters? And who the Open?"]),
    ],
)
def test_what_asks_for_several_things_is_cut(question: str, expected: list[str]) -> None:
    assert parts(question) == expected


@pytest.mark.parametrize(
    "question",
    ["Who resigned between 2019 and 2021?", "Why? Why?", "", "Is it so?", "Compare the two.", "A and B met."],
)
def test_what_asks_for_one_thing_stays_whole(question: str) -> None:
    assert parts(question) == [question]


def test_each_part_gets_its_turn_and_a_shorter_one_costs_nothing() -> None:
    assert [*interleaved([[1, 2, 3], [4], []])] == [1, 4, 2, 3]


def test_both_sides_of_a_comparison_are_among_the_first_two(library: Library) -> None:
    hits = Assistant(library, None).search(
        "What is the difference between the central bank's key rate and the ferry's ticket?", as_of=date(2022, 7, 10)
    )
    assert len({hit.article.id for hit in hits[:2]}) == 2
    assert len({hit.passage.id for hit in hits}) == len(hits)
