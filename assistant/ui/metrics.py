"""Figures for Prometheus: numbers and states, and nothing that anybody has written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

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

from assistant.answering.observed import Ending
from assistant.ui.places import Line
from vectorstore.observing.work import Fact, Work
from vectorstore.reports import Condition, Outcome

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
