from __future__ import annotations

from datetime import date

from newsroom import says

from assistant.answering.assistant import Assistant
from assistant.presentation.terminal_text import answer_as_text
from vectorstore.library import Library

AS_OF = date(2022, 7, 10)


def test_a_sentence_that_nothing_supports_is_not_shown(library: Library) -> None:
    model = says("The central bank raised its key rate to 2.5 percent. [1] Everybody in the town was delighted.")
    shown = answer_as_text(Assistant(library, model).answer("What is the key rate of the central bank?", as_of=AS_OF))
    assert "2.5 percent. [1]" in shown
    assert "delighted" not in shown


def test_a_refusal_is_no_doubtful_sentence_and_names_the_nearest(library: Library) -> None:
    shown = answer_as_text(Assistant(library, None).answer("Who won the 2031 Tour de France?", as_of=AS_OF))
    assert "not confirmed" not in shown
    assert "Nearest in the library:" in shown
