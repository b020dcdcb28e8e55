"""What inputs made to cost time or memory do cost, each in a process of its own with a good article beside it.

    python tests/benchmarks/hostile.py [--only NAME ...] [--json]

Prints a Markdown table, or a JSON object a line. Seconds are those of the whole ingest, by the clock and of computing;
memory is the peak of the process and of its helper, less that of the same run with the good article alone. Everything
is served and made on this machine.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ingest.formats.registry import READERS

GOOD = "The council voted on the harbour plan on Tuesday and the ferry will sail again in spring."
SUFFIXES = tuple(READERS)
STORY = f"<p>{GOOD}</p>" * 3
GIGABYTE, DEEP, MANY = 1024**3, 200_000, 10_000


def laughs(root: str, body: str) -> str:
    """Ten entities, each ten times the one before: 10 GB when unfolded."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "{"ha" * 5}">{levels}]>{body.replace("BOMB", "&l9;")}'


def unfolding(root: str, body: str) -> str:
    """One entity of 10 KB, used 100,000 times: 1 GB when unfolded."""
    return f'<!DOCTYPE {root} [<!ENTITY a "{"x" * 10_000}">]>' + body.replace("BOMB", "&a;" * 100_000)


def rss(items: str) -> str:
    return f"<rss version='2.0'><channel><title>Post</title>{items}</channel></rss>"


def item(number: int) -> str:
    link = f"<link>http://127.0.0.1:9/{number}</link>"
    return f"<item><title>Report {number}</title>{link}<description>Report {number}. {GOOD}</description></item>"


def pdf(content: bytes) -> bytes:
    """One page with this content, which is packed."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    written, places = b"%PDF-1.4\n", b"0000000000 65535 f \n"
    for number, held in enumerate(objects, start=1):
        places += b"%010d 00000 n \n" % len(written)
        written += b"%d 0 obj%s\nendobj\n" % (number, held)
    return b"%sxref\n0 5\n%strailer<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF" % (written, places, len(written))


def packed(wbits: int, head: bytes = b"") -> bytes:
    """A gigabyte of spaces after the head, in a few megabytes."""
    packer = zlib.compressobj(1, wbits=wbits)
    megabyte = b" " * 1024**2
    return b"".join([packer.compress(head), *(packer.compress(megabyte) for _ in range(1024)), packer.flush()])


def sparse(path: Path) -> None:
    """A gigabyte that takes no room on the disk."""
    with path.open("wb") as stream:
        stream.write(b"text\n" * 2000)
        stream.truncate(GIGABYTE)


def noise(head: bytes = b"") -> bytes:
    return head + random.Random(head).randbytes(5_000_000)


def aliases(levels: int) -> str:
    """Front matter whose lists hold nine times the one before."""
    lines = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, levels))
    return f"---\na0: &a0 [x]\n{lines}---\n\n{GOOD}"


def listed(head: str, written: str) -> str:
    return head + "".join(written.format(f"http://127.0.0.1:9/{number}") for number in range(MANY))


def parts(depth: int) -> str:
    return "Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n" + "--b\nContent-Type: x/y\n\n" * depth


Content = str | bytes | Callable[[Path], None]


# The name of each input: that of its file, and what makes its content.
FILES: dict[str, tuple[str, Callable[[], Content]]] = {
    "entities in entities, feed": ("a.xml", lambda: laughs("rss", rss("<item><title>BOMB</title></item>"))),
    "entities in entities, OPML": ("a.opml", lambda: laughs("opml", "<opml><body><outline text='BOMB'/></body>")),
    "entities in entities, page": ("a.html", lambda: laughs("html", f"<html><body>{STORY}<p>BOMB")),
    "one entity 100,000 times, feed": (
        "a.xml",
        lambda: unfolding("rss", rss("<item><title>BOMB</title></item>")),
    ),
    "one entity 100,000 times, sitemap": ("a.xml", lambda: unfolding("urlset", "<urlset>BOMB</urlset>")),
    "aliases in aliases, front matter": ("a.md", lambda: aliases(20)),
    "200,000 deep, page": ("a.html", lambda: "<div>" * DEEP + STORY),
    "40,000 deep, page": ("a.html", lambda: "<div>" * 40_000 + STORY),
    "200,000 deep, feed": ("a.xml", lambda: rss("<item>" + "<b>" * DEEP)),
    "200,000 deep, OPML": ("a.opml", lambda: "<opml><body>" + "<outline>" * DEEP),
    "200,000 deep, JSON": ("a.json", lambda: "[" * DEEP),
    "200,000 deep, JSONL": ("a.jsonl", lambda: '{"text": ' + "[" * DEEP),
    "19,000 deep, front matter": ("a.md", lambda: "---\na: " + "[" * 19_000 + f"\n---\n\n{GOOD}"),
    "200,000 quotes deep, Markdown": ("a.md", lambda: ">" * DEEP + " deep"),
    "200,000 brackets deep, Markdown": ("a.md", lambda: "[" * DEEP + "a" + "](b)" * DEEP),
    "10 MB of stars, Markdown": ("a.md", lambda: "*a_ " * 2_600_000),
    "50,000 parts deep, letter": ("a.eml", lambda: parts(50_000)),
    "200,000 deep, PDF": ("a.pdf", lambda: "%PDF-1.4\n1 0 obj\n" + "[" * DEEP),
    "1 GB unpacked, PDF": ("a.pdf", lambda: pdf(packed(15))),
    "10,000 items, feed": ("a.xml", lambda: rss("".join(map(item, range(MANY))))),
    "10,000 addresses, sitemap": ("a.xml", lambda: listed("<urlset>", "<url><loc>{}</loc></url>")),
    "10,000 feeds, OPML": ("a.opml", lambda: listed("<opml><body>", "<outline xmlUrl='{}'/>")),
    **{f"1 GB file, {suffix}": (f"a{suffix}", lambda: sparse) for suffix in SUFFIXES},
    **{f"random bytes, {suffix}": (f"a{suffix}", lambda: noise()) for suffix in SUFFIXES},
    "random bytes, as a PDF": ("a.html", lambda: noise(b"%PDF-1.7")),
    "random bytes, as a feed": ("a.html", lambda: noise(b"<rss>")),
    "random bytes, as a page": ("a.html", lambda: noise(b"<html>")),
}
# What an address of this machine answers: its headers, a piece of the body, and how often that is sent.
STREAMS: dict[str, Callable[[], tuple[dict[str, str], bytes, int]]] = {
    "1 GB stream, page": lambda: ({"Content-Type": "text/html"}, b"<p>more and more" * 65536, 1024),
    "1 GB stream, text": lambda: ({"Content-Type": "text/plain"}, b"word and " * 116509, 1024),
    "1 GB of headers": lambda: ({"X-Long": "x" * 1024**2}, b"", 1024),
    "1 GB packed, page": lambda: ({"Content-Encoding": "gzip"}, packed(31, b"<html>"), 1),
    "1 GB packed, feed": lambda: ({"Content-Type": "application/gzip"}, packed(31, b"<rss version='2.0'>"), 1),
}


class Site(BaseHTTPRequestHandler):
    """Answers everything with the stream that is up."""

    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        headers, piece, times = self.server.stream
        self.send_response(200)
        for name, value in headers.items():
            for _ in range(1 if piece else times):
                self.send_header(name, value)
                self.flush_headers()
        self.end_headers()
        for _ in range(times):
            self.wfile.write(piece)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    stream: tuple[dict[str, str], bytes, int]

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a reader that hangs up early is the point


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", default=[*FILES, *STREAMS], help="these inputs")
    parser.add_argument("--json", action="store_true", help="an object a line instead of a table")
    parser.add_argument("--take", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.take:
        print(json.dumps(taken(*options.take)))
        return
    server = Server(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    alone = measured()
    if not options.json:
        print("| input | outcome | seconds | of computing | extra MB | good article stored |")
        print("|---|---|---:|---:|---:|---|")
    for name in options.only:
        if name in STREAMS:
            server.stream = STREAMS[name]()
        row = figures(name, alone, f"http://127.0.0.1:{server.server_port}/" if name in STREAMS else "")
        print(json.dumps(row) if options.json else as_markdown(row), flush=True)
    server.shutdown()


def figures(name: str, alone: dict[str, object], address: str) -> dict[str, object]:
    run = measured(name, address)
    extra = round(float(str(run["megabytes"])) - float(str(alone["megabytes"])))
    return {"input": name} | {key: value for key, value in run.items() if key != "megabytes"} | {"extra_mb": extra}


def measured(name: str = "", address: str = "") -> dict[str, object]:
    """What a fresh process says of the input, or without one of the good article alone."""
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "in").mkdir()
        (Path(scratch) / "in" / "z.txt").write_text(GOOD)
        if name in FILES:
            file, make = FILES[name]
            write(Path(scratch) / "in" / file, make())
        command = [sys.executable, __file__, "--take", scratch, address]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            lost = f"the process ended with {done.returncode}"
            return {"outcome": lost, "seconds": 0, "computing": 0, "megabytes": 0, "good": False}
        told: dict[str, object] = json.loads(done.stdout)
        return told


def write(path: Path, content: Content) -> None:
    if callable(content):
        content(path)
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def taken(scratch: str, address: str = "") -> dict[str, object]:
    """Runs in the fresh process."""
    import numpy as np

    from ingest.formats.sandbox import bounded
    from ingest.pipeline import ingest
    from ingest.web.politeness import Web
    from vectorstore.indexes.embedding import Unlimited
    from vectorstore.library import Library

    class Quick(Unlimited):
        """Embeds nothing: what the embedder costs is the same for every text."""

        name = "quick"

        def passages(self, texts: list[str]) -> np.ndarray:
            return np.eye(8, dtype=np.float32)[[len(text) % 8 for text in texts]]

        def query(self, text: str) -> np.ndarray:
            return self.passages([text])[0]

    library = Library(Path(scratch) / "library", Quick())
    sources = [*filter(None, [address]), Path(scratch) / "in"]
    begun, before = time.perf_counter(), time.process_time()
    report = ingest(sources, library, web=Web(allow_private=bool(address), delay=0))
    seconds = round(time.perf_counter() - begun, 1)
    good = any(entry.title == GOOD for entry in library.entries())
    library.close()
    bounded.close()
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    computing = round(sum(each.ru_utime + each.ru_stime for each in usage) - before, 1)
    hostile = [row for row in report.rows if not row.source.endswith("z.txt")]
    counts = {outcome: sum(row.outcome is outcome for row in hostile) for outcome in {row.outcome for row in hostile}}
    told = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(counts.items()))
    reasons = sorted({row.reason for row in hostile if row.reason})
    told += f": {reasons[0][:90]}" if len(reasons) == 1 else ""
    megabytes = sum(each.ru_maxrss for each in usage) / 1024
    return {"outcome": told, "seconds": seconds, "computing": computing, "megabytes": megabytes, "good": good}


def as_markdown(row: dict[str, object]) -> str:
    stored = "yes" if row["good"] else "NO"
    cells = (*(row[name] for name in ("input", "outcome", "seconds", "computing", "extra_mb")), stored)
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
