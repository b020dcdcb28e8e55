"""Refreshing by the clock and by hand, one at a time. No test waits: what the clock would wait for is handed in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from following import Newsroom, Press, story

from ingest.feeds.following import refresh
from ingest.feeds.scheduler import Refresh, Refreshing
from ingest.pipeline import Progress
from vectorstore.errors import LibraryUnreadable, RefreshUnderWay
from vectorstore.library import Library

HALF_AN_HOUR = timedelta(minutes=30)


class Waits:
    """Ends each wait at once, with what is to be done in it; tells the clock to stop when nothing is left."""

    def __init__(self, *tasks: Callable[[], None]) -> None:
        self.tasks = list(tasks)
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> bool:
        self.seconds.append(seconds)
        if not self.tasks:
            return True
        self.tasks.pop(0)()
        return False


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    newsroom = Newsroom(tmp_path / "library")
    yield newsroom
    newsroom.library.close()


@pytest.fixture
def press(site) -> Press:
    press = Press(site)
    press.publish("/tram", story("tram"))
    press.issue()
    return press


def refreshing(newsroom: Newsroom, waits: Callable[[float], bool] | None = None) -> Refreshing:
    def run(urls=(), *, progress: Callable[[Progress], None], stop: Callable[[], bool]) -> Refresh:
        newsroom.clock.sleep(60)
        web, now = newsroom.web(), newsroom.clock
        return refresh(newsroom.library, web, urls=urls, progress=progress, stop=stop, now=now)

    return Refreshing(run, HALF_AN_HOUR, now=newsroom.clock, wait=waits)


def test_the_clock_refreshes_soon_and_then_after_each_wait(newsroom: Newsroom, press: Press) -> None:
    newsroom.follow(f"{press.url}/feed")
    brought = []

    def publish() -> None:
        brought.append(clock.standing.report)
        press.publish("/ferry", story("ferry"))
        press.issue()

    waits = Waits(lambda: None, publish)
    clock = refreshing(newsroom, waits)
    clock.keep_on(HALF_AN_HOUR)
    assert waits.seconds == [15, 1800, 1800]
    first, second = brought[0], clock.standing.report
    assert (first.added, first.unchanged) == (1, 0)
    assert (second.added, second.unchanged) == (1, 1)
    assert clock.standing.since is None and clock.standing.problem == ""
    assert clock.standing.last_at is not None
    assert clock.standing.next_at - clock.standing.last_at == HALF_AN_HOUR


def test_a_refresh_that_fails_is_told_and_the_next_one_runs(newsroom: Newsroom, press: Press) -> None:
    newsroom.follow(f"{press.url}/feed")
    faults: list[Exception] = [LibraryUnreadable("Put back a copy of catalogue.db."), ZeroDivisionError()]
    told = []

    def run(urls=(), **given) -> Refresh:
        if faults:
            raise faults.pop(0)
        return refresh(newsroom.library, newsroom.web(), now=newsroom.clock, **given)

    def note() -> None:
        told.append(clock.standing.problem)

    clock = Refreshing(run, HALF_AN_HOUR, now=newsroom.clock, wait=Waits(note, note, note))
    clock.keep_on(HALF_AN_HOUR)
    assert told == ["", "Put back a copy of catalogue.db.", "a fault of Dateline's own; its log says which"]
    assert clock.standing.problem == "" and clock.standing.report.added == 1


def test_a_second_refresh_is_told_that_one_is_under_way_and_the_clock_skips_its_turn(
    newsroom: Newsroom, press: Press
) -> None:
    newsroom.follow(f"{press.url}/feed")
    seen = []

    def look(at: Progress) -> None:
        with pytest.raises(RefreshUnderWay, match="already"):
            clock.refresh()
        clock.keep_on(HALF_AN_HOUR)
        seen.append((clock.standing.since is not None, clock.standing.done))

    clock = refreshing(newsroom, Waits(lambda: None))
    assert clock.refresh(progress=look).report.added == 1
    assert seen == [(True, 1)]
    assert clock.refresh().report.unchanged == 0


def test_only_the_feeds_that_are_named_are_read(newsroom: Newsroom, press: Press) -> None:
    press.publish("/ferry", story("ferry"))
    press.issue("/other")
    newsroom.follow(f"{press.url}/feed", f"{press.url}/other")
    assert [feed.url for feed in refreshing(newsroom).refresh([f"{press.url}/other"]).feeds] == [f"{press.url}/other"]


class Watched:
    """The library, with a note of when it was first asked to recognise a text."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.asked = threading.Event()

    def __getattr__(self, name: str) -> Any:
        if name == "twins":
            self.asked.set()
        return getattr(self._library, name)


def test_closing_in_the_middle_of_a_refresh_keeps_what_is_done_and_the_next_one_goes_on(
    newsroom: Newsroom, press: Press
) -> None:
    press.publish("/ferry", story("ferry"))
    press.issue()
    newsroom.follow(f"{press.url}/feed")
    library, heard, read = Watched(newsroom.library), threading.Event(), press.site.pages["/ferry"]

    def held(request: object) -> None:
        heard.wait(30)
        read(request)

    def run(urls=(), *, progress: Callable[[Progress], None], stop: Callable[[], bool]) -> Refresh:
        def heeded() -> bool:
            if stop():
                heard.set()
            return stop()

        return refresh(library, newsroom.web(), progress=progress, stop=heeded, now=newsroom.clock)

    press.site.pages["/ferry"] = held
    soon = iter([False])
    clock = Refreshing(run, HALF_AN_HOUR, now=newsroom.clock, wait=lambda seconds: next(soon, True))
    clock.start()
    assert library.asked.wait(30)
    clock.close()
    assert clock.standing.report.stopped and clock.standing.since is None
    assert newsroom.marks() == {"Tram": "1"}

    press.site.pages["/ferry"] = read
    assert not refreshing(newsroom).refresh().report.stopped
    assert newsroom.marks() == {"Tram": "1", "Ferry": "1"}
    newsroom.library.pending.wait()
    assert max(newsroom.embedder.seen.values()) == 1


def test_the_clock_is_set_anew_while_it_runs(newsroom: Newsroom) -> None:
    waited: Queue[float] = Queue()

    def wait(seconds: float) -> bool:
        waited.put(seconds)
        return True

    clock = refreshing(newsroom, wait)
    clock.start()
    assert waited.get(timeout=30) == 15
    clock.set_every(timedelta(hours=1))
    assert waited.get(timeout=30) == 3600 and clock.every == timedelta(hours=1)
    clock.set_every(None)
    assert clock.every is None and clock.standing.next_at is None
    clock.close()
    clock.set_every(timedelta(hours=1))
    assert waited.empty(), "it is closed"


def test_a_clock_that_was_set_anew_ends_after_the_refresh_that_is_under_way(newsroom: Newsroom) -> None:
    runs, over = [], threading.Event()

    def run(urls=(), **given) -> Refresh:
        runs.append(1)
        over.set()
        return refresh(newsroom.library, newsroom.web(), now=newsroom.clock, **given)

    Refreshing(run, HALF_AN_HOUR, now=newsroom.clock, wait=lambda seconds: False).keep_on(HALF_AN_HOUR, over=over)
    assert runs == [1]
