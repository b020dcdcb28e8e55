"""Two sites are followed and refreshed ten times while they change: every report is right, nothing embedded twice."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from following import Newsroom, Press, story, told

WRONG = story("harbour", " Café “Nord” opens.")


@dataclass(frozen=True, slots=True)
class World:
    """The Post marks its pages with an ETag, the Gazette with Last-Modified; the Gazette has a second, broken feed."""

    newsroom: Newsroom
    post: Press
    gazette: Press

    def sees(self, *expected: tuple[str, dict[str, int]], minutes: float = 30) -> list[str]:
        """Refreshes and compares what is told of the three feeds, in their order; gives the reasons of rejections."""
        self.post.requests(), self.gazette.requests()
        refresh = self.newsroom.refresh(minutes=minutes)
        assert told(refresh) == list(expected)
        return [row.reason for row in refresh.report.rejected]


@pytest.fixture
def world(tmp_path: Path, site, other_site) -> Iterator[World]:
    world = World(Newsroom(tmp_path), Press(site), Press(other_site, dated=True))
    yield world
    world.newsroom.library.close()


def everything_is_new_and_what_is_bad_costs_nothing_else(world: World) -> None:
    post, slow = world.post, threading.Event()
    for topic in ("ferry", "tram", "market"):
        post.publish(f"/{topic}", story(topic))
    post.serve_article("/school", story("school"))
    post.site.redirect("/old-school", "/school", 301)
    post.serve("/wrong", f"<html><title>Wrong</title><article><p>{WRONG}".encode("cp1252"))  # and says that it's UTF-8
    post.serve("/wall", b"<html><body><p>Subscribe to read on.")
    post.site.pages["/robots.txt"] = b"User-agent: *\nDisallow: /closed"
    bomb = gzip.compress(b"\0" * 30_000_000)
    post.site.answer("/bomb", (bomb, 200, {"Content-Encoding": "gzip", "Content-Type": "text/html"}))
    post.site.pages["/slow"] = lambda _: slow.wait(30)
    post.list("/wall", "Only a summary of the museum story stands here.")
    post.list("/closed", "A page for people only has this summary of a river.")
    for path in ("/old-school", "/wrong", "/bomb", "/slow"):
        post.list(path)
    post.issue()
    world.gazette.publish("/orchard", story("orchard"))
    world.gazette.issue()
    world.gazette.site.pages["/broken"] = b"\x00\x01 is no feed"
    reasons = world.sees(("read", {"added": 7, "rejected": 2}), ("read", {"added": 1}), ("failed", {}))
    slow.set()
    assert ["10 MB" in reasons[0], "longer than" in reasons[1]] == [True, True]
    assert "/closed" not in post.requests()
    assert {title for title, mark in world.newsroom.marks().items() if mark == "1 summary"} == {"Wall", "Closed"}
    assert "Café “Nord” opens" in world.newsroom.text("Wrong")


def nothing_changes_and_costs_one_request_a_feed(world: World) -> None:
    post, gazette = world.post, world.gazette
    world.sees(("unchanged", {}), ("unchanged", {}), ("waiting", {}), minutes=10)
    assert (post.requests(), gazette.requests()) == (["/feed"], ["/feed"])


def a_correction_is_a_new_version_and_a_copy_a_duplicate(world: World) -> None:
    world.post.publish("/ferry", story("ferry", " A correction was made."))
    world.post.unlist("/bomb"), world.post.unlist("/slow")
    world.post.issue()
    world.gazette.publish("/copy", story("tram"))
    world.gazette.issue()
    world.sees(
        ("read", {"updated": 1, "unchanged": 6}),
        ("read", {"unchanged": 1, "duplicate": 1}),
        ("failed", {}),
    )
    assert world.newsroom.marks()["Ferry"] == "2" and "correction" not in world.newsroom.text("Ferry", version=1)


def an_article_that_vanished_is_marked_and_stays_readable(world: World) -> None:
    del world.post.site.pages["/tram"]
    world.post.issue()
    world.sees(("read", {"gone": 1, "unchanged": 6}), ("unchanged", {}), ("waiting", {}), minutes=20)
    assert world.newsroom.marks()["Tram"] == "1 gone" and world.newsroom.text("Tram") == story("tram")


def another_layout_is_no_update_and_what_is_gone_is_not_gone_again(world: World) -> None:
    world.post.publish("/market", story("market").replace(" ", "\n  "))
    world.post.issue()
    world.sees(("read", {"unchanged": 7}), ("unchanged", {}), ("failed", {}))


def a_feed_that_moved_is_followed_to_where_it_went(world: World) -> None:
    world.post.publish("/bridge", story("bridge"))
    world.post.issue("/news")
    world.post.site.redirect("/feed", "/news", 301)
    world.sees(("read", {"added": 1, "unchanged": 7}), ("unchanged", {}), ("waiting", {}), minutes=20)
    assert world.newsroom.library.subscriptions.all()[0].url == f"{world.post.url}/news"


def a_site_that_asks_for_a_pause_gets_it(world: World) -> None:
    world.post.site.answer("/theatre", (b"", 429, {"Retry-After": "7200"}))
    world.post.unlist_all()
    for path in ("/theatre", "/market"):
        world.post.list(path)
    world.post.issue("/news")
    world.gazette.publish("/river", story("river"))
    world.gazette.issue()
    world.sees(
        ("read", {"unchanged": 1}), ("read", {"added": 1, "unchanged": 1, "duplicate": 1}), ("waiting", {}), minutes=20
    )
    assert world.post.requests() == ["/news", "/theatre"]


def until_then_it_is_left_alone_and_a_mended_feed_is_read(world: World) -> None:
    world.gazette.issue("/broken")
    world.sees(("waiting", {}), ("unchanged", {}), ("read", {"unchanged": 2, "duplicate": 1}))
    assert world.post.requests() == []


def what_was_put_off_is_read_and_what_left_the_feed_gets_a_last_look(world: World) -> None:
    world.post.serve_article("/theatre", story("theatre"))
    world.post.serve_article("/wall", story("museum"))
    world.sees(("read", {"added": 1, "updated": 1, "unchanged": 6}), ("unchanged", {}), ("unchanged", {}), minutes=120)
    assert world.newsroom.marks()["Wall"] == "2"


def a_site_that_fails_costs_the_other_nothing_and_what_was_gone_can_come_back(world: World) -> None:
    world.gazette.site.answer("/feed", (b"", 500, {}))
    world.post.publish("/tram", story("tram"))
    world.post.issue("/news")
    world.sees(("read", {"unchanged": 3}), ("failed", {}), ("unchanged", {}))
    assert world.newsroom.marks()["Tram"] == "1"


STEPS: tuple[Callable[[World], None], ...] = (
    everything_is_new_and_what_is_bad_costs_nothing_else,
    nothing_changes_and_costs_one_request_a_feed,
    a_correction_is_a_new_version_and_a_copy_a_duplicate,
    an_article_that_vanished_is_marked_and_stays_readable,
    another_layout_is_no_update_and_what_is_gone_is_not_gone_again,
    a_feed_that_moved_is_followed_to_where_it_went,
    a_site_that_asks_for_a_pause_gets_it,
    until_then_it_is_left_alone_and_a_mended_feed_is_read,
    what_was_put_off_is_read_and_what_left_the_feed_gets_a_last_look,
    a_site_that_fails_costs_the_other_nothing_and_what_was_gone_can_come_back,
)


def test_ten_refreshes_of_sites_that_change(world: World) -> None:
    world.newsroom.follow(f"{world.post.url}/feed", f"{world.gazette.url}/feed", f"{world.gazette.url}/broken")
    for step in STEPS:
        step(world)
    seen = world.newsroom.embedder.seen
    assert max(seen.values()) == 1 and len(seen) == 13
