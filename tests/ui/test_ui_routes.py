"""Which of Gradio's routes are open, held against those that the installed Gradio really builds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import gradio as gr
import httpx
import pytest
from starlette.routing import BaseRoute, Route
from ui_desk import ScriptedDesk, free_port

from assistant.ui.page import Page, build_page
from assistant.ui.security import OPEN
from assistant.ui.server import serve

OURS = (
    "/robots.txt",
    "/kept/{name}",
    "/assets/{name}",
    "/talk",
    "/talk/ask",
    "/talk/stop",
    "/talk/rate",
    "/dateline.webmanifest",
    "/worker.js",
    "/offline",
    "/favicon.ico",
    "/icons/{name}",
)
CLOSED = {
    "/config/": "GET",
    "/gradio_api/api/{api_name}": "POST",
    "/gradio_api/api/{api_name}/": "POST",
    "/gradio_api/app_id/": "GET",
    "/gradio_api/call/v2/{api_name}": "POST",
    "/gradio_api/call/v2/{api_name}/": "POST",
    "/gradio_api/call/v2/{api_name}/{event_id}": "GET",
    "/gradio_api/call/{api_name}/": "POST",
    "/gradio_api/component_server": "POST",
    "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}": "GET",
    "/gradio_api/deep_link": "GET",
    "/gradio_api/dev/reload": "GET",
    "/gradio_api/file/{path:path}": "GET",
    "/gradio_api/info/": "GET",
    "/gradio_api/login_check": "GET",
    "/gradio_api/login_check/": "GET",
    "/gradio_api/openapi.json": "GET",
    "/gradio_api/process_recording": "POST",
    "/gradio_api/proxy={url_path:path}": "GET HEAD",
    "/gradio_api/queue/status": "GET",
    "/gradio_api/reset/": "POST",
    "/gradio_api/run/{api_name}": "POST",
    "/gradio_api/run/{api_name}/": "POST",
    "/gradio_api/runs": "GET",
    "/gradio_api/runs/": "GET",
    "/gradio_api/startup-events": "GET",
    "/gradio_api/stream/{event_id}": "POST",
    "/gradio_api/stream/{event_id}/close": "POST",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file": "GET",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8": "GET",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}": "GET",
    "/gradio_api/theme.css": "GET",
    "/gradio_api/token": "GET",
    "/gradio_api/token/": "GET",
    "/gradio_api/undo-vibe-edit": "POST",
    "/gradio_api/undo-vibe-edit/": "POST",
    "/gradio_api/user": "GET",
    "/gradio_api/user/": "GET",
    "/gradio_api/vibe-code": "GET POST",
    "/gradio_api/vibe-code/": "GET POST",
    "/gradio_api/vibe-edit": "POST",
    "/gradio_api/vibe-edit/": "POST",
    "/gradio_api/vibe-starter-queries": "POST",
    "/gradio_api/vibe-starter-queries/": "POST",
    "/login": "POST",
    "/login/": "POST",
    "/logout": "GET",
    "/manifest.json": "GET",
    "/monitoring": "GET",
    "/monitoring/summary": "GET",
    "/monitoring/{key}": "GET",
    "/pwa_icon": "GET",
    "/pwa_icon/{size}": "GET",
    "/svelte/{path:path}": "GET",
}


@pytest.fixture(scope="module")
def desk() -> ScriptedDesk:
    return ScriptedDesk()


@pytest.fixture(scope="module")
def page(desk: ScriptedDesk) -> Page:
    return build_page(desk)


@pytest.fixture(scope="module")
def served(page: Page) -> Iterator[str]:
    server = serve(page, "127.0.0.1", free_port(), 5)
    yield server.url
    server.close()


def built(routes: list[BaseRoute]) -> dict[str, set[str]]:
    """The paths with their methods, through the routers that FastAPI includes."""
    found: dict[str, set[str]] = defaultdict(set)
    for route in routes:
        if isinstance(route, Route):
            found[route.path] |= route.methods or set()
        else:
            for path, methods in built(route.original_router.routes).items():  # type: ignore[attr-defined]
                found[path] |= methods
    return found


def test_every_route_that_gradio_builds_is_open_or_closed_on_purpose(page: Page, served: str) -> None:
    """A new Gradio that adds a route fails here: is it one that the page needs?"""
    found = {path: " ".join(sorted(methods)) for path, methods in built(page.app.routes).items()}
    for ours in OURS:  # before Gradio's
        del found[ours]
    assert found == CLOSED | {path: methods for path, methods in OPEN.items() if path != "/robots.txt"}


@pytest.mark.parametrize("path", CLOSED)
def test_a_closed_route_answers_that_there_is_nothing(served: str, path: str) -> None:
    for method in CLOSED[path].split():
        answer = httpx.request(method, served.rstrip("/") + path.replace("{", "").replace("}", ""))
        assert (answer.status_code, answer.text) == (404, "" if method == "HEAD" else "There is nothing here.\n")


LISTINGS = ["docs", "redoc", "openapi.json", "gradio_api/mcp/sse", "nothing", "v1", "CONFIG"]
FETCHED = [
    "gradio_api/file=http://127.0.0.1:1/",
    "gradio_api/file=https://192.0.2.1/",
    "gradio_api/file=HTTP://x.example/",
    "gradio_api/file=//x.example/",
    "gradio_api/file=data:,x",
    "gradio_api/file=/etc/passwd",
    "gradio_api/file%3Dhttp%3A%2F%2Fx.example",
    "gradio_api//file=http://x.example/",
]


@pytest.mark.parametrize("path", [*LISTINGS, *FETCHED])
def test_what_gradio_would_fetch_or_list_is_not_there(served: str, path: str) -> None:
    with httpx.stream("GET", served + path) as answer:
        assert answer.status_code == 404


def test_robots_are_asked_to_stay_away(served: str) -> None:
    assert httpx.get(f"{served}robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_an_uploaded_file_is_handed_out_to_the_page(served: str) -> None:
    [path] = httpx.post(f"{served}gradio_api/upload", files={"files": ("a.txt", b"text")}).json()
    assert httpx.get(f"{served}gradio_api/file={path}").text == "text"


def ends_of(served: str, sent: Mapping[int, list[object]]) -> dict[int, dict[str, object]]:
    """What a browser is told at the end of each event, by the number of its function."""
    asked: dict[str, int] = {}
    session = f"from {min(sent)}"
    for fn, data in sent.items():
        body = {"data": data, "fn_index": fn, "session_hash": session, "event_data": {}}
        asked[httpx.post(f"{served}gradio_api/queue/join", json=body).json()["event_id"]] = fn
    ends: dict[int, dict[str, object]] = {}
    with httpx.stream("GET", f"{served}gradio_api/queue/data", params={"session_hash": session}, timeout=30) as told:
        for line in told.iter_lines():
            message = json.loads(line.removeprefix("data:")) if line else {}
            if message.get("msg") == "process_completed":
                ends[asked[message["event_id"]]] = message
            if len(ends) == len(sent):
                return ends
    raise AssertionError("not all events ended")


NOT_UPLOADED: list[Callable[[str], object]] = [
    lambda path: {"path": path, "meta": {"_type": "gradio.FileData"}},
    lambda path: [{"path": path, "orig_name": "notes.txt"}],
    lambda path: {"of": [{"path": f"http://127.0.0.1:1{path}", "meta": {"_type": "gradio.FileData"}}]},
]


@pytest.mark.parametrize("named", NOT_UPLOADED, ids=["alone", "in a list", "elsewhere"])
def test_no_event_takes_a_file_that_was_not_uploaded(
    page: Page, served: str, desk: ScriptedDesk, tmp_path: Path, named: Callable[[str], object]
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("A secret of the server's.", encoding="utf-8")
    fields = {
        id: [not isinstance(block, gr.State) for block in fn.inputs]
        for id, fn in page.fns.items()
        if any(not isinstance(block, gr.State) for block in fn.inputs)
    }
    assert len(fields) > 20
    before = dict(desk.articles)
    sent = [(id, [named(str(secret)) if taken else None for taken in given]) for id, given in fields.items()]
    for start in range(0, len(sent), 30):  # the queue has places for 64
        for id, told in ends_of(served, dict(sent[start : start + 30])).items():
            assert told["success"] is False, id
            assert "secret" not in json.dumps(told), id
    assert desk.articles == before
    assert not list(Path(page.GRADIO_CACHE).rglob("secret.txt"))
