"""Who the server lets in, and what it tells a browser, over HTTP."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser
from ui_desk import ScriptedDesk, free_port

from assistant.ui.completions_api import routes
from assistant.ui.page import build_page
from assistant.ui.page_policy import policy
from assistant.ui.server import serve

PUBLIC = "news.example.org"
QUESTION = {"model": "dateline", "messages": [{"role": "user", "content": "Is Meta open?"}]}


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    desk = ScriptedDesk()
    server = serve(build_page(desk), "127.0.0.1", free_port(), 5, routes(desk), PUBLIC)
    yield server.url
    server.close()


@pytest.mark.parametrize(
    "host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST", "[::1]:{port}", "192.0.2.7", PUBLIC, f"{PUBLIC}:443"]
)
def test_it_answers_to_its_own_names_and_to_addresses(served: str, host: str) -> None:
    answer = httpx.get(f"{served}config", headers={"host": host.format(port=urlsplit(served).port)})
    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", f"{PUBLIC}.evil.example", "", "[::1"])
@pytest.mark.parametrize("path", ["", "config", "v1/models", "gradio_api/info"])
def test_a_name_that_somebody_else_points_here_is_refused(served: str, host: str, path: str) -> None:
    """DNS rebinding: a page of evil.example, whose name now leads to 127.0.0.1, asks as if it were ours."""
    answer = httpx.get(f"{served}{path}", headers={"host": host})
    assert answer.status_code == 403
    assert "DATELINE_PUBLIC_NAME" in answer.text


@pytest.mark.parametrize("origin", ["http://evil.example", "https://127.0.0.1:1", "null", "", f"http://x.{PUBLIC}"])
@pytest.mark.parametrize("path", ["gradio_api/queue/join", "gradio_api/upload", "v1/chat/completions"])
def test_another_sites_page_can_send_nothing(served: str, origin: str, path: str) -> None:
    answer = httpx.post(f"{served}{path}", headers={"origin": origin}, json=QUESTION)
    assert answer.status_code == 403
    assert "other sites" in answer.text


def test_another_sites_page_reads_nothing(served: str) -> None:
    answer = httpx.get(f"{served}config", headers={"origin": "http://evil.example"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", [None, "{here}", f"https://{PUBLIC}"])
def test_programs_and_the_page_itself_can_ask(served: str, origin: str | None) -> None:
    headers = {"origin": origin.format(here=served.rstrip("/"))} if origin else {}
    assert httpx.post(f"{served}v1/chat/completions", headers=headers, json=QUESTION).status_code == 200


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


def test_of_scripts_in_a_page_only_those_that_were_sent_in_it_may_run() -> None:
    page = b'<script src="a.js"></script><SCRIPT>one\n</SCRIPT ><script type="module">two</script>'
    hashes = [b64encode(sha256(script).digest()).decode() for script in (b"one\n", b"two")]
    allowed = policy(page).split("script-src ")[1].split(";")[0]
    assert allowed == f"'self' 'unsafe-eval' 'sha256-{hashes[0]}' 'sha256-{hashes[1]}'"


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
