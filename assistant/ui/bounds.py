"""How much one request may bring and how long it may take over it. An ASGI middleware."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass
from time import monotonic

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.ui.security import Refusal, described, shortened

logger = logging.getLogger(__name__)

MB = 1024 * 1024
_UPLOAD = "/gradio_api/upload"
MOST_FILES = 100
_LARGEST_FILES = 10
"""In one request."""
_LARGEST_ARTICLES = 12 * MB
"""Of a page of 10 MB, with what JSON puts before quotation marks."""
_AT_ONCE = 4
"""Uploads, and copies of the library: each takes long and a thread or a file."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Bytes of a body, and files in it."""

    body: int = MB
    files: int = 0


class Bounds:
    """Refuses at once, and reads no further, whatever is larger or slower than its route allows, and what comes while
    too many do the same. Whatever fails inside is a line in the log. A body has `patience` seconds to arrive in, and as
    many more for each MB of it that has arrived."""

    def __init__(self, app: ASGIApp, max_upload_mb: int, patience: float) -> None:
        self._app, self._patience = app, patience
        self._running: Counter[str] = Counter()
        self._bounds = {
            _UPLOAD: Bound(max_upload_mb * MB * _LARGEST_FILES, MOST_FILES),
            "/library.jsonl": Bound(),
            **dict.fromkeys(("/v1/articles", "/added"), Bound(_LARGEST_ARTICLES)),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        path = scope["path"]
        bound = self._bounds.get(path)
        if bound is None:
            return await self._carry_out(scope, receive, send, Bound())
        if self._running[path] >= _AT_ONCE:
            return await Refusal(503, "Too many do the same just now. Try again in a moment.")(scope, receive, send)
        self._running[path] += 1
        try:
            await self._carry_out(scope, receive, send, bound)
        finally:
            self._running[path] -= 1

    async def _carry_out(self, scope: Scope, receive: Receive, send: Send, bound: Bound) -> None:
        exchange = _Exchange(scope, receive, send, bound, self._patience)
        if refusal := exchange.refused_unread():
            return await refusal(scope, receive, send)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except Exception as error:
            if not exchange.refused:
                logger.error("%s failed: %s", shortened(scope["path"]), described(error))


class _Exchange:
    """One request, whose body is measured on its way in."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, bound: Bound, patience: float) -> None:
        self.refused = False
        self._scope, self._receive, self._send = scope, receive, send
        self._bound, self._patience = bound, patience
        headers = Headers(scope=scope)
        self._expected = int(headers.get("content-length", 0))
        self._whole = not self._expected and "transfer-encoding" not in headers
        self._parts = _Parts(headers) if bound.files else None
        self._came, self._begun, self._answering = 0, monotonic(), False

    def refused_unread(self) -> Refusal | None:
        return self._too_large() if self._expected > self._bound.body else None

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()
        if self.refused:
            return {"type": "http.disconnect"}
        try:
            due = self._begun + self._patience * (1 + self._came / MB)
            async with asyncio.timeout(due - monotonic()):
                message = await self._receive()
        except TimeoutError:
            return await self._refuse(Refusal(408, "The request was sent too slowly."))
        if message["type"] == "http.disconnect":
            return self._broken_off()
        return await self._measured(message)

    async def _measured(self, message: Message) -> Message:
        piece = message.get("body", b"")
        self._came += len(piece)
        self._whole = not message.get("more_body")
        if self._came > self._bound.body:
            return await self._refuse(self._too_large())
        if self._parts and self._parts.ended(piece) > self._bound.files:
            return await self._refuse(Refusal(413, f"At most {self._bound.files} files can be sent at once."))
        return message

    def _too_large(self) -> Refusal:
        most = self._bound.body
        return Refusal(
            413, f"The request is larger than {most // MB} MB." if most >= MB else "The request is too large."
        )

    async def _refuse(self, refusal: Refusal) -> Message:
        self.refused, self._whole = True, False
        if not self._answering:
            await refusal(self._scope, self._receive, self._send)
        return self._broken_off()

    def _broken_off(self) -> Message:
        """Gradio removes the files of an upload that it cannot read, and keeps those of one that was broken off."""
        if self._scope["path"] == _UPLOAD:
            raise MultipartParseError("The upload was broken off.")
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self.refused:
            return
        if message["type"] == "http.response.start":
            self._answering = True
            if not self._whole:  # what else is on its way is not read
                message = {**message, "headers": [*message["headers"]]}
                MutableHeaders(scope=message)["Connection"] = "close"
        await self._send(message)


class _Parts:
    """Counts the delimiters of a multipart body, also those that come in two pieces."""

    def __init__(self, headers: Headers) -> None:
        _, options = parse_options_header(headers.get("content-type", ""))
        self._delimiter = b"--" + options.get(b"boundary", b"")
        self._rest = b""
        self._delimiters = 0

    def ended(self, piece: bytes) -> int:
        """How many parts have ended with this piece of the body."""
        seen = self._rest + piece
        self._delimiters += seen.count(self._delimiter)
        self._rest = seen[-len(self._delimiter) + 1 :]
        return self._delimiters - 1
