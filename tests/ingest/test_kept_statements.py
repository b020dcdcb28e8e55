"""Dates that cannot be, and what an earlier reading of an address knew: neither is made up, neither is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from harbour import STORY, metas, page

from ingest.documents import Source
from ingest.pipeline import ingest
from ingest.web.politeness import Web
from vectorstore.models import Article

NOW = datetime(2030, 3, 6, tzinfo=UTC)
TOMORROW, FUTURE = "2030-03-06T23:00:00Z", "2030-03-09T09:00:00Z"
TEXT = " ".join(STORY)


def taken(shelf, source: Source) -> tuple[str, Article]:
    """The outcome, and the only article of the library after it."""
    (row,) = ingest([source], shelf, web=Web(allow_private=True, delay=0), now=lambda: NOW).rows
    (article,) = shelf.articles
    return row.outcome.value, article


def written(folder: Path, name: str, content: str) -> Path:
    (folder / name).write_text(content)
    return folder / name


def feed(site, date: str = "", author: str = "") -> str:
    """A feed of one entry, whose page says neither who wrote it nor when."""
    about = f"<title>A</title><link>{site.url}/a</link><pubDate>{date}</pubDate><author>{author}</author>"
    site.pages["/feed"] = f"<rss version='2.0'><channel><title>Harbour Post</title><item>{about}</item>".encode()
    return f"{site.url}/feed"


class TestDatesAhead:
    @pytest.mark.parametrize(("date", "known"), [(TOMORROW, True), (FUTURE, False)], ids=["tomorrow", "later"])
    @pytest.mark.parametrize("source", ["row", "markdown", "page", "feed"])
    def test_a_date_ahead_of_the_clock_is_unknown_whoever_states_it(
        self, site, shelf, tmp_path: Path, source: str, date: str, known: bool
    ) -> None:
        stated = metas(article__published_time=date, article__modified_time=date)
        site.pages["/a"] = page("<title>A</title>" + ("" if source == "feed" else stated))
        fields = {"published_at": date, "updated_at": date, "text": TEXT}
        sources = {
            "row": written(tmp_path, "a.jsonl", json.dumps(fields)),
            "markdown": written(tmp_path, "a.md", f"---\npublished_at: {date}\nupdated_at: {date}\n---\n\n{TEXT}"),
            "page": f"{site.url}/a",
            "feed": feed(site, date),
        }
        _, article = taken(shelf, sources[source])
        assert article.published_at == (datetime.fromisoformat(date) if known else None)
        assert known or article.updated_at is None

    def test_the_feeds_date_stands_in_for_a_pages_that_cannot_be(self, site, shelf) -> None:
        site.pages["/a"] = page(metas(article__published_time=FUTURE))
        _, article = taken(shelf, feed(site, "Tue, 05 Mar 2030 09:00:00 GMT"))
        assert article.published_at == datetime(2030, 3, 5, 9, tzinfo=UTC)

    def test_the_day_comes_and_the_date_is_added(self, shelf, tmp_path: Path) -> None:
        path = written(tmp_path, "a.jsonl", json.dumps({"id": "n1", "published_at": FUTURE, "text": TEXT}))
        assert taken(shelf, path)[1].published_at is None
        (row,) = ingest([path], shelf, now=lambda: datetime(2030, 3, 9, tzinfo=UTC)).rows
        assert row.outcome.value == "updated" and shelf.find("n1").published_at == datetime.fromisoformat(FUTURE)


class TestWhatOnlyTheFeedStated:
    @pytest.fixture
    def known(self, site, shelf) -> Article:
        site.pages["/a"] = page("<title>Harbour plan passes</title>")
        _, article = taken(shelf, feed(site, "Tue, 05 Mar 2030 09:00:00 GMT", "Jane Doe"))
        assert (article.outlet, article.authors) == ("Harbour Post", ("Jane Doe",))
        return article

    def test_reading_the_page_alone_is_no_update_and_loses_nothing(self, site, shelf, known: Article) -> None:
        assert taken(shelf, f"{site.url}/a") == ("unchanged", known)

    def test_a_corrected_text_keeps_what_the_page_does_not_state(self, site, shelf, known: Article) -> None:
        site.pages["/a"] = page("<title>Harbour plan passes</title>", story=[*STORY, "Corrected on Wednesday."])
        outcome, article = taken(shelf, f"{site.url}/a")
        assert (outcome, article.version) == ("updated", 2) and "Corrected" in article.text
        assert (article.published_at, article.outlet, article.authors) == (
            *(known.published_at, known.outlet, known.authors),
        )

    @pytest.mark.parametrize(
        "stated",
        [{"article__published_time": "2030-03-04"}, {"og__site_name": "The Bugle"}, {"article__author": "John Roe"}],
        ids=["date", "outlet", "author"],
    )
    def test_another_statement_still_counts(self, site, shelf, known: Article, stated: dict[str, str]) -> None:
        site.pages["/a"] = page("<title>Harbour plan passes</title>" + metas(**stated))
        outcome, article = taken(shelf, f"{site.url}/a")
        assert outcome == "updated"
        assert (article.published_at, article.outlet, article.authors) != (
            *(known.published_at, known.outlet, known.authors),
        )

    def test_the_time_of_an_earlier_update_is_not_put_on_another_text(self, site, shelf) -> None:
        site.pages["/a"] = page(metas(article__modified_time="2030-03-05"))
        assert taken(shelf, f"{site.url}/a")[1].updated_at is not None
        site.pages["/a"] = page(story=[*STORY, "Corrected on Wednesday."])
        assert taken(shelf, f"{site.url}/a")[1].updated_at is None
