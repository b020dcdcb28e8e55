"""An answer that was kept is shown again as it was, whatever became of its articles, and is a question to measure."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from newsroom import FERRY, NOW, says

from assistant.answering.assistant import Assistant
from assistant.conversations.notebook import Notebook, feedback
from assistant.evaluation.dataset import read_questions
from assistant.types import Account, Answer, AnswerKind, Exchange, Stage, Thumb, Timings, Window
from ingest.splitting import split
from vectorstore.errors import ConversationNotFound
from vectorstore.library import Library

QUESTION = "Who was on the ferry that ran aground near Skerry harbour?"


@pytest.fixture
def notebook(library: Library) -> Notebook:
    return Notebook(library.conversations, library.find)


@pytest.fixture
def answer(library: Library) -> Answer:
    model = says("Rescuers brought 41 passengers to land. [1] The bank raised its rate. [2]")
    answer = Assistant(library, model).answer(QUESTION, as_of=NOW)
    assert answer.citations and {"ferry", "rates"} <= {hit.article.id for hit in answer.sources}
    return replace(answer, timings=Timings())  # how long it took is not kept


def kept(notebook: Notebook, answer: Answer | None, **more: object) -> Exchange:
    notebook.ask("a", Exchange(1, QUESTION))
    exchange = Exchange(1, QUESTION, answer, **more)  # type: ignore[arg-type]
    notebook.finish("a", exchange)
    return exchange


def test_an_answer_is_read_as_it_was(notebook: Notebook, answer: Answer) -> None:
    full = replace(
        answer,
        standalone_question="Another reading",
        kind=AnswerKind.TIMELINE,
        window=Window(date(2022, 7, 1), None),
        outlets=("Post",),
        sentences=tuple(replace(each, label="1 July 2022", doubt="a doubt") for each in answer.sentences),
        differing=(Account("41", answer.citations[0]),),
        newest_article=NOW,
        notice="The chat model could not be reached.",
        writing="Half a sen",
        stage=Stage.WRITING,
    )
    assert [kept(notebook, full, stopped=True)] == list(notebook.read("a"))


def test_a_refusal_is_read_as_it_was_but_for_the_text_of_what_was_near(notebook: Notebook, answer: Answer) -> None:
    refused = replace(answer, refused=True, sources=(), citations=(), quoted=(), nearest=(replace(FERRY, text=""),))
    assert [kept(notebook, refused)] == list(notebook.read("a"))


def test_an_exchange_is_one_that_was_stopped_until_more_is_known(notebook: Notebook) -> None:
    notebook.ask("a", Exchange(1, QUESTION))
    assert notebook.read("a") == (Exchange(1, QUESTION, stopped=True),)
    assert [kept(notebook, None, problem="The model cannot be reached.")] == list(notebook.read("a"))


def test_the_version_that_was_cited_is_shown_after_a_correction(
    notebook: Notebook, library: Library, answer: Answer
) -> None:
    before = kept(notebook, answer)
    corrected = replace(FERRY, text=FERRY.text.replace("41", "43"), version=2)
    library.put([(corrected, split(corrected))])
    assert notebook.read("a") == (before,)


@pytest.mark.parametrize("text", ["", "Something else altogether, under the same id."], ids=["removed", "another text"])
def test_the_words_stay_when_the_article_is_gone(
    notebook: Notebook, library: Library, answer: Answer, text: str
) -> None:
    kept(notebook, answer)
    library.remove("ferry")
    if text:
        other = replace(FERRY, text=text)
        library.put([(other, split(other))])
    [shown] = notebook.read("a")
    assert shown.answer and shown.answer.sentences == answer.sentences
    ferry = next(n for n, hit in enumerate(answer.sources, start=1) if hit.article.id == "ferry")
    assert shown.removed == {ferry}
    assert [hit.passage.text for hit in shown.answer.sources] == [hit.passage.text for hit in answer.sources]
    for was, now in zip(answer.citations, shown.answer.citations, strict=True):
        assert now.quote == was.quote == now.article.text[now.start : now.end]
        assert now.article.title == was.article.title


def test_what_was_never_asked_is_told(notebook: Notebook) -> None:
    for call in (notebook.read, notebook.entry, notebook.remove):
        with pytest.raises(ConversationNotFound):
            call("nothing")


def test_where_nothing_can_be_kept_a_conversation_goes_on_in_memory(library: Library, answer: Answer) -> None:
    notebook = Notebook(library.conversations, library.find)
    first = kept(notebook, answer)
    library.conversations._only_read = "another Dateline uses it"
    notebook.ask("a", Exchange(2, "And who?"))
    assert "not being kept" in notebook.problem
    library.conversations._only_read = ""
    second = Exchange(2, "And who?", answer)
    notebook.finish("a", second)
    notebook.rate("a", 1, Thumb.UP)
    assert notebook.read("a") == (replace(first, thumb=Thumb.UP), second)
    assert [each.question for each in Notebook(library.conversations, library.find).read("a")] == [QUESTION]
    notebook.ask("b", Exchange(1, "Another?"))
    assert notebook.problem == ""


def exchanges(answer: Answer) -> tuple[Exchange, ...]:
    refused = replace(answer, refused=True, citations=(), sources=())
    return (
        Exchange(1, QUESTION, answer, thumb=Thumb.UP),
        Exchange(2, "Why?", answer, thumb=Thumb.DOWN, reason="It does not say why."),
        Exchange(3, "Who won?", refused, thumb=Thumb.UP),
        Exchange(4, "Unrated?", answer),
        Exchange(5, "Broken?", problem="Cannot be reached.", thumb=Thumb.DOWN),
        Exchange(6, "Uncited?", replace(answer, citations=()), thumb=Thumb.UP),
    )


def test_thumbs_become_questions_that_evaluate_reads(answer: Answer, tmp_path: Path) -> None:
    rows = list(feedback([("a", exchanges(answer))]))
    file = tmp_path / "feedback.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    good, refusal = read_questions(file)
    assert (good.id, good.text, good.asked_at) == ("a-1", QUESTION, datetime(2022, 7, 10, tzinfo=UTC))
    assert good.articles == {each.article.id for each in answer.citations} and good.answerable
    assert not refusal.answerable and refusal.turns[0].question == QUESTION
    assert [(row["id"], row["thumb"]) for row in rows] == [("a-1", "up"), ("a-2", "down"), ("a-3", "up"), ("a-6", "up")]
    assert rows[1]["reason"] == "It does not say why." and rows[1]["evidence"] == rows[0]["evidence"] != []
