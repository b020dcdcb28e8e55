from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.feeds.parsing import Feed, FeedEntry, parse_feed
from ingest.formats.markup import plain_text
from ingest.formats.sandbox import Bounded
from vectorstore.errors import RejectedDocument

RSS = b"""<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Harbour &amp; Post</title><link>https://post.example/</link><language>en-gb</language>
<item><guid>tag:1</guid><title>Ferry &lt;b&gt;returns&lt;/b&gt;</title><link>/ferry</link>
<pubDate>Mon, 03 Jul 2023 09:30:00 +0200</pubDate><dc:creator>Ana Lin</dc:creator>
<description>&lt;p&gt;The ferry &lt;i&gt;is&lt;/i&gt; back.&lt;/p&gt;
&lt;p&gt;It sails at nine.&lt;/p&gt;</description></item>
</channel></rss>"""


def test_a_feed_gives_its_entries_with_absolute_links_and_dates_in_utc() -> None:
    assert parse_feed(RSS, "https://post.example/feed.xml") == Feed(
        title="The Harbour & Post",
        link="https://post.example/",
        language="en-gb",
        entries=(
            FeedEntry(
                id="tag:1",
                url="https://post.example/ferry",
                title="Ferry returns",
                published_at=datetime(2023, 7, 3, 7, 30, tzinfo=UTC),
                authors=("Ana Lin",),
                text="The ferry is back.\nIt sails at nine.",
            ),
        ),
        dialect="rss20",
    )


def test_an_update_is_not_taken_for_a_publication() -> None:
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><updated>2024-02-01T10:00:00Z</updated>
    <published>not a date</published></entry><entry><id>b</id><updated>2024-02-02T10:00:00Z</updated></entry></feed>"""
    dates = [(entry.published_at, entry.updated_at) for entry in parse_feed(atom).entries]
    assert dates == [(None, datetime(2024, 2, 1, 10, tzinfo=UTC)), (None, datetime(2024, 2, 2, 10, tzinfo=UTC))]


def test_the_longest_text_of_an_entry_is_taken() -> None:
    content = b"<content:encoded>&lt;p&gt;All of the long story.&lt;/p&gt;</content:encoded>"
    feed = RSS.replace(b"xmlns:dc", b'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc')
    feed = feed.replace(b"<description>", content + b"<description>Short.</description><!--").replace(
        b"</item>", b"--></item>"
    )
    assert parse_feed(feed).entries[0].text == "All of the long story."


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 50, b"no markup at all", b"{}", bytes(range(256)) * 40, b"<html><p>a"]
)
def test_what_is_no_feed_has_no_entries(content: bytes) -> None:
    assert parse_feed(content).entries == ()


def bomb(value: str, references: int) -> bytes:
    return f'<!DOCTYPE rss [\n<!ENTITY a "{value}">\n]>\n<rss><channel><title>{"&a;" * references}</title>'.encode()


def test_an_entity_bomb_is_refused() -> None:
    with pytest.raises(RejectedDocument, match="entities"):
        parse_feed(bomb("x" * 10_000, 100_000))


def test_an_entity_that_names_others_is_not_unfolded() -> None:
    levels = "\n".join(f'<!ENTITY b{n + 1} "{f"&b{n};" * 10}">' for n in range(9))
    bomb = f'<!DOCTYPE rss [\n<!ENTITY b0 "ha">\n{levels}\n]>\n<rss><channel><title>&b9;</title></channel></rss>'
    assert len(parse_feed(bomb.encode()).title) < 1000


def test_an_external_entity_is_not_read(tmp_path) -> None:
    (tmp_path / "secret").write_text("the secret")
    rss = (
        f'<!DOCTYPE rss [\n<!ENTITY a SYSTEM "{(tmp_path / "secret").as_uri()}">\n]>\n<rss><channel><title>&a;</title>'
    )
    assert "secret" not in parse_feed(rss.encode()).title


@pytest.mark.parametrize(
    "content",
    [b"\n" * 1_000_000 + RSS, b"<a>" * 300_000, b"<rss><channel><item><description>" + b"&lt;div&gt;" * 200_000],
    ids=["late", "deep", "deep html"],
)
def test_what_would_take_forever_is_refused_or_read(content: bytes) -> None:
    bounded = Bounded(3)
    try:
        read = bounded(parse_feed, content)
    except RejectedDocument as refused:
        assert "\n" not in str(refused) and len(str(refused)) < 300
    else:
        assert read.title in ("The Harbour & Post", "")
    finally:
        bounded.close()


class TestBounded:
    @pytest.mark.parametrize(
        ("bounded", "work", "argument", "why"),
        [
            (Bounded(0.5), max, range(10**13), "more than 0.5 seconds of the processor"),
            (Bounded(8, patience=3), time.sleep, 60, "no answer in 3 seconds"),
            (Bounded(), os._exit, 3, r"died \(3\)"),
            (Bounded(), signal.raise_signal, signal.SIGSEGV, r"died \(-11\)"),
        ],
        ids=["works on", "waits on", "ends", "crashes"],
    )
    def test_work_that_does_not_end_is_given_up_and_the_next_is_done(
        self, bounded: Bounded, work: Callable[..., Any], argument: object, why: str
    ) -> None:
        with pytest.raises(RejectedDocument, match=why):
            bounded(work, argument)
        assert bounded(plain_text, "<p>a") == "a"
        bounded.close()

    def test_the_time_that_its_process_takes_to_start_does_not_count(self) -> None:
        bounded = Bounded(0.01)
        assert bounded(int, "7") == 7
        bounded.close()

    def test_the_time_that_its_process_waits_for_the_processor_does_not_count(self) -> None:
        bounded = Bounded(1.0)
        helper = bounded(os.getpid)
        os.kill(helper, signal.SIGSTOP)  # as a scheduler does with too much else to do
        wake = threading.Timer(1.5, os.kill, (helper, signal.SIGCONT))
        wake.start()
        assert bounded(plain_text, "<p>a") == "a"
        wake.join()
        assert bounded(os.getpid) == helper
        bounded.close()

    def test_what_a_parser_prints_reaches_no_terminal(self, capfd: pytest.CaptureFixture[str]) -> None:
        bounded = Bounded()
        bounded(print, "\x1b[31mred", flush=True)
        bounded(warnings.warn, "\x1b[31mred")
        bounded(os.write, 2, b"\x1b[31mred")
        bounded.close()
        assert capfd.readouterr() == ("", "")

    def test_a_refusal_comes_back_as_it_is_and_a_fault_as_a_refusal(self) -> None:
        bounded = Bounded()
        with pytest.raises(RejectedDocument, match="entities"):
            bounded(parse_feed, bomb("x" * 10_000, 100_000))
        with pytest.raises(RejectedDocument, match="ValueError"):
            bounded(int, "x")
        bounded.close()

    def test_work_that_takes_too_much_memory_is_given_up(self) -> None:
        bounded = Bounded()
        with pytest.raises(RejectedDocument, match="too much memory"):
            bounded(bytes, 4 << 30)
        bounded.close()


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("plain  words", "plain words"),
        ("a<br>b", "a\nb"),
        ("<p>One <b>two</b></p>\n<p>three", "One two\nthree"),
        ("<script>x()</script>A<style>p{}</style><!-- c --> b", "A b"),
        ("AT&amp;T &#8364;5", "AT&T €5"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("<?xml version='1.0' encoding='utf-8'?><p>\x00x", "x"),
        ("", ""),
        ("<!-- -->", ""),
    ],
)
def test_html_becomes_lines_of_text(fragment: str, text: str) -> None:
    assert plain_text(fragment) == text
