"""Two servers, a worker and a command over one PostgreSQL and one Chroma server, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any, ClassVar, NamedTuple

import httpx
import pytest
from postgres_server import PostgresServer

BIN = Path(sys.executable).parent
PATIENCE = 180.0


FEED = """<rss version="2.0"><channel><title>Harbour news</title><item><title>Crane</title>
<link>{0}/crane</link><guid>{0}/crane</guid></item></channel></rss>"""
PAGE = """<html lang="en"><title>Crane</title><article><h1>Crane</h1><p>{0}</p></article></html>"""
CRANE = (
    "The crane of Mtwara was painted orange on 11 November 2026, because Neema Mushi asked for it. It is the oldest "
    "crane of the coast and has lifted cashew nuts onto ships since 1954, the harbour said in a letter to the town."
)


class Press(BaseHTTPRequestHandler):
    """A feed with an article; counts how often each was asked for."""

    asked: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        self.asked[self.path] += 1
        here = f"http://{self.headers['Host']}"
        text = FEED.format(here) if self.path == "/feed" else PAGE.format(CRANE)
        found = self.path in ("/feed", "/crane")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/rss+xml" if self.path == "/feed" else "text/html")
        self.end_headers()
        self.wfile.write(text.encode() if found else b"")

    def log_message(self, *_: object) -> None:
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process(NamedTuple):
    url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def running(command: Sequence[str], url: str, ready: str, log: Path, surroundings: dict[str, str]) -> Iterator[Process]:
    """Until it answers at `ready`."""
    with log.open("wb") as written:
        process = subprocess.Popen(command, env=surroundings, stdout=written, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: process.poll() is None and answers(url + ready), log)
        yield Process(url, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@contextmanager
def working(command: Sequence[str], log: Path, surroundings: dict[str, str]) -> Iterator[Process]:
    """Until it says that it works."""
    with log.open("wb") as written:
        process = subprocess.Popen(command, env=surroundings, stdout=written, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: "Working" in log.read_text(encoding="utf-8"), log)
        yield Process("", process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def eventually(holds: Callable[[], bool], log: Path) -> None:
    due = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < due, log.read_text(encoding="utf-8", errors="replace")[-2000:]
        sleep(0.2)


class Several(NamedTuple):
    servers: list[Process]
    worker: Process
    begin_work: Callable[[], AbstractContextManager[Process]]
    run: Callable[..., str]
    chroma: Process
    ingest: Callable[[Path], None]


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Several]:
    folder = tmp_path_factory.mktemp("several")
    with ExitStack() as until:
        postgres = PostgresServer()
        until.callback(postgres.stop)
        library = until.enter_context(postgres.database())
        ports = [free_port() for _ in range(3)]
        chroma_url = f"http://127.0.0.1:{ports[0]}"

        given = {"DATELINE_LIBRARY": library, "DATELINE_VECTORS": chroma_url, "DATELINE_MODEL": "quote"}
        given |= {"DATELINE_WORK": "workers", "DATELINE_REFRESH_EVERY": "1m", "DATELINE_ALLOW_PRIVATE_ADDRESSES": "yes"}
        surroundings = {**os.environ, **given, "DATELINE_CACHE": str(folder / "cache")}
        chroma = [str(BIN / "chroma"), "run", "--host", "127.0.0.1", "--port", str(ports[0]), "--path", str(folder)]
        server = running(chroma, chroma_url, "/api/v2/heartbeat", folder / "chroma.log", dict(os.environ))
        vectors = until.enter_context(server)
        servers = []
        for number, port in enumerate(ports[1:]):
            command = [str(BIN / "dateline"), "serve", "--port", str(port)]
            at, log = f"http://127.0.0.1:{port}", folder / f"{number}.log"
            servers.append(until.enter_context(running(command, at, "/health/ready", log, surroundings)))

        def run(*arguments: str) -> str:
            command = [str(BIN / "dateline"), *arguments]
            done = subprocess.run(command, env=surroundings, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            return done.stdout

        def ingest(path: Path) -> None:
            assert "1 added" in run("ingest", str(path))

        numbers = count(1)

        def begin_work() -> AbstractContextManager[Process]:
            log = folder / f"worker{next(numbers)}.log"
            return working([str(BIN / "dateline"), "worker"], log, surroundings)

        yield Several(servers, until.enter_context(begin_work()), begin_work, run, vectors, ingest)


def told(server: Process, question: str) -> str:
    body: dict[str, Any] = {"model": "dateline", "messages": [{"role": "user", "content": question}]}
    answer = httpx.post(f"{server.url}/v1/chat/completions", json=body, timeout=120)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["choices"][0]["message"]["content"])


def article(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / f"{name}.txt"
    path.write_text(f"{name}\n\n{text}", encoding="utf-8")
    return path


def waiting(several: Several) -> int:
    return int(json.loads(several.run("library", "check", "--json"))["waiting"])


def queued(several: Several) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(several.run("queue", "list", "--json"))["addresses"]
    return found


def test_a_worker_gives_vectors_and_reads_feeds_and_another_one_goes_on(several: Several, tmp_path: Path) -> None:
    press = ThreadingHTTPServer(("127.0.0.1", 0), Press)
    threading.Thread(target=press.serve_forever, daemon=True).start()
    press_at = f"http://127.0.0.1:{press.server_port}"
    several.run("feeds", "add", f"{press_at}/feed")
    Press.asked.clear()
    with several.begin_work() as second:
        eventually(lambda: "Read Harbour news" in several.worker.log.read_text() + second.log.read_text(), second.log)
        eventually(lambda: waiting(several) == 0, several.worker.log)
        assert Press.asked["/feed"] == Press.asked["/crane"] == 1, "one of the two has read it, once"
        for server in several.servers:
            assert "Neema Mushi" in told(server, "Who wanted the crane of Mtwara to be orange?")
        addresses = tmp_path / "addresses.txt"
        addresses.write_text(f"# of the harbour\n{press_at}/crane\n{press_at}/gone\n", encoding="utf-8")
        assert "2 more" in several.run("queue", "add", "--file", str(addresses), "--collection", "Archive")
        eventually(lambda: [each["tries"] for each in queued(several)] == [1], second.log)
        assert "404" in queued(several)[0]["problem"], "it is tried again, and the other one is in the library"
        [collection] = json.loads(several.run("library", "collections", "--json"))
        assert (collection["name"], collection["articles"]) == ("Archive", 1)
        assert "1 taken out" in several.run("queue", "remove", f"{press_at}/gone")
        several.worker.process.send_signal(signal.SIGKILL)
        several.worker.process.wait(60)
        several.ingest(article(tmp_path, "Mast", "The mast of Lindi fell on 12 November 2026, Juma Said told us."))
        eventually(lambda: waiting(several) == 0, second.log)
        second.process.send_signal(signal.SIGTERM)
        assert second.process.wait(60) == 0
    press.shutdown()
    press.server_close()


def test_a_library_in_a_folder_has_no_workers(tmp_path: Path) -> None:
    for arguments, wanted in ((["worker"], "Workers are for a library on PostgreSQL"), (["search", "x"], "needs a")):
        given = {**os.environ, "DATELINE_LIBRARY": str(tmp_path / "library"), "DATELINE_WORK": "workers"}
        done = subprocess.run([str(BIN / "dateline"), *arguments], env=given, capture_output=True, text=True)
        assert done.returncode == 1 and wanted in done.stderr and "Traceback" not in done.stderr


def test_what_is_added_anywhere_is_answered_everywhere_whatever_fails(several: Several, tmp_path: Path) -> None:
    first, second = several.servers
    lighthouse = "The Zanzibar lighthouse was repainted violet on 3 November 2026 by Mirela Okafor, who works there."
    several.ingest(article(tmp_path, "Lighthouse", lighthouse))
    for server in several.servers:
        assert "Mirela Okafor" in told(server, "Who repainted the Zanzibar lighthouse?")

    several.chroma.process.send_signal(signal.SIGKILL)
    several.chroma.process.wait(60)
    ferry = "The ferry to Pemba was renamed Dugong on 5 November 2026 after a vote of 212 schoolchildren in Wete."
    several.ingest(article(tmp_path, "Ferry", ferry))
    for server in several.servers:
        assert "Dugong" in told(server, "What was the ferry to Pemba renamed?")
        assert "Until it answers again articles are found by their words" in server.log.read_text(encoding="utf-8")
        health = httpx.get(f"{server.url}/health").json()
        assert health["ready"] and health["degraded"][0].startswith("vectors: ")

    first.process.send_signal(signal.SIGKILL)
    first.process.wait(60)
    market = "The fish market of Mkokotoni moved indoors on 9 November 2026, into a hall that Asha Faki designed."
    several.ingest(article(tmp_path, "Market", market))
    assert "Asha Faki" in told(second, "Who designed the hall of the fish market of Mkokotoni?")
