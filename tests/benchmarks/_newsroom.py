"""Invented articles, the same ones each time, and a site that publishes them as pages and as a feed."""

from __future__ import annotations

import hashlib
import random
import threading
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OUTLETS = ("Harbour Gazette", "The Norvale Post", "Channel 9 News", "Valley Herald")
SYLLABLES = "ba co di fu ga he jo ka lu mi ne po ra si to vu we xa yo zu".split()


@dataclass(frozen=True, slots=True)
class Story:
    """What is sent of an article in one version. No two versions of any two articles have the same text."""

    id: str
    title: str
    outlet: str
    text: str

    @property
    def digest(self) -> str:
        return digest(self.text)

    def as_row(self) -> dict[str, str]:
        """A line of a JSONL file."""
        return {
            "id": self.id,
            "title": self.title,
            "outlet": self.outlet,
            "published_at": "2026-11-01",
            "text": self.text,
        }

    def as_page(self) -> str:
        paragraphs = "".join(f"<p>{escape(part)}</p>" for part in self.text.split("\n\n"))
        named = f'<meta property="og:site_name" content="{escape(self.outlet)}">'
        dated = '<meta property="article:published_time" content="2026-11-01T08:00:00Z">'
        head = f"<title>{escape(self.title)}</title>{named}{dated}"
        body = f"<article><h1>{escape(self.title)}</h1>{paragraphs}</article>"
        return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def digest(text: str) -> str:
    """Of a text, white space aside: the paragraphs of a page come back with other space between them."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:20]


def story(id: str, version: int, seed: object) -> Story:
    """Version `version` of the article `id`: three to twelve paragraphs of one to three hundred words together."""
    draw = random.Random(f"{seed}/{id}/{version}")
    names = [_name(draw) for _ in range(60)]
    paragraphs = []
    for number in range(draw.randint(3, 12)):
        sentences = [_sentence(draw, names) for _ in range(draw.randint(2, 5))]
        paragraphs.append(" ".join([f"Part {number} of report {id} in version {version}.", *sentences]))
    return Story(id, f"Report {id} in version {version}", draw.choice(OUTLETS), "\n\n".join(paragraphs))


def _name(draw: random.Random) -> str:
    return "".join(draw.choice(SYLLABLES) for _ in range(draw.randint(2, 4)))


def _sentence(draw: random.Random, names: list[str]) -> str:
    one, two, three = draw.sample(names, 3)
    return f"The council of {one.title()} told {two.title()} on day {draw.randint(1, 999)} that the {three} stays open."


class Site:
    """Serves stories at /<id> on this machine, and a feed at /feed that lists them; what is taken down is 410."""

    def __init__(self, port: int = 0) -> None:
        self.stories: dict[str, Story] = {}
        self.down: set[str] = set()
        self._server = _Server(("127.0.0.1", port), _Pages)
        self._server.site = self
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def feed(self) -> str:
        return f"http://127.0.0.1:{self.port}/feed"

    def address(self, id: str) -> str:
        return f"http://127.0.0.1:{self.port}/{id}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> tuple[int, str, str]:
        """Status, type and body."""
        if path == "/feed":
            return 200, "application/rss+xml", self._as_feed()
        id = path.removeprefix("/")
        if id in self.down:
            return 410, "text/plain", "gone"
        if id in self.stories:
            return 200, "text/html", self.stories[id].as_page()
        return 404, "text/plain", "no such page"

    def _as_feed(self) -> str:
        items = [
            f"<item><title>{escape(each.title)}</title><link>{self.address(each.id)}</link></item>"
            for each in list(self.stories.values())
            if each.id not in self.down
        ]
        return f"<rss version='2.0'><channel><title>Norvale</title>{''.join(items)}</channel></rss>"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    site: Site

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a reader that is killed hangs up in the middle


class _Pages(BaseHTTPRequestHandler):
    """Conditional requests are answered as a real site answers them, by an ETag of the body."""

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        status, kind, body = self.server.site.answer(self.path)
        tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
        unchanged = status == 200 and self.headers.get("If-None-Match") == tag
        self.send_response(304 if unchanged else status)
        self.send_header("Content-Type", kind)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", "0" if unchanged else str(len(body.encode())))
        self.end_headers()
        if not unchanged:
            self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass
