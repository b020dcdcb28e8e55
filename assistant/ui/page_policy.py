"""What a browser may do with what it is given. An ASGI middleware around the page."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)


class PagePolicy:
    """Tells the browser with every answer what a page of ours may do; see `policy`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        await self._app(scope, receive, _Guarded(send, whole=scope["path"] == "/"))


class _Guarded:
    """Puts the headers on an answer on its way out. The page is held back until it is `whole`: the few scripts that
    stand in it are named to the browser by their hashes, so that a script in any other place is not run."""

    def __init__(self, send: Send, whole: bool) -> None:
        self._send, self._whole = send, whole
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            if not self._whole:
                await self._begin()
        elif not self._whole:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._begin()
                await self._send({**message, "body": self._body})

    async def _begin(self) -> None:
        headers = MutableHeaders(scope=self._start)
        headers.update(GUARDS)
        headers["Content-Security-Policy"] = policy(self._body)
        await self._send(self._start)


def policy(page: bytes = b"") -> str:
    """The Content-Security-Policy of a page: everything from here, and of scripts only files and those standing in it.

    Gradio builds functions from the page's own script files (unsafe-eval) and sets styles on elements.
    """
    scripts = [b64encode(sha256(script).digest()).decode() for script in _INLINE_SCRIPT.findall(page)]
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self' 'unsafe-eval'", *(f"'sha256-{script}'" for script in scripts)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{rule} {allowed}" for rule, allowed in rules.items())


GUARDS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""The headers of an answer that is no page."""
