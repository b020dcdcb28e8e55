"""Every request as a piece of work with an id. The outermost ASGI middleware: what is refused is seen too."""

from __future__ import annotations

import re
from collections.abc import Callable
from secrets import token_hex

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vectorstore.observing.work import for_request, stage

ID = "x-request-id"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}")
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
UNSEEN = ("/health", "/metrics")
"""Of whoever watches, several times a minute: in no figure and no trace."""

Template = Callable[[str, str], str]
"""Of a method and a path: the route's path with its parameters' names, of which there are few."""


class Observed:
    """The id is the one that `X-Request-ID` brings, where that is well formed, and else made here. All inside find it
    in the request's headers, Gradio's events among them, which begin when their request is over; whoever asked finds it
    in the answer's."""

    def __init__(self, app: ASGIApp, template: Template) -> None:
        self._app, self._template = app, template

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        given = headers.get(ID, "")
        id = given if _WELL_FORMED.fullmatch(given) else token_hex(8)
        kept = [each for each in scope["headers"] if each[0] != ID.encode()]
        scope = {**scope, "headers": [*kept, (ID.encode(), id.encode())]}
        with for_request(id):
            if scope["path"].startswith(UNSEEN):
                return await self._app(scope, receive, _Answer(send, id))
            await self._worked(scope, receive, _Answer(send, id), headers.get("traceparent", ""))

    async def _worked(self, scope: Scope, receive: Receive, answer: _Answer, parent: str) -> None:
        method, path = scope["method"], scope["path"]
        above = {"traceparent": parent} if _TRACEPARENT.fullmatch(parent) else {}
        with stage("request", **above) as work:
            try:
                await self._app(scope, receive, answer)
            finally:
                route = self._template(method, path)
                work.note(method=method if route else "other", route=route or "other", status=answer.status)


class _Answer:
    """Notes the status on its way out; 0 where there was no answer."""

    def __init__(self, send: Send, id: str) -> None:
        self._send, self._id = send, id
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message["headers"]]}
            MutableHeaders(scope=message)[ID] = self._id
        await self._send(message)
