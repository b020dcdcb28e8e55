"""What is stored is judged anew at each reading: a feed, an OPML file or a page from before opens no way inside."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from following import CountingEmbedder

from ingest.intake import Intake
from ingest.pipeline import ingest
from ingest.web.politeness import Web
from vectorstore.library import Library
from vectorstore.storage.subscriptions import KnownPage, Subscription

STORY = "The council voted on the harbour plan on Tuesday and the ferry will sail again in spring. " * 4


class TestAPrivateFeedThatIsStored:
    @pytest.fixture
    def intake(self, tmp_path: Path):
        with Library(tmp_path / "library", CountingEmbedder()) as library:
            yield Intake(library, lambda: Web(delay=0))

    @pytest.mark.parametrize("everything", [True, False])
    @pytest.mark.parametrize("by_name", [True, False])
    def test_a_refresh_asks_it_for_nothing(self, site, intake: Intake, everything: bool, by_name: bool) -> None:
        url = f"{site.url}/feed"
        intake.library.subscriptions.add(Subscription(url, datetime(2026, 1, 1, tzinfo=UTC), etag="known"))
        (feed,) = intake.refresh([url] if by_name else (), everything).feeds
        assert feed.state == "failed" and "is a private address" in feed.reason
        assert site.asked == []

    def test_nor_for_the_pages_that_it_listed_once(self, site, other_site, tmp_path: Path) -> None:
        with Library(tmp_path / "library", CountingEmbedder()) as library:
            site.pages["/feed"] = (
                b"<rss version='2.0'><channel><title>P</title><item><title>A</title></item></channel></rss>"
            )
            other_site.pages["/a"] = f"<html><title>A</title><article><p>{STORY}".encode()
            inside = Web(allow_private=True, delay=0)
            ingest([f"{other_site.url}/a"], library, web=inside)
            library.subscriptions.add(Subscription(f"{site.url}/feed", datetime(2026, 1, 1, tzinfo=UTC)))
            (entry,) = library.entries()
            page = KnownPage(f"https://127.0.0.2:{other_site.port}/a", f"{site.url}/feed", entry.id)
            library.subscriptions.record(library.subscriptions.all()[0], [page])
            other_site.asked.clear()
            Intake(library, lambda: Web(delay=0)).refresh(everything=True)
            assert other_site.asked == site.asked == []

    def test_an_opml_file_may_name_it_and_it_is_not_read(self, site, intake: Intake) -> None:
        opml = f"<opml><body><outline text='\u202ea&#x9b;b' xmlUrl='{site.url}/feed'/></body></opml>".encode()
        assert intake.import_opml(opml) == (1, 0)
        assert intake.library.subscriptions.all()[0].title == "ab"
        assert intake.refresh().feeds[0].state == "failed" and site.asked == []


MEGABYTE = b" " * 1024**2


def packed(times: int, head: bytes = b"") -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([packer.compress(head), *(packer.compress(MEGABYTE) for _ in range(times)), packer.flush()])


class TestBombsFromASite:
    @pytest.mark.parametrize(
        ("body", "headers"),
        [
            (packed(64), {"Content-Encoding": "gzip", "Content-Type": "text/html"}),
            (packed(64, b"<html><p>" + STORY.encode()), {"Content-Type": "text/html"}),
            (gzip.compress(packed(64, b"<rss version='2.0'>")), {"Content-Encoding": "gzip"}),
            (gzip.compress(gzip.compress(packed(64))), {"Content-Encoding": "gzip", "Content-Type": "text/html"}),
            (b"PK\x03\x04" + bytes(1000), {"Content-Type": "application/zip"}),
            (b"PK\x03\x04" + bytes(1000), {"Content-Type": "text/html"}),
            (b"\xef\xbb\xbf" + b"<b>" * 400_000, {"Content-Type": "text/html"}),
        ],
        ids=["gzip", "packed file", "feed in two", "page in three", "zip", "zip called a page", "deep"],
    )
    def test_it_is_rejected_and_the_next_page_is_read(self, site, shelf, body: bytes, headers: dict[str, str]) -> None:
        url = site.answer("/bomb", (body, 200, headers))
        site.pages["/a"] = f"<html><title>A</title><article><p>{STORY}".encode()
        report = ingest([url, f"{site.url}/a"], shelf, web=Web(allow_private=True, robots=False, delay=0))
        assert [row.outcome for row in report.rows] == ["rejected", "added"]
        assert report.rows[0].reason.isprintable() and len(report.rows[0].reason) < 200
