from __future__ import annotations

import pytest

from assistant.wanted import Wanted, offers, wanted


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many people were on board?", Wanted.NUMBER),
        ("What percentage of voters stayed at home?", Wanted.NUMBER),
        ("When did the ferry sink?", Wanted.TIME),
        ("In which year did the bridge open?", Wanted.TIME),
        ("Who resigned?", Wanted.NAME),
        ("Which country won?", Wanted.NAME),
        ("Why did he resign?", None),
        ("What happened?", None),
        ("", None),
    ],
)
def test_what_a_question_asks_for(question: str, kind: Wanted | None) -> None:
    assert wanted(question) is kind


@pytest.mark.parametrize(
    ("sentence", "kind", "offered"),
    [
        ("It carried 212 people.", Wanted.NUMBER, True),
        ("It carried twelve people.", Wanted.NUMBER, True),
        ("It carried people.", Wanted.NUMBER, False),
        ("It sank on Tuesday.", Wanted.TIME, True),
        ("It sank in the night.", Wanted.TIME, False),
        ("The captain, Anna Lind, stayed.", Wanted.NAME, True),
        ("Captains stay.", Wanted.NAME, False),  # every sentence begins with a capital
        ("The captain of the Aurora stayed.", Wanted.NAME, False),  # which the question names itself
        ("It carried 212 people.", None, False),
    ],
)
def test_what_a_sentence_offers(sentence: str, kind: Wanted | None, offered: bool) -> None:
    assert offers(sentence, kind, "What of the Aurora?") is offered
