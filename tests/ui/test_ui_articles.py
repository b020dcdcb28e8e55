"""The door for articles: programs with the token, and the reader's own browser by a bookmark. Nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from ui_desk import ScriptedDesk, chromium, free_port, to_tab

from assistant.settings import read_settings
from assistant.ui.articles_api import article_routes, sent
from assistant.ui.bounds import MB
from assistant.ui.library_tab import library_routes
from assistant.ui.openai_api import Refused, routes
from assistant.ui.page import build_page
from assistant.ui.sent_pages import sent_page_routes
from assistant.ui.server import serve
from vectorstore.errors import SettingsError

TOKEN = "correct horse battery staple"
URL = "https://ilmen.example/wood"
ARTICLE = {"url": URL, "title": "Wood for glass", "text": "The glass works heat with wood again."}


@pytest.fixture(scope="module")
def desk() -> ScriptedDesk:
    return ScriptedDesk()


def served_at(desk: ScriptedDesk, token: str) -> Iterator[str]:
    beside = [*article_routes(desk, token), *sent_page_routes(desk), *routes(desk), *library_routes(desk)]
    server = serve(build_page(desk), "127.0.0.1", free_port(), 5, beside, "", ("https://intranet.example",))
    yield server.url
    server.close()


@pytest.fixture(scope="module")
def served(desk: ScriptedDesk) -> Iterator[str]:
    yield from served_at(desk, TOKEN)


@pytest.fixture(autouse=True)
def forget(desk: ScriptedDesk) -> None:
    desk.sent.clear()


def post(served: str, article: object = ARTICLE, token: str | None = TOKEN, **headers: str) -> httpx.Response:
    content = article if isinstance(article, bytes) else json.dumps(article).encode()
    given = headers | ({"authorization": f"Bearer {token}"} if token is not None else {})
    return httpx.post(f"{served}v1/articles", content=content, headers=given, timeout=30)


class TestPrograms:
    def test_an_article_is_taken_and_the_report_says_what_became_of_it(self, served: str, desk: ScriptedDesk) -> None:
        answer = post(served)
        assert answer.status_code == 200
        assert (answer.json()["added"], answer.json()["documents"][0]["title"]) == (1, "Wood for glass")
        assert desk.sent == [ARTICLE]

    def test_several_are_taken_at_once_and_one_that_is_rejected_costs_no_other(
        self, served: str, desk: ScriptedDesk
    ) -> None:
        page = {
            "url": "https://ilmen.example/refused",
            "html": "<p>Short",
            "authors": ["A"],
            "published_at": "2026-11-02",
        }
        answer = post(served, {"articles": [ARTICLE, page]})
        assert answer.status_code == 200
        assert answer.json()["rejected"] == [
            {"source": page["url"], "reason": "only 3 words of article text were found"}
        ]
        assert desk.sent == [ARTICLE, page]
        assert post(served, page).status_code == 422

    @pytest.mark.parametrize("token", [None, "x", "correct horse battery", f"{TOKEN}x", "\xfc" * 20])
    def test_without_the_token_nothing_is_taken(self, served: str, desk: ScriptedDesk, token: str | None) -> None:
        answer = httpx.post(
            f"{served}v1/articles",
            json=ARTICLE,
            headers=[] if token is None else [(b"authorization", f"Bearer {token}".encode("latin-1"))],
        )
        assert answer.status_code == 401 and desk.sent == []
        assert TOKEN not in answer.text

    def test_another_scheme_is_no_token(self, served: str, desk: ScriptedDesk) -> None:
        assert post(served, token=None, authorization=f"Basic {TOKEN}").status_code == 401
        assert post(served, token=None, authorization=TOKEN).status_code == 401
        assert httpx.post(f"{served}v1/articles?token={TOKEN}", json=ARTICLE).status_code == 401
        assert desk.sent == []

    def test_where_no_token_is_set_the_door_is_closed(self, desk: ScriptedDesk) -> None:
        for closed in served_at(desk, ""):
            for token in (None, "x", TOKEN):
                answer = post(closed, token=token)
                assert answer.status_code == 403 and "DATELINE_ARTICLES_TOKEN" in answer.text
        assert desk.sent == []

    @pytest.mark.parametrize(
        ("body", "says"),
        [
            (b"", "The body"),
            (b"[]", "An article has"),
            (b"{}", "html or as text"),
            (b'{"articles": []}', "articles"),
            (b'{"text": "a", "html": "b"}', "not as both"),
            (b'{"text": 5}', "text"),
            (b'{"text": "a", "id": "u_1"}', "id"),
            (b'{"text": "a", "path": "/etc/passwd"}', "path"),
            (b'{"text": "\xff"}', "not JSON"),
            (b"[" * 100_000, "not JSON"),
            (json.dumps({"articles": [ARTICLE] * 101}).encode(), "articles"),
        ],
    )
    def test_what_is_no_article_is_told(self, served: str, desk: ScriptedDesk, body: bytes, says: str) -> None:
        answer = post(served, body)
        assert answer.status_code == 400 and says in answer.json()["error"]["message"]
        assert desk.sent == []

    def test_what_is_too_large_is_refused(self, served: str, desk: ScriptedDesk) -> None:
        assert post(served, {"html": "x" * (10 * MB)}).status_code == 200
        desk.sent.clear()
        assert post(served, {"html": "x" * (13 * MB)}).status_code == 413
        assert desk.sent == []

    def test_a_library_that_is_busy_says_so(self, served: str) -> None:
        assert post(served, ARTICLE | {"url": "https://ilmen.example/slowly"}).status_code == 503

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_other_methods_find_nothing(self, served: str, method: str) -> None:
        assert httpx.request(method, f"{served}v1/articles").status_code in (404, 405)

    @pytest.mark.parametrize("origin", ["https://evil.example", "null"])
    def test_another_sites_page_may_not_even_with_the_token(self, served: str, desk: ScriptedDesk, origin: str) -> None:
        answer = post(served, origin=origin)
        assert answer.status_code == 403 and desk.sent == []
        assert not [name for name in answer.headers if name.startswith("access-control")]

    def test_a_site_that_is_allowed_needs_the_token(self, served: str) -> None:
        assert post(served, token=None, origin="https://intranet.example").status_code == 401
        assert post(served, origin="https://intranet.example").status_code == 200

    def test_a_token_that_could_be_guessed_stops_the_start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATELINE_ARTICLES_TOKEN", "short")
        with pytest.raises(SettingsError, match="20 characters or more") as refused:
            read_settings({})
        assert "short" not in str(refused.value)
        monkeypatch.setenv("DATELINE_ARTICLES_TOKEN", TOKEN)
        assert read_settings({}).articles_token == TOKEN and TOKEN not in repr(read_settings({}))


class TestTheWindowOverHttp:
    def test_another_site_may_open_it_and_nothing_else(self, served: str) -> None:
        opened = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
        answer = httpx.get(f"{served}add", headers=opened)
        assert answer.status_code == 200 and "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "unsafe-inline" not in answer.headers["content-security-policy"].partition("style-src")[0]
        for mode, to in [("navigate", "iframe"), ("no-cors", "script"), ("cors", "empty")]:
            embedded = opened | {"sec-fetch-mode": mode, "sec-fetch-dest": to}
            assert httpx.get(f"{served}add", headers=embedded).status_code == 403
        assert httpx.post(f"{served}add", headers=opened).status_code in (403, 404)

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": "https://intranet.example"},
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
        ],
    )
    def test_only_our_own_page_adds_without_the_token(
        self, served: str, desk: ScriptedDesk, headers: dict[str, str]
    ) -> None:
        assert httpx.post(f"{served}added", json=ARTICLE, headers=headers).status_code == 403
        assert desk.sent == []
        own = {"origin": served.rstrip("/"), "sec-fetch-site": "same-origin"}
        assert httpx.post(f"{served}added", json=ARTICLE, headers=own).status_code == 200


PAPER = "<html><head><title>Wood &lt;b&gt;for&lt;/b&gt; glass</title><style>p{}</style></head><body><p>Read by me."


ESCAPING = "allow-popups-to-escape-sandbox"
SENDS_NOTHING = "default-src 'none'; form-action 'none'; connect-src 'none'"


class Paper:
    """Another site, at news.example, with a policy that lets its pages send nothing anywhere."""

    def __init__(self) -> None:
        self.headers = {"Content-Type": "text/html", "Referrer-Policy": "no-referrer"}
        paper = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                for name, value in paper.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(PAPER.encode())

            def log_message(self, format: str, *args: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://news.example:{self._server.server_port}/wood?a=1"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def paper() -> Iterator[Paper]:
    paper = Paper()
    paper.headers["Content-Security-Policy"] = SENDS_NOTHING
    yield paper
    paper.close()


@pytest.fixture
def abroad(browser: Browser) -> Iterator[BrowserContext]:
    """A browser in which names lead to this machine."""
    own = browser.browser_type.launch(
        executable_path=chromium(), args=["--no-sandbox", "--host-resolver-rules=MAP *.example 127.0.0.1"]
    )
    yield own.new_context(locale="en-US")
    own.close()


def bookmark(context: BrowserContext, served: str) -> str:
    page = context.new_page()
    page.goto(served)
    to_tab(page, "Library")
    link = page.get_by_text("Add to Dateline")
    link.wait_for()
    link.click()  # does nothing here
    address = link.get_attribute("href") or ""
    page.close()
    assert address.startswith("javascript:")
    return address


def used(page: Page, address: str) -> Page:
    """The window that the bookmark opens on the page."""
    with page.expect_popup() as opened:
        page.evaluate(unquote(address.removeprefix("javascript:")))
    return opened.value


class TestTheBookmark:
    def test_what_the_reader_sees_is_added_once_they_say_so(
        self, served: str, desk: ScriptedDesk, paper: Paper, abroad: BrowserContext
    ) -> None:
        address = bookmark(abroad, served)
        page = abroad.new_page()
        page.goto(paper.url)
        page.evaluate("document.body.append('And what its scripts have put there.')")
        window = used(page, address)
        expect(window.locator("#named")).to_have_text("Wood <b>for</b> glass")
        expect(window.locator("#from")).to_have_text(paper.url)
        expect(window.locator("#add")).to_be_enabled()
        assert desk.sent == []
        window.locator("#add").click()
        expect(window.locator("#became")).to_contain_text("1 added")
        [sent] = desk.sent
        assert sent["url"] == paper.url
        assert "Read by me." in str(sent["html"]) and "And what its scripts" in str(sent["html"])
        assert "<style" not in str(sent["html"])

    def test_beside_a_service_worker_links_are_followed_and_frames_refused(
        self, served: str, paper: Paper, abroad: BrowserContext
    ) -> None:
        page = abroad.new_page()
        page.goto(served)
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        paper.headers.pop("Content-Security-Policy")
        for link in (f"{served}?tab=library", f"{served}?article=none", f"{served}add"):
            page.goto(paper.url)
            page.evaluate("link => { const a = document.createElement('a'); a.href = link; a.click(); }", link)
            page.wait_for_url(link)
            assert "Dateline" in page.title()
        page.goto(paper.url)
        with page.expect_response(served) as framed:
            page.evaluate(
                "src => document.body.append(Object.assign(document.createElement('iframe'), { src }))", served
            )
        assert framed.value.status == 403

    def test_a_site_cannot_send_a_page_as_another_sites(
        self, served: str, desk: ScriptedDesk, paper: Paper, abroad: BrowserContext
    ) -> None:
        page = abroad.new_page()
        page.goto(paper.url)
        with page.expect_popup() as opened:
            page.evaluate(
                """here => {
                    const dateline = open(`${here}add`);
                    const page = { url: "https://other.example/", title: "Forged", html: "<p>Forged" };
                    setInterval(() => dateline.postMessage(page, "*"), 50);
                }""",
                served,
            )
        window = opened.value
        expect(window.locator("#nothing")).to_be_visible(timeout=15_000)
        expect(window.locator("#named")).to_have_text("")
        expect(window.locator("#add")).to_be_disabled()
        assert desk.sent == []

    @pytest.mark.parametrize(
        ("sandboxed", "url", "shown"),
        [
            (False, "{site}\\@other.example/wood", "{site}/@other.example/wood"),
            (False, "https://other.example@{host}/wood", ""),
            (True, "file:///wood", ""),
            (True, "data:text/html,wood", ""),
        ],
    )
    def test_no_spelling_of_an_address_makes_it_another_sites(
        self, served: str, paper: Paper, abroad: BrowserContext, sandboxed: bool, url: str, shown: str
    ) -> None:
        """What a browser and Python read as different hosts, and pages that are of no site at all."""
        site = paper.url.partition("/wood")[0]
        if sandboxed:
            paper.headers["Content-Security-Policy"] = f"sandbox allow-scripts allow-popups {ESCAPING}"
        page = abroad.new_page()
        page.goto(paper.url)
        with page.expect_popup() as opened:
            page.evaluate(
                """([here, url]) => {
                    const dateline = open(`${here}add`);
                    const html = "<link rel=canonical href=https://other.example/wood><p>Forged";
                    setInterval(() => dateline.postMessage({ url, title: "Forged", html }, "*"), 50);
                }""",
                [served, url.format(site=site, host=site.removeprefix("http://"))],
            )
        window = opened.value
        if shown:
            expect(window.locator("#from")).to_have_text(shown.format(site=site))
        else:
            expect(window.locator("#nothing")).to_be_visible(timeout=15_000)
            expect(window.locator("#add")).to_be_disabled()

    def test_a_click_that_was_meant_for_a_window_in_front_of_it_adds_nothing(
        self, served: str, desk: ScriptedDesk, paper: Paper, abroad: BrowserContext
    ) -> None:
        """Of a double click the first closes what stood in front."""
        address = bookmark(abroad, served)
        page = abroad.new_page()
        page.goto(paper.url)
        window = used(page, address)
        expect(window.locator("#add")).to_be_enabled()
        window.evaluate("dispatchEvent(new Event('focus')); document.getElementById('add').click()")
        expect(window.locator("#add")).to_be_enabled()
        assert desk.sent == []

    def test_a_window_that_nobody_opened_waits_for_nothing(self, served: str, abroad: BrowserContext) -> None:
        page = abroad.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{served}add")
        expect(page.locator("#nothing")).to_be_visible()
        page.evaluate("postMessage({ url: location.href, title: 'own', html: '<p>' }, '*')")
        expect(page.locator("#add")).to_be_disabled()
        assert complaints == []

    def test_what_is_rejected_is_told(self, served: str, paper: Paper, abroad: BrowserContext) -> None:
        address = bookmark(abroad, served)
        page = abroad.new_page()
        page.goto(paper.url.replace("wood", "refused"))
        window = used(page, address)
        window.locator("#add").click()
        expect(window.locator("#became")).to_contain_text("only 3 words of article text were found")


@pytest.mark.parametrize("within", ["{%s}", '{"articles": [{%s}]}', '{"text": "x", %s}'])
def test_a_hundred_thousand_names_that_no_article_has_are_refused_at_the_first(within: str) -> None:
    names = ", ".join(f'"{number}{"x" * 90}": 1' for number in range(100_000))
    with pytest.raises(Refused, match=f"^0{'x' * 59}: no article has this") as refused:
        sent((within % names).encode())
    assert len(str(refused.value)) < 300
