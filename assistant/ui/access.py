"""Who may reach the server and which of its routes: an ASGI application around all the others."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.ui.refusals import Refusal
from assistant.ui.routes import OpenRoutes

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_ELSEWHERE = {"cross-site", "same-site"}

EMBEDDABLE = re.compile(r"/v1/.*|/gradio_api/info|/gradio_api/call/(?:chat|search|ask|article)(?:/[^/]+)?")
"""What the allowed origins may use: the documented API, and none of the page's own events."""


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
        self._names = _LOOPBACK | {self._public.name} | ({host.lower()} if not _is_address(host) else set()) - {""}
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
    return scope["type"] == "http" and (scope["method"], scope["path"], *to) == ("GET", "/", "navigate", "document")


def _unshared(send: Send) -> Send:
    async def without(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [each for each in message["headers"] if not each[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": kept}
        await send(message)

    return without
