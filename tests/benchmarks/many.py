"""How much faster several workers give a library on PostgreSQL its vectors than one, how many questions several servers
answer beside one, and how long fifty readers wait who ask at once.

    python tests/benchmarks/many.py [--workers 1 2 4] [--articles 1500] [--servers 1 2] [--readers 50] [--seconds 30]

Each worker is a process of its own, beside one Chroma server, with an embedder that takes its time and does nothing
else, so that the figure is of what sharing the work costs, whatever this machine can compute. Every passage has to be
embedded once.

Servers are `dateline serve` as it is, quotations only, each kept to one core of its own where there are enough
(Linux); PostgreSQL, Chroma and whoever asks share all of them. Programs ask as many questions as they can for a while;
then the readers ask at once, each in a conversation of their own about an article of their own, and follow their answer
as the page does. Until its sources stand there is what they wait for, p95 of all. An answer that tells of other
readers' articles alone is mixed up; 0 have to be.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import quantiles
from time import perf_counter, sleep
from typing import Any, NamedTuple, TypeVar

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "vectorstore")]

import httpx  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402
from stacks import WordEmbedder, story  # noqa: E402
from test_several_servers import free_port, running  # noqa: E402

from vectorstore.library import Library  # noqa: E402
from vectorstore.models import Matrix  # noqa: E402
from vectorstore.storage.catalogue import Catalogue  # noqa: E402

_SENTENCES = 4
_SECONDS_A_PASSAGE = 0.02
_PROGRAMS = 8
"""Of each server, which ask at once; more would be told to come again."""
_PATIENCE = 120
PROGRAM = str(Path(sys.executable).parent / "dateline")
COLOURS = ("violet", "orange", "turquoise", "crimson", "indigo", "scarlet", "maroon")
_BEGINNINGS = ("Mta", "Pem", "Lin", "Kil", "Zan", "Bag", "Tan", "Moa", "Rua", "Was")
_ENDS = ("wara", "bari", "gola", "deni", "roko")

MOST = len(_BEGINNINGS) * len(_ENDS)

_Told = TypeVar("_Told")


class Slow(WordEmbedder):
    """As slow as a real one on an old processor, without keeping any busy."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def passages(self, texts: Sequence[str]) -> Matrix:
        sleep(_SECONDS_A_PASSAGE * len(texts))
        self.count += len(texts)
        return super().passages(texts)


@contextmanager
def chroma() -> Iterator[str]:
    """The URL of a server."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(Path(PROGRAM).with_name("chroma")),
            "run",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--path",
            folder,
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not answers(url := f"http://127.0.0.1:{port}"):
                sleep(0.2)
            yield url
        finally:
            process.terminate()
            process.wait(60)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v2/heartbeat").status_code == 200
    except httpx.HTTPError:
        return False


def work(number: int, database: str, vectors: str, folder: str, begin: Any, done: Any) -> None:
    """Of one worker, from `begin` until nothing waits; puts its number, how many it embedded, and when it was done."""
    embedder = Slow()
    with Library(Path(folder) / str(number), embedder, database=database, vectors=vectors) as library:
        library.warm()
        embedder.count = 0
        begin.wait()
        library.pending.wait()
        done.put((embedder.count, perf_counter()))


def rate(workers: int, articles: int, server: PostgresServer) -> float:
    """Passages a second."""
    with server.database() as database, chroma() as vectors, tempfile.TemporaryDirectory() as folder:
        with closing(Catalogue(database)) as catalogue:
            sentences = [f"Report {{0}} says thing {n} of many." for n in range(_SENTENCES)]
            catalogue.put([story(f"n{n}", *(each.format(n) for each in sentences)) for n in range(articles)])
        spawned = multiprocessing.get_context("spawn")
        begin, done = spawned.Barrier(workers + 1), spawned.Queue()
        running = [
            spawned.Process(target=work, args=(n, database, vectors, folder, begin, done)) for n in range(workers)
        ]
        for process in running:
            process.start()
        begin.wait()
        begun = perf_counter()
        counts, ends = zip(*(done.get() for _ in running), strict=True)
        for process in running:
            process.join()
        assert sum(counts) == articles * _SENTENCES, f"{sum(counts)} were embedded, of {articles * _SENTENCES}"
        return float(sum(counts) / (max(ends) - begun))


class Answered(NamedTuple):
    """`waited` is in seconds, for each reader until the sources stand there."""

    a_second: float
    waited: list[float]
    mixed_up: int
    failed: int


def answer(servers: int, readers: int, seconds: float, server: PostgresServer) -> Answered:
    with server.database() as database, chroma() as vectors, tempfile.TemporaryDirectory() as folder, ExitStack() as up:
        given = {"DATELINE_LIBRARY": database, "DATELINE_VECTORS": vectors, "DATELINE_MODEL": "quote"}
        surroundings = {**os.environ, **given, "HF_HUB_OFFLINE": "1"}
        articles = Path(folder) / "articles.jsonl"
        articles.write_text("".join(json.dumps(cranes(n)) + "\n" for n in range(MOST)), encoding="utf-8")
        subprocess.run([PROGRAM, "ingest", str(articles)], env=surroundings, check=True, stdout=subprocess.DEVNULL)
        urls = []
        for number in range(servers):
            port, log = free_port(), Path(folder) / f"{number}.log"
            url = f"http://127.0.0.1:{port}"
            cached = {**surroundings, "DATELINE_CACHE": str(Path(folder) / f"cache{number}")}
            command = [PROGRAM, "serve", "--port", str(port)]
            process = up.enter_context(running(command, url, "/health/ready", log, cached)).process
            keep_to_a_core(process.pid, number)
            urls.append(url)
        for url in urls:  # what is loaded at the first question only
            program(url, 0)
        answered = sum(at_once(lambda n: programs(urls[n % servers], n, seconds), _PROGRAMS * servers))
        told = at_once(lambda n: reader(urls[n % servers], n), readers)
    waited = [each for each, _ in told]
    mixed_up = sum(COLOURS[n % len(COLOURS)] not in colours for n, (_, colours) in enumerate(told) if colours)
    return Answered(answered / seconds, waited, mixed_up, sum(not colours for _, colours in told))


def cranes(number: int) -> dict[str, str]:
    place, colour = place_of(number), COLOURS[number % len(COLOURS)]
    text = f"The crane of {place} was painted {colour} on 11 November 2026. The harbour of {place} asked for it."
    return {"id": f"crane{number}", "title": f"A crane in {place}", "text": text, "outlet": "Harbour News"}


def place_of(number: int) -> str:
    return _BEGINNINGS[number // len(_ENDS)] + _ENDS[number % len(_ENDS)]


def program(url: str, number: int) -> bool:
    asked = {"model": "dateline", "messages": [{"role": "user", "content": question_of(number)}]}
    return httpx.post(f"{url}/v1/chat/completions", json=asked, timeout=_PATIENCE).status_code == 200


def question_of(number: int) -> str:
    return f"What colour was the crane of {place_of(number)} painted?"


def programs(url: str, number: int, seconds: float) -> int:
    """How many questions one program gets answered, one after the other."""
    over, done = perf_counter() + seconds, 0
    while perf_counter() < over:
        done += program(url, (number + 7 * done) % MOST)
    return done


def reader(url: str, number: int) -> tuple[float, set[str]]:
    """The seconds until the sources of the answer stood there, and the colours in it; none for one that failed."""
    id = f"reader{number}"
    asked = {"id": id, "key": id, "number": 1, "question": question_of(number)}
    begun, waited = perf_counter(), 0.0
    state = httpx.post(f"{url}/talk/ask", json=asked, timeout=_PATIENCE).json()
    while state.get("taken", True) and "problem" not in state:
        if not waited and 'id="source-1-1"' in state["live"]:
            waited = perf_counter() - begun
        if not state["busy"]:
            written = state["live"].partition('class="answer')[2].partition("<aside")[0]
            return waited, {each for each in COLOURS if each in written}
        seen = {"id": id, "seen": state["tag"]}
        state = httpx.get(f"{url}/talk", params=seen, timeout=_PATIENCE).json()
    return waited, set()


def at_once(act: Callable[[int], _Told], times: int) -> list[_Told]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(act, range(times)))


def keep_to_a_core(pid: int, number: int) -> None:
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    for thread in Path(f"/proc/{pid}/task").iterdir() if number < len(cores) else ():
        os.sched_setaffinity(int(thread.name), {cores[number]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--articles", type=int, default=1500)
    parser.add_argument("--servers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--readers", type=int, choices=range(2, MOST + 1), default=MOST, metavar="N")
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    server = PostgresServer()
    try:
        print("| workers | passages a second | each, beside one alone |\n|---|---|---|")
        alone = 0.0
        for workers in options.workers:
            found = rate(workers, options.articles, server)
            alone = alone or found / workers
            print(f"| {workers} | {found:.0f} | {found / workers / alone:.2f} |", flush=True)
        told = "questions a second | beside one | readers: p50, s | p95, s | mixed up | failed"
        print(f"\n| servers | {told} |\n|---|---|---|---|---|---|---|")
        first = 0.0
        for servers in options.servers:
            got = answer(servers, options.readers, options.seconds, server)
            first = first or got.a_second / servers
            p50, p95 = (quantiles(got.waited, n=100)[each - 1] for each in (50, 95))
            rates = f"{got.a_second:.1f} | {got.a_second / first:.2f} | {p50:.2f} | {p95:.2f}"
            print(f"| {servers} | {rates} | {got.mixed_up} | {got.failed} |", flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
