"""OpenAI's API, asked by OpenAI's own client over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import httpx
import openai
import pytest
from ui_desk import BEHEMOTH, META, ScriptedDesk, eventually, free_port, meta_answer

from assistant.types import AnswerKind, Stage, Turn
from assistant.ui.openai_api import Chunks, completion, routes
from assistant.ui.page import build_page
from assistant.ui.server import serve

QUESTION = {"role": "user", "content": "Is Meta open?"}
SAID = "Meta says its position is unchanged. [1]\n\nIt plans open and closed models, for $10 to $65 billion. [1] [2]"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, ScriptedDesk]]:
    """One server for all of these tests: the page takes seconds to start and plays no part in them."""
    desk = ScriptedDesk()
    server = serve(build_page(desk), "127.0.0.1", free_port(), desk.max_upload_mb, routes(desk))
    yield server.url, desk
    server.close()


@pytest.fixture
def desk(served: tuple[str, ScriptedDesk]) -> Iterator[ScriptedDesk]:
    _, desk = served
    yield desk
    desk.closed.clear()
    desk.asked.clear()


@pytest.fixture
def address(served: tuple[str, ScriptedDesk], desk: ScriptedDesk) -> str:
    return served[0]


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture
def chat(client: openai.OpenAI) -> openai.resources.chat.Completions:
    return client.chat.completions


def post(address: str, **body: object) -> httpx.Response:
    return httpx.post(f"{address}v1/chat/completions", json={"model": "dateline", "messages": [QUESTION], **body})


def test_an_answer_has_its_citations_in_the_text_and_as_data(chat: openai.resources.chat.Completions) -> None:
    answer = chat.create(model="dateline", messages=[QUESTION])
    [choice] = answer.choices
    message = choice.message
    assert choice.finish_reason == "stop"
    assert message.content.startswith(SAID)
    assert f"[1] {META.title}, The Ledger, 2 July 2022, {META.url}" in message.content
    cited = [note.url_citation for note in message.annotations]
    assert [message.content[each.start_index : each.end_index] for each in cited] == ["[1]", "[1]", "[2]", "[2]"]
    assert [each.url for each in cited] == [META.url, META.url, BEHEMOTH.url, BEHEMOTH.url]
    assert message.dateline["citations"][0]["quote"] == "Meta says its position is unchanged"
    assert message.dateline["sentences"][-1]["support"] == "unsupported"


def test_a_streamed_answer_ends_up_as_the_same_with_the_same_data(chat: openai.resources.chat.Completions) -> None:
    whole = chat.create(model="dateline", messages=[QUESTION]).choices[0].message
    deltas = [chunk.choices[0] for chunk in chat.create(model="dateline", messages=[QUESTION], stream=True)]
    assert "".join(each.delta.content or "" for each in deltas) == whole.content
    assert len([each for each in deltas if each.delta.content]) >= 2
    assert [each.finish_reason for each in deltas] == [None] * (len(deltas) - 1) + ["stop"]
    assert deltas[-1].delta.annotations == [each.model_dump() for each in whole.annotations]
    assert deltas[-1].delta.dateline["citations"] == whole.dateline["citations"]


def test_earlier_messages_are_turns_and_a_system_message_is_nothing(
    chat: openai.resources.chat.Completions, desk: ScriptedDesk
) -> None:
    earlier = [{"role": "system", "content": "Be rude."}, QUESTION, {"role": "assistant", "content": "Yes."}]
    parts = [{"type": "text", "text": "And Behemoth?"}]
    chat.create(model="dateline", messages=[*earlier, {"role": "user", "content": parts}])
    assert desk.asked == [("And Behemoth?", (Turn("Is Meta open?", "Yes."),))]


def test_a_refusal_is_said_and_marked(chat: openai.resources.chat.Completions) -> None:
    message = chat.create(model="dateline", messages=[{"role": "user", "content": "Tour de France"}]).choices[0].message
    assert message.content.startswith("The articles here do not say who won.")
    assert message.dateline["refused"] and message.dateline["nearest"][0]["article_id"] == "meta"
    assert message.annotations == []


def test_an_article_without_a_web_address_is_cited_without_one(chat: openai.resources.chat.Completions) -> None:
    message = chat.create(model="dateline", messages=[{"role": "user", "content": "hostile"}]).choices[0].message
    [note] = message.annotations
    assert note.url_citation.url == ""
    assert message.content[note.url_citation.start_index : note.url_citation.end_index] == "[1]"


def test_the_one_model_is_listed_and_found(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["dateline"]
    assert client.models.retrieve("dateline").owned_by == "dateline"
    with pytest.raises(openai.NotFoundError, match="There is no GET /v1/models/gpt-5"):
        client.models.retrieve("gpt-5")


@pytest.mark.parametrize(
    ("body", "status", "param", "says"),
    [
        pytest.param({"model": "gpt-5"}, 404, "model", "does not exist", id="another model"),
        pytest.param({"tools": [{"type": "function"}]}, 400, "tools", "calls no tools", id="tools"),
        pytest.param({"n": 2}, 400, "n", "one answer", id="two answers"),
        pytest.param({"messages": []}, 400, "messages", "at least 1", id="no messages"),
        pytest.param({"messages": "hi"}, 400, "messages", "valid array", id="no list"),
        pytest.param({"messages": [{"role": "user", "content": 5}]}, 400, "messages.0.content.str", "", id="a number"),
        pytest.param({"messages": [QUESTION, {"role": "tool"}]}, 400, "messages.1.role", "", id="a tool's answer"),
        pytest.param(
            {"messages": [QUESTION, {"role": "assistant", "content": "Yes."}]},
            400,
            "messages",
            "last",
            id="no question",
        ),
        pytest.param(
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]},
            *(400, "messages", "no image_url"),
            id="an image",
        ),
        pytest.param({"messages": [{"role": "user", "content": "broken"}]}, 503, None, "cannot be reached", id="model"),
        pytest.param({"messages": [{"role": "user", "content": "fault"}]}, 500, None, "Something went", id="our fault"),
        pytest.param({"messages": [QUESTION] * 9000}, 413, None, "larger than 256 KB", id="too large"),
    ],
)
def test_what_cannot_be_answered_is_an_error_of_openais_form(
    address: str, body: dict[str, object], status: int, param: str | None, says: str
) -> None:
    answer = post(address, **body)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["param"] == param and says in error["message"]
    assert error["type"] == ("server_error" if status >= 500 else "invalid_request_error")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"model": "dateline"}'])
def test_a_body_that_is_no_request_is_refused(address: str, body: bytes) -> None:
    answer = httpx.post(f"{address}v1/chat/completions", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_an_unknown_path_is_an_error_of_openais_form(address: str) -> None:
    for answer in (httpx.post(f"{address}v1/embeddings"), httpx.get(f"{address}v1/chat/completions")):
        assert answer.status_code == 404
        assert "There is no" in answer.json()["error"]["message"]


def test_leaving_a_streamed_answer_ends_the_model(address: str, desk: ScriptedDesk) -> None:
    body = {"model": "dateline", "stream": True, "messages": [{"role": "user", "content": "slowly"}]}
    with httpx.stream("POST", f"{address}v1/chat/completions", json=body) as answer:
        lines = answer.iter_lines()
        while "unchanged" not in next(lines):
            pass
        assert not desk.closed.is_set()
    assert desk.closed.wait(10)


def test_leaving_before_a_whole_answer_is_there_ends_the_model(address: str, desk: ScriptedDesk) -> None:
    body = {"model": "dateline", "messages": [{"role": "user", "content": "slowly"}]}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{address}v1/chat/completions", json=body, timeout=2)
    assert desk.asked
    assert desk.closed.wait(10)


def test_more_questions_than_can_be_answered_at_once_are_sent_away(address: str, desk: ScriptedDesk) -> None:
    body = {"model": "dateline", "messages": [{"role": "user", "content": "slowly"}]}

    def ask() -> None:
        httpx.post(f"{address}v1/chat/completions", json=body, timeout=60)

    asking = [threading.Thread(target=ask) for _ in range(16)]  # eight are answered, eight wait
    for each in asking:
        each.start()
    eventually(lambda: desk.line.waiting == 8)
    answer = post(address)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 120
    error = answer.json()["error"]
    assert "Try again" in error["message"] and error["code"] == "rate_limit_exceeded"
    desk.closed.set()
    for each in asking:
        each.join()
    assert post(address).status_code == 200


def test_what_was_streamed_is_not_taken_back_when_an_answer_is_begun_anew() -> None:
    """As when the model fails in the middle: quotes take the place of what it wrote."""
    final = meta_answer()
    chunks = Chunks("id", 0)
    wrong = replace(final.sentences[0], text="Something else.")
    answers = [replace(final, stage=Stage.WRITING, sentences=(wrong,)), final]
    deltas = [chunk["choices"][0]["delta"] for answer in answers for chunk in chunks.grown(answer)]
    content = "".join(delta.get("content", "") for delta in deltas)
    assert content.startswith(f"Something else. [1]\n\n{SAID}")
    where = [note["url_citation"] for note in json.loads(json.dumps(deltas[-1]))["annotations"]]
    assert [content[each["start_index"] : each["end_index"]] for each in where] == ["[1]", "[1]", "[2]", "[2]"]


@pytest.mark.parametrize("kind", AnswerKind)
def test_the_marks_of_an_answer_of_any_kind_are_where_the_data_says(kind: AnswerKind) -> None:
    message = completion(replace(meta_answer(), kind=kind), "id", 0)["choices"][0]["message"]
    where = [note["url_citation"] for note in message["annotations"]]
    said = [message["content"][each["start_index"] : each["end_index"]] for each in where]
    assert said == ["[1]", "[1]", "[2]", "[2]"]
    assert len({each["start_index"] for each in where}) == 4
