"""Links of a feed that end at a wall, and stories that go on over several pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from following import Newsroom

from ingest.pages.extract import join_pages
from ingest.pipeline import ingest
from ingest.progress import report_as_text
from ingest.web.paging import number_of
from ingest.web.politeness import Web
from vectorstore.reports import Report

TOWNS = ["Arnsted", "Borlund", "Callmere", "Dunvik"]
WALL = "To go on, let us know what you think of our partners and their more than nine hundred purposes. " * 4


def page(title: str, text: str, head: str = "") -> bytes:
    return f"<html lang=en><title>{title}</title>{head}<article><h1>{title}</h1><p>{text}</p></article>".encode()


def news(town: str) -> str:
    return f"The school board of {town} has closed its swimming hall, since the roof leaks and nobody will pay for it. "


def feed(site, towns: list[str] = TOWNS, told: str = "The roof of the swimming hall leaks.") -> str:
    items = (
        f"<item><title>{town} closes its swimming hall</title><link>{site.url}/{town}</link>"
        f"<description>{told and f'{town}: {told}'}</description></item>"
        for town in towns
    )
    site.pages["/feed"] = f"<rss version='2.0'><channel><title>Baths</title>{''.join(items)}</channel></rss>".encode()
    return f"{site.url}/feed"


def taken(shelf, *sources: str) -> Report:
    return ingest(sources, shelf, web=Web(allow_private=True, delay=0))


class TestWalls:
    def test_links_that_end_at_one_text_keep_what_the_feed_says(self, site, shelf) -> None:
        for town in TOWNS:
            site.redirect(f"/{town}", f"/wall?from={town}")
            site.pages[f"/wall?from={town}"] = page("Your choice", WALL)
        report = taken(shelf, feed(site))
        assert (report.added, report.duplicate) == (4, 0)
        assert [each.title for each in shelf.articles] == [f"{town} closes its swimming hall" for town in TOWNS]
        assert {each.summary_only for each in shelf.articles} == {True}
        reason = "summary only: 4 links of the feed end at pages with the same text"
        assert {row.reason for row in report.rows} == {reason}
        assert f"added: {site.url}/Arnsted: {reason}" in report_as_text(report)

    def test_the_other_links_of_that_feed_are_read(self, site, shelf) -> None:
        for town in TOWNS:
            site.pages[f"/{town}"] = page("Your choice", WALL)
        site.pages["/Callmere"] = page("Hall shut in Callmere", news("Callmere") * 4)
        report = taken(shelf, feed(site))
        summaries = {each.title.split()[0]: each.summary_only for each in shelf.articles}
        assert summaries == {"Hall": False, "Arnsted": True, "Borlund": True, "Dunvik": True}
        assert sorted(bool(row.reason) for row in report.rows) == [False, True, True, True]

    def test_where_the_feed_says_nothing_they_are_rejected(self, site, shelf) -> None:
        for town in TOWNS:
            site.pages[f"/{town}"] = page("Your choice", WALL)
        report = taken(shelf, feed(site, told=""))
        assert [row.outcome for row in report.rows] == ["rejected"] * 4
        assert {row.reason for row in report.rejected} == {"4 links of the feed end at pages with the same text"}

    def test_a_single_page_under_another_headline_is_an_article(self, site, shelf) -> None:
        site.pages["/Arnsted"] = page(
            "No more laps", "Nobody will swim there this winter, said the head of sports. " * 6
        )
        report = taken(shelf, feed(site, ["Arnsted"]))
        assert report.added == 1 and report.rows[0].reason == ""
        assert not shelf.articles[0].summary_only

    def test_one_article_under_two_addresses_is_no_wall(self, site, shelf) -> None:
        same = page("Swimming halls closed in Arnsted and Borlund", (news("Arnsted") + news("Borlund")) * 3)
        site.pages |= {"/Arnsted": same, "/Borlund": same}
        report = taken(shelf, feed(site, ["Arnsted", "Borlund"]))
        assert (report.added, report.duplicate) == (1, 1)


class TestFollowedFeeds:
    @pytest.fixture
    def newsroom(self, tmp_path: Path) -> Iterator[Newsroom]:
        newsroom = Newsroom(tmp_path / "library")
        yield newsroom
        newsroom.library.close()

    def test_a_wall_is_told_and_read_again_until_it_is_gone(self, site, newsroom: Newsroom) -> None:
        for town in TOWNS:
            site.pages[f"/{town}"] = page("Your choice", WALL)
        newsroom.follow(feed(site))
        newsroom.refresh()
        assert newsroom.marks() == {f"{town} closes its swimming hall": "1 summary" for town in TOWNS}
        assert newsroom.library.subscriptions.all()[0].last_result == "4 added, 4 of them as summary only"
        for town in TOWNS:
            site.pages[f"/{town}"] = page(f"{town} hall shut", news(town) * 4)
        done = newsroom.refresh(everything=True)
        assert (done.report.updated, done.report.rejected) == (4, ())
        assert newsroom.marks() == {f"{town} hall shut": "2" for town in TOWNS}


PARTS = [
    "First the swimming hall was built, in 1962, and all of the town came to see it on the day that it was opened. ",
    "Then its roof was mended three times, by three firms, none of which would do it twice, as the minutes show us. ",
    "Now it is shut for good, and the children of the town learn to swim in the lake, from May until September. ",
]


def linked(site, *addresses: str) -> None:
    """The parts of one story at these paths, each naming the one before and the one after it."""
    for at, address in enumerate(addresses):
        links = [("prev", addresses[at - 1])] if at else []
        links += [("next", addresses[at + 1])] if at + 1 < len(addresses) else []
        head = "".join(f"<link rel={relation} href='{to.replace('&', '&amp;')}'>" for relation, to in links)
        site.pages[address] = page("Three lives of a hall", PARTS[at % 3] * 2 + f"Part {at + 1}.", head)


class TestStoriesOfSeveralPages:
    @pytest.mark.parametrize(
        "addresses",
        [
            ["/hall", "/hall?page=2", "/hall?page=3"],
            ["/hall", "/hall/2", "/hall/3"],
            ["/hall/", "/hall/page/2/", "/hall/page/3/"],
            ["/hall.html", "/hall_2.html", "/hall_3.html"],
            ["/a?id=7", "/a?id=7&p=2", "/a?id=7&p=3"],
        ],
    )
    @pytest.mark.parametrize("read", [0, 1, 2])
    def test_whichever_page_is_read_the_story_is_whole(self, site, shelf, addresses: list[str], read: int) -> None:
        linked(site, *addresses)
        assert taken(shelf, site.url + addresses[read]).added == 1
        text = shelf.articles[0].text
        assert [text.count(f"Part {n}.") for n in (1, 2, 3)] == [1, 1, 1]
        assert text.index("Part 1.") < text.index("Part 2.") < text.index("Part 3.")
        assert shelf.articles[0].url.rstrip("/") == site.url + addresses[0].rstrip("/")
        for address in addresses:
            assert taken(shelf, site.url + address).unchanged == 1

    def test_the_first_page_is_found_by_its_canonical_address(self, site, shelf) -> None:
        linked(site, "/hall", "/hall?page=2", "/hall?page=3")
        head = "<link rel=canonical href=/hall><link rel=next href='/hall?page=3'>"
        site.pages["/hall?page=2"] = page("Three lives of a hall", PARTS[1] * 2 + "Part 2.", head)
        assert taken(shelf, f"{site.url}/hall?page=2").added == 1
        assert "Part 1." in shelf.articles[0].text and "Part 3." in shelf.articles[0].text

    def test_links_of_a_feed_are_read_whole(self, site, shelf) -> None:
        linked(site, "/Arnsted", "/Arnsted?page=2")
        taken(shelf, feed(site, ["Arnsted"]))
        assert "Part 2." in shelf.articles[0].text

    @pytest.mark.parametrize(
        "next_one",
        ["/other-story", "/hall-2", "/2026/hall", "http://127.0.0.2:9/hall?page=2", "/hall?page=5", "http://[", ""],
    )
    def test_the_next_story_is_another_one(self, site, shelf, next_one: str) -> None:
        linked(site, "/hall")
        site.pages["/hall"] = page("A hall", PARTS[0] * 2, f"<link rel=next href='{next_one}'><a rel='prev' href='/x'>")
        assert taken(shelf, f"{site.url}/hall").added == 1
        assert site.asked == ["/hall"]

    def test_no_more_than_20_pages_are_read(self, site, shelf) -> None:
        linked(site, "/hall", *(f"/hall?page={n}" for n in range(2, 40)))
        assert taken(shelf, f"{site.url}/hall").added == 1
        assert len(site.asked) == 20 and "Part 20." in shelf.articles[0].text

    def test_pages_that_lead_back_end(self, site, shelf) -> None:
        site.pages["/hall"] = page("A hall", PARTS[0] * 2, "<link rel=next href='/hall?page=2'>")
        site.pages["/hall?page=2"] = page("A hall", PARTS[1] * 2, "<link rel=next href='/hall?page=2'>")
        assert taken(shelf, f"{site.url}/hall").added == 1
        assert site.asked == ["/hall", "/hall?page=2"]

    def test_a_page_that_is_not_there_ends_the_story(self, site, shelf) -> None:
        site.pages["/hall"] = page("A hall", PARTS[0] * 2, "<link rel=next href='/hall?page=2'>")
        assert taken(shelf, f"{site.url}/hall").added == 1

    def test_half_a_story_is_not_taken_for_the_whole(self, site, shelf) -> None:
        site.pages["/hall"] = page("A hall", PARTS[0] * 2, "<link rel=next href='/hall?page=2'>")
        site.answer("/hall?page=2", (b"", 500, {}))
        assert "answered 500" in taken(shelf, f"{site.url}/hall").rejected[0].reason
        site.answer("/hall", (b"", 500, {}))
        site.pages["/hall?page=3"] = page("A hall", PARTS[2] * 2, "<link rel=prev href='/hall?page=2'>")
        assert "answered 500" in taken(shelf, f"{site.url}/hall?page=3").rejected[0].reason

    def test_what_every_page_says_stands_there_once(self) -> None:
        joined = join_pages({"title": "A", "text": "Standfirst\nOne"}, [{"text": "Standfirst\nTwo"}, {"title": "B"}])
        assert joined == {"title": "A", "text": "Standfirst\nOne\nTwo", "corrections": []}

    def test_the_corrections_of_every_page_are_kept(self) -> None:
        said = [(None, "It was four."), (None, "It was five.")]
        joined = join_pages({"text": "One", "corrections": said[:1]}, [{"text": "Two", "corrections": said[1:]}])
        assert joined["corrections"] == said

    @pytest.mark.parametrize("url", ["https://e.example/news/12", "https://e.example/news/1x", "https://[e/2", "2"])
    def test_what_names_no_page_of_a_story(self, url: str) -> None:
        assert number_of(url, "https://e.example/news/1") == 0
