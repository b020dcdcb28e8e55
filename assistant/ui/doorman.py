"""Who may come in, and what a browser may do with what it is given. An ASGI middleware around the page."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_READING = {"GET", "HEAD", "OPTIONS"}
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)


class Doorman:
    """Refuses a Host that is not ours, and what another site's page sends; says what the page may load: its own.

    DNS rebinding needs a name that somebody else can point here, so an address as a number is always ours, as are
    localhost, the host served on and the `public_name` by which readers reach it through a proxy.
    """

    def __init__(self, app: ASGIApp, host: str, public_name: str = "") -> None:
        self._app = app
        self._public = public_name.lower()
        self._names = {"localhost", host.lower(), self._public} - {""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if refused := self._refused(scope["method"], Headers(scope=scope)):
            return await PlainTextResponse(refused, status_code=403)(scope, receive, send)
        await self._app(scope, receive, _Guarded(send, whole=scope["path"] == "/"))

    def _refused(self, method: str, headers: Headers) -> str:
        """Why a request is not let in; "" for one that is."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self._ours(_name(host)):
            return f"Dateline is not served as {host!r}. To reach it by that name, set DATELINE_PUBLIC_NAME to it.\n"
        if origin is None or method in _READING or urlsplit(origin).netloc == host:
            return ""
        if self._public and _name(urlsplit(origin).netloc) == self._public:
            return ""  # a proxy in front may have put another Host in place of the name
        return "Pages of other sites may not send anything to Dateline.\n"

    def _ours(self, name: str) -> bool:
        try:
            return name in self._names or bool(ip_address(name))
        except ValueError:
            return False


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
        headers["Content-Security-Policy"] = policy(self._body)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
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


def _name(host: str) -> str:
    """The host without its port and brackets, in lower case; "" for what is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
