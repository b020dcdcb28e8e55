from __future__ import annotations

from datetime import UTC, date, datetime

from newsroom import says

from assistant.answering.assistant import Assistant
from assistant.presentation.terminal_text import answer_as_text, article_as_text
from vectorstore.library import Library
from vectorstore.models import Article, Correction

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


def test_an_article_is_shown_under_its_corrections() -> None:
    notes = (
        Correction(datetime(2022, 7, 4, tzinfo=UTC), "Two sailors, not three."),
        Correction(None, "It was a trawler."),
    )
    shown = article_as_text(Article("a", "The ferry sank.", title="Ferry sinks", corrections=notes))
    assert shown.endswith("4 July 2022: Two sailors, not three.\nIt was a trawler.\n\nThe ferry sank.")
