"""What a reader gets when the chat model misbehaves: over real HTTP, one server that fails in every way there is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest
from model_server import ModelServer
from model_server import model_server as model_server
from newsroom import ScriptedChat, says

from assistant.answering.assistant import Assistant
from assistant.conversations.serialization import as_kept
from assistant.generation import prompting
from assistant.generation.model_menu import ChatModels
from assistant.generation.providers import PATIENCE, failure, masked, open_chat_model
from assistant.generation.streaming import pieces
from assistant.presentation.terminal_text import answer_as_text
from assistant.types import Answer, Exchange, Stage, Support, Turn
from assistant.ui.answer_view import past_html
from assistant.ui.conversation_markdown import markdown
from assistant.ui.openai_api import completion
from vectorstore.errors import ModelUnavailable, SettingsError
from vectorstore.library import Library

AS_OF = date(2022, 7, 10)
QUESTION = "To what did the central bank raise its key rate?"
SAID = "The central bank raised its key rate to 2.5 percent. [1] Governor Ann Lowe said inflation was too high. [1] "
KEY = "sk-proj/very+SECRET=1234567890"
OWN_WORDS = "These are the articles' own words."

ENDLESS = "The chat model did not come to an end."
STOPPED = "The chat model stopped in mid-sentence."
LATE = "The chat model took too long to answer. DATELINE_MODEL_PATIENCE gives it more time."
UNREADABLE = "What the chat model's server sent could not be read as an answer."
FAILURES = {
    "repeats_the_key": "The chat model's server refused the key. Check the key.",
    "is_elsewhere": "The chat model's server does not have this model. Choose another one.",
    "asks_to_wait": "The chat model's server takes no more questions for now. Try again in 30 seconds.",
    "refuses": "The chat model's server could not be asked this (status 400).",
    "fails": "The chat model's server failed (status 500). Try again later.",
    "sends_garbage": UNREADABLE,
    "sends_nothing": UNREADABLE,
    "sends_a_page": UNREADABLE,
    "sends_no_stream": UNREADABLE,
    "says_nothing": "The chat model said nothing.",
    "never_ends_a_sentence": ENDLESS,
    "says_20_megabytes": ENDLESS,
    "says_20_megabytes_for_ever": ENDLESS,
    "says_20_megabytes_compressed": UNREADABLE,
    "fails_compressed": "The chat model's server failed (status 500). Try again later.",
    "says_newlines": ENDLESS,
    "says_empty_words": ENDLESS,
    "hangs": LATE,
    "keeps_alive": LATE,
    "says_empty_words_slowly": LATE,
}
BREAKS_OFF = {
    "drops": STOPPED,
    "runs_out_of_tokens": STOPPED,
    "drops_a_chunk": "The connection to the chat model's server broke off.",
    "hangs_midway": LATE,
}


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ModelServer, "said", tuple(f"{word} " for word in SAID.split()))


def asking(library: Library, url: str, model: str, patience: float = 0.3) -> Iterator[Answer]:
    chat = open_chat_model(f"openai:{model}", f"{url}/v1", KEY, Path())
    return Assistant(library, chat, patience=patience).stream(QUESTION, as_of=AS_OF)


@pytest.mark.parametrize(("model", "notice"), FAILURES.items(), ids=FAILURES)
def test_a_model_that_fails_leaves_the_quotations_and_says_why(
    library: Library, model_server: str, model: str, notice: str
) -> None:
    _, quoted, *_, last = asking(library, model_server, model, patience=20 if notice == ENDLESS else 0.3)
    assert last.notice == f"{notice} {OWN_WORDS}"
    assert last.sentences == quoted.sentences and last.citations == quoted.citations
    assert last.stage is Stage.DONE and not last.writing


@pytest.mark.parametrize(("model", "notice"), BREAKS_OFF.items(), ids=BREAKS_OFF)
def test_of_an_answer_that_breaks_off_the_whole_sentences_stand_behind_the_quotations(
    library: Library, model_server: str, model: str, notice: str
) -> None:
    _, quoted, *_, last = asking(library, model_server, model)
    assert last.notice == f"{notice} The articles' own words come first."
    assert last.sentences[: len(quoted.sentences)] == quoted.sentences
    assert "to 2.5 percent." in last.text and "The council" not in last.text
    assert not last.writing


def test_a_server_that_hangs_is_not_waited_for_before_anything_is_found(
    library: Library, model_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked to reword the follow-up before the search, and to write after it."""
    assert prompting._PATIENCE + PATIENCE < 20
    monkeypatch.setattr(prompting, "_PATIENCE", 0.2)
    chat = open_chat_model("openai:hangs", f"{model_server}/v1", KEY, Path())
    asked = Assistant(library, chat, patience=0.3, rewording=chat)
    turns = (Turn(QUESTION, "To 2.5 percent."),)
    _, quoted, *_, last = asked.stream("And why did the central bank raise it?", as_of=AS_OF, turns=turns)
    assert quoted.sentences and last.sentences == quoted.sentences
    assert last.notice == f"{LATE} {OWN_WORDS}"


def test_a_server_that_is_not_there_leaves_the_quotations_and_says_so(library: Library) -> None:
    *_, last = asking(library, "http://127.0.0.1:1", "small")
    assert last.notice == f"The chat model's server cannot be reached. {OWN_WORDS}"
    assert {sentence.support for sentence in last.sentences} == {Support.QUOTED}


@pytest.mark.parametrize("model", ["answers", "answers_slowly", "answers_without_a_reason"])
def test_an_answer_that_ends_as_it_should_has_no_notice(library: Library, model_server: str, model: str) -> None:
    *_, last = asking(library, model_server, model, patience=5)
    assert not last.notice
    assert last.text.startswith("The central bank raised its key rate to 2.5 percent. Governor Ann Lowe")


def test_half_a_character_of_an_answer_keeps_it_from_no_form(library: Library, model_server: str) -> None:
    *_, answer = asking(library, model_server, "says_half_characters")
    assert answer.stage is Stage.DONE and not answer.refused
    exchange = Exchange(1, QUESTION, answer)
    for form in (past_html([exchange]), markdown("T", (exchange,)), answer_as_text(answer), str(as_kept(exchange))):
        assert form.encode()


@pytest.mark.parametrize("text", ["", "The rate is 2.", "The bank of the U.S.", "The council approved it after"])
def test_no_figure_or_abbreviation_is_taken_for_the_end_of_a_sentence(
    library: Library, model_server: str, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(ModelServer, "said", (text,))
    *_, last = asking(library, model_server, "hangs_midway")
    assert last.notice == f"{LATE} {OWN_WORDS}"


@pytest.mark.parametrize("model", ["repeats_the_key", "hangs", "says_nothing"])
def test_a_trial_says_it_in_the_same_words(model_server: str, model: str) -> None:
    chat = open_chat_model(f"openai:{model}", f"{model_server}/v1", KEY, Path())
    assert ChatModels(f"openai:{model}", chat, patience=0.3).tried("").problem == FAILURES[model]


def test_waiting_for_a_model_that_hangs_can_end_at_any_time(library: Library, model_server: str) -> None:
    stream = asking(library, model_server, "hangs", patience=60)
    _, quoted, waiting, *_ = (next(stream) for _ in range(5))
    assert waiting is quoted, "a watcher sees that nothing is new, and may leave"
    stream.close()  # type: ignore[attr-defined]


def test_a_model_that_is_left_is_not_read_any_further(model_server: str) -> None:
    chat = open_chat_model("openai:never_ends_a_sentence", f"{model_server}/v1", KEY, Path())
    assert chat is not None
    arriving = pieces(chat, [("human", "Hello")])
    assert next(arriving)
    arriving.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "chat-model"]


def test_a_question_is_asked_once(library: Library, model_server: str) -> None:
    list(asking(library, model_server, "asks_to_wait"))
    assert ModelServer.asked == ["asks_to_wait"]


def test_the_log_gets_what_the_server_said_without_the_key(
    library: Library, model_server: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "assistant"):
        list(asking(library, model_server, "repeats_the_key"))
    assert "Incorrect key: Bearer *** See http://x/?k=***" in caplog.text
    assert "SECRET" not in caplog.text


def test_a_key_that_the_server_repeats_is_in_no_form_of_the_answer(library: Library, model_server: str) -> None:
    *_, answer = asking(library, model_server, "repeats_the_key")
    exchange = Exchange(1, QUESTION, answer)
    forms = [past_html([exchange]), markdown("T", (exchange,)), answer_as_text(answer), str(as_kept(exchange))]
    forms.append(str(completion(answer, "id", 0)["choices"][0]))
    assert all("refused the key" in form and "SECRET" not in form for form in forms)


def test_the_log_gets_no_byte_that_a_terminal_would_obey(
    library: Library, model_server: str, caplog: pytest.LogCaptureFixture
) -> None:
    list(asking(library, model_server, "fails"))
    assert "CUDA error[31m" in caplog.text and "\x1b" not in caplog.text


@pytest.mark.parametrize(
    ("told", "left"),
    [
        (f"key {KEY}!", "key ***!"),
        ("key sk-proj%2Fvery%2BSECRET%3D1234567890", "key ***"),
        ("key sk-proj/very+SEC... is wrong", "key ***... is wrong"),
        ("it ends with =1234567890", "it ends with ***"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("{'api_key': 'another'}", "{'api_key': '***'}"),
        ("http://me:word@host/v1 is away", "http://***@host/v1 is away"),
        ("a sketch\nof a project", "a sketch of a project"),
    ],
)
def test_of_a_key_nothing_is_left(told: str, left: str) -> None:
    assert masked(told, [KEY]) == left


def test_a_key_that_langchain_read_itself_is_masked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    chat = open_chat_model("openai:small", "", "", Path())
    assert chat is not None
    assert failure(RuntimeError(f"no {KEY}"), chat).detail == "RuntimeError: no ***"


def test_a_model_that_cannot_be_set_up_does_not_tell_the_key() -> None:
    with pytest.raises(SettingsError, match="cannot be set up") as raised:
        open_chat_model("openai:small", "http://host:SECRET1234", "SECRET1234", Path())
    assert "SECRET" not in str(raised.value) and raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("error", "begun", "line"),
    [
        (TimeoutError(), False, LATE),
        (ConnectionRefusedError("no"), False, "The chat model's server cannot be reached."),
        (ConnectionResetError("gone"), True, "The connection to the chat model's server broke off."),
        (IndexError("tuple index out of range"), False, UNREADABLE),
        (ModelUnavailable("The model x is not there."), False, "The model x is not there."),
    ],
)
def test_errors_of_any_provider_are_told_by_their_kind(error: Exception, begun: bool, line: str) -> None:
    assert failure(error, says("Hello."), begun).line == line


def test_a_model_in_this_process_is_waited_for(library: Library) -> None:
    class Slow(ScriptedChat):
        in_process: ClassVar[bool] = True

        def _stream(self, *asked: object, **options: object) -> Iterator[object]:  # type: ignore[override]
            threading.Event().wait(0.5)
            yield from super()._stream(*asked, **options)  # type: ignore[arg-type]

    *_, last = Assistant(library, Slow(words=SAID.split(" ")), patience=0.1).stream(QUESTION, as_of=AS_OF)
    assert not last.notice
