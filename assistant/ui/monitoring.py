"""For whatever watches the server: whether it lives, whether it is ready, and figures for Prometheus, which are numbers
and states, and nothing that anybody has written."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import ip_address
from time import monotonic
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import anyio
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from assistant.answering.observed import Ending
from assistant.ui.articles_api import brings
from assistant.ui.places import Line
from assistant.ui.security import described
from vectorstore.observing.work import Fact, Work
from vectorstore.reports import Condition, Outcome

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


CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_OF_AN_ANSWER = ("question", "search", "evidence", "judge", "write", "verify")
_OF_AN_INGEST = ("fetch", "extract", "store", "embed")
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 40, 80, 160)


class Metrics(Collector):
    """A watcher (see vectorstore.observing.work) with a registry of its own; what is kept elsewhere is looked up when
    somebody asks. A condition that cannot be found out is left out, and `dateline_up` is 0 then."""

    def __init__(self, condition: Callable[[], Condition], line: Line) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._condition, self._line = condition, line
        self._registry = CollectorRegistry()
        own = self._registry
        self._questions = Counter(
            "dateline_questions",
            "Questions by how they ended and what they were for",
            ("outcome", "intent"),
            registry=own,
        )
        self._running = Gauge("dateline_questions_running", "Questions being answered", registry=own)
        self._seconds = Histogram(
            "dateline_answer_seconds",
            "Seconds by stage of an answer; first_words and whole count from the question",
            ("stage",),
            buckets=_SECONDS,
            registry=own,
        )
        self._documents = Counter("dateline_documents", "What became of documents", ("outcome",), registry=own)
        self._taking_in = Histogram(
            "dateline_ingest_seconds", "Seconds by stage of an ingest", ("stage",), buckets=_SECONDS, registry=own
        )
        self._requests = Counter(
            "dateline_http_requests", "Requests by route and status", ("method", "route", "status"), registry=own
        )
        for each in Outcome:
            self._documents.labels(each.value)
        for ending in Ending:
            self._questions.labels(ending.value, "fact")
        ProcessCollector(registry=own)
        own.register(self)

    def written(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self._registry)

    def describe(self) -> list[Metric]:
        """Nothing is looked up to be registered."""
        return []

    # -- what is kept elsewhere ---------------------------------------------------------------------------------

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("dateline_questions_waiting", "Questions in line", self._line.waiting)
        try:
            at = self._condition()
        except Exception:  # of a database that is gone: /health/ready says so
            yield GaugeMetricFamily("dateline_up", "Whether the catalogue can be read", 0)
            return
        yield GaugeMetricFamily("dateline_up", "Whether the catalogue can be read", 1)
        yield GaugeMetricFamily("dateline_articles", "Articles in the library", at.articles)
        yield GaugeMetricFamily("dateline_passages", "Passages in the library", at.passages)
        yield GaugeMetricFamily("dateline_passages_waiting", "Passages waiting for a vector", at.waiting)
        yield GaugeMetricFamily("dateline_feeds", "Feeds followed", at.feeds)
        yield GaugeMetricFamily("dateline_feeds_failing", "Feeds that failed when they were last read", at.failing)
        queue = {"waiting": at.queued, "set_aside": at.set_aside}
        yield _labelled("dateline_queued_addresses", "Addresses for workers to read", "state", queue)
        yield _labelled(
            "dateline_index_lag_passages",
            "Passages that an index lacks",
            "index",
            {"words": at.unindexed, "vectors": at.waiting},
        )
        reached = not at.vectors_problem
        yield GaugeMetricFamily("dateline_vectors_up", "Whether articles are found by their meaning", reached)
        yield _labelled("dateline_model_loaded", "Whether a model is in memory", "model", at.loaded)

    # -- what happens -------------------------------------------------------------------------------------------

    def begun(self, work: Work) -> None:
        if work.name == "answer":
            work.kept[id(self)] = True
            self._running.inc()

    def ended(self, work: Work) -> None:
        match work.name:
            case "answer":
                self._answered(work)
            case "request":
                facts = (work.facts.get(name, "") for name in ("method", "route", "status"))
                self._requests.labels(*map(str, facts)).inc()
            case "wait":
                self._seconds.labels("wait").observe(work.seconds or 0)
            case name if name in _OF_AN_INGEST:
                self._taking_in.labels(name).observe(work.seconds or 0)
            case name if name in _OF_AN_ANSWER and work.is_part_of("answer"):
                self._seconds.labels(name).observe(work.seconds or 0)

    def told(self, name: str, facts: dict[str, Fact]) -> None:
        if name == "document":
            self._documents.labels(str(facts["outcome"])).inc()

    def _answered(self, work: Work) -> None:
        if work.kept.pop(id(self), False):
            self._running.dec()
        self._questions.labels(str(work.facts["outcome"]), str(work.facts.get("intent", "none"))).inc()
        for name in ("sources", "first_words"):
            if name in work.facts:
                self._seconds.labels(name).observe(float(work.facts[name]))
        if work.facts["outcome"] not in (Ending.STOPPED, Ending.FAILED):
            self._seconds.labels("whole").observe(work.seconds or 0)


def _labelled(name: str, what: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=[label])
    for value, figure in values.items():
        family.add_metric([value], float(figure))
    return family
