"""Does an installation of several machines lose anything when any of its processes is killed? Two servers, two workers
and one Chroma server over one PostgreSQL, under load, and an audit.

    python tests/benchmarks/several_kills.py [--kills 100] [--seed 1] [--readers 4]

Programs send articles to the servers (`POST /v1/articles`) and readers ask on their pages, each in a conversation of
their own, and follow their answer; whoever is not answered turns to the other server and sends the same again, as the
page and a proxy do. Meanwhile one of the five processes after the other is killed with SIGKILL, at a random moment, and
started again at once. In the end all are left in peace and everything is compared:

lost: an acknowledged article that is not in the catalogue or an acknowledged question that is in no conversation.
doubled: an article or a question that stands twice. unanswered: a question that never came to an answer. mixed up: an
answer in which what was asked for does not stand. no vector: passages that wait for one when all is done. again: how
many times readers had to be asked to try again, by the page's own button or by the server's absence. The exit status is
1 with any fault.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any

sys.path[:0] = [str(Path(__file__).parent.parent)]

import httpx  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402
from sqlalchemy import func, select  # noqa: E402
from test_several_servers import free_port  # noqa: E402

from vectorstore.storage.catalogue import Catalogue  # noqa: E402
from vectorstore.storage.schema import articles, conversations, exchanges, passages  # noqa: E402

PROGRAM, CHROMA = (str(Path(sys.executable).parent / name) for name in ("dateline", "chroma"))
TOKEN = "a-token-for-programs-that-send"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
_PATIENCE = 180.0
_BETWEEN = 0.5, 6.0
"""Seconds between two kills; a server needs some to start."""
_BETWEEN_ARTICLES = 0.3
_HARBOURS = ("Mtwara", "Pemba", "Lindi", "Kilwa", "Zanzibar", "Bagamoyo", "Tanga", "Moa", "Rufiji", "Wasini")


class Kept:
    """A process that is started again whenever it ends."""

    def __init__(self, name: str, command: Sequence[str], surroundings: dict[str, str], log: Path) -> None:
        self.name, self._command, self._surroundings, self._log = name, command, surroundings, log
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as written:
            return subprocess.Popen(self._command, env=self._surroundings, stdout=written, stderr=written)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = self._started()

    def end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Load:
    """What was sent, and what was said to it. `again` counts requests that had to be sent again."""

    def __init__(self, servers: Sequence[str]) -> None:
        self._servers, self._numbers, self._over = servers, count(), threading.Event()
        self.sent: dict[str, str] = {}
        self.asked: dict[str, int] = {}
        self.faults: list[str] = []
        self.again = Counter[str]()

    def stop(self) -> None:
        self._over.set()

    def tell(self) -> None:
        """A program that sends one article after the other, each until it is acknowledged."""
        while not self._over.is_set():
            number = next(self._numbers)
            place = f"{_HARBOURS[number % len(_HARBOURS)]} {number}"
            text = f"The crane of {place} was painted in colour {number * 7919} on 11 November 2026, the harbour said."
            body = {"url": f"https://harbour.example/{number}", "title": f"Crane of {place}", "text": text}
            self._until_answered("article", "POST", "/v1/articles", json=body, headers=BEARER, timeout=90)
            self.sent[body["url"]] = text
            sleep(_BETWEEN_ARTICLES)

    def read(self, reader: int) -> None:
        """A reader who asks about the last articles that were acknowledged, one question after the other."""
        for turn in count():
            if self._over.is_set():
                return
            if not self.sent:
                sleep(0.2)
                continue
            url = random.choice(list(self.sent)[-50:])
            self._ask(f"reader{reader}-{turn}", int(url.rpartition("/")[2]))

    def _ask(self, id: str, number: int) -> None:
        place = f"{_HARBOURS[number % len(_HARBOURS)]} {number}"
        question = f"In what colour was the crane of {place} painted?"
        asked = {"id": id, "key": id, "number": 1, "question": question}
        state = self._until_answered("question", "POST", "/talk/ask", json=asked, timeout=30)
        self.asked[id] = number
        due = monotonic() + _PATIENCE
        while monotonic() < due:
            if state.get("cut") or (not state.get("busy") and not state.get("count")):
                self.again["answer"] += 1
                more = {**asked, "key": f"{id}{monotonic()}", "again": bool(state.get("count"))}
                state = self._until_answered("question", "POST", "/talk/ask", json=more, timeout=30)
            elif not state["busy"]:
                if str(number * 7919) not in state.get("live", ""):
                    self.faults.append(f"mixed up: {id} on {number}: {state.get('live', '')[:300]}")
                return
            seen = {"id": id, "seen": str(state.get("tag", ""))}
            state = self._until_answered("look", "GET", "/talk", params=seen, timeout=30)
        self.faults.append(f"unanswered: {id} on {number}: {str(state)[:300]}")

    def _until_answered(self, what: str, method: str, path: str, **given: Any) -> dict[str, Any]:
        """At one server, or else at the other."""
        due, told = monotonic() + _PATIENCE, ""
        for turn in count(random.randrange(2)):
            try:
                answer = httpx.request(method, self._servers[turn % len(self._servers)] + path, **given)
                state: dict[str, Any] = answer.json()
                if answer.status_code == 200 and "problem" not in state:
                    return state
                told = str(state)
            except (httpx.HTTPError, ValueError) as error:
                told = repr(error)
            self.again[what] += 1
            if monotonic() > due:
                self.faults.append(f"not answered: {what}: {told[:300]}")
                return {}
            sleep(0.3)
        raise AssertionError


@contextmanager
def installation(database: str, folder: Path) -> Iterator[tuple[list[Kept], list[str]]]:
    """The five processes, and where the servers are."""
    ports = [free_port() for _ in range(3)]
    vectors = f"http://127.0.0.1:{ports[0]}"
    given = {"DATELINE_LIBRARY": database, "DATELINE_VECTORS": vectors, "DATELINE_MODEL": "quote"}
    given |= {"DATELINE_WORK": "workers", "DATELINE_ARTICLES_TOKEN": TOKEN, "HF_HUB_OFFLINE": "1"}
    chroma = [CHROMA, "run", "--host", "127.0.0.1", "--port", str(ports[0]), "--path", str(folder / "chroma")]
    kept = [Kept("chroma", chroma, dict(os.environ), folder / "chroma.log")]
    for number in range(4):
        name = f"server{number}" if number < 2 else f"worker{number}"
        command = [PROGRAM, "serve", "--port", str(ports[1 + number])] if number < 2 else [PROGRAM, "worker"]
        own = {**os.environ, **given, "DATELINE_CACHE": str(folder / f"cache-{name}")}
        kept.append(Kept(name, command, own, folder / f"{name}.log"))
    servers = [f"http://127.0.0.1:{port}" for port in ports[1:]]
    try:
        for url in servers:
            eventually(lambda url=url: answers(f"{url}/health/ready"))  # type: ignore[misc]
        yield kept, servers
    finally:
        for each in reversed(kept):
            each.end()


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def eventually(holds: Callable[[], bool]) -> bool:
    due = monotonic() + _PATIENCE
    while not holds():
        if monotonic() > due:
            return False
        sleep(0.2)
    return True


def audit(database: str, load: Load) -> list[str]:
    """What is not as it was acknowledged."""
    faults = list(load.faults)
    with closing(Catalogue(database)) as catalogue, catalogue._engine.connect() as connection:
        if not eventually(lambda: catalogue.waiting() == 0):
            faults.append(f"no vector: {catalogue.waiting()} passages wait")
        held = Counter(connection.execute(select(articles.c.url)).scalars())
        faults += [f"lost: {url}" for url in load.sent if url not in held]
        faults += [f"doubled: {url}" for url, times in held.items() if times > 1]
        pairs = select(passages.c.article_key, passages.c.position).group_by(
            passages.c.article_key, passages.c.position
        )
        faults += [f"doubled passage: {row}" for row in connection.execute(pairs.having(func.count() > 1))]
        rows = select(conversations.c.id, exchanges.c.number, exchanges.c.stopped).outerjoin(exchanges)
        talks: dict[str, list[tuple[int, bool]]] = {}
        for id, number, stopped in connection.execute(rows):
            talks.setdefault(id, []).append((number, stopped))
        faults += [f"lost: {id}" for id in load.asked if id not in talks]
        faults += [
            f"doubled or stopped: {id} {of}" for id, of in talks.items() if id in load.asked and of != [(1, False)]
        ]
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readers", type=int, default=4)
    options = parser.parse_args()
    random.seed(options.seed)
    postgres = PostgresServer()
    try:
        with ExitStack() as until:
            database = until.enter_context(postgres.database())
            folder = Path(until.enter_context(tempfile.TemporaryDirectory()))
            processes, servers = until.enter_context(installation(database, folder))
            load = Load(servers)
            busy = [threading.Thread(target=load.tell, daemon=True) for _ in range(2)]
            busy += [threading.Thread(target=load.read, args=(n,), daemon=True) for n in range(options.readers)]
            for thread in busy:
                thread.start()
            killed = Counter[str]()
            for kill in range(options.kills):
                sleep(random.uniform(*_BETWEEN))
                one = random.choice(processes)
                one.kill()
                killed[one.name] += 1
                told = f"{len(load.sent)} articles, {len(load.asked)} questions, {len(load.faults)} faults"
                print(f"{kill + 1} of {options.kills} kills: {told}", file=sys.stderr, flush=True)
            load.stop()
            for thread in busy:
                thread.join(2 * _PATIENCE)
            faults = audit(database, load)
    finally:
        postgres.stop()
    print(f"{options.kills} kills: {dict(killed)}; {len(load.sent)} articles, {len(load.asked)} questions")
    print(f"sent or asked again: {dict(load.again)}; faults: {len(faults)}", *faults[:50], sep="\n")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
