from __future__ import annotations

import pytest
from newsroom import says

from assistant.answering.assistant import Assistant
from assistant.generation.prompting import reworded
from assistant.types import Turn
from vectorstore.library import Library

TURNS = (Turn("What did the central bank do to its key rate?", "It raised the rate to 2.5 percent."),)


def test_a_follow_up_is_searched_for_in_the_model_s_words(library: Library) -> None:
    model = says("Why did the central bank raise its key rate?")
    answer = Assistant(library, None, rewording=model).answer("Why?", turns=TURNS)
    assert answer.standalone_question == "Why did the central bank raise its key rate?"
    assert answer.question == "Why?"
    assert "It raised the rate to 2.5 percent." in model.asked[0] and "Last question: Why?" in model.asked[0]


def test_a_question_that_needs_no_history_is_not_given_to_the_model() -> None:
    model = says("Something else entirely?")
    question = "Who won the ferry contract in Norvale this spring?"
    assert reworded(model, question, TURNS) == reworded(model, question, ()) == question
    assert not model.asked


@pytest.mark.parametrize("said", ["", "  ", '""', "Where is the cathedral?", "rate " * 200])
def test_what_is_no_rewording_is_not_used(said: str) -> None:
    assert reworded(says(said), "Why?", TURNS) == "Why?"


def test_a_model_that_fails_leaves_the_question_as_it_is() -> None:
    assert reworded(says("Why did", fails_after=1), "Why?", TURNS) == "Why?"
