"""What a server does when far more is asked of it than it can answer, on the sample articles.

    python tests/benchmarks/busy.py [--requests 1000] [--threads 200]

Half of the requests are searches (/gradio_api/call/search), half questions (/v1/chat/completions), all at once from
that many threads. Each is answered, told "busy" or otherwise; otherwise should be 0. Meanwhile /v1/models and the page
are asked for all the time. The memory is the server's own (VmRSS), so it is read on Linux only. Run it on a quiet
machine: the threads that ask take processor time from the server that answers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
_QUESTION = "How many people were hurt on the ferry, asked for the {} time?"
_PATIENCE = 600
_BUSY = ("too many", "queue is full")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=200)
    options = parser.parse_args()
    with served() as (host, pid):
        assert outcome(host, 0) == outcome(host, 1) == "answered"
        before = megabytes(pid)
        watch = Watch(host, pid)
        began = monotonic()
        with ProcessPoolExecutor(1) as elsewhere:  # else what is watched would wait for the crowd's own threads
            outcomes = elsewhere.submit(crowd, host, options.requests, options.threads).result()
        took = monotonic() - began
        watch.stop()
        after = min(quiet(pid, 30))
    print(f"{options.requests} requests from {options.threads} threads in {took:.0f} s: {dict(outcomes)}")
    for path, seconds in watch.seconds.items():
        print(
            f"{path} meanwhile: asked {len(seconds)} times, {watch.failed[path]} failed, slowest {max(seconds):.2f} s"
        )
    print(f"memory: {before} MB before, {watch.peak} MB at the peak, {after} MB once it was quiet")


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """`dateline serve` over the sample articles: its host with port, and its process."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"DATELINE_LIBRARY": folder, "DATELINE_MODEL": "quote", "HF_HUB_OFFLINE": "1"}
        command = [sys.executable, "app.py", "serve", "--samples", "--json", "--port", "7999"]
        with subprocess.Popen(
            command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            try:
                told = "".join(iter(process.stdout.readline, "}\n")) + "}"
                yield urlsplit(json.loads(told)["url"]).netloc, process.pid
            finally:
                process.terminate()


def crowd(host: str, requests: int, threads: int) -> Counter[str]:
    numbers, outcomes = count(), Counter[str]()

    def ask() -> None:
        while (number := next(numbers)) < requests:
            outcomes[outcome(host, number)] += 1

    asking = [threading.Thread(target=ask) for _ in range(threads)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    return outcomes


def outcome(host: str, number: int) -> str:
    """What became of one request: an even one is a search, an odd one a question."""
    try:
        status, text = (question if number % 2 else search)(host, _QUESTION.format(number))
    except (OSError, HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    if status in (429, 503) or any(busy in text.lower() for busy in _BUSY):
        return "told busy"
    return (
        "answered" if status == 200 and ("event: complete" in text or '"choices"' in text) else f"{status} {text[:80]}"
    )


def search(host: str, question: str) -> tuple[int, str]:
    filled = [question, "", "", None, "", 5, None, None, None, False, None]
    status, text = request(host, "POST", "/gradio_api/call/search", {"data": filled})
    if status != 200:
        return status, text
    return request(host, "GET", f"/gradio_api/call/search/{json.loads(text)['event_id']}")


def question(host: str, question: str) -> tuple[int, str]:
    asked = {"model": "dateline", "messages": [{"role": "user", "content": question}]}
    return request(host, "POST", "/v1/chat/completions", asked)


def request(host: str, method: str, path: str, body: object = None) -> tuple[int, str]:
    connection = HTTPConnection(host, timeout=_PATIENCE)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Content-Type": "application/json"} if sent else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class Watch:
    """Asks for what must stay at hand, and looks at the memory, until it is stopped."""

    def __init__(self, host: str, pid: int) -> None:
        self.seconds: dict[str, list[float]] = {"/v1/models": [], "/": []}
        self.failed: Counter[str] = Counter()
        self.peak = 0
        self._host, self._pid, self._over = host, pid, threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(path,)) for path in self.seconds]
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        self._over.set()
        for each in self._threads:
            each.join()

    def _ask(self, path: str) -> None:
        while not self._over.is_set():
            began = monotonic()
            try:
                status, _ = request(self._host, "GET", path)
            except (OSError, HTTPException):
                status = 0
            self.seconds[path].append(monotonic() - began)
            self.failed[path] += status != 200
            self.peak = max(self.peak, megabytes(self._pid))
            self._over.wait(0.2)


def quiet(pid: int, seconds: int) -> Iterator[int]:
    """The memory while nothing is asked, second by second."""
    for _ in range(seconds):
        sleep(1)
        yield megabytes(pid)


def megabytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


if __name__ == "__main__":
    main()
