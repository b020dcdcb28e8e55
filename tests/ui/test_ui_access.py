"""Who the server lets in, over HTTP. What pages of other sites get in a browser is in test_ui_foreign_pages."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from ui_desk import ScriptedDesk, free_port

from assistant.settings import read_settings
from assistant.ui.library_tab import library_routes
from assistant.ui.openai_api import routes
from assistant.ui.page import build_page
from assistant.ui.server import serve
from vectorstore.errors import SettingsError

PUBLIC = "news.example.org"
ALLOWED = "https://intranet.example.org"
QUESTION = {"model": "dateline", "messages": [{"role": "user", "content": "Is Meta open?"}]}
READABLE = ["", "config", "library.jsonl", "v1/models", "gradio_api/info", "theme.css", "robots.txt"]


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    desk = ScriptedDesk()
    beside = [*routes(desk), *library_routes(desk)]
    server = serve(build_page(desk), "127.0.0.1", free_port(), 5, beside, PUBLIC, (ALLOWED,))
    yield server.url
    server.close()


@pytest.fixture(scope="module")
def nameless() -> Iterator[str]:
    desk = ScriptedDesk()
    server = serve(build_page(desk), "127.0.0.1", free_port(), 5, library_routes(desk))
    yield server.url
    server.close()


def origin_of(served: str) -> str:
    return served.rstrip("/")


@pytest.mark.parametrize(
    "host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST", "[::1]:{port}", PUBLIC, f"{PUBLIC}:443"]
)
def test_it_answers_to_its_own_names_and_to_the_address_it_is_served_on(served: str, host: str) -> None:
    answer = httpx.get(f"{served}config", headers={"host": host.format(port=urlsplit(served).port)})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", f"{PUBLIC}.evil.example", "", "[::1", "localhost."]
)
@pytest.mark.parametrize("path", ["", "config", "v1/models", "gradio_api/info"])
def test_a_name_that_somebody_else_points_here_is_refused(served: str, host: str, path: str) -> None:
    """DNS rebinding: a page of evil.example, whose name now leads to 127.0.0.1, asks as if it were ours."""
    answer = httpx.get(f"{served}{path}", headers={"host": host})
    assert answer.status_code == 403
    assert "DATELINE_PUBLIC_NAME" in answer.text


LITERALS = """
    [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [::7f00:1] [2002:7f00:1::] [64:ff9b::7f00:1] [::1%25lo]
    [0:0:0:0:0:0:0:1] 2130706433 0x7f000001 0177.0.0.1 127.1 127.0.0.1. 0.0.0.0 [::] 127.0.0.2 192.0.2.7 192.168.1.5
    a@127.0.0.1 127.0.0.1:port ①②⑦.0.0.1
"""


@pytest.mark.parametrize("host", LITERALS.split())
def test_another_form_of_the_address_is_not_ours(served: str, host: str) -> None:
    """http://[::ffff:127.0.0.1] leads to a server on 127.0.0.1, and a browser takes it for another site."""
    assert httpx.get(f"{served}library.jsonl", headers=[(b"host", host.encode())]).status_code == 403


NO_NAMES = """
    127.0.0.1:{port}@evil.example evil.example@127.0.0.1:{port} 127.0.0.1:{port}/x 127.0.0.1:port 127.0.0.1:99999
    127.0.0.1:{port}?x 127.0.0.1:{port}#x 127.0.0.1,evil.example:{port} //127.0.0.1 [127.0.0.1] [::1 ::1
"""


@pytest.mark.parametrize("host", ["", *NO_NAMES.split()])
def test_without_a_public_name_what_is_no_name_is_not_ours(nameless: str, host: str) -> None:
    given = host.format(port=urlsplit(nameless).port).encode()
    assert httpx.get(f"{nameless}library.jsonl", headers=[(b"host", given)]).status_code == 403


@pytest.mark.parametrize(
    ("host", "reached", "named"),
    [("0.0.0.0", "127.0.0.2", "127.0.0.2"), ("0.0.0.0", "127.0.0.1", "127.0.0.1"), ("::1", "::1", "[::1]")],
)
def test_of_several_addresses_the_one_that_was_come_in_on_is_ours(host: str, reached: str, named: str) -> None:
    port = free_port()
    server = serve(build_page(ScriptedDesk()), host, port, 5)

    def status(name: str) -> int:
        with socket.create_connection((reached, port)) as connection:
            connection.sendall(f"GET /config HTTP/1.1\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n".encode())
            return int(connection.makefile("rb").readline().split()[1])

    assert status(named) == 200
    assert {
        status(other) for other in ("127.0.0.3", "0.0.0.0", "[::ffff:127.0.0.2]", "[::ffff:127.0.0.1]", "[::]")
    } == {403}
    server.close()


FOREIGN = [
    "null",
    "",
    "x",
    "file://",
    "http://evil.example",
    "http://localhost:9999",
    "http://localhost:{port}",
    "http://127.0.0.1",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}.evil.example",
    "http://[::ffff:127.0.0.1]:{port}",
    f"http://x.{PUBLIC}",
    f"https://{PUBLIC}:8443",
    f"{ALLOWED}.",
]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"])
def test_another_sites_page_reads_and_sends_nothing(served: str, origin: str, method: str) -> None:
    headers = {"origin": origin.format(port=urlsplit(served).port)}
    for path in [*READABLE, "gradio_api/queue/join", "gradio_api/upload", "v1/chat/completions"]:
        preflight = {"access-control-request-method": "POST"} if method == "OPTIONS" else {}
        answer = httpx.request(method, f"{served}{path}", headers=headers | preflight)
        assert answer.status_code == 403
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "other sites" in answer.text or method == "HEAD"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("mode", "to"), [("no-cors", "image"), ("no-cors", "script"), ("navigate", "iframe"), ("navigate", "embed")]
)
def test_what_another_site_puts_into_its_page_is_refused(served: str, site: str, mode: str, to: str) -> None:
    headers = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": to}
    assert {httpx.get(f"{served}{path}", headers=headers).status_code for path in READABLE} == {403}


def test_another_site_may_link_to_the_page_and_to_nothing_else(served: str) -> None:
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert httpx.get(f"{served}?conversation=abc", headers=headers).status_code == 200
    assert {httpx.get(f"{served}{path}", headers=headers).status_code for path in READABLE if path} == {403}
    assert httpx.post(served, headers=headers).status_code == 403


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_page_and_the_address_bar_reach_everything(served: str, site: str) -> None:
    assert {httpx.get(f"{served}{path}", headers={"sec-fetch-site": site}).status_code for path in READABLE} == {200}


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "127.0.0.1:{port}"),
        ("http://127.0.0.1:{port}", "127.0.0.1:{port}"),
        ("http://localhost:{port}", "localhost:{port}"),
        ("http://[::1]:{port}", "[::1]:{port}"),
        ("http://localhost", "localhost"),
        (f"https://{PUBLIC}", PUBLIC),
        (f"http://{PUBLIC}", PUBLIC),
        (f"https://{PUBLIC}:8443", f"{PUBLIC}:8443"),
        (f"https://{PUBLIC}", "127.0.0.1:{port}"),
    ],
    ids=["program", "address", "name", "IPv6", "port 80", "proxy", "proxy without TLS", "proxy's port", "proxy's Host"],
)
def test_programs_and_the_page_itself_can_ask(served: str, origin: str | None, host: str) -> None:
    port = urlsplit(served).port
    headers = {"host": host.format(port=port)} | ({"origin": origin.format(port=port)} if origin else {})
    assert httpx.post(f"{served}v1/chat/completions", headers=headers, json=QUESTION).status_code == 200


@pytest.mark.parametrize("path", ["v1/models", "gradio_api/info"])
def test_an_allowed_site_may_use_the_api(served: str, path: str) -> None:
    headers = {"origin": ALLOWED, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}
    answer = httpx.get(f"{served}{path}", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ALLOWED
    assert "access-control-allow-credentials" not in answer.headers


def test_an_allowed_site_is_told_so_before_it_asks(served: str) -> None:
    wanted = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    answer = httpx.options(f"{served}v1/chat/completions", headers={"origin": ALLOWED} | wanted)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ALLOWED
    assert "authorization" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    "path", ["", "config", "library.jsonl", "gradio_api/queue/join", "gradio_api/upload", "gradio_api/call/discard"]
)
def test_an_allowed_site_gets_nothing_but_the_api(served: str, path: str) -> None:
    answer = httpx.post(f"{served}{path}", headers={"origin": ALLOWED}, json={"data": []})
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_our_own_page_is_answered_without_a_word_on_other_sites(served: str) -> None:
    answer = httpx.get(f"{served}config", headers={"origin": origin_of(served)})
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_origins_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_ALLOWED_ORIGINS", " https://A.example:443 ,http://10.0.0.5:8080,")
    assert read_settings({}).allowed_origins == ("https://a.example", "http://10.0.0.5:8080")


@pytest.mark.parametrize(
    "wrong", ["*", "null", "a.example", "https://a.example/", "ftp://a.example", "https://a.example;b"]
)
def test_what_is_no_origin_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("DATELINE_ALLOWED_ORIGINS", f"https://b.example,{wrong}")
    with pytest.raises(SettingsError, match="DATELINE_ALLOWED_ORIGINS cannot be used: .* is no origin such as"):
        read_settings({})
