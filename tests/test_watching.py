"""A server that is watched: `dateline serve` with its health, figures, traces and log, asked over HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import create_server
from time import monotonic, sleep
from typing import Any, NamedTuple

import httpx
import pytest
from collector import Collector, Seen, collecting
from prometheus_client.parser import text_string_to_metric_families

DATELINE = Path(sys.executable).with_name("dateline")
PATIENCE = 120
TOKEN, ARTICLES = "a-token-for-the-figures", "a-token-for-the-articles"
QUESTION = "Who ordered electric ferries?"
ZEPPELIN = "The harbour of Skerry has bought a zeppelin named Marguerite. " * 12


class Served(NamedTuple):
    http: httpx.Client
    collector: Collector
    log: list[str]

    def ask(self, question: str, **more: Any) -> httpx.Response:
        said = {"model": "dateline", "messages": [{"role": "user", "content": question}]}
        return self.http.post("v1/chat/completions", json=said, **more)

    def figure(self, name: str, **labels: str) -> float:
        written = self.http.get("metrics").text
        samples = (each for family in text_string_to_metric_families(written) for each in family.samples)
        return sum(each.value for each in samples if each.name == name and labels.items() <= each.labels.items())

    def spans(self, name: str, fits: Callable[[Seen], bool] = lambda span: True) -> list[Seen]:
        """Those that fit, waited for: they are sent once a second."""
        due = monotonic() + PATIENCE
        while not (found := [each for each in self.collector.named(name) if fits(each)]):
            assert monotonic() < due, f"no span {name} among { ({each.name for each in self.collector.spans}) }"
            sleep(0.05)
        return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with collecting() as collector:
        environment = os.environ | {
            "DATELINE_LOG_FORMAT": "json",
            "DATELINE_METRICS_TOKEN": TOKEN,
            "DATELINE_ARTICLES_TOKEN": ARTICLES,
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address,
            "OTEL_BSP_SCHEDULE_DELAY": "500",
            "OTEL_SERVICE_NAME": "newsroom",
        }
        library = tmp_path_factory.mktemp("watched") / "library"
        command = [str(DATELINE), "serve", "--samples", "--library", str(library), "--model", "quote"]
        server = subprocess.Popen(
            [*command, "--port", str(port)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        log: list[str] = []
        assert server.stderr
        lines = server.stderr
        reading = threading.Thread(target=lambda: log.extend(line.rstrip() for line in lines), daemon=True)
        reading.start()
        try:
            assert server.stdout and server.stdout.readline(), log
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
                until(lambda: client.get("health/ready").status_code == 200)
                yield Served(client, collector, log)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(PATIENCE)
            server.stdout.close()  # type: ignore[union-attr]
            reading.join()
            lines.close()


def until(holds: Callable[[], bool]) -> None:
    due = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < due
        sleep(0.1)


def test_a_server_that_has_loaded_its_models_is_ready(served: Served) -> None:
    told = served.http.get("health").json()
    assert told == {
        "live": True,
        "ready": True,
        "reasons": [],
        "degraded": [],
        "parts": {"catalogue": "ok", "models": "ok", "indexes": "ok"},
    }


def test_questions_are_counted_by_what_came_of_them_and_what_they_were_for(served: Served) -> None:
    def counted(outcome: str) -> float:
        return served.figure("dateline_questions_total", outcome=outcome)

    before = {each: counted(each) for each in ("answered", "refused", "stopped", "failed")}
    served.ask(QUESTION)
    served.ask("Who won the 2031 Tour de France?")
    served.ask("x" * 3000)
    assert {each: counted(each) - number for each, number in before.items()} == {
        "answered": 1,
        "refused": 1,
        "stopped": 0,
        "failed": 1,
    }
    assert served.figure("dateline_questions_total", outcome="answered", intent="fact") >= 1
    for stage in ("question", "search", "evidence", "sources", "first_words", "whole"):
        assert served.figure("dateline_answer_seconds_count", stage=stage) >= 1
    assert served.figure("dateline_questions_running") == 0


def test_what_the_page_looks_up_for_itself_is_no_question(served: Served) -> None:
    before = served.figure("dateline_questions_total")
    served.http.get("talk", params={"id": "", "next": "1"})
    assert served.figure("dateline_questions_total") == before


def send(served: Served, text: str = ZEPPELIN) -> httpx.Response:
    article = {"title": "Skerry buys a zeppelin", "url": "https://skerry.example/zeppelin", "text": text}
    return served.http.post("v1/articles", json=article, headers={"Authorization": f"Bearer {ARTICLES}"})


def test_articles_that_come_in_are_counted_and_traced_from_the_request_to_the_vector(served: Served) -> None:
    before = served.figure("dateline_articles")
    assert send(served).json()["added"] == 1
    assert served.figure("dateline_documents_total", outcome="added") >= 1
    assert served.figure("dateline_articles") == before + 1
    until(lambda: served.figure("dateline_passages_waiting") == 0)
    [request, *_] = served.spans("POST /v1/articles")
    for name in ("extract", "store"):
        [span] = served.spans(name, lambda span: span.trace == request.trace)
        assert served.collector.above(span) == ["ingest", "POST /v1/articles"]
    assert served.spans("embed")


def test_a_question_is_a_trace_whose_parts_are_its_stages(served: Served) -> None:
    sender = "0af7651916cd43dd8448eb211c80319c"
    served.ask(QUESTION, headers={"traceparent": f"00-{sender}-b7ad6b7169203331-01"})
    [request] = served.spans("POST /v1/chat/completions", lambda span: span.trace == sender)
    assert request.service == "newsroom" and request.facts["http.response.status_code"] == 200
    [answer] = served.spans("answer", lambda span: span.trace == sender)
    assert (answer.parent, answer.facts["dateline.outcome"]) == (request.id, "answered")
    for name in ("question", "search", "evidence"):
        [span] = served.spans(name, lambda span: span.trace == sender)
        assert span.parent == answer.id
    assert "ferries" not in repr(served.collector.spans)


def test_no_figure_has_a_word_of_a_question_or_of_an_article(served: Served) -> None:
    send(served)
    served.ask("Who bought the zeppelin Marguerite in Skerry?")
    served.http.get("v1/zeppelin", headers={"User-Agent": "zeppelin"})
    served.http.request("ZEPPELIN", "v1/models")
    written = served.http.get("metrics").text
    assert not re.findall("zeppelin|marguerite|skerry|ferries|meta\\b", written, re.IGNORECASE)


def test_requests_are_counted_by_their_route_whatever_stands_in_their_path(served: Served) -> None:
    for number in range(5):
        served.http.get(f"v1/nothing-{number}")
        served.http.get(f"nothing-{number}")
        served.http.get(f"kept/event-{number}")
    written = served.http.get("metrics").text
    assert not re.findall(r"(?:nothing|event)-\d", written)
    assert served.figure("dateline_http_requests_total", route="/v1/{rest:path}", status="404") >= 5
    assert served.figure("dateline_http_requests_total", route="other", status="404") >= 5
    assert served.figure("dateline_http_requests_total", route="/kept/{name}") >= 5
    assert not served.figure("dateline_http_requests_total", route="/metrics")


@pytest.mark.parametrize(
    "sent",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 proxy"},
        {"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer wrong"},
    ],
)
def test_what_a_proxy_sends_on_needs_the_token(served: Served, sent: dict[str, str]) -> None:
    assert served.http.get("metrics").status_code == 200
    assert served.http.get("metrics", headers=sent).status_code == 403
    assert served.http.get("metrics", headers=sent | {"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_every_line_of_the_log_has_the_request_that_it_is_about_also_an_event_of_the_page(served: Served) -> None:
    [event, *_] = served.http.get("config").json()["dependencies"]
    joined = {"fn_index": event["id"], "data": [], "session_hash": "watched"}
    ids = [f"page-event-{number}" for number in range(3)]
    for id in ids:
        told = served.http.post("gradio_api/queue/join", json=joined, headers={"X-Request-ID": id})
        assert told.headers["x-request-id"] == id

    def logged() -> set[str]:
        return {json.loads(line).get("request", "") for line in list(served.log)}

    with served.http.stream("GET", "gradio_api/queue/data", params={"session_hash": "watched"}) as stream:
        for line in stream.iter_lines():
            if "close_stream" in line:
                break
    until(lambda: set(ids) <= logged())
