"""The library as a chat model: OpenAI's chat completions under `/v1`, beside the page.

https://platform.openai.com/docs/api-reference/chat. Beyond it, a message carries `dateline`: the whole answer as
assistant.presentation.as_json writes it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from time import time
from typing import Any, Literal, NamedTuple
from uuid import uuid4

import anyio
from pydantic import BaseModel, Field, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from assistant.conversations.messages import turns_of
from assistant.presentation.as_json import answer_as_json
from assistant.types import Answer, Exchange, Stage, Turn
from assistant.ui.answer_run import AnswerRun
from assistant.ui.conversation import told
from assistant.ui.conversation_markdown import body, marked, plain
from assistant.ui.desk import Desk
from assistant.ui.places import TooBusy
from assistant.ui.render import headline, is_web_address
from vectorstore.errors import DatelineError, LibraryError, ModelError

MODEL = "dateline"
_UNSUPPORTED = "unsupported_parameter"
_KINDS = {429: "rate_limit_error"}
_LARGEST_BODY = 256 * 1024


class Refused(Exception):
    """A request that is answered with an error of OpenAI's form; `again` says in how many seconds it may be sent
    anew."""

    def __init__(
        self, message: str, status: int = 400, param: str | None = None, code: str | None = None, again: int = 0
    ) -> None:
        super().__init__(message)
        self.message, self.status, self.param, self.code, self.again = message, status, param, code, again

    def as_json(self) -> dict[str, Any]:
        kind = _KINDS.get(self.status, "server_error" if self.status >= 500 else "invalid_request_error")
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}


class _Part(BaseModel):
    type: str
    text: str = ""


class _Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[_Part] | None = None


class _Request(BaseModel):
    """What is read of a request; temperature and the like are ignored, since they change nothing here."""

    model: str
    messages: list[_Message] = Field(min_length=1)
    stream: bool = False
    n: int | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None


class CompletionAsked(NamedTuple):
    """A question after earlier turns, and whether its answer is wanted while it is written."""

    question: str
    turns: tuple[Turn, ...]
    stream: bool


def asked(body: bytes) -> CompletionAsked:
    """What a request's body asks: its last message, after the turns before it; system messages are left out. Raises
    Refused."""
    try:
        request = _Request.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        param = ".".join(map(str, first["loc"])) or None
        raise Refused(f"{param or 'The body'}: {first['msg']}", param=param) from error
    _check(request)
    turns = turns_of([message.model_dump() for message in request.messages])
    return CompletionAsked(turns[-1].question, turns[:-1], request.stream)


def _check(request: _Request) -> None:
    """Refuses what would be answered otherwise than it was asked."""
    if request.model != MODEL:
        says = f"The model {request.model!r} does not exist. There is one here: {MODEL!r}."
        raise Refused(says, 404, "model", "model_not_found")
    for name in ("tools", "functions"):
        if getattr(request, name):
            raise Refused(f"Dateline answers from its articles and calls no {name}.", 400, name, _UNSUPPORTED)
    if request.n not in (None, 1):
        raise Refused("There is one answer to a question: leave n out.", 400, "n", _UNSUPPORTED)
    for message in request.messages:
        parts = message.content if isinstance(message.content, list) else []
        if other := [part.type for part in parts if part.type != "text"]:
            raise Refused(f"Dateline reads text, and no {other[0]}.", 400, "messages", _UNSUPPORTED)
    if request.messages[-1].role != "user":
        raise Refused("The last message must be the user's question.", 400, "messages")


def refused(error: DatelineError) -> Refused:
    """Why there is no answer: for what was asked, or for the state of things here."""
    return Refused(str(error), 503 if isinstance(error, (LibraryError, ModelError)) else 400)


def models_as_json() -> dict[str, Any]:
    return {"object": "list", "data": [model_as_json()]}


def model_as_json() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": "dateline"}


def completion(answer: Answer, id: str, created: int) -> dict[str, Any]:
    """A finished answer; `created` is in seconds since 1970."""
    message = {"role": "assistant", "content": plain(answer), "refusal": None} | _evidence(answer, 0)
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return _head(id, created, "chat.completion") | {"choices": [choice]}


class Chunks:
    """A growing answer in chunks, by the sentence. What has been said is not taken back: when the answer was begun
    anew, it follows as a paragraph of its own."""

    def __init__(self, id: str, created: int) -> None:
        self._head = _head(id, created, "chat.completion.chunk")
        self._said = ""
        self._sent = 0

    def begun(self) -> dict[str, Any]:
        return self._chunk({"role": "assistant", "content": ""})

    def grown(self, answer: Answer) -> Iterator[dict[str, Any]]:
        """What the snapshot adds, once nothing in it will be taken back; the finished answer adds its footnotes and the
        evidence."""
        if answer.stage is Stage.SEARCHED:
            return
        over = answer.stage is Stage.DONE
        text = plain(answer) if over else body(answer)
        if fresh := text.removeprefix(self._said) if text.startswith(self._said) else f"\n\n{text}":
            self._said, self._sent = text, self._sent + len(fresh)
            yield self._chunk({"content": fresh})
        if over:
            yield self._chunk(_evidence(answer, self._sent - len(text)), "stop")

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        return self._head | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}


def _evidence(answer: Answer, start: int) -> dict[str, Any]:
    return {"annotations": list(_annotations(answer, start)), "dateline": answer_as_json(answer)}


def _annotations(answer: Answer, start: int) -> Iterator[dict[str, Any]]:
    """Each mark in the text, which begins at `start`, from its bracket to the one that closes it, with the article that
    it stands for; the address is "" where there is none."""
    text, at = body(answer), 0
    for sentence in answer.sentences:
        at = text.index(marked(sentence, answer), at) + len(sentence.text)
        for number in sentence.citations:
            begins, at = at + 1, at + len(f" [{number}]")
            if 1 <= number <= len(answer.sources):
                article = answer.sources[number - 1].article
                address = article.url if is_web_address(article.url) else ""
                where = {"start_index": start + begins, "end_index": start + at}
                yield {"type": "url_citation", "url_citation": where | {"title": headline(article), "url": address}}


def _head(id: str, created: int, kind: str) -> dict[str, Any]:
    return {"id": id, "object": kind, "created": created, "model": MODEL}


def routes(desk: Desk) -> Sequence[BaseRoute]:
    """What stands under /v1; all else there is answered in OpenAI's form too."""
    return [
        Route("/v1/models", _models),
        Route("/v1/models/dateline", _model),
        Route("/v1/chat/completions", _Completions(desk), methods=["POST"]),
        Route("/v1/{rest:path}", _nothing_there, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


async def _models(request: Request) -> Response:
    return json_response(models_as_json())


async def _model(request: Request) -> Response:
    return json_response(model_as_json())


async def _nothing_there(request: Request) -> Response:
    return error_response(Refused(f"There is no {request.method} {request.url.path} here.", 404))


class _Completions:
    """An ASGI app, so that an answer is over, whatever ends it, when the request is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            asking = asked(await _body(request))
            place = self._desk.line.join(program=True)
            run = AnswerRun(self._desk, Exchange(1, asking.question), asking.turns, place=place)
            async with _stopped_on_leaving(request, run):
                response = await _answered(asking, _snapshots(run))
                await response(scope, receive, send)
        except ClientDisconnect:
            return
        except Exception as error:
            await error_response(error)(scope, receive, send)


async def _answered(asking: CompletionAsked, answers: AsyncIterator[Answer]) -> Response:
    """Raises what the desk raises before it has found anything: then an error can still be the answer."""
    id, created = f"chatcmpl-{uuid4().hex}", int(time())
    answer = await anext(answers)
    if asking.stream:
        events = _events(Chunks(id, created), answer, answers)
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
    async for grown in answers:
        answer = grown
    return json_response(completion(answer, id, created))


async def _events(chunks: Chunks, first: Answer, answers: AsyncIterator[Answer]) -> AsyncIterator[str]:
    yield _event(chunks.begun())
    for chunk in chunks.grown(first):
        yield _event(chunk)
    try:
        async for answer in answers:
            for chunk in chunks.grown(answer):
                yield _event(chunk)
    except Exception as error:
        yield _event(_refused(error).as_json())
    yield "data: [DONE]\n\n"


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"


async def _snapshots(run: AnswerRun) -> AsyncIterator[Answer]:
    exchanges = run.watch()
    while exchange := await anyio.to_thread.run_sync(next, exchanges, None, abandon_on_cancel=True):
        if exchange.answer and not run.error:
            yield exchange.answer
    if run.error:
        raise run.error


@asynccontextmanager
async def _stopped_on_leaving(request: Request, run: AnswerRun) -> AsyncIterator[None]:
    """The run ends when the client goes away, and in any case behind the `with`."""

    async def left() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        run.stop()

    watching = asyncio.create_task(left())
    try:
        yield
    finally:
        watching.cancel()
        run.stop()


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_BODY:
            raise Refused(f"The request is larger than {_LARGEST_BODY // 1024} KB. Leave out earlier messages.", 413)
    return bytes(body)


def json_response(value: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(value), status, headers, media_type="application/json")


def error_response(error: Exception) -> Response:
    found = _refused(error)
    return json_response(found.as_json(), found.status, {"Retry-After": str(found.again)} if found.again else None)


def _refused(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, TooBusy):
        return Refused(str(error), 429, code="rate_limit_exceeded", again=error.seconds)
    return refused(error) if isinstance(error, DatelineError) else Refused(told(error), 500)
