"""When and where feeds say that their items appeared, and which items are the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ingest.feeds.parsing import FeedEntry, parse_feed
from ingest.pipeline import ingest
from ingest.web.politeness import Web

STORY = "The lock keepers of Brodal went back to work on Sunday after the canal company had promised them new boats. "


def rss(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>Canal News</title>{''.join(items)}</channel></rss>".encode()


def atom(published: str) -> bytes:
    entry = f"<entry><id>a</id><published>{published}</published></entry>"
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode()


@pytest.mark.parametrize(
    ("stated", "utc"),
    [
        ("Wed, 04 Nov 2026 08:30:00 CET", "07:30"),
        ("Wed, 04 Nov 2026 08:30:00 CEST", "06:30"),
        ("Wed, 04 Nov 2026 08:30:00 MEZ", "07:30"),
        ("Wed, 04 Nov 2026 08:30:00 BST", "07:30"),
        ("Wed, 04 Nov 2026 08:30:00 IST", "03:00"),
        ("Wed, 04 Nov 2026 12:30:00 JST", "03:30"),
        ("Wed, 04 Nov 2026 12:30:00 AEST", "02:30"),
        ("Wed, 04 Nov 2026 12:30:00 AEDT", "01:30"),
        ("Wed, 04 Nov 2026 08:30:00 MSK", "05:30"),
        ("Wed, 04 Nov 2026 08:30:00 EET", "06:30"),
        ("Wed, 04 Nov 2026 08:30:00 PST", "16:30"),
        ("Wed, 04 Nov 2026 08:30:00 GMT", "08:30"),
        ("Wed, 04 Nov 2026 08:30:00 -0500", "13:30"),
        ("Wed, 04 Nov 2026 08:30 PM", "20:30"),
        ("Wed, 04 Nov 2026 12:05 AM GMT", "00:05"),
        ("November 4, 2026, 8:30 am", "08:30"),
        ("November 4, 2026 8:30 p.m.", "20:30"),
        ("2026/11/04 08:30", "08:30"),
        ("2026-11-04 08:30:00", "08:30"),
        ("2026-11-04T08:30:00.250+01:00", "07:30"),
        (str(int(datetime(2026, 11, 4, 8, 30, tzinfo=UTC).timestamp())), "08:30"),
        (str(int(datetime(2026, 11, 4, 8, 30, tzinfo=UTC).timestamp() * 1000)), "08:30"),
    ],
)
def test_the_time_of_an_item_is_read_in_its_zone(stated: str, utc: str) -> None:
    moment = datetime(2026, 11, 4, *map(int, utc.split(":")), tzinfo=UTC)
    for feed in (rss(f"<item><title>a</title><pubDate>{stated}</pubDate></item>"), atom(stated)):
        assert parse_feed(feed).entries[0].published_at == moment


@pytest.mark.parametrize("stated", ["", "yesterday", "04/11/2026", "11:30", "2026", "November 2026"])
def test_what_is_no_whole_date_is_unknown(stated: str) -> None:
    feed = rss(f"<item><title>a</title><pubDate>{stated}</pubDate></item>")
    assert parse_feed(feed).entries[0].published_at is None


class TestJsonFeed:
    FEED = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Canal &amp; News",
        "home_page_url": "https://canal.example/",
        "language": "en-GB",
        "authors": [{"name": "The desk"}],
        "items": [
            {
                "id": 7,
                "url": "https://canal.example/locks",
                "title": "Lock keepers <b>return</b>",
                "content_html": "<p>They are back.</p><p>New boats come.</p>",
                "summary": "Back.",
                "date_published": "2026-11-04T08:30:00+01:00",
                "date_modified": "2026-11-04T09:30:00Z",
                "authors": [{"name": "Ida Voss"}, {"name": "Per Lund"}, {"url": "https://x.example"}],
            },
            {"id": "https://canal.example/eels", "content_text": "Eels are back.", "author": {"name": "Ida Voss"}},
            "no item",
            {"id": "3", "external_url": "https://other.example/", "title": None, "date_published": 5},
        ],
    }

    def test_its_items_are_read(self) -> None:
        feed = parse_feed(json.dumps(self.FEED).encode())
        assert (feed.title, feed.link, feed.language) == ("Canal & News", "https://canal.example/", "en-GB")
        assert feed.entries == (
            FeedEntry(
                "7",
                "https://canal.example/locks",
                "Lock keepers return",
                datetime(2026, 11, 4, 7, 30, tzinfo=UTC),
                datetime(2026, 11, 4, 9, 30, tzinfo=UTC),
                ("Ida Voss", "Per Lund"),
                "They are back.\nNew boats come.",
            ),
            FeedEntry(
                "https://canal.example/eels",
                "https://canal.example/eels",
                authors=("Ida Voss",),
                text="Eels are back.",
            ),
            FeedEntry("3", "https://other.example/", authors=("The desk",)),
        )

    @pytest.mark.parametrize(
        "content",
        [b'{"version": 1}', b'{"items": {}}', b'{"items": [1, null, []]}', b'{"items": null, "title": []}'],
    )
    def test_one_without_items_has_none(self, content: bytes) -> None:
        assert parse_feed(content).entries == ()

    @pytest.mark.parametrize("content", [b"{", b'{"items": [', b'{"a":' * 100_000])
    def test_a_broken_one_is_told(self, site, shelf, content: bytes) -> None:
        url = site.answer("/feed", (content, 200, {"Content-Type": "application/feed+json"}))
        report = ingest([url], shelf, web=Web(allow_private=True, delay=0))
        assert [row.reason.partition(" (")[0] for row in report.rows] == ["is not a JSON Feed that can be read"]

    def test_its_articles_are_taken(self, site, shelf) -> None:
        page = f"<html><title>Locks</title><article><h1>Locks</h1><p>{STORY * 3}</p></article>"
        site.pages["/locks"] = page.encode()
        items = [{"id": "1", "url": f"{site.url}/locks", "title": "Locks", "content_text": "Short."}]
        site.answer(
            "/feed", (json.dumps(self.FEED | {"items": items}).encode(), 200, {"Content-Type": "application/json"})
        )
        site.pages["/"] = b"<html><link rel=alternate type='application/feed+json' href='/feed'><body>Home"
        assert ingest([site.url + "/"], shelf, web=Web(allow_private=True, delay=0)).added == 1
        assert (shelf.articles[0].outlet, shelf.articles[0].summary_only) == ("Canal & News", False)


class TestItemsWithOneAddress:
    def item(self, guid: str, title: str, link: str = "https://status.example/") -> str:
        told = f"<title>{title}</title><link>{link}</link><description>{title}, said the crew.</description>"
        return f"<item>{told}{guid and f'<guid isPermaLink=false>{guid}</guid>'}</item>"

    def test_they_are_items_of_their_own(self, site, shelf) -> None:
        items = (self.item(f"tag:{n}", f"Lock {n} is shut", f"{site.url}/status") for n in range(3))
        site.pages |= {"/feed": rss(*items), "/status": STORY.encode() * 5}
        web = Web(allow_private=True, delay=0)
        assert ingest([f"{site.url}/feed"], shelf, web=web).added == 3
        assert [each.title for each in shelf.articles] == [f"Lock {n} is shut" for n in range(3)]
        assert {(each.url, each.summary_only) for each in shelf.articles} == {(f"{site.url}/status", True)}
        assert ingest([f"{site.url}/feed"], shelf, web=web).unchanged == 3

    def test_the_address_that_names_one_of_them_is_its_own(self) -> None:
        feed = rss(self.item("https://status.example/i/1", "One"), self.item("https://status.example/i/2", "Two"))
        assert [each.url for each in parse_feed(feed).entries] == [f"https://status.example/i/{n}" for n in (1, 2)]

    @pytest.mark.parametrize(
        "items",
        [
            [("tag:1", "One", "/a"), ("tag:1", "One, corrected", "/a")],
            [("tag:1", "One", "/a"), ("tag:2", "One", "/a")],
            [("", "One", "/a"), ("", "Two", "/a")],
            [("tag:1", "One", "/a#p1"), ("tag:2", "Two", "/a#p2")],
            [("tag:1", "One", "/a"), ("tag:2", "Two", "/b")],
        ],
        ids=["one name", "one title", "no names", "places on a page", "two addresses"],
    )
    def test_others_stay_with_the_page_of_their_address(self, items: list[tuple[str, str, str]]) -> None:
        feed = rss(*(self.item(guid, title, f"https://canal.example{link}") for guid, title, link in items))
        assert [each.url for each in parse_feed(feed).entries] == [f"https://canal.example{link}" for *_, link in items]
