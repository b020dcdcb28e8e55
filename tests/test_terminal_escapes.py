"""Hostile sites and file names at the real command line: no byte of theirs steers the terminal of a reader."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

DATELINE = Path(sys.executable).with_name("dateline")
HOSTILE = "\x1b[31mPWN\x1b]0;TITLE\x07\x9b2J"
FEED = (
    "<rss version='2.0'><channel><title>\x1b[31mPost &#x9b;31m&#x202e;</title>"
    "<item><title>Ferry</title><link>http://127.0.0.1/ferry</link></item></channel></rss>"
)


class Site:
    def __init__(self) -> None:
        self.headers = {"Content-Type": "application/rss+xml"}
        self.body = FEED.encode()


@pytest.fixture
def site() -> Iterator[tuple[str, Site]]:
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302 if "Location" in served.headers else 200)
            for name, value in {**served.headers, "Content-Length": str(len(served.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(served.body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/a", served
    server.shutdown()
    thread.join()
    server.server_close()


def run(*arguments: str | bytes | Path) -> tuple[str, str]:
    """What came out, once it is clear that nothing in it steers."""
    environment = {**os.environ, "DATELINE_ALLOW_PRIVATE_ADDRESSES": "true", "DATELINE_SECONDS_BETWEEN_REQUESTS": "0"}
    done = subprocess.run([DATELINE, *arguments], capture_output=True, env=environment, timeout=300)
    out, err = (stream.decode("utf-8") for stream in (done.stdout, done.stderr))
    assert not [each for each in out + err if each not in "\n\t" and not each.isprintable()], out + err
    assert "Traceback" not in err
    return out, err


def test_an_encoding_that_is_none_is_not_even_quoted(site: tuple[str, Site]) -> None:
    url, served = site
    served.headers, served.body = {"Content-Encoding": HOSTILE}, b"no page"
    assert "no page" in run("read", url)[0]


@pytest.mark.parametrize("header", ["Content-Type", "Location"])
def test_headers(site: tuple[str, Site], header: str) -> None:
    url, served = site
    served.headers, served.body = {header: HOSTILE}, b"no page"
    out, _ = run("read", url)
    assert "rejected" in out and len(out) < 1000
    (row,) = json.loads(run("read", url, "--json")[0])
    assert row["rejected"]


def test_a_header_of_60_kilobytes_is_quoted_in_part(site: tuple[str, Site]) -> None:
    url, served = site
    served.headers, served.body = {"Content-Type": "x/" + "y" * 60_000}, b"no page"
    out, _ = run("read", url)
    assert "not a page of text" in out and len(out) < 1000


def test_what_is_kept_of_a_feed_that_fails_is_clean(site: tuple[str, Site], tmp_path: Path) -> None:
    url, served = site
    assert "Following [31mPost ›31m" in run("feeds", "add", url, "--library", tmp_path)[0]
    served.headers, served.body = {"Content-Type": HOSTILE, "Content-Encoding": HOSTILE}, b"no page"
    assert r"'\x1b[31mpwn" in run("feeds", "refresh", "--library", tmp_path)[0]
    (kept,) = json.loads(run("feeds", "list", "--json", "--library", tmp_path)[0])
    assert kept["last_result"].isprintable() and r"\x1b[31mpwn" in kept["last_result"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
def test_names_of_files_and_folders(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\x1b[31mfolder"
    os.mkdir(folder)
    names = [
        b"\x1b[31mbad.pdf",
        b"\xc2\x9b2J.html",
        b"\xff\xfe.json",
        b"a\n  rejected: forged.pdf",
        "\u202efdp.html".encode(),
    ]
    for name in names:
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(b"{")
    library = tmp_path / "library"
    out, _ = run("ingest", folder, "--library", library, "--report", tmp_path / "report.json")
    assert len(out.splitlines()) == 1 + len(names)
    assert r"\x1b[31mfolder" in out and r"\u202efdp" in out
    written = json.loads(run("ingest", folder, "--library", library, "--json")[0])
    assert len(written["rejected"]) == len(names)
    kept = (tmp_path / "report.json").read_text()
    assert "\x1b" not in kept and len(json.loads(kept)["rejected"]) == len(names)


@pytest.mark.parametrize(
    "arguments", [["ingest"], ["read"], ["feeds", "add"], ["feeds", "remove"], ["feeds", "import"]]
)
def test_names_that_are_typed(tmp_path: Path, arguments: list[str]) -> None:
    library = [] if arguments == ["read"] else ["--library", tmp_path]
    for name in (b"\x1b[31m\xc2\x9b.pdf", b"\xff.pdf"):
        assert any(run(*arguments, name, *library))


def test_a_request_that_fails_is_one_line_in_the_log_of_a_server(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {**os.environ, "DATELINE_MODEL": "quote", "DATELINE_PORT": str(port)}
    command = [DATELINE, "serve", "--library", tmp_path / "library"]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment)
    assert server.stdout and b"Dateline is at" in server.stdout.readline()
    address = f"http://127.0.0.1:{port}/gradio_api/call/search"
    body = json.dumps({"data": [HOSTILE + "\nforged " + "x" * 100_000]}).encode()
    asked = httpx.post(address, content=body, headers={"Content-Type": "application/json"}, timeout=60).json()
    assert "error" in httpx.get(f"{address}/{asked['event_id']}", timeout=60).text
    server.send_signal(signal.SIGINT)
    server.communicate(timeout=60)
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert ["ValueError" in line for line in lines].count(True) == 1, lines
    # Whatever else a server may say beside it: nothing of the request begins a line.
    assert all(line.isprintable() and len(line) <= 500 and not line.startswith("forged") for line in lines), lines
