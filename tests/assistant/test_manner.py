"""How a reader wants to be answered: from how many sources, how much the newer ones first, and by whom."""

from __future__ import annotations

from datetime import date

import pytest
from newsroom import article, says

from assistant.answering.assistant import Assistant
from assistant.types import Answer, Manner, Recency, Support
from ingest.splitting import split
from vectorstore.errors import ModelUnavailable
from vectorstore.library import Library

AS_OF = date(2022, 7, 10)
QUESTION = "To what did the central bank raise its key rate?"
WRITTEN = "The central bank raised its key rate to 2.5 percent. [1]"
REPORTS = [
    article(f"report-{n}", f"Report {n}: the central bank raised its key rate to {n}.25 percent on Thursday, it said.")
    for n in range(1, 9)
]


def asked(assistant: Assistant, manner: Manner) -> Answer:
    *_, answer = assistant.stream(QUESTION, as_of=AS_OF, manner=manner)
    return answer


@pytest.mark.parametrize("wanted", [3, 5, 8])
def test_an_answer_rests_on_as_many_sources_as_are_wanted(library: Library, wanted: int) -> None:
    library.put([(each, split(each)) for each in REPORTS])
    answer = asked(Assistant(library, None), Manner(sources=wanted))
    assert len(answer.sources) == wanted
    assert answer.citations and all(citation.number <= wanted for citation in answer.citations)


def test_how_much_newer_articles_come_first_is_the_readers_choice(library: Library) -> None:
    old = article("old", "The central bank raised its key rate to 1.0 percent, its key rate, on Tuesday.", "2015-02-01")
    library.put([(old, split(old))])

    def gap(recency: Recency) -> float:
        scores = {hit.article.id: hit.score for hit in asked(Assistant(library, None), Manner(recency=recency)).sources}
        return scores["rates"] / scores["old-rates"]

    off, normal, strong = (gap(recency) for recency in Recency)
    assert off < normal < strong


def test_without_recency_age_counts_for_nothing(library: Library) -> None:
    twin = article("twin", REPORTS[0].text + " It was the bank's first.", "2010-01-01", REPORTS[0].title)
    library.put([(each, split(each)) for each in (REPORTS[0], twin)])
    found = asked(Assistant(library, None), Manner(recency=Recency.OFF)).sources
    scores = {hit.article.id: hit.score for hit in found}
    assert scores["twin"] == pytest.approx(scores["report-1"], rel=0.1)


def test_quote_mode_asks_no_model(library: Library) -> None:
    model = says(WRITTEN)
    answer = asked(Assistant(library, model), Manner(model="quote"))
    assert model.asked == [] and {sentence.support for sentence in answer.sentences} == {Support.QUOTED}
    assert not answer.notice


def test_the_model_that_a_reader_chose_writes_the_answer(library: Library) -> None:
    own, chosen = says("Never asked. [1]"), says(WRITTEN)
    answer = asked(Assistant(library, own, models={"openai:small": chosen}.__getitem__), Manner(model="openai:small"))
    assert own.asked == [] and len(chosen.asked) == 1
    assert answer.text.startswith("The central bank raised its key rate to 2.5 percent.")


def test_a_model_that_is_gone_is_told_and_the_answer_is_quoted(library: Library) -> None:
    def gone(name: str) -> None:
        raise ModelUnavailable(f"The model {name} is not there. Choose another one under Settings.")

    answer = asked(Assistant(library, says(WRITTEN), models=gone), Manner(model="ollama:gone"))
    assert answer.notice.startswith("The model ollama:gone is not there. Choose another one under Settings.")
    assert {sentence.support for sentence in answer.sentences} == {Support.QUOTED}


def test_where_no_choice_is_given_no_name_opens_a_model(library: Library) -> None:
    answer = asked(Assistant(library, None), Manner(model="openai:gpt-5"))
    assert "is not offered here" in answer.notice and answer.sentences
