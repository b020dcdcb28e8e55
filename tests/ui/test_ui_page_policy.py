"""What the server tells a browser that it may do with a page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from ui_desk import ScriptedDesk, free_port

from assistant.ui.openai_api import routes
from assistant.ui.page import build_page
from assistant.ui.security import policy
from assistant.ui.server import Server, serve


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    desk = ScriptedDesk()
    server = serve(build_page(desk), "127.0.0.1", free_port(), 5, routes(desk))
    yield server.url
    server.close()


@pytest.fixture
def served_with(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """A page whose greeting is written by hand."""
    servers: list[Server] = []
    desk = ScriptedDesk(folder=tmp_path)

    def serving(welcome: str) -> str:
        page = build_page(desk)
        page.welcome = lambda: welcome
        servers.append(serve(page, "127.0.0.1", free_port(), 5))
        return servers[-1].url

    yield serving
    for server in servers:
        server.close()
    desk.put_away()


@pytest.mark.parametrize("path", ["", "config", "v1/models", "gradio_api/info", "nothing"])
def test_every_answer_tells_the_browser_to_load_nothing_from_elsewhere(served: str, path: str) -> None:
    headers = httpx.get(f"{served}{path}").headers
    rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert "unsafe-inline" not in rules["script-src"]
    assert not any("http" in allowed or "*" in allowed for allowed in rules.values())
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_of_scripts_in_a_page_only_those_that_were_sent_in_it_may_run() -> None:
    page = b'<script src="a.js"></script><SCRIPT>one\n</SCRIPT ><script type="module">two</script>'
    hashes = [b64encode(sha256(script).digest()).decode() for script in (b"one\n", b"two")]
    allowed = policy(page).split("script-src ")[1].split(";")[0]
    assert allowed == f"'self' 'unsafe-eval' 'sha256-{hashes[0]}' 'sha256-{hashes[1]}'"


SCRIPT = "<script>window.hacked = 1</script>"


@pytest.mark.parametrize(
    "written", [SCRIPT, SCRIPT.replace("script", "SCRIPT"), "<b><script type=module>window.hacked = 1"]
)
def test_a_script_that_got_into_what_the_document_shows_first_would_not_run(
    browser: Browser, served_with: Callable[[str], str], written: str
) -> None:
    """Of the document's own scripts the browser runs all, and what is drawn first has words of articles in it."""
    page = browser.new_page()
    page.goto(served_with(f"<p>{written}</p>"))
    expect(page.locator("#shell")).to_have_count(0, timeout=30_000)
    assert page.evaluate("window.hacked === undefined")
    page.close()


def test_a_script_that_got_into_the_page_by_an_article_would_not_run(browser: Browser, served: str) -> None:
    page = browser.new_page()
    page.goto(served)
    page.get_by_role("textbox", name="Your question").wait_for()
    refused = page.evaluate(
        """() => new Promise(done => {
            document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective));
            const planted = document.createElement('div');
            planted.innerHTML = '<img src="data:," onerror="window.hacked = 1">';
            document.body.append(planted);
        })"""
    )
    assert refused == "script-src-attr"
    assert page.evaluate("window.hacked === undefined")
    page.close()
