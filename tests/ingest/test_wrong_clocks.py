"""A clock that was wrong for a while: no feed waits for years, no date is lost, no site is left alone for ever."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from following import Newsroom, Press, story

from ingest.pipeline import ingest
from ingest.preview import look
from ingest.web.politeness import Web
from ingest.web.responses import wait_of
from vectorstore.reports import Outcome

TODAY = datetime(2027, 5, 3, 12, tzinfo=UTC)
WRONG = [datetime(1970, 1, 1, tzinfo=UTC), datetime(2020, 6, 1, tzinfo=UTC)]
LATER = [datetime(2040, 1, 1, tzinfo=UTC), datetime(2027, 5, 5, tzinfo=UTC), datetime(9990, 1, 1, tzinfo=UTC)]
DAY = timedelta(days=1)
TEXT = "The council voted on the harbour plan on Tuesday and the ferry will sail again in spring."


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    newsroom = Newsroom(tmp_path / "library")
    newsroom.clock.now = TODAY
    yield newsroom
    newsroom.library.close()


@pytest.fixture
def press(site) -> Press:
    press = Press(site)
    press.publish("/tram", story("tram"))
    press.issue()
    return press


def rows(folder: Path, *dates: str) -> Path:
    path = folder / "rows.jsonl"
    lines = [{"id": f"n{n}", "published_at": date, "text": f"{TEXT} Part {n}."} for n, date in enumerate(dates)]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


class TestFeedsThatFailed:
    @pytest.mark.parametrize("wrong", LATER, ids=str)
    def test_one_that_failed_by_a_clock_that_was_ahead_is_read_once_the_clock_is_right(
        self, newsroom: Newsroom, press: Press, wrong: datetime
    ) -> None:
        newsroom.follow(f"{press.url}/feed")
        served = press.site.pages.pop("/feed")
        newsroom.clock.now = wrong
        assert newsroom.refresh().feeds[0].state == "failed"
        press.site.pages["/feed"], newsroom.clock.now = served, TODAY
        (feed,) = newsroom.refresh().feeds
        assert (feed.state, feed.count(Outcome.ADDED)) == ("read", 1)

    def test_one_that_failed_by_the_right_clock_still_waits(self, newsroom: Newsroom, press: Press) -> None:
        newsroom.follow(f"{press.url}/missing")
        assert [newsroom.refresh(minutes=1).feeds[0].state.value for _ in range(2)] == ["failed", "waiting"]

    @pytest.mark.parametrize("asked", ["900000000", "Fri, 31 Dec 9999 23:59:59 GMT", "172800"])
    def test_a_site_that_asks_for_years_is_left_alone_for_a_day(
        self, newsroom: Newsroom, press: Press, asked: str
    ) -> None:
        url = press.site.answer("/busy", (b"", 503, {"Retry-After": asked}))
        newsroom.follow(url)
        (feed,) = newsroom.refresh().feeds
        assert feed.next_due_at == newsroom.clock.now + DAY
        assert newsroom.refresh(minutes=24 * 60 - 1).feeds[0].state == "waiting"
        assert newsroom.refresh(minutes=2).feeds[0].state == "failed"

    def test_a_server_whose_own_clock_is_wrong_is_left_alone_for_a_day(self) -> None:
        headers = {"Date": "Thu, 01 Jan 1970 00:00:00 GMT", "Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}
        assert wait_of(httpx.Headers(headers)) == DAY.total_seconds()


class TestSitesInBetween:
    def test_a_robots_txt_that_was_read_by_a_clock_that_was_ahead_is_read_anew(
        self, newsroom: Newsroom, press: Press
    ) -> None:
        press.site.pages["/robots.txt"] = b"User-agent: *\nDisallow: /"
        newsroom.follow(f"{press.url}/feed")
        newsroom.clock.now = LATER[0]
        assert "robots.txt" in newsroom.refresh().feeds[0].reason
        press.site.pages["/robots.txt"], newsroom.clock.now = b"", TODAY
        assert newsroom.refresh().feeds[0].state == "read"

    def test_a_clock_that_is_put_back_in_the_middle_of_a_run_makes_no_pause_of_years(self, site) -> None:
        times = iter([*[LATER[0]] * 2, *[TODAY] * 10])
        slept: list[float] = []
        site.pages["/a"] = site.pages["/b"] = b"a"
        web = Web(allow_private=True, robots=False, delay=2.0, now=lambda: next(times), sleep=slept.append)
        for path in ("/a", "/b"):
            web.get(site.url + path)
        assert slept == [30.0]


class TestDates:
    @pytest.mark.parametrize("wrong", WRONG, ids=str)
    def test_a_clock_from_before_dateline_costs_no_date_and_is_told_once(
        self, shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture, wrong: datetime
    ) -> None:
        dates = ["2022-06-17T12:00:00+00:00", "2026-11-20T12:00:00+00:00", "2027-01-01T00:00:00+00:00"]
        source = rows(tmp_path, *dates)
        with caplog.at_level(logging.WARNING):
            ingest([source], shelf, now=lambda: wrong)
        assert [each.published_at.isoformat() for each in shelf.articles] == dates
        (record,) = caplog.records
        assert f"{wrong:%Y-%m-%d}" in record.getMessage() and "Set the clock" in record.getMessage()
        assert ingest([source], shelf, now=lambda: TODAY).unchanged == 3

    def test_a_clock_behind_the_articles_that_came_in_costs_no_date(
        self, shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        ingest([rows(tmp_path, "2027-05-01")], shelf, now=lambda: TODAY)
        ingest([rows(tmp_path, "2027-05-01", "2027-05-02")], shelf, now=lambda: TODAY - 90 * DAY)
        assert shelf.find("n1").published_at == datetime(2027, 5, 2, tzinfo=UTC)
        assert len(caplog.records) == 1

    def test_a_feed_that_is_refreshed_by_a_clock_from_before_dateline_costs_no_date(
        self, newsroom: Newsroom, press: Press
    ) -> None:
        newsroom.follow(f"{press.url}/feed")
        newsroom.clock.now = WRONG[1]
        newsroom.refresh()
        assert [entry.published_at for entry in newsroom.library.entries()] == [datetime(2024, 1, 1, 9, tzinfo=UTC)]

    def test_by_the_right_clock_a_date_that_lies_ahead_is_unknown_and_nothing_is_told(
        self, shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        ingest([rows(tmp_path, "2031-01-01", "2027-05-03")], shelf, now=lambda: TODAY)
        assert [each.published_at for each in shelf.articles] == [None, datetime(2027, 5, 3, tzinfo=UTC)]
        assert not caplog.records

    def test_a_look_by_a_wrong_clock_shows_the_date_that_ingest_would_take(self, tmp_path: Path) -> None:
        from ingest.dates import latest

        (seen,) = look(rows(tmp_path, "2026-11-20"), Web(), latest(WRONG[0]))
        assert seen.article.published_at == datetime(2026, 11, 20, tzinfo=UTC)
