"""How much faster several workers give a library on PostgreSQL its vectors than one.

    python tests/benchmarks/many.py [--workers 1 2 4] [--articles 1500]

Each worker is a process of its own, beside one Chroma server, with an embedder that takes its time and does nothing
else, so that the figure is of what sharing the work costs, whatever this machine can compute. Every passage has to be
embedded once.
"""

from __future__ import annotations

import argparse
import multiprocessing
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "vectorstore")]

import httpx  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402
from stacks import WordEmbedder, story  # noqa: E402
from test_several_servers import free_port  # noqa: E402

from vectorstore.library import Library  # noqa: E402
from vectorstore.models import Matrix  # noqa: E402
from vectorstore.storage.catalogue import Catalogue  # noqa: E402

_SENTENCES = 4
_SECONDS_A_PASSAGE = 0.02


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
        program = str(Path(sys.executable).parent / "chroma")
        command = [program, "run", "--host", "127.0.0.1", "--port", str(port), "--path", folder]
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--articles", type=int, default=1500)
    options = parser.parse_args()
    server = PostgresServer()
    try:
        print("| workers | passages a second | each, beside one alone |\n|---|---|---|")
        alone = 0.0
        for workers in options.workers:
            found = rate(workers, options.articles, server)
            alone = alone or found / workers
            print(f"| {workers} | {found:.0f} | {found / workers / alone:.2f} |", flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
