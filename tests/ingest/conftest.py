"""A shelf that keeps articles in memory on the seam of the Library, and a site served on 127.0.0.1."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from vectorstore.indexes.embedding import Unlimited
from vectorstore.models import Article, Passage

Answer = Callable[[BaseHTTPRequestHandler], None]


class NoFeeds:
    """Subscriptions of a library in which none was ever kept."""

    def every(self) -> str:
        return ""


class MemoryShelf:
    """Stores whole batches. `batches` are the ids of each, `versions` every version of each article."""

    token_limit = Unlimited()

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.versions: dict[str, list[Article]] = {}
        self.passages: dict[str, Sequence[Passage]] = {}
        self.subscriptions = NoFeeds()
        self.pending = SimpleNamespace(elsewhere=False)

    @property
    def articles(self) -> list[Article]:
        return [versions[-1] for versions in self.versions.values()]

    def find(self, article_id: str) -> Article | None:
        return self.versions[article_id][-1] if article_id in self.versions else None

    def stated(self, article_id: str) -> Article | None:
        return self.find(article_id)

    def twins(self, text: str) -> list[Article]:
        return [each for each in self.articles if each.text.split() == text.split()]

    def latest_of(self, outlet: str, most: int) -> list[Article]:
        return [each for each in self.articles if each.outlet == outlet][: -most - 1 : -1]

    def arrived_since(self, moment: datetime) -> int:
        return sum(each.ingested_at > moment for each in self.articles if each.ingested_at)

    def mark_gone(self, article_id: str, gone_at: datetime | None) -> None:
        self.versions[article_id][-1] = replace(self.versions[article_id][-1], gone_at=gone_at)

    def store(self, batch: Sequence[tuple[Article, Sequence[Passage]]]) -> None:
        ids = [article.id for article, _ in batch]
        assert ids and len(set(ids)) == len(ids)
        self.batches.append(ids)
        for article, passages in batch:
            assert article.version == len(self.versions.get(article.id, ())) + 1
            assert article.ingested_at is not None
            self.versions.setdefault(article.id, []).append(article)
            self.passages[article.id] = passages


class Site:
    """Pages by path. A page is bytes, served as HTML, or a function that answers the request itself."""

    def __init__(self, address: str, port: int) -> None:
        self.port = port
        self.url = f"http://{address}:{port}"
        self.pages: dict[str, bytes | Answer] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []

    def answer(self, path: str, *answers: tuple[bytes, int, dict[str, str]]) -> str:
        """Body, status and headers of each request in turn; the last one again and again."""
        left = list(answers)

        def respond(request: BaseHTTPRequestHandler) -> None:
            body, status, headers = left.pop(0) if len(left) > 1 else left[0]
            send(request, body, status, **headers)

        self.pages[path] = respond
        return self.url + path

    def redirect(self, path: str, location: str, status: int = 302) -> str:
        self.pages[path] = lambda request: send(request, b"", status, Location=location)
        return self.url + path


def send(request: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    request.send_response(status)
    headers = {"Content-Length": str(len(body)), **headers}
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture
def shelf() -> MemoryShelf:
    return MemoryShelf()


@pytest.fixture
def site() -> Iterator[Site]:
    yield from _serve("127.0.0.1")


@pytest.fixture
def other_site() -> Iterator[Site]:
    """Another address of this machine, so that one can be permitted and the other not."""
    yield from _serve("127.0.0.2")


def _serve(address: str) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            served.headers.append(dict(self.headers.items()))
            page = served.pages.get(self.path)
            if page is None:
                send(self, b"gone", 404)
            elif isinstance(page, bytes):
                send(self, page, Content_Type="text/html")
            else:
                page(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a reader that hangs up early is what some tests are about

    server = Server((address, 0), Handler)
    served = Site(address, server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()
