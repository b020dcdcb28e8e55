"""Whether the server lives, whether it is ready, and its figures: for whatever watches it, beside the page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from time import monotonic
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from assistant.ui.articles_api import brings
from assistant.ui.security import described
from vectorstore.reports import Condition

logger = logging.getLogger(__name__)
T = TypeVar("T")

_PATIENCE = 5.0
"""Seconds in which the catalogue has to answer."""
_AT_ONCE = 4
_KEPT = {"Cache-Control": "no-store"}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_FRESH = 1.0
"""Seconds for which a condition is told again: whoever asks without end costs the catalogue little."""


class Readiness(NamedTuple):
    """Of each part `ok`, or why it cannot serve yet. The server does without those `lost`, which say why."""

    parts: Mapping[str, str]
    lost: Mapping[str, str] = {}

    @property
    def reasons(self) -> list[str]:
        return [f"{part}: {state}" for part, state in self.parts.items() if state != "ok"]

    def as_json(self) -> dict[str, Any]:
        degraded = [f"{part}: {state}" for part, state in self.lost.items()]
        told = {"ready": not self.reasons, "reasons": self.reasons, "degraded": degraded}
        return {**told, "parts": {**self.parts, **self.lost}}


def readiness(at: Condition | None, most_behind: int) -> Readiness:
    """None is a catalogue that cannot be read. A chat model that could not be loaded is no reason: answers are quoted
    then, nor is a Chroma server that cannot be reached: articles are found by their words. `most_behind` is how many
    passages this server's index may lack; those that wait for a vector are found by their words too, here as on every
    other server."""
    if at is None:
        return Readiness({"catalogue": "cannot be read"})
    far = f"{at.unindexed} passages behind in words" if at.unindexed > most_behind else ""
    embedder = at.loaded.get("embedder", True)
    models = "ok" if at.warmed and embedder else "the embedding model is not loaded" if at.warmed else "being loaded"
    lost = {"vectors": at.vectors_problem} if at.vectors_problem else {}
    return Readiness({"catalogue": "ok", "models": models, "indexes": far or "ok"}, lost)


class Watching(NamedTuple):
    """What the routes need: the library's condition, the figures in Prometheus' text format with its content type, and
    whether whoever is on this machine may have them without the `token`."""

    condition: Callable[[], Condition]
    written: Callable[[], bytes]
    content_type: str
    token: str = ""
    local: bool = True
    most_behind: int = 50_000


def watch_routes(watching: Watching) -> Sequence[BaseRoute]:
    answers = _Answers(watching)
    return [
        Route("/health", answers.both),
        Route("/health/live", answers.live),
        Route("/health/ready", answers.ready),
        Route("/metrics", answers.figures),
    ]


class _Answers:
    """Its threads are its own: a server that is busy can still say so."""

    def __init__(self, watching: Watching) -> None:
        self._watching = watching
        self._limiter: anyio.CapacityLimiter | None = None  # belongs to the loop that it is first used in
        self._known: tuple[float, Condition] | None = None

    async def live(self, request: Request) -> Response:
        return JSONResponse({"live": True}, headers=_KEPT)

    async def ready(self, request: Request) -> Response:
        at = await self._readiness()
        return JSONResponse(at.as_json(), 503 if at.reasons else 200, headers=_KEPT)

    async def both(self, request: Request) -> Response:
        at = await self._readiness()
        return JSONResponse({"live": True, **at.as_json()}, 503 if at.reasons else 200, headers=_KEPT)

    async def figures(self, request: Request) -> Response:
        if not _may_see(request, self._watching):
            return PlainTextResponse("Bring DATELINE_METRICS_TOKEN as Authorization: Bearer.\n", 403)
        written = await self._in_thread(self._watching.written)
        return Response(written, headers={**_KEPT, "Content-Type": self._watching.content_type})

    async def _readiness(self) -> Readiness:
        if self._known is None or monotonic() - self._known[0] > _FRESH:
            self._known = None
            try:
                with anyio.move_on_after(_PATIENCE):
                    self._known = monotonic(), await self._in_thread(self._watching.condition)
            except Exception as error:
                logger.warning("The catalogue cannot be read: %s", described(error))
        return readiness(self._known[1] if self._known else None, self._watching.most_behind)

    async def _in_thread(self, act: Callable[[], T]) -> T:
        self._limiter = self._limiter or anyio.CapacityLimiter(_AT_ONCE)
        return await anyio.to_thread.run_sync(act, abandon_on_cancel=True, limiter=self._limiter)


def _may_see(request: Request, watching: Watching) -> bool:
    if watching.token and brings(request.headers.get("authorization", ""), watching.token):
        return True
    return watching.local and _is_here(request)


def _is_here(request: Request) -> bool:
    """Whether it was sent on this machine, by nobody's proxy: these connect from here for the whole world."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    if request.client is None or host not in _LOCAL_NAMES or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.client.host.partition("%")[0]).is_loopback
    except ValueError:
        return False
