"""What pages of other sites get from the server, in a real browser: nothing to read, and nothing done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from test_ui_routes import CLOSED
from ui_desk import ScriptedDesk, chromium, free_port

from assistant.ui.library_tab import library_routes
from assistant.ui.openai_api import routes
from assistant.ui.page import build_page
from assistant.ui.security import OPEN, Access
from assistant.ui.server import Server, serve

OURS = ["/library.jsonl", "/v1/models", "/v1/models/dateline", "/v1/chat/completions"]
BY_PROGRAM = """async ([base, paths]) => {
    const read = [];
    const tries = [
        {}, { method: 'HEAD' }, { method: 'OPTIONS' }, { method: 'POST', body: '{}' }, { credentials: 'include' },
        { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } }, { method: 'DELETE' },
        { mode: 'no-cors' }, { mode: 'no-cors', method: 'POST', body: '{}' },
    ];
    for (const path of paths)
        await Promise.all(tries.map(how => fetch(base + path, how).then(async answer => {
            if (answer.type !== 'opaque' || await answer.text()) read.push(JSON.stringify(how) + path);
        }, () => {})));
    return read;
}"""
BY_ELEMENT = """async ([base, paths]) => {
    const read = [];
    const element = (name, attribute, path, over) => new Promise(done => {
        const put = document.createElement(name);
        put.onload = () => { if (!over) read.push(name + path); done(); };
        put.onerror = done;
        put[attribute] = base + path;
        document.body.append(put);
    });
    const stream = path => new Promise(done => {
        const source = new EventSource(base + path);
        source.onopen = () => { read.push('stream' + path); source.close(); done(); };
        source.onerror = () => { source.close(); done(); };
    });
    const socket = path => new Promise(done => {
        const opened = new WebSocket(base.replace('http', 'ws') + path);
        opened.onopen = () => { read.push('socket' + path); done(); };
        opened.onclose = done;
    });
    const form = path => new Promise(done => {
        const frame = document.createElement('iframe');
        frame.name = 'frame' + Math.random();
        document.body.append(frame);
        const sent = Object.assign(document.createElement('form'), { method: 'POST', target: frame.name });
        sent.action = base + path;
        frame.onload = done;
        document.body.append(sent);
        sent.submit();
    });
    for (const path of paths)
        await Promise.all([
            element('img', 'src', path), element('script', 'src', path), element('iframe', 'src', path, true),
            stream(path), socket(path), form(path),
        ]);
    return [...read, ...window.pwned ? ['script'] : []];
}"""


@pytest.fixture(scope="module")
def foreign() -> Iterator[int]:
    """The port of another site, which answers everything with an empty page."""

    class Empty(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None: ...

    site = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    Thread(target=site.serve_forever, daemon=True).start()
    yield site.server_port
    site.shutdown()
    site.server_close()


@pytest.fixture(scope="module")
def abroad(browser: Browser) -> Iterator[Page]:
    """A tab of a browser in which every name leads to this machine."""
    own = browser.browser_type.launch(
        executable_path=chromium(), args=["--no-sandbox", "--host-resolver-rules=MAP *.example 127.0.0.1"]
    )
    yield own.new_page()
    own.close()


class Counted:
    """A server that counts what got past the door."""

    def __init__(self, host: str, folder: Path) -> None:
        self.desk = ScriptedDesk(folder=folder)
        beside = [*routes(self.desk), *library_routes(self.desk)]
        self.server: Server = serve(build_page(self.desk), host, free_port(), 5, beside)
        self.port = urlsplit(self.server.url).port
        self.passed: list[str] = []
        access: Any = self.server._server.config.app
        while not isinstance(access, Access):  # what gives a request its id is outside the door
            access = access._app
        self._inner = access._app
        access._app = self._count

    async def _count(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            self.passed.append(f"{scope.get('method')} {scope['path']}")
        await self._inner(scope, receive, send)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Counted]]:
    held: dict[str, Counted] = {}

    def at(host: str) -> Counted:
        if host not in held:
            held[host] = Counted(host, tmp_path_factory.mktemp("library"))
        return held[host]

    yield at
    for each in held.values():
        each.server.close()
        each.desk.put_away()


def every_path() -> list[str]:
    return [*OURS, *(re.sub(r"\{\w+(:path)?\}", "x", path) for path in [*OPEN, *CLOSED])]


TARGETS = [
    ("127.0.0.1", "127.0.0.1"),
    ("127.0.0.1", "localhost"),
    ("127.0.0.1", "[::ffff:127.0.0.1]"),
    ("127.0.0.1", "rebound.example"),
    ("0.0.0.0", "127.0.0.1"),
    ("0.0.0.0", "0.0.0.0"),
    ("0.0.0.0", "[::ffff:127.0.0.1]"),
    ("::1", "[::1]"),
]


@pytest.mark.parametrize("site", ["localhost", "127.0.0.1", "evil.example"])
@pytest.mark.parametrize(("host", "named"), TARGETS)
def test_a_page_of_another_site_reads_nothing_and_does_nothing(
    abroad: Page, foreign: int, serving: Callable[[str], Counted], site: str, host: str, named: str
) -> None:
    served = serving(host)
    kept = re.search(r"/kept/[\w.-]+", httpx.get(served.server.url).text)[0]  # type: ignore[index]
    served.passed.clear()
    abroad.goto(f"http://{site}:{foreign}/")
    base = f"http://{named}:{served.port}"
    assert abroad.evaluate(BY_PROGRAM, [base, [kept, *every_path()]]) == []
    assert abroad.evaluate(BY_ELEMENT, [base, ["/", kept, "/config", "/gradio_api/queue/data", *OURS]]) == []
    assert served.passed == []
    assert not served.desk.asked


def test_a_link_on_another_site_opens_the_page(abroad: Page, foreign: int, serving: Callable[[str], Counted]) -> None:
    served = serving("127.0.0.1")
    abroad.goto(f"http://evil.example:{foreign}/")
    abroad.evaluate(f"location = 'http://127.0.0.1:{served.port}/?conversation=x'")
    expect(abroad.get_by_role("textbox", name="Your question")).to_be_visible()
    assert served.passed
    served.passed.clear()


def test_a_link_on_another_site_opens_nothing_but_the_page(
    abroad: Page, foreign: int, serving: Callable[[str], Counted]
) -> None:
    served = serving("127.0.0.1")
    abroad.goto(f"http://evil.example:{foreign}/")
    abroad.evaluate(f"location = 'http://127.0.0.1:{served.port}/config'")
    abroad.get_by_text("Pages of other sites").wait_for()
    assert "GET /config" not in served.passed
