"""A press that publishes on 127.0.0.1, and a newsroom that follows it by a clock of its own."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np

from ingest.feeds.following import refresh
from ingest.feeds.scheduler import FeedResult, Refresh
from ingest.web.politeness import Web
from vectorstore.indexes.embedding import Unlimited
from vectorstore.library import Library
from vectorstore.models import Matrix
from vectorstore.reports import Outcome
from vectorstore.storage.subscriptions import Subscription


def story(topic: str, more: str = "") -> str:
    return (
        " ".join(f"The {topic} report number {n} says that the {topic} will change next year." for n in range(6)) + more
    )


class CountingEmbedder(Unlimited):
    """Remembers every text that it was given."""

    name = "counting"

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def passages(self, texts: Sequence[str]) -> Matrix:
        self.seen.update(texts)
        return np.stack([self.query(text) for text in texts]) if texts else np.empty((0, 0), dtype=np.float32)

    def query(self, text: str) -> Matrix:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        vector = np.random.default_rng(seed).normal(size=16).astype(np.float32)
        return vector / np.linalg.norm(vector)


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = datetime(2024, 1, 1, tzinfo=UTC)
        self._turn = threading.Lock()

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._turn:
            self.now += timedelta(seconds=seconds)


class Press:
    """A site that publishes: pages with an ETag, or with Last-Modified, that answers 304 to who knows them."""

    def __init__(self, site, dated: bool = False) -> None:
        self.site, self.url, self.dated = site, site.url, dated
        self._edition = 0
        self._items: dict[str, str] = {}

    def serve(self, path: str, body: bytes, content_type: str = "text/html; charset=utf-8") -> None:
        self._edition += 1
        digest = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        modified = f"Mon, 01 Jan 2024 00:00:{self._edition:02} GMT"
        mark = {"Last-Modified": modified} if self.dated else {"ETag": digest}

        def respond(request: BaseHTTPRequestHandler) -> None:
            asked = request.headers.get("If-None-Match") == digest and not self.dated
            known = asked or (self.dated and request.headers.get("If-Modified-Since") == modified)
            request.send_response(304 if known else 200)
            headers = {"Content-Type": content_type, "Content-Length": "0" if known else str(len(body)), **mark}
            for name, value in headers.items():
                request.send_header(name, value)
            request.end_headers()
            request.wfile.write(b"" if known else body)

        self.site.pages[path] = respond

    def publish(self, path: str, text: str, summary: str = "") -> None:
        """An article at this address, listed in the feed."""
        self.serve_article(path, text)
        self.list(path, summary)

    def serve_article(self, path: str, text: str) -> None:
        title = path.strip("/").title()
        html = f"<html lang=en><head><title>{title}</title></head><body><article><p>{text}</p>"
        self.serve(path, html.encode())

    def list(self, path: str, summary: str = "") -> None:
        title, date = path.strip("/").title(), "Mon, 01 Jan 2024 09:00:00 +0000"
        about = f"<title>{title}</title><link>{self.url}{path}</link><pubDate>{date}</pubDate>"
        self._items[path] = f"<item>{about}<description>{summary}</description></item>"

    def unlist(self, path: str) -> None:
        del self._items[path]

    def unlist_all(self) -> None:
        self._items.clear()

    def issue(self, path: str = "/feed") -> None:
        """The feed as of now; a new issue differs from the last one."""
        about = f"<title>The Post</title><lastBuildDate>{self._edition}</lastBuildDate>"
        feed = f"<rss version='2.0'><channel>{about}{''.join(self._items.values())}</channel></rss>"
        self.serve(path, feed.encode(), "application/rss+xml")

    def requests(self) -> list[str]:
        """What was asked for since the last call."""
        asked = list(self.site.asked)
        self.site.asked.clear()
        return asked


class Newsroom:
    """A library that follows feeds, by a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.embedder = Clock(), CountingEmbedder()
        self.library = Library(folder, self.embedder)

    def web(self) -> Web:
        shelf = self.library.subscriptions
        return Web(allow_private=True, seconds=2, shelf=shelf, now=self.clock, sleep=self.clock.sleep)

    def follow(self, *urls: str) -> None:
        for number, url in enumerate(urls):
            self.library.subscriptions.add(Subscription(url, self.clock.now + timedelta(seconds=number)))

    def refresh(self, *urls: str, everything: bool = False, minutes: float = 1) -> Refresh:
        self.clock.sleep(minutes * 60)
        done = refresh(self.library, self.web(), urls=urls, everything=everything, now=self.clock)
        self.library.pending.wait()
        return done

    def marks(self) -> dict[str, str]:
        """Version and marks of each article by its headline."""
        return {
            entry.title: f"{entry.version}{' summary' * entry.summary_only}{' gone' * (entry.gone_at is not None)}"
            for entry in self.library.entries()
        }

    def text(self, title: str, version: int | None = None) -> str:
        (entry,) = [entry for entry in self.library.entries() if entry.title == title]
        return self.library.article(entry.id, version).text


def brought(feed: FeedResult) -> dict[str, int]:
    return {outcome.value: feed.count(outcome) for outcome in Outcome if feed.count(outcome)}


def told(refresh: Refresh) -> list[tuple[str, dict[str, int]]]:
    return [(feed.state.value, brought(feed)) for feed in refresh.feeds]
