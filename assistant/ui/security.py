"""Host, origin and token checks, the content security policy, and which routes there are."""

from __future__ import annotations

import logging
import os
import re
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from traceback import extract_tb
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Route, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FILE = "/gradio_api/file="

OPEN: Mapping[str, str] = {
    "/": "GET HEAD",
    "/assets/{path:path}": "GET",
    "/config": "GET",
    "/gradio_api/app_id": "GET",
    "/gradio_api/call/{api_name}": "POST",
    "/gradio_api/call/{api_name}/{event_id}": "GET",
    "/gradio_api/cancel": "POST",
    "/gradio_api/component_server/": "POST",
    "/gradio_api/file={path_or_url:path}": "GET HEAD",
    "/gradio_api/heartbeat/{session_hash}": "GET",
    "/gradio_api/info": "GET",
    "/gradio_api/queue/data": "GET",
    "/gradio_api/queue/join": "POST",
    "/gradio_api/reset": "POST",
    "/gradio_api/upload": "POST",
    "/gradio_api/upload_progress": "GET",
    "/robots.txt": "GET",
    "/static/{path:path}": "GET",
    "/theme.css": "GET",
}
"""Gradio's routes that are used, in Gradio's own words, with their methods."""
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
logger = logging.getLogger(__name__)

_LONGEST = 300
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_ELSEWHERE = {"cross-site", "same-site"}
WINDOWS = {"/", "/add"}
"""What other sites may open in a window of its own. It does nothing until its reader does."""
_LINKED = WINDOWS | {"/account/in", "/account/password", "/account/back", "/account/me"}
"""And without a script: a link in a mail, and the way back from where somebody signs in."""

EMBEDDABLE = re.compile(r"/v1/.*|/gradio_api/info|/gradio_api/call/(?:chat|search|ask|article)(?:/[^/]+)?")
"""What the allowed origins may use: the documented API, and none of the page's own events."""


class OpenRoutes:
    """Those of Gradio that are used, and `beside` them our own. Of files only those in `cache` are handed out: Gradio
    would fetch what is named by an http address, for whoever asks."""

    def __init__(self, beside: Sequence[BaseRoute], cache: str) -> None:
        ours = [(route.path, route.methods or set()) for route in beside if isinstance(route, Route)]
        gradios = [(path, set(methods.split())) for path, methods in OPEN.items()]
        self._open = [(compile_path(path)[0], methods, path) for path, methods in [*ours, *gradios]]
        self._files = f"{_FILE}{cache}{os.sep}"

    def hold(self, method: str, path: str) -> bool:
        if path.startswith(_FILE) and not path.startswith(self._files):
            return False
        return bool(self.template(method, path))

    def template(self, method: str, path: str) -> str:
        """The route that a path is on, as it was declared; "" for none."""
        found = (named for pattern, methods, named in self._open if method in methods and pattern.match(path))
        return next(found, "")


class PagePolicy:
    """Tells the browser with every answer what a page of ours may do; see `policy`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        await self._app(scope, receive, _Guarded(send, whole=scope["path"] in WINDOWS | {"/offline"}))


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


class Refusal:
    """An ASGI application that says why, and ends the connection: what else is on its way in it is not read."""

    def __init__(self, status: int, line: str) -> None:
        self.status, self.line = status, line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = f"{scope.get('method', 'WebSocket')} {scope['path']}"
        level = logging.INFO if self.status == 404 else logging.WARNING
        logger.log(level, "%s: refused with %s: %s", shortened(asked), self.status, self.line)
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        headers = {**GUARDS, "Connection": "close"}
        await PlainTextResponse(f"{self.line}\n", self.status, headers)(scope, receive, send)


def shortened(text: str) -> str:
    """What somebody else wrote, for a line of the log: in ASCII without control characters, and never long."""
    written = ascii(text[:_LONGEST])[1:-1]
    return written if len(written) <= _LONGEST else f"{written[:_LONGEST]}..."


def described(error: BaseException) -> str:
    """An unexpected error in a line for the log: what it says first, and where in Dateline it came up."""
    frames = [frame for frame in extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    where = f" ({frames[-1].filename[-100:]}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {shortened(str(error).partition(chr(10))[0])}{where}"


class Access:
    """Refuses a Host that is not ours, whatever another site's page sends or asks for, and routes that are not open.

    A page of another site is known by its Origin, whatever the method, and by Sec-Fetch-Site where it sends no Origin:
    an image, a script, a frame, a `no-cors` request. It may link to the page ("/"), and that is all. Programs send
    neither header. `allowed_origins` may use EMBEDDABLE; no answer to anybody else carries an Access-Control header.

    DNS rebinding needs a name that somebody else can point here, so of names only localhost, the `host` served on and
    `public_name`, by which readers come through a proxy, are ours. An address is ours where it is the loopback's or
    the one that the connection came in on, as a browser writes it: no other form of it, such as ::ffff:127.0.0.1.
    """

    def __init__(
        self, app: ASGIApp, routes: OpenRoutes, host: str, public_name: str = "", allowed_origins: Collection[str] = ()
    ) -> None:
        self._app, self._routes = app, routes
        self._public = _place(public_name.lower())
        # Without "", which stands for a Host that is no name.
        self._names = (_LOOPBACK | {self._public.name} | ({host.lower()} if not _is_address(host) else set())) - {""}
        self._allowed = frozenset(allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        embedded = headers.get("origin") in self._allowed and EMBEDDABLE.fullmatch(scope["path"]) is not None
        if refusal := self._refusal(scope, headers, embedded):
            return await refusal(scope, receive, send)
        await self._app(scope, receive, send if embedded else _unshared(send))

    def _refusal(self, scope: Scope, headers: Headers, embedded: bool) -> Refusal | None:
        """Why a request is not let in; None for one that is."""
        host = headers.get("host", "")
        if not self._serves(host, scope["server"]):
            return Refusal(403, f"Dateline is not served as {host[:100]!r}. Set DATELINE_PUBLIC_NAME to that name.")
        if not embedded and self._is_foreign(scope, headers):
            return Refusal(403, "Pages of other sites may not use Dateline. DATELINE_ALLOWED_ORIGINS names exceptions.")
        if scope["type"] != "http" or not (embedded or self._routes.hold(scope["method"], scope["path"])):
            return Refusal(404, "There is nothing here.")
        return None

    def _serves(self, host: str, server: tuple[str, int | None] | None) -> bool:
        name = _place(host).name
        return name in self._names or (server is not None and name == _canonical(server[0]))

    def _is_foreign(self, scope: Scope, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is not None:
            return not self._is_own(origin, headers["host"], scope["scheme"])
        return headers.get("sec-fetch-site") in _ELSEWHERE and not _opens_the_page(scope, headers)

    def _is_own(self, origin: str, host: str, scheme: str) -> bool:
        """Whether the origin is that of the page. A proxy in front may have put another Host in place of the public
        name, and may have taken the encryption off without saying so."""
        came, here = _origin(origin), _place(host)
        if came is None:
            return False
        default = _DEFAULT_PORTS[came.scheme]
        port = here.port or default
        if came == (here.name, port, scheme):
            return True
        ports = {self._public.port or default, port if here.name == self._public.name else default}
        return came.name == self._public.name and came.port in ports and came.scheme in {scheme, "https"}


class _Place(NamedTuple):
    name: str
    port: int | None
    scheme: str = ""


def _place(host: str) -> _Place:
    """The host in lower case without its brackets, and its port; "" for what is none."""
    try:
        split = urlsplit(f"//{host}")
        plain = split.netloc == host and "@" not in host
        return _Place(split.hostname or "", split.port) if plain else _Place("", None)
    except ValueError:
        return _Place("", None)


def _origin(origin: str) -> _Place | None:
    """None for what is no origin of the web, such as "null"."""
    scheme, _, host = origin.partition("://")
    place = _place(host)
    if scheme not in _DEFAULT_PORTS or not place.name:
        return None
    return _Place(place.name, place.port or _DEFAULT_PORTS[scheme], scheme)


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host.strip("[]")))
    except ValueError:
        return False


def _canonical(address: str) -> str:
    """An address as a browser writes it in a Host."""
    parsed = ip_address(address.partition("%")[0])
    return str((isinstance(parsed, IPv6Address) and parsed.ipv4_mapped) or parsed)


def _opens_the_page(scope: Scope, headers: Headers) -> bool:
    """A link on another site's page was followed to ours, in a window of its own."""
    to = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    asked = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in _LINKED
    return asked and to == ("navigate", "document")


def _unshared(send: Send) -> Send:
    async def without(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [each for each in message["headers"] if not each[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": kept}
        await send(message)

    return without
