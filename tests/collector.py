"""A collector of OpenTelemetry traces on this machine, which reads what it is sent over HTTP as protobuf."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Seen(NamedTuple):
    """A span; `service` is whose it is, ids are hexadecimal."""

    name: str
    id: str
    parent: str
    trace: str
    failed: bool
    facts: Mapping[str, object]
    service: str


class Collector(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans: list[Seen] = []
        self.paths: set[str] = set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def named(self, name: str) -> list[Seen]:
        return [each for each in self.spans if each.name == name]

    def above(self, span: Seen) -> list[str]:
        """The names of what it is a part of, the next one first."""
        by_id = {each.id: each for each in self.spans}
        parent = by_id.get(span.parent)
        return [parent.name, *self.above(parent)] if parent else []

    def take(self, body: bytes) -> None:
        for of in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = {each.key: each.value.string_value for each in of.resource.attributes}
            for span in (span for scope in of.scope_spans for span in scope.spans):
                facts = {each.key: _value(each.value) for each in span.attributes}
                ids = (span.span_id.hex(), span.parent_span_id.hex(), span.trace_id.hex())
                self.spans.append(Seen(span.name, *ids, span.status.code == 2, facts, about["service.name"]))


def _value(held: object) -> object:
    return getattr(held, held.WhichOneof("value"))  # type: ignore[attr-defined]


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.paths.add(self.path)
        self.server.take(body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def collecting() -> Iterator[Collector]:
    with Collector() as collector:
        threading.Thread(target=collector.serve_forever, args=(0.05,), daemon=True).start()
        yield collector
        collector.shutdown()
