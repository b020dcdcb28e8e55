"""The embedded chat model itself, once a suite: it answers the example question, and it can be stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app import SAMPLES, Dateline, open_dateline
from assistant.local_model import LocalChat
from assistant.models import Stage, Support


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory):
    with open_dateline(library=tmp_path_factory.mktemp("library"), model="local") as news:
        news.ingest([SAMPLES])
        yield news


def test_the_example_question_is_answered_in_sentences_with_both_sides_cited(news: Dateline) -> None:
    snapshots = list(news.stream("Is Meta still open sourcing its models?"))
    assert snapshots[0].stage is Stage.SEARCHED and snapshots[0].sources
    answer = snapshots[-1]
    assert answer.sentences[0].text.startswith("Yes")
    borne_out = [sentence for sentence in answer.sentences if sentence.support is not Support.UNSUPPORTED]
    assert len(borne_out) >= 3
    cited = " ".join(citation.quote for citation in answer.citations)
    assert "open and closed models" in cited
    assert not answer.notice


def test_closing_a_stream_ends_generation_in_the_model(news: Dateline) -> None:
    model = news._model
    assert isinstance(model, LocalChat)
    counting = _Counting(model.load())
    model._server = counting
    stream: Any = model.stream("Count from one to five hundred in words, one a line.", max_tokens=400)
    for _ in range(5):
        next(stream)
    stream.close()
    assert counting.ended.is_set()
    assert counting.events < 20  # of four hundred asked for


def test_a_stream_is_closed_while_the_model_still_reads(news: Dateline) -> None:
    model = news._model
    assert isinstance(model, LocalChat)
    counting = _Counting(model.load())
    model._server = counting
    stream: Any = model.stream("Which of these words is the longest? " + "harbour ferry council " * 300)
    assert next(stream).text == next(stream).text == ""
    stream.close()
    assert counting.ended.is_set()
    assert counting.events < 10  # it tells of reading about sixty times


def test_the_model_counts_what_it_read_and_wrote(news: Dateline) -> None:
    assert isinstance(news._model, LocalChat)
    said = news._model.invoke("Say hello.", max_tokens=3)
    assert said.usage_metadata is not None
    assert said.usage_metadata["input_tokens"] > 3 and said.usage_metadata["output_tokens"] == 3


def test_the_joined_model_is_put_together_once_and_verified(news: Dateline) -> None:
    folder = news._settings.cache
    assert [path.suffix for path in Path(folder).iterdir() if "qwen" in path.name] == [".gguf"]


class _Counting:
    """The real server, with its events counted on their way."""

    def __init__(self, server: Any) -> None:
        import threading

        self._server = server
        self.events = 0
        self.ended = threading.Event()

    def handle_chat_completions(self, body: Any, heard: Any) -> None:
        def count(event: Any) -> bool:
            self.events += 1
            return bool(heard(event))

        self._server.handle_chat_completions(body, count)
        self.ended.set()
