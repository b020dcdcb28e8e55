"""What one article page costs by its address, beside reading it and embedding its passages alone.

    python tests/benchmarks/one_page.py PAGES_DIR [--pages 30] [--profile]

PAGES_DIR as for extraction.py. Each page is served at an address of its own on 127.0.0.1 and goes once through
`ingest` into a library on disk: fetched, told what it is, read in the process that is for this, recognised, split,
stored with its words, and its vectors made and kept. Right before or after, in turn, the same bytes are read and the
passages embedded in this process with nothing around it. What loads once (models, the process that reads) is loaded
before. Told are both times in ms, by the clock and by the processors (of this process and the one that reads), and
the medians of the pages' ratios. `--profile` says where the whole path waits.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from app import Dateline, open_dateline
from ingest.formats.fields import stated
from ingest.formats.sandbox import bounded
from ingest.pages.html import read_page
from ingest.splitting import split
from vectorstore.errors import RejectedDocument
from vectorstore.library import Library

_WARM_UP = 3


class Cost(NamedTuple):
    clock: float
    processors: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--pages", type=int, default=30, dest="count")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    pages = _articles(options.pages, options.count + _WARM_UP)
    site = _served(pages)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_dateline(library=Path(folder), model="quote", allow_private_addresses=True) as news,
    ):
        news.library.warm()
        profile = cProfile.Profile() if options.profile else None
        rows = []
        for number, (name, content) in enumerate(pages.items()):
            both = [
                lambda name=name: _timed(lambda: _whole(news, f"{site}/{name}"), profile),
                lambda content=content, name=name: _timed(lambda: _alone(news.library, content, f"{site}/{name}")),
            ]
            first, second = (each() for each in (both if number % 2 else reversed(both)))
            rows.append((first, second) if number % 2 else (second, first))
        _tell(rows[_WARM_UP:])
        if profile:
            pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(25)


def _articles(folder: Path, count: int) -> Mapping[str, bytes]:
    """The first pages of the folder, evenly spread, that hold an article."""
    listed = [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    found: dict[str, bytes] = {}
    for row in listed[:: max(1, len(listed) // (2 * count))]:
        content = (folder / row["file"]).read_bytes()
        try:
            stated(read_page(content, "http://127.0.0.1/", ""))
        except RejectedDocument:
            continue
        found[f"story-{len(found)}.html"] = content
        if len(found) == count:
            break
    return found


def _served(pages: Mapping[str, bytes]) -> str:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = pages.get(self.path.lstrip("/"))
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def _whole(news: Dateline, url: str) -> None:
    report = news.ingest([url])
    assert report.added == 1 and not news.library.pending.standing().waiting, report.rows


def _alone(library: Library, content: bytes, url: str) -> None:
    article = stated({"url": url, **read_page(content, url, "")})
    passages = split(article, library.token_limit)
    library.embedder.passages([each.text for each in passages])


def _timed(work: Callable[[], None], profile: cProfile.Profile | None = None) -> Cost:
    begun, used = time.perf_counter(), _used()
    if profile:
        profile.runcall(work)
    else:
        work()
    return Cost(1000 * (time.perf_counter() - begun), 1000 * (_used() - used))


def _used() -> float:
    """Seconds of the processors, which other programs of a busy machine do not add to."""
    helper = bounded._process
    if helper is None:
        return time.process_time()
    ticks = Path(f"/proc/{helper.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _tell(rows: Sequence[tuple[Cost, Cost]]) -> None:
    figures: dict[str, object] = {"pages": len(rows)}
    for at, name in enumerate(Cost._fields):
        pairs = [(whole[at], alone[at]) for whole, alone in rows]
        ratios = sorted(whole / alone for whole, alone in pairs)
        figures |= {
            f"{name}: by its address, ms: median": round(statistics.median(whole for whole, _ in pairs), 1),
            f"{name}: reading and embedding alone, ms: median": round(statistics.median(each for _, each in pairs), 1),
            f"{name}: ratio, median of the pages": round(statistics.median(ratios), 3),
            f"{name}: ratio, smallest, largest": [round(ratios[0], 2), round(ratios[-1], 2)],
            f"{name}: ratio of the sums": round(sum(each for each, _ in pairs) / sum(each for _, each in pairs), 3),
        }
    figures |= {
        "load of the machine": os.getloadavg()[0],
        "measured": datetime.now(UTC).isoformat(timespec="minutes"),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
