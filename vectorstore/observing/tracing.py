"""Pieces of work as OpenTelemetry spans, sent to a collector over HTTP.

The provider is our own and no other library's: what these trace of themselves is not sent. Where to, with what headers
and of how much, its exporter and its sampler read in OpenTelemetry's own variables.
"""

from __future__ import annotations

import logging

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from vectorstore.observing.work import TEXTS, Fact, Work, request_id, watch

_NAMES = {"method": "http.request.method", "route": "http.route", "status": "http.response.status_code"}
_OF_A_REQUEST = ("request", "event")
_PARENT = "traceparent"
"""Of a request: the span of whoever sent it, as W3C Trace Context writes it."""


def send_traces(version: str, texts: bool) -> TracerProvider:
    """From now on, in the whole process; what is left is sent as it ends. With `texts` spans have what was asked."""
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)  # one line for each batch that is sent anew
    about = Resource({SERVICE_NAME: "dateline", "service.version": version})
    provider = TracerProvider(resource=about.merge(OTELResourceDetector().detect()))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    watch(Traces(provider, texts))
    return provider


class Traces:
    """A watcher; see vectorstore.observing.work."""

    def __init__(self, provider: TracerProvider, texts: bool) -> None:
        self._tracer, self._texts = provider.get_tracer("dateline"), texts

    def begun(self, work: Work) -> None:
        above: Span | None = work.within.kept.get(id(self)) if work.within else None
        context = trace.set_span_in_context(above) if above else None
        if parent := work.facts.pop(_PARENT, ""):
            context = TraceContextTextMapPropagator().extract({_PARENT: str(parent)})
        kind = SpanKind.SERVER if work.name == "request" else SpanKind.INTERNAL
        work.kept[id(self)] = self._tracer.start_span(work.name, context, kind)

    def ended(self, work: Work) -> None:
        span: Span | None = work.kept.get(id(self))
        if span is None:
            return
        span.set_attributes(self._attributes(work.facts))
        if (request := request_id()) and work.name in _OF_A_REQUEST:
            span.set_attribute("dateline.request", request)
        if work.name == "request":
            span.update_name(f"{work.facts.get('method', '')} {work.facts.get('route', '')}")
        if isinstance(work.error, Exception):
            # Its message can have words of a question or of an article.
            span.set_attribute("error.type", type(work.error).__name__)
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def told(self, name: str, facts: dict[str, Fact]) -> None:
        """No span."""

    def _attributes(self, facts: dict[str, Fact]) -> dict[str, Fact]:
        told = {name: value for name, value in facts.items() if self._texts or name not in TEXTS}
        return {_NAMES.get(name, f"dateline.{name}"): value for name, value in told.items()}
