"""`dateline feeds` from end to end, with a feed served on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app import main

STORY = "The council voted on the harbour plan on Tuesday and the ferry will sail again in spring. " * 4


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            item = f"<item><title>A</title><link>{url}/a</link><pubDate>Mon, 03 Jul 2023 09:30:00 GMT</pubDate></item>"
            pages = {
                "/": "<html><link rel=alternate type='application/rss+xml' href='/feed'><body>Home",
                "/feed": f"<rss version='2.0'><channel><title>Harbour Post</title>{item}</channel></rss>",
                "/a": f"<html><title>Ferry returns</title><article><p>{STORY}",
            }
            body = pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    for name, value in {"ALLOW_PRIVATE_ADDRESSES": "true", "SECONDS_BETWEEN_REQUESTS": "0"}.items():
        monkeypatch.setenv(f"DATELINE_{name}", value)
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_feed_is_followed_refreshed_listed_exported_and_left(
    site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def dateline(*words: str, status: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--library", str(tmp_path / "library")])
        assert (ended.value.code or 0) == status
        return capsys.readouterr().out

    assert json.loads(dateline("feeds", "add", site, "--json")) == {"url": f"{site}/feed", "title": "Harbour Post"}
    first = json.loads(dateline("feeds", "refresh", "--json", "--report", str(tmp_path / "report.json")))
    assert json.loads((tmp_path / "report.json").read_text()) == first
    assert (first["added"], first["feeds"][0]["state"], first["feeds"][0]["added"]) == (1, "read", 1)
    assert "unchanged" in dateline("feeds", "refresh")
    (listed,) = json.loads(dateline("feeds", "list", "--json"))
    assert (listed["title"], listed["last_result"], listed["failures"]) == ("Harbour Post", "unchanged", 0)
    (article,) = json.loads(dateline("library", "list", "--json"))
    assert (article["title"], article["outlet"]) == ("Ferry returns", "Harbour Post")
    assert article["published_at"].startswith("2023-07-03T09:30") and article["summary_only"] is False
    dateline("feeds", "export", str(tmp_path / "feeds.opml"))
    dateline("feeds", "remove", f"{site}/feed")
    dateline("feeds", "remove", f"{site}/feed", status=1)
    assert "1 more" in dateline("feeds", "import", str(tmp_path / "feeds.opml"))
    dateline("feeds", "refresh", "https://not.followed.example/", status=1)
    dateline("feeds", "add", f"{site}/a", status=1)
