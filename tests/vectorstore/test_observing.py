"""Pieces of work as watchers see them, and as spans that a collector gets over HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from contextvars import copy_context
from pathlib import Path
from threading import Thread

import pytest
from collector import Collector, collecting
from opentelemetry.sdk.trace import TracerProvider

from vectorstore.observing import work
from vectorstore.observing.tracing import Traces, send_traces
from vectorstore.observing.work import Fact, Work, begin, each_within, for_request, note, passage, stage, tell, watched

ROOT = Path(__file__).parents[2]


class Notes:
    """What a watcher heard."""

    def __init__(self) -> None:
        self.begun_: list[str] = []
        self.ended_: list[Work] = []
        self.told_: list[tuple[str, dict[str, Fact]]] = []

    def begun(self, work: Work) -> None:
        self.begun_.append(work.name)

    def ended(self, work: Work) -> None:
        self.ended_.append(work)

    def told(self, name: str, facts: dict[str, Fact]) -> None:
        self.told_.append((name, facts))


@pytest.fixture
def notes() -> Iterator[Notes]:
    notes = Notes()
    with watched(notes):
        yield notes


def test_a_stage_is_a_part_of_the_one_around_it_also_in_a_thread_that_goes_on_for_it(notes: Notes) -> None:
    def embed() -> None:
        with stage("embed"):
            note(passages=3)

    with stage("ingest"):
        thread = Thread(target=copy_context().run, args=(embed,))
        thread.start()
        thread.join()
    embedded, ingested = notes.ended_
    assert embedded.within is ingested and embedded.is_part_of("ingest") and not ingested.is_part_of("ingest")
    assert embedded.facts == {"passages": 3}
    assert embedded.seconds is not None and ingested.seconds is not None and embedded.seconds <= ingested.seconds


def test_what_fails_is_told_with_its_error_and_ends_once(notes: Notes) -> None:
    with suppress(ZeroDivisionError), stage("store") as storing:
        _ = 1 / 0
    storing.end()
    [ended] = notes.ended_
    assert isinstance(ended.error, ZeroDivisionError)


def test_a_generator_makes_its_steps_within_its_work_and_others_between_them_do_not(notes: Notes) -> None:
    def steps() -> Generator[int]:
        with passage("write"):
            yield 1
            with stage("verify"):
                pass
            yield 2

    asked = begin("answer")
    for _ in each_within(asked, steps()):
        with stage("draw"):
            pass
    asked.end()
    within = {each.name: each.within and each.within.name for each in notes.ended_}
    assert within == {"draw": None, "verify": "answer", "write": "answer", "answer": None}


def test_a_generator_that_is_left_ends_its_work(notes: Notes) -> None:
    def steps() -> Generator[int]:
        with passage("write"):
            yield 1
            yield 2

    growing = each_within(begin("answer"), steps())
    next(growing)
    growing.close()
    assert [each.name for each in notes.ended_] == ["write"]


def test_with_nobody_watching_nothing_is_kept_and_a_watcher_hears_only_its_own_time(notes: Notes) -> None:
    with watched(Notes()) as _, stage("fetch"):
        tell("document", outcome="added")
    assert notes.begun_ == ["fetch"] and notes.told_ == [("document", {"outcome": "added"})]
    assert len(work._watchers) == 1


# -- spans ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        monkeypatch.setattr(work, "_watchers", ())
        yield collector


def worked(provider: TracerProvider) -> None:
    with for_request("request-7"), stage("request", traceparent=f"00-{'ab' * 16}-{'cd' * 8}-01") as asked:
        with suppress(ZeroDivisionError), stage("answer", question="Who ordered ferries?", intent="fact"):
            with stage("search", passages=12):
                pass
            _ = 1 / 0
        asked.note(method="POST", route="/v1/chat/completions", status=200)
    provider.shutdown()


def test_a_collector_gets_each_piece_of_work_as_a_span_within_another(collector: Collector) -> None:
    worked(send_traces("1.2", texts=False))
    assert collector.paths == {"/v1/traces"}
    [search], [answer] = collector.named("search"), collector.named("answer")
    [request] = collector.named("POST /v1/chat/completions")
    assert collector.above(search) == ["answer", "POST /v1/chat/completions"]
    assert {each.service for each in collector.spans} == {"dateline"}
    assert search.facts == {"dateline.passages": 12}
    assert (answer.failed, answer.facts["error.type"], search.failed) == (True, "ZeroDivisionError", False)
    assert request.facts["http.response.status_code"] == 200 and request.facts["dateline.request"] == "request-7"


def test_a_request_goes_on_with_the_trace_of_whoever_sent_it(collector: Collector) -> None:
    worked(send_traces("1.2", texts=False))
    [request] = collector.named("POST /v1/chat/completions")
    assert (request.parent, {each.trace for each in collector.spans}) == ("cd" * 8, {"ab" * 16})


@pytest.mark.parametrize("texts", [False, True])
def test_what_was_asked_is_sent_only_where_that_is_wanted(collector: Collector, texts: bool) -> None:
    worked(send_traces("1.2", texts))
    [answer] = collector.named("answer")
    assert answer.facts.get("dateline.question") == ("Who ordered ferries?" if texts else None)
    assert ("ferries" in repr(collector.spans)) is texts


def test_work_that_began_before_it_was_traced_is_no_span(collector: Collector) -> None:
    begun = begin("answer")
    with watched(Traces(TracerProvider(), texts=True)):
        begun.end()
    assert collector.spans == []


@pytest.mark.parametrize(("address", "loaded"), [("", False), ("http://127.0.0.1:9", True)], ids=["unset", "set"])
def test_opentelemetry_is_loaded_only_where_traces_are_to_be_sent(address: str, loaded: bool) -> None:
    """By a command that opens no library: Chroma loads it for itself."""
    program = (
        f"import os, sys\nos.environ['OTEL_EXPORTER_OTLP_ENDPOINT'] = '{address}'\nimport app\n"
        "try: app.main(['library', '--help'])\nexcept SystemExit: pass\nprint('opentelemetry' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == str(loaded), done.stderr


def test_where_it_is_not_installed_a_line_says_so_and_the_command_goes_on() -> None:
    program = (
        "import os, sys\nos.environ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] = 'http://127.0.0.1:9'\n"
        "sys.modules['opentelemetry.exporter'] = None\nimport app\napp.main(['library', '--help'])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "pip install 'dateline[otel]'" in done.stderr and "Usage" in done.stdout
