"""`/v1`: OpenAI's API over HTTP, beside the page. What is said in it is decided in assistant.ui.completions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import time
from typing import Any
from uuid import uuid4

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from assistant.types import Answer, Exchange
from assistant.ui.completions import Asked, Chunks, Refused, asked, completion, model_as_json, models_as_json, refused
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.places import Places, TooBusy
from assistant.ui.run import Run
from vectorstore.errors import DatelineError

_LARGEST_BODY = 256 * 1024
_AT_ONCE = 8


def routes(desk: Desk) -> Sequence[BaseRoute]:
    """What stands under /v1; all else there is answered in OpenAI's form too."""
    return [
        Route("/v1/models", _models),
        Route("/v1/models/dateline", _model),
        Route("/v1/chat/completions", _Completions(desk), methods=["POST"]),
        Route("/v1/{rest:path}", _nothing_there, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


async def _models(request: Request) -> Response:
    return _json(models_as_json())


async def _model(request: Request) -> Response:
    return _json(model_as_json())


async def _nothing_there(request: Request) -> Response:
    return _error(Refused(f"There is no {request.method} {request.url.path} here.", 404))


class _Completions:
    """An ASGI app, so that an answer is over, whatever ends it, when the request is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._places = Places("answers", _AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            asking = asked(await _body(request))
            with self._places.taken():
                run = Run(self._desk, Exchange(1, asking.question), asking.turns)
                async with _stopped_on_leaving(request, run):
                    response = await _answered(asking, _snapshots(run))
                    await response(scope, receive, send)
        except ClientDisconnect:
            return
        except Exception as error:
            await _error(error)(scope, receive, send)


async def _answered(asking: Asked, answers: AsyncIterator[Answer]) -> Response:
    """Raises what the desk raises before it has found anything: then an error can still be the answer."""
    id, created = f"chatcmpl-{uuid4().hex}", int(time())
    answer = await anext(answers)
    if asking.stream:
        events = _events(Chunks(id, created), answer, answers)
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
    async for grown in answers:
        answer = grown
    return _json(completion(answer, id, created))


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


async def _snapshots(run: Run) -> AsyncIterator[Answer]:
    exchanges = run.watch()
    while exchange := await anyio.to_thread.run_sync(next, exchanges, None, abandon_on_cancel=True):
        if exchange.answer and not run.error:
            yield exchange.answer
    if run.error:
        raise run.error


@asynccontextmanager
async def _stopped_on_leaving(request: Request, run: Run) -> AsyncIterator[None]:
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


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(value), status, media_type="application/json")


def _error(error: Exception) -> Response:
    found = _refused(error)
    return _json(found.as_json(), found.status)


def _refused(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, TooBusy):
        return Refused(str(error), 429)
    return refused(error) if isinstance(error, DatelineError) else Refused(told(error), 500)
