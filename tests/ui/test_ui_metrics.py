"""Figures as Prometheus reads them, the dashboard over them, and when a server is ready."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from ui_desk import ScriptedDesk, free_port

from assistant.ui.monitoring import CONTENT_TYPE, Metrics, Readiness, Watching, readiness, watch_routes
from assistant.ui.page import build_page
from assistant.ui.places import Line
from assistant.ui.server import serve
from vectorstore.errors import LibraryError
from vectorstore.observing.work import begin, note, stage, tell, watched
from vectorstore.reports import Condition

ROOT = Path(__file__).parents[2]
DASHBOARD = json.loads((ROOT / "docs" / "deploy" / "grafana.json").read_text(encoding="utf-8"))
AT = Condition(15, 39, waiting=4, unindexed=2, feeds=3, failing=1, loaded={"embedder": True, "chat": False})
_OF_PROMETHEUS = {"sum", "rate", "increase", "histogram_quantile", "by", "le", "clamp_min", "max", "on", "time"}


def figures(written: bytes) -> dict[tuple[str, ...], float]:
    """By name and the values of the labels in the order of their names; without the buckets of histograms."""
    found = {}
    for family in text_string_to_metric_families(written.decode()):
        for sample in family.samples:
            if "le" not in sample.labels:
                found[sample.name, *(value for _, value in sorted(sample.labels.items()))] = sample.value
    return found


@pytest.fixture
def metrics() -> Iterator[Metrics]:
    metrics = Metrics(lambda: AT, Line())
    with watched(metrics):
        yield metrics


def test_what_the_library_holds_and_what_waits_is_looked_up_when_somebody_asks(metrics: Metrics) -> None:
    told = figures(metrics.written())
    assert told["dateline_articles",] == 15 and told["dateline_passages",] == 39
    assert told["dateline_passages_waiting",] == told["dateline_index_lag_passages", "vectors"] == 4
    assert told["dateline_index_lag_passages", "words"] == 2
    assert (told["dateline_feeds",], told["dateline_feeds_failing",]) == (3, 1)
    assert (told["dateline_model_loaded", "embedder"], told["dateline_model_loaded", "chat"]) == (1, 0)


def test_questions_that_wait_and_that_are_being_answered_are_counted() -> None:
    line = Line(at_once=1)
    metrics = Metrics(lambda: AT, line)
    for _ in range(3):
        line.join()
    with watched(metrics):
        work = begin("answer")
        told = figures(metrics.written())
        assert (told["dateline_questions_waiting",], told["dateline_questions_running",]) == (2, 1)
        work.end(outcome="refused")
    assert figures(metrics.written())["dateline_questions_running",] == 0


def test_a_question_counts_by_its_outcome_and_a_stage_only_as_a_part_of_an_answer(metrics: Metrics) -> None:
    with stage("search"):
        """A search that nobody's question asked for."""
    with stage("answer", question="Who ordered ferries?") as answer:
        with stage("search"):
            note(passages=12)
        answer.end(outcome="closest", intent="list", first_words=1.5)
    told = figures(metrics.written())
    assert told["dateline_questions_total", "list", "closest"] == 1
    assert told["dateline_answer_seconds_count", "search"] == 1
    assert told["dateline_answer_seconds_sum", "first_words"] == 1.5
    assert told["dateline_answer_seconds_count", "whole"] == 1
    assert b"ferries" not in metrics.written()


def test_a_question_that_was_stopped_tells_nothing_of_how_long_a_whole_answer_takes(metrics: Metrics) -> None:
    begin("answer").end(outcome="stopped")
    told = figures(metrics.written())
    assert told["dateline_questions_total", "none", "stopped"] == 1
    assert ("dateline_answer_seconds_count", "whole") not in told


def test_an_answer_that_began_before_the_figures_leaves_none_running(metrics: Metrics) -> None:
    late = Metrics(lambda: AT, Line())
    begun = begin("answer")
    with watched(late):
        begun.end(outcome="answered")
    assert figures(late.written())["dateline_questions_running",] == 0


def test_documents_and_stages_of_an_ingest_are_counted(metrics: Metrics) -> None:
    with stage("ingest"), stage("store", articles=2):
        tell("document", outcome="added")
        tell("document", outcome="rejected")
    told = figures(metrics.written())
    assert told["dateline_documents_total", "added"] == told["dateline_documents_total", "rejected"] == 1
    assert told["dateline_ingest_seconds_count", "store"] == 1


def gone() -> Condition:
    raise LibraryError("The catalogue is gone.")


def test_where_the_catalogue_is_gone_the_rest_is_still_told() -> None:
    told = figures(Metrics(gone, Line()).written())
    assert told["dateline_up",] == 0 and told["dateline_questions_running",] == 0
    assert ("dateline_articles",) not in told


# -- the dashboard -------------------------------------------------------------------------------------------------


def queries(part: Any) -> Iterator[str]:
    """Every expression of the dashboard."""
    if isinstance(part, dict):
        for name, each in part.items():
            yield from [each] if name == "expr" else queries(each)
    elif isinstance(part, list):
        for each in part:
            yield from queries(each)


def names() -> set[str]:
    """What can be asked for: a histogram's parts are named behind it."""
    written = Metrics(lambda: AT, Line()).written().decode()
    there = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", written, re.MULTILINE):
        there |= {f"{name}_{part}" for part in ("bucket", "sum", "count")} if kind == "histogram" else {name}
    return there


def asked_for(query: str) -> set[str]:
    """The names of metrics in a query of Prometheus."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)", " ", query)
    return set(re.findall(r"[a-z_][a-z0-9_]{3,}", bare)) - _OF_PROMETHEUS


@pytest.mark.parametrize("query", sorted(set(queries(DASHBOARD))))
def test_each_figure_of_the_dashboard_exists(query: str) -> None:
    assert asked_for(query) and asked_for(query) <= names()


def test_a_figure_that_does_not_exist_is_found() -> None:
    assert asked_for('sum by (stage) (rate(dateline_answers_seconds_count{stage="whole"}[5m]))') - names()


def test_the_dashboard_shows_every_figure_of_ours() -> None:
    shown = {name for query in queries(DASHBOARD) for name in asked_for(query)}
    ours = {re.sub(r"_(?:bucket|sum|count)$", "", name) for name in names() if name.startswith("dateline_")}
    assert not {each for each in ours if not any(name.startswith(each) for name in shown)}


# -- ready ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "reasons"),
    [
        (Condition(loaded={"embedder": True}), []),
        (Condition(loaded={"embedder": True, "chat": False}), []),
        (Condition(unindexed=100, waiting=100_000), []),
        (None, ["catalogue: cannot be read"]),
        (Condition(loaded={"embedder": True, "chat": False}, warmed=False), ["models: being loaded"]),
        (Condition(loaded={"embedder": False}), ["models: the embedding model is not loaded"]),
        (Condition(unindexed=101), ["indexes: 101 passages behind in words"]),
        (Condition(vectors_problem="Connection refused"), []),
    ],
)
def test_a_server_is_ready_or_says_why_not(at: Condition | None, reasons: list[str]) -> None:
    assert readiness(at, most_behind=100).reasons == reasons


def test_each_part_is_told() -> None:
    told = Readiness({"catalogue": "ok", "models": "being loaded"}).as_json()
    assert told == {
        "ready": False,
        "reasons": ["models: being loaded"],
        "degraded": [],
        "parts": {"catalogue": "ok", "models": "being loaded"},
    }


def test_what_a_server_does_without_is_told_and_keeps_nobody_away() -> None:
    told = readiness(Condition(vectors_problem="Connection refused"), most_behind=100).as_json()
    assert told["ready"] and told["reasons"] == []
    assert told["degraded"] == ["vectors: Connection refused"]
    assert told["parts"]["vectors"] == "Connection refused"


Seen = Callable[..., httpx.Response]
TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture(scope="module")
def public() -> Iterator[str]:
    """A server whose figures are for whoever brings the token, and whose catalogue is gone."""
    desk = ScriptedDesk()
    watching = Watching(gone, Metrics(gone, desk.line).written, CONTENT_TYPE, TOKEN, local=False)
    server = serve(build_page(desk), "127.0.0.1", free_port(), 1, watch_routes(watching))
    yield server.url
    server.close()


def test_one_whose_catalogue_is_gone_lives_and_is_not_ready(public: str) -> None:
    assert httpx.get(f"{public}health/live").json() == {"live": True}
    for path in ("health", "health/ready"):
        answer = httpx.get(f"{public}{path}")
        assert (answer.status_code, answer.json()["reasons"]) == (503, ["catalogue: cannot be read"])


@pytest.mark.parametrize(
    ("sent", "status"),
    [("", 403), ("Bearer", 403), ("Bearer wrong", 403), (f"Basic {TOKEN}", 403), (f"Bearer {TOKEN}", 200)],
)
def test_of_a_public_page_the_figures_are_for_whoever_has_the_token(public: str, sent: str, status: int) -> None:
    answer = httpx.get(f"{public}metrics", headers={"Authorization": sent})
    assert answer.status_code == status
    assert ("dateline_up" in answer.text) is (status == 200)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("client-1234:5", True),
        ("short", False),
        ("x" * 65, False),
        ("with space 12", False),
        ('"quoted-123"', False),
        ("", False),
    ],
)
def test_a_well_formed_id_of_a_request_is_kept_and_another_made_anew(public: str, given: str, kept: bool) -> None:
    told = httpx.get(f"{public}health/live", headers={"X-Request-ID": given}).headers["x-request-id"]
    assert (told == given) is kept
    assert kept or re.fullmatch(r"[0-9a-f]{16}", told)


@pytest.mark.parametrize("path", ["nothing/here", "metrics/x", "health/x"])
def test_what_is_refused_has_an_id_too(public: str, path: str) -> None:
    answer = httpx.get(f"{public}{path}")
    assert answer.status_code == 404 and len(answer.headers["x-request-id"]) == 16
