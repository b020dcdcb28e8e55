"""Feeds that move, end, ask for a pause, rename their items or list thousands of them: added, and refreshed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from following import Newsroom, Press, story, told

from ingest.feeds.following import find_feed
from ingest.feeds.parsing import read_opml
from ingest.intake import Intake
from vectorstore.errors import FeedEmpty, PageGone, RejectedDocument, ToldToWait


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


def only(newsroom: Newsroom):
    [subscription] = newsroom.library.subscriptions.all()
    return subscription


class TestWithoutArticles:
    def test_an_empty_feed_is_followed_only_when_that_is_meant(self, newsroom: Newsroom, press: Press) -> None:
        press.unlist_all()
        press.issue()
        with pytest.raises(FeedEmpty, match="has no articles"):
            find_feed(f"{press.url}/feed", newsroom.web())
        assert find_feed(f"{press.url}/feed", newsroom.web(), empty=True).title == "The Post"

    @pytest.mark.parametrize("empty", [True, False])
    def test_a_feed_that_ends_in_its_middle_is_refused_in_words(
        self, newsroom: Newsroom, press: Press, empty: bool
    ) -> None:
        press.serve("/feed", b"<rss version='2.0'><channel><title>The Post</title><item", "application/rss+xml")
        with pytest.raises(RejectedDocument, match="^is damaged and lists no article; check the address"):
            find_feed(f"{press.url}/feed", newsroom.web(), empty)

    def test_one_that_breaks_later_fails_and_keeps_its_articles(self, newsroom: Newsroom, press: Press) -> None:
        newsroom.follow(f"{press.url}/feed")
        newsroom.refresh()
        press.serve("/feed", b"<rss version='2.0'><channel><title>The Post</title><item", "application/rss+xml")
        assert told(newsroom.refresh()) == [("failed", {})]
        assert "is damaged" in only(newsroom).last_result and newsroom.library.counts()[0] == 1


def test_a_feed_knows_the_articles_that_it_led_to(newsroom: Newsroom, press: Press) -> None:
    press.publish("/ferry", story("ferry"))
    press.issue()
    newsroom.follow(f"{press.url}/feed")
    newsroom.refresh()
    subscriptions = newsroom.library.subscriptions
    [(feed, ids)] = subscriptions.article_ids().items()
    assert feed == f"{press.url}/feed" and len(ids) == 2
    assert {each.title for each in subscriptions.articles(feed, 9)} == {"Tram", "Ferry"}
    assert len(subscriptions.articles(feed, 1)) == 1 and subscriptions.articles("elsewhere", 9) == []
    newsroom.library.remove(ids[0])
    assert subscriptions.article_ids() == {feed: [ids[1]]}


class TestRedirects:
    @pytest.mark.parametrize(("status", "followed"), [(301, "/feed"), (308, "/feed"), (302, "/old"), (307, "/old")])
    def test_a_feed_is_followed_where_it_has_moved_for_good(
        self, newsroom: Newsroom, press: Press, status: int, followed: str
    ) -> None:
        old = press.site.redirect("/old", "/feed", status)
        assert find_feed(old, newsroom.web()).url == press.url + followed
        newsroom.follow(old)
        assert told(newsroom.refresh()) == [("read", {"added": 1})]
        assert only(newsroom).url == press.url + followed
        assert told(newsroom.refresh()) == [("unchanged", {})]

    def test_a_feed_behind_a_page_that_sends_on_is_followed_by_its_own_address(
        self, newsroom: Newsroom, press: Press
    ) -> None:
        press.site.pages["/old"] = b"<meta http-equiv=refresh content='0;url=/feed'>"
        newsroom.follow(find_feed(f"{press.url}/old", newsroom.web()).url)
        assert told(newsroom.refresh()) == [("read", {"added": 1})]

    def test_a_feed_that_leads_in_a_circle_is_told_and_tried_again(self, newsroom: Newsroom, press: Press) -> None:
        press.site.redirect("/feed", "/feed", 301)
        newsroom.follow(f"{press.url}/feed")
        [feed] = newsroom.refresh().feeds
        assert (feed.state, "more than 5 times" in feed.reason) == ("failed", True)
        press.issue()
        assert told(newsroom.refresh(minutes=20)) == [("read", {"added": 1})]


class TestFeedsThatAreGone:
    @pytest.mark.parametrize("status", [404, 410])
    def test_one_is_not_added_and_what_it_brought_before_stays(
        self, newsroom: Newsroom, press: Press, status: int
    ) -> None:
        newsroom.follow(f"{press.url}/feed")
        newsroom.refresh()
        press.site.answer("/feed", (b"", status, {}))
        with pytest.raises(PageGone, match="no such page"):
            find_feed(f"{press.url}/feed", newsroom.web())
        for failures in (1, 2, 3):
            [feed] = newsroom.refresh(minutes=24 * 60).feeds
            assert (feed.state, only(newsroom).failures) == ("failed", failures)
        assert newsroom.marks() == {"Tram": "1"}

    def test_a_page_that_is_gone_is_marked_and_back_when_it_is_back(self, newsroom: Newsroom, press: Press) -> None:
        newsroom.follow(f"{press.url}/feed")
        newsroom.refresh()
        press.site.answer("/tram", (b"", 410, {}))
        press.issue("/feed")
        press.publish("/bus", story("bus"))
        press.site.answer("/tram", (b"", 410, {}))
        press.issue()
        newsroom.refresh()
        assert newsroom.marks() == {"Tram": "1 gone", "Bus": "1"}


class TestPauses:
    @pytest.mark.parametrize("status", [429, 503])
    def test_a_feed_is_left_alone_for_as_long_as_it_asks(self, newsroom: Newsroom, press: Press, status: int) -> None:
        press.site.answer("/feed", (b"", status, {"Retry-After": "7200"}))
        with pytest.raises(ToldToWait):
            find_feed(f"{press.url}/feed", newsroom.web())
        newsroom.follow(f"{press.url}/feed")
        newsroom.refresh()
        due = only(newsroom).next_due_at - newsroom.clock.now
        assert timedelta(hours=1, minutes=59) <= due <= timedelta(hours=2)
        press.issue()
        press.requests()
        assert told(newsroom.refresh(minutes=90)) == [("waiting", {})] and press.requests() == []
        assert told(newsroom.refresh(minutes=40)) == [("read", {"added": 1})]

    @pytest.mark.parametrize("status", [429, 503])
    def test_pages_that_were_put_off_are_read_the_next_time(
        self, newsroom: Newsroom, press: Press, status: int
    ) -> None:
        press.publish("/bus", story("bus"))
        press.issue()
        press.site.answer("/bus", (b"", status, {"Retry-After": "3600"}))
        newsroom.follow(f"{press.url}/feed")
        [feed] = newsroom.refresh().feeds
        assert "put off" in feed.reason
        press.serve_article("/bus", story("bus"))
        newsroom.refresh(minutes=61)
        assert newsroom.marks() == {"Tram": "1", "Bus": "1"}


class TestItems:
    def feed(self, site, mark: str, numbers: range, link: bool = True) -> str:
        items = (
            f"<item><title>Item {n}</title><guid isPermaLink='false'>{mark}-{n}</guid>"
            f"{f'<link>{site.url}/{n}</link>' if link else ''}"
            f"<description>{story(f'item {n}')}</description></item>"
            for n in numbers
        )
        site.pages["/feed"] = f"<rss version='2.0'><channel><title>P</title>{''.join(items)}</channel></rss>".encode()
        return f"{site.url}/feed"

    @pytest.mark.parametrize("link", [True, False], ids=["with addresses", "without"])
    def test_items_under_new_names_are_no_new_articles(self, site, newsroom: Newsroom, link: bool) -> None:
        newsroom.follow(self.feed(site, "old", range(3), link))
        newsroom.refresh()
        self.feed(site, "new", range(3), link)
        [(state, brought)] = told(newsroom.refresh())
        assert state == "read" and set(brought) <= {"unchanged", "duplicate"}
        assert newsroom.marks() == {f"Item {n}": "1 summary" for n in range(3)}

    def test_of_5000_items_the_first_1000_are_taken_and_the_others_told(self, site, newsroom: Newsroom) -> None:
        newsroom.follow(self.feed(site, "a", range(5000), link=False))
        [feed] = newsroom.refresh().feeds
        assert (feed.state, len(feed.rows)) == ("read", 1000)
        assert "4000 more entries than the 1000" in feed.reason
        assert "4000 more entries" in only(newsroom).last_result
        assert told(newsroom.refresh()) == [("unchanged", {})]


class TestOpml:
    def test_feeds_in_folders_of_folders_are_followed_once(self, newsroom: Newsroom) -> None:
        leaf = "<outline type='rss' text='{0}' XMLURL='https://{0}.example/feed'/>"
        nested = "<outline text='folder'>" * 60 + leaf.format("deep") + "</outline>" * 60
        opml = f"<opml version='2.0'><body>{leaf.format('top')}{nested}{leaf.format('deep')}</body></opml>"
        assert Intake(newsroom.library, newsroom.web).import_opml(opml.encode()) == (2, 0)
        assert {each.title for each in newsroom.library.subscriptions.all()} == {"top", "deep"}

    @pytest.mark.parametrize("opml", [b"", b"<opml/>", b"<opml><body><outline xmlUrl='file:///etc/passwd'/>", b"\0\1"])
    def test_one_without_feeds_is_told(self, opml: bytes) -> None:
        with pytest.raises(RejectedDocument, match="names no feed|is not XML"):
            read_opml(opml)
