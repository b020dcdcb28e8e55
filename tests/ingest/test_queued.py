"""Addresses of the queue, read from sites on 127.0.0.1 into a real library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from following import CountingEmbedder, story

from ingest.intake import Intake
from ingest.web.politeness import Web
from ingest.worker import read_queued
from vectorstore.errors import LibraryUnwritable
from vectorstore.library import Library
from vectorstore.reports import Outcome, Report, Row

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    with Library(tmp_path / "library", CountingEmbedder()) as library:
        yield Intake(library, lambda: Web(allow_private=True, delay=0))


def page(topic: str) -> bytes:
    return f"<html><title>{topic}</title><article><h1>{topic}</h1><p>{story(topic)}</article>".encode()


def read(intake: Intake, now: datetime = NOW) -> dict[str, str]:
    return read_queued(intake, lambda: False, lambda: now)


HTML = {"Content-Type": "text/html"}


def listed(site, articles: int) -> None:
    """A feed of so many pages."""
    links = ""
    for number in range(articles):
        site.pages[f"/{number}"] = page(f"number {number}")
        links += f"<item><link>{site.url}/{number}</link></item>"
    feed = f"<rss version='2.0'><channel><title>Post</title>{links}</channel></rss>"
    site.answer("/feed", (feed.encode(), 200, {"Content-Type": "application/rss+xml"}))


def test_what_is_read_is_in_the_library_and_its_collection_and_out_of_the_queue(intake: Intake, site) -> None:
    for topic in ("ferry", "tram"):
        site.pages[f"/{topic}"] = page(topic)
    feed = f"<rss version='2.0'><channel><title>Post</title><item><link>{site.url}/tram</link></item></channel></rss>"
    site.answer("/feed", (feed.encode(), 200, {"Content-Type": "application/rss+xml"}))
    queue = intake.library.queue
    queue.add([f"{site.url}/ferry", f"{site.url}/feed"], NOW, "Archive")
    assert read(intake) == {f"{site.url}/ferry": "", f"{site.url}/feed": ""}
    assert queue.counts() == (0, 0)
    assert sorted(each.title for each in intake.library.entries()) == ["ferry", "tram"]
    assert intake.library.collections.all() == {"Archive": 2}


def test_what_cannot_be_read_now_is_read_later(intake: Intake, site) -> None:
    busy = (b"later", 503, {})
    site.answer("/ferry", busy, busy, busy, busy, busy, (page("ferry"), 200, {"Content-Type": "text/html"}))
    queue, now = intake.library.queue, NOW
    queue.add([f"{site.url}/ferry"], NOW)
    for _ in range(6):
        told = read(intake, now)
        assert read(intake, now) == {}, "not before it is due"
        if told == {f"{site.url}/ferry": ""}:
            break
        assert "503" in told[f"{site.url}/ferry"]
        now += timedelta(hours=6)
    assert queue.counts() == (0, 0) and len(intake.library.entries()) == 1


def test_what_will_not_be_read_ever_is_set_aside_with_its_reason(intake: Intake) -> None:
    queue = intake.library.queue
    queue.add(["http://10.0.0.1/private"], NOW)
    told = read(Intake(intake.library, Web))
    assert "refused" in told["http://10.0.0.1/private"]
    [left] = queue.entries()
    assert left.due_at is None and left.problem == told["http://10.0.0.1/private"]


def test_a_stop_gives_back_what_was_not_read(intake: Intake, site) -> None:
    queue = intake.library.queue
    for number in range(5):
        site.pages[f"/{number}"] = page(f"number {number}")
    queue.add([f"{site.url}/{number}" for number in range(5)], NOW)
    stops = iter([False, False, True])
    done = read_queued(intake, lambda: next(stops, True), lambda: NOW)
    assert done == {} and queue.counts() == (5, 0) and all(each.tries == 0 for each in queue.entries())
    assert read(intake) and queue.counts() == (0, 0) and len(intake.library.entries()) == 5


def test_a_list_that_was_stopped_is_read_again_to_its_end(intake: Intake, site) -> None:
    listed(site, 6)
    intake.library.queue.add([f"{site.url}/feed"], NOW)
    stops = iter([False, False, False, True])
    assert read_queued(intake, lambda: next(stops, True), lambda: NOW) == {}
    assert read(intake) == {f"{site.url}/feed": ""} and len(intake.library.entries()) == 6


def test_what_of_a_list_cannot_be_read_now_waits_by_itself(intake: Intake, site) -> None:
    listed(site, 3)
    site.answer("/2", (b"later", 503, {}), (b"later", 503, {}), (b"later", 503, {}), (page("2"), 200, HTML))
    queue = intake.library.queue
    queue.add([f"{site.url}/feed"], NOW, "Archive")
    assert read(intake) == {f"{site.url}/feed": ""}
    [left] = queue.entries()
    assert (left.url, left.collection) == (f"{site.url}/2", "Archive")
    for hours in range(9):
        read(intake, NOW + timedelta(hours=hours))
    assert queue.counts() == (0, 0) and intake.library.collections.all() == {"Archive": 3}


def test_a_fault_of_the_library_costs_no_try(intake: Intake, site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.pages["/ferry"] = page("ferry")
    intake.library.queue.add([f"{site.url}/ferry"], NOW)

    def full(batch: object) -> None:
        raise LibraryUnwritable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(intake.library, "store", full)
        with pytest.raises(LibraryUnwritable, match="disk is full"):
            read(intake)
    [left] = intake.library.queue.entries()
    assert left.tries == 0 and left.problem == ""
    assert read(intake) == {f"{site.url}/ferry": ""}


def test_a_fault_of_ours_costs_the_address_that_it_is_of_alone(
    intake: Intake, site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for topic in ("ferry", "tram"):
        site.pages[f"/{topic}"] = page(topic)
    queue, store = intake.library.queue, intake.library.store
    queue.add([f"{site.url}/ferry", f"{site.url}/tram"], NOW)

    def fails(batch: list) -> None:
        if any(article.title == "tram" for article, _ in batch):
            raise ValueError("a fault of ours")
        store(batch)

    monkeypatch.setattr(intake.library, "store", fails)
    now = NOW
    for _ in range(6):
        read(intake, now)
        now += timedelta(hours=5)
    [left] = queue.entries()
    assert left.url == f"{site.url}/tram" and left.due_at is None and "fault of Dateline" in left.problem
    assert [each.title for each in intake.library.entries()] == ["ferry"]


def test_what_takes_long_stays_its_workers(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    queue, clock, url = intake.library.queue, [NOW], "https://post.example/sitemap.xml"
    queue.add([url], NOW)

    def slow(urls: list[str], progress, stop, embed: bool) -> Report:
        for _ in range(20):
            clock[0] += timedelta(minutes=3)
            progress(None)
            assert queue.take(9, clock[0]) == []
        return Report((Row(urls[0], Outcome.ADDED, "a"),), 1, 1.0, origins=(0,))

    monkeypatch.setattr(intake, "ingest", slow)
    assert read_queued(intake, lambda: False, lambda: clock[0]) == {url: ""} and queue.counts() == (0, 0)
