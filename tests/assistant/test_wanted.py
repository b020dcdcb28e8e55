from __future__ import annotations

from datetime import date

import pytest

from assistant.query.answer_type import offers, wanted
from assistant.text.facts import FactKind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many people were on board?", FactKind.NUMBER),
        ("What percentage of voters stayed at home?", FactKind.NUMBER),
        ("When did the ferry sink?", FactKind.DATE),
        ("In which year did the bridge open?", FactKind.DATE),
        ("Who resigned?", FactKind.NAME),
        ("Which country won?", FactKind.NAME),
        ("Why did he resign?", None),
        ("What happened?", None),
        ("", None),
    ],
)
def test_what_a_question_asks_for(question: str, kind: FactKind | None) -> None:
    assert wanted(question) is kind


@pytest.mark.parametrize(
    ("sentence", "question", "offered"),
    [
        ("It carried 212 people.", "How many were on the Aurora?", True),
        ("It carried twelve people.", "How many were on the Aurora?", True),
        ("It carried people.", "How many were on the Aurora?", False),
        ("It sank on Tuesday.", "When did the Aurora sink?", True),
        ("It sank in the night.", "When did the Aurora sink?", False),
        ("The captain, Anna Lind, stayed.", "Who stayed on the Aurora?", True),
        ("Captains stay.", "Who stayed on the Aurora?", False),  # every sentence begins with a capital
        ("The captain of the Aurora stayed.", "Who stayed on the Aurora?", False),  # the question names it itself
        ("It carried 212 people.", "Why did the Aurora sink?", False),
    ],
)
def test_what_a_sentence_offers(sentence: str, question: str, offered: bool) -> None:
    assert offers(sentence, question, date(2022, 7, 3)) is offered
