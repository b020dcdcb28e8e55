"""Several hosts are read side by side, one connection each, a bounded way ahead of the embedder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from following import CountingEmbedder, Newsroom, story

from ingest.feeds.following import refresh
from ingest.feeds.parsing import Outline, write_opml
from ingest.pipeline import Progress, ingest
from ingest.web.politeness import Web
from ingest.web.workers import READ_AHEAD, Errand, host_of, side_by_side
from vectorstore.library import Library
from vectorstore.models import Article, Passage

PATIENCE = 30.0


def page(topic: str) -> bytes:
    return f"<html><head><title>{topic}</title></head><body><article><p>{story(topic)}</p></article>".encode()


def web() -> Web:
    return Web(allow_private=True, delay=0)


def articles(site, *topics: str) -> list[str]:
    site.pages |= {f"/{topic}": page(topic) for topic in topics}
    return [f"{site.url}/{topic}" for topic in topics]


def feed_of(site, *urls: str) -> str:
    items = "".join(f"<item><title>{url[-9:]}</title><link>{url}</link></item>" for url in urls)
    site.pages["/feed"] = f"<rss version='2.0'><channel><title>Post</title>{items}</channel></rss>".encode()
    return f"{site.url}/feed"


def serve(request: BaseHTTPRequestHandler, content: bytes) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)


def held_back(site, path: str) -> threading.Event:
    """The page is answered only when the event is set."""
    answered, content = threading.Event(), site.pages[path]
    assert isinstance(content, bytes)

    def respond(request: BaseHTTPRequestHandler) -> None:
        answered.wait(PATIENCE)
        serve(request, content)

    site.pages[path] = respond
    return answered


class Counting:
    """How many requests are being answered at a time, at most."""

    def __init__(self, site) -> None:
        self.now = self.most = 0
        self._turn = threading.Lock()
        site.pages = {path: self._counted(content) for path, content in site.pages.items()}

    def _counted(self, content: bytes):
        def respond(request: BaseHTTPRequestHandler) -> None:
            with self._turn:
                self.now += 1
                self.most = max(self.most, self.now)
            time.sleep(0.02)
            with self._turn:
                self.now -= 1
            serve(request, content)

        return respond


class TestHosts:
    def test_a_slow_host_does_not_hold_up_a_fast_one_and_the_report_keeps_the_order(
        self, site, other_site, shelf
    ) -> None:
        slow, fast = articles(site, "ferry", "tram"), articles(other_site, "market", "school")
        answered, told = held_back(site, "/ferry"), list[str]()

        def tell(event: Progress) -> None:
            told.append(event.row.source)
            if set(told) == set(fast):
                answered.set()  # only now: both of the fast one are stored while the slow one is still awaited

        sources = [slow[0], fast[0], slow[1], fast[1]]
        report = ingest(sources, shelf, web=web(), progress=tell)
        assert told == [*fast, *slow]
        assert [row.source for row in report.rows] == sources and report.added == 4

    def test_two_requests_to_one_host_never_overlap(self, site, other_site, shelf) -> None:
        here = articles(site, *(f"n{number}" for number in range(12)))
        there = feed_of(other_site, *here[:4], *articles(other_site, "ferry"))
        counting = Counting(site)
        report = ingest([*here[4:], there], shelf, web=web())
        assert (report.added, counting.most) == (13, 1)

    def test_the_feeds_of_an_opml_file_are_read_side_by_side_and_told_in_its_order(
        self, site, other_site, shelf, tmp_path: Path
    ) -> None:
        slow, fast = articles(site, "ferry", "tram"), articles(other_site, "market", "school")
        feeds = feed_of(site, *slow, fast[0]), feed_of(other_site, *fast)
        answered, told = held_back(site, "/ferry"), list[str]()
        opml = tmp_path / "feeds.opml"
        opml.write_bytes(write_opml(Outline(url) for url in feeds))

        def tell(event: Progress) -> None:
            told.append(event.row.source)
            if set(told) == set(fast):
                answered.set()

        report = ingest([opml], shelf, web=web(), progress=tell)
        assert told == [*fast, *slow]  # and what both feeds list is read once
        assert [row.source for row in report.rows] == [*slow, *fast] and report.added == 4

    @pytest.mark.parametrize(
        ("url", "host"),
        [
            ("https://Bugle.example:8080/a", "bugle.example:8080"),
            ("https://me@bugle.example/", "bugle.example"),
            ("http://[", ""),
        ],
    )
    def test_a_host_is_known_by_name_and_port(self, url: str, host: str) -> None:
        assert host_of(url) == host


class TestAhead:
    def test_reading_goes_on_while_a_batch_is_stored_and_no_further_than_is_allowed(
        self, site, shelf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ingest.pipeline._PASSAGES", 4)
        urls = articles(site, *(f"n{number}" for number in range(2 * READ_AHEAD)))
        seen: list[int] = []

        class Slow(type(shelf)):
            def store(self, batch: Sequence[tuple[Article, Sequence[Passage]]]) -> None:
                stored = len(self.versions) + len(batch)
                ahead = min(len(urls), stored + READ_AHEAD)
                deadline = time.monotonic() + PATIENCE
                while len(site.asked) < ahead and time.monotonic() < deadline:
                    time.sleep(0.01)
                time.sleep(0.1)  # whoever would go further has the time to
                seen.append(len(site.asked) - stored)
                super().store(batch)

        report = ingest(urls, Slow(), web=web())
        assert report.added == len(urls)
        # One more is in the reader's hand.
        assert READ_AHEAD <= max(seen) <= READ_AHEAD + 1

    def test_what_waits_is_stored_when_nothing_more_comes_for_a_while(self, site, shelf) -> None:
        first, second = articles(site, "ferry", "tram")
        answered, told = held_back(site, "/tram"), list[str]()

        def tell(event: Progress) -> None:
            told.append(event.row.source)
            answered.set()

        ingest([first, second], shelf, web=web(), progress=tell)
        assert shelf.batches == [[shelf.articles[0].id], [shelf.articles[1].id]] and told == [first, second]

    def test_a_feed_is_more_than_the_one_document_that_was_expected(self, site, shelf) -> None:
        told: list[Progress] = []
        ingest([feed_of(site, *articles(site, "ferry", "tram"))], shelf, web=web(), progress=told.append)
        assert [(event.done, event.total) for event in told] == [(1, 1), (2, 2)]


class TestErrands:
    def test_an_error_of_an_errand_is_raised_to_whoever_takes_in(self) -> None:
        def broken() -> Iterator[int]:
            yield 1
            raise RuntimeError("nobody thought of this")

        arriving = side_by_side([Errand("a", broken)])
        assert next(arriving) == ((0,), 1)
        with pytest.raises(RuntimeError, match="nobody thought"):
            list(arriving)

    def test_further_errands_stand_at_the_place_of_the_one_that_found_them(self) -> None:
        def lead() -> Iterator[int | Errand[int]]:
            yield 1
            yield Errand("b", lambda: [2, 3])
            yield Errand("c", lambda: [4])

        arrived = [each for each in side_by_side([Errand("a", lead), Errand("", lambda: [5])]) if each]
        assert sorted(arrived) == [((0,), 1), ((0, 0), 2), ((0, 0), 3), ((0, 1), 4), ((1,), 5)]

    def test_nothing_to_read_ends_at_once(self) -> None:
        assert list(side_by_side([])) == []

    def test_readers_end_when_nobody_takes_in_any_more(self) -> None:
        read: list[int] = []

        def endless() -> Iterator[int]:
            while True:
                read.append(1)
                yield 1

        with closing(side_by_side([Errand("a", endless)])) as arriving:
            assert next(arriving)
        readers = [each for each in threading.enumerate() if each.name == "reader"]
        for reader in readers:
            reader.join(PATIENCE)
        assert not any(reader.is_alive() for reader in readers) and len(read) <= READ_AHEAD + 3


class TestStopping:
    def test_a_second_run_finishes_what_was_stopped_and_embeds_nothing_twice(self, site, tmp_path: Path) -> None:
        urls, told = articles(site, *(f"n{number}" for number in range(90))), list[Progress]()
        embedder, answered = CountingEmbedder(), held_back(site, "/n80")
        with Library(tmp_path / "library", embedder) as library:
            first = ingest(urls, library, web=web(), progress=told.append, stop=lambda: bool(told))
            answered.set()
            stored = {entry.id for entry in library.entries()}
            assert first.stopped and {event.row.article_id for event in told} == stored
            assert 0 < first.added == len(stored) < 90
            second = ingest(urls, library, web=web())
            assert (second.unchanged, second.added, second.stopped) == (first.added, 90 - first.added, False)
            library.pending.wait()
        assert max(embedder.seen.values()) == 1

    def test_a_refresh_that_was_stopped_is_finished_by_the_next(self, site, tmp_path: Path) -> None:
        newsroom, told = Newsroom(tmp_path), list[Progress]()
        newsroom.follow(feed_of(site, *articles(site, "ferry", "tram")))
        answered = held_back(site, "/tram")
        with closing(newsroom.library) as library:
            stopped = refresh(
                library, newsroom.web(), progress=told.append, stop=lambda: bool(told), now=newsroom.clock
            )
            assert stopped.report.stopped and [feed.state for feed in stopped.feeds] == ["waiting"]
            answered.set()
            assert newsroom.refresh().report.added == 1 and len(library.entries()) == 2
        assert max(newsroom.embedder.seen.values()) == 1

    def test_a_stop_does_not_wait_for_a_page_that_does_not_come(self, site, other_site, shelf) -> None:
        slow, fast = articles(site, "ferry"), articles(other_site, "market")
        answered, told = held_back(site, "/ferry"), list[Progress]()
        report = ingest([*slow, *fast], shelf, web=web(), progress=told.append, stop=lambda: bool(told))
        assert report.stopped and [row.source for row in report.rows] == fast
        answered.set()

    def test_control_c_in_the_middle_of_a_page_ends_the_program_without_it(self, site, tmp_path: Path) -> None:
        [url] = articles(site, "ferry")
        asked, answered = threading.Event(), held_back(site, "/ferry")
        respond = site.pages["/ferry"]

        def note(request: BaseHTTPRequestHandler) -> None:
            asked.set()
            respond(request)

        site.pages["/ferry"] = note
        environment = os.environ | {"DATELINE_ALLOW_PRIVATE_ADDRESSES": "1"}
        command = [sys.executable, "app.py", "ingest", url, "--json", "--library", str(tmp_path / "library")]
        root = Path(__file__).parent.parent.parent
        with subprocess.Popen(command, cwd=root, env=environment, stdout=-1, stderr=-1, text=True) as child:
            assert asked.wait(PATIENCE)
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=PATIENCE)
            assert not answered.is_set()
            answered.set()
        assert child.returncode == 1 and json.loads(out)["stopped"]
        assert "run the same command again" in err and "Traceback" not in err
