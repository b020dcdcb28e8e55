"""Feeds, sitemaps, home pages and OPML become the articles that they list; PDFs and letters become articles."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.documents import Upload
from ingest.feeds.listed import is_home
from ingest.feeds.parsing import Outline, read_opml, write_opml
from ingest.formats.pdf import flowing
from ingest.pipeline import ingest
from ingest.web.politeness import Web
from vectorstore.errors import AddressRefused, NotReached, PageGone, RejectedDocument, ToldToWait
from vectorstore.models import Article
from vectorstore.reports import Report

WORDS = "The council voted on the harbour plan on Tuesday and the ferry will sail again in spring after long repairs. "


def page(title: str, body: str = WORDS * 4) -> bytes:
    return f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{body}</p>".encode()


def rss(*items: str, title: str = "Harbour Post") -> bytes:
    return f"<rss version='2.0'><channel><title>{title}</title>{''.join(items)}</channel></rss>".encode()


def item(link: str, title: str, text: str = "", date: str = "Mon, 03 Jul 2023 09:30:00 +0000") -> str:
    described = f"<description>{text}</description>"
    return f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate>{described}</item>"


def taken(site, shelf, path: str) -> Report:
    return ingest([site.url + path], shelf, web=Web(allow_private=True, delay=0))


def outcomes(report: Report) -> list[str]:
    return [row.outcome for row in report.rows]


def only(shelf) -> Article:
    (article,) = shelf.articles
    return article


class TestFeeds:
    def test_the_full_article_is_taken_and_completed_by_what_the_feed_states(self, site, shelf) -> None:
        site.pages["/ferry?utm_source=rss"] = page("Ferry sails again")
        site.pages["/feed"] = rss(item(f"{site.url}/ferry?utm_source=rss", "Ferry", "A teaser."))
        assert outcomes(taken(site, shelf, "/feed")) == ["added"]
        article = only(shelf)
        assert (article.title, article.outlet) == ("Ferry sails again", "Harbour Post")
        assert article.published_at == datetime(2023, 7, 3, 9, 30, tzinfo=UTC)
        assert "harbour plan" in article.text and not article.summary_only

    @pytest.mark.parametrize("body", [None, page("Subscribe", "Read on with a subscription.")], ids=["missing", "wall"])
    def test_the_feeds_own_text_stands_in_and_is_marked(self, site, shelf, body: bytes | None) -> None:
        if body:
            site.pages["/ferry"] = body
        site.pages["/feed"] = rss(item(f"{site.url}/ferry", "Ferry sails", "The ferry sails again on Monday."))
        assert outcomes(taken(site, shelf, "/feed")) == ["added"]
        article = only(shelf)
        assert article.summary_only and article.text == "The ferry sails again on Monday."
        assert (article.title, article.url, article.outlet) == ("Ferry sails", f"{site.url}/ferry", "Harbour Post")

    def test_a_page_that_holds_much_less_than_the_feed_is_a_teaser(self, site, shelf) -> None:
        site.pages["/ferry"] = page("Ferry", WORDS * 2)
        site.pages["/feed"] = rss(item(f"{site.url}/ferry", "Ferry", WORDS * 6))
        taken(site, shelf, "/feed")
        assert only(shelf).summary_only and len(only(shelf).text.split()) > 100

    def test_a_summary_gives_way_to_the_page_and_never_the_other_way_round(self, site, shelf) -> None:
        site.pages["/feed"] = rss(item(f"{site.url}/ferry", "Ferry", "The ferry sails again on Monday."))
        taken(site, shelf, "/feed")
        site.pages["/ferry"] = page("Ferry")
        assert outcomes(taken(site, shelf, "/feed")) == ["updated"]
        del site.pages["/ferry"]
        assert outcomes(taken(site, shelf, "/feed")) == ["unchanged"]
        assert not only(shelf).summary_only and only(shelf).version == 2

    def test_an_entry_with_neither_page_nor_text_is_rejected_with_the_pages_reason(self, site, shelf) -> None:
        site.pages["/feed"] = rss(item(f"{site.url}/none", "Ferry"))
        report = taken(site, shelf, "/feed")
        assert outcomes(report) == ["rejected"] and "no such page" in report.rows[0].reason

    def test_an_article_listed_twice_is_read_once(self, site, shelf) -> None:
        site.pages["/a"] = page("A")
        site.pages["/feed"] = rss(item(f"{site.url}/a", "A"), item(f"{site.url}/a?utm_medium=x", "A"))
        assert outcomes(taken(site, shelf, "/feed")) == ["added"]
        assert site.asked.count("/a") == 1

    def test_a_feed_file_is_read_like_its_address(self, site, shelf, tmp_path: Path) -> None:
        site.pages["/a"] = page("A")
        (tmp_path / "saved.xml").write_bytes(rss(item(f"{site.url}/a", "A")))
        assert outcomes(ingest([tmp_path], shelf, web=Web(allow_private=True, delay=0))) == ["added"]

    @pytest.mark.parametrize("content", [b"<rss/>", b"<other/>", b"\0\1\2\3", b"x" * 100])
    def test_a_file_that_lists_nothing_is_rejected(self, shelf, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.rss").write_bytes(content)
        assert outcomes(ingest([tmp_path / "a.rss"], shelf)) == ["rejected"]

    def test_a_long_feed_is_cut_with_a_word(self, shelf, tmp_path: Path) -> None:
        path = tmp_path / "long.xml"
        path.write_bytes(rss(*(item(f"http://127.0.0.1:9/{n}", f"T{n}", f"Story {n} of many.") for n in range(1200))))
        report = ingest([path], shelf)
        assert report.added == 1000 and "200 more entries" in report.rejected[0].reason
        assert all(article.summary_only for article in shelf.articles)


class TestSites:
    def test_a_home_page_leads_to_its_feeds(self, site, shelf) -> None:
        site.pages["/"] = b"<html><head><link rel=alternate type='application/rss+xml' href='/feed.xml'></head><body>hi"
        site.pages["/feed.xml"] = rss(item(f"{site.url}/a", "A"))
        site.pages["/a"] = page("A")
        assert outcomes(taken(site, shelf, "/")) == ["added"]

    def test_an_article_that_names_a_feed_is_still_an_article(self, site, shelf) -> None:
        link = b"<link rel=alternate type='application/rss+xml' href='/feed.xml'>"
        site.pages["/2024/a"] = page("A").replace(b"<title>", link + b"<title>")
        assert outcomes(taken(site, shelf, "/2024/a")) == ["added"] and "/feed.xml" not in site.asked

    @pytest.mark.parametrize(
        ("url", "home"),
        [("https://a.example", True), ("https://a.example/en/", True), ("https://a.example/index.html", True)]
        + [("https://a.example/story", False), ("https://a.example/2024/01/story.html", False)],
    )
    def test_a_home_page_is_known_by_its_address(self, url: str, home: bool) -> None:
        assert is_home(url) is home

    @pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
    def test_a_news_sitemap_and_an_index_of_sitemaps(self, site, shelf, packed: bool) -> None:
        news = "xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"
        about = "<n:news><n:publication_date>2024-05-01</n:publication_date><n:title>Told</n:title></n:news>"
        sitemap = f"<urlset {news}><url><loc>{site.url}/a</loc><lastmod>2024-06-01</lastmod>{about}</url></urlset>"
        content = gzip.compress(sitemap.encode()) if packed else sitemap.encode()
        site.answer("/news.xml", (content, 200, {"Content_Type": "application/octet-stream"}))
        index = f"<sitemapindex><sitemap><loc>{site.url}/news.xml</loc></sitemap></sitemapindex>"
        site.pages["/sitemap.xml"] = index.encode()
        site.pages["/a"] = page("A")
        assert outcomes(taken(site, shelf, "/sitemap.xml")) == ["added"]
        assert only(shelf).published_at == datetime(2024, 5, 1, tzinfo=UTC) and only(shelf).updated_at is None

    def test_an_opml_file_leads_to_its_feeds_and_a_bad_one_costs_nothing(self, site, shelf, tmp_path: Path) -> None:
        site.pages["/feed"] = rss(item(f"{site.url}/a", "A"))
        site.pages["/a"] = page("A")
        path = tmp_path / "feeds.opml"
        path.write_bytes(write_opml([Outline(f"{site.url}/none"), Outline(f"{site.url}/feed")]))
        report = ingest([path], shelf, web=Web(allow_private=True, delay=0))
        assert outcomes(report) == ["rejected", "added"]


class TestOpml:
    def test_what_is_written_is_read_back(self) -> None:
        outlines = (
            Outline("https://a.example/f?a=1&b=2", 'A "<&>"'),
            Outline("https://b.example/feed", "https://b.example/feed"),
        )
        assert read_opml(write_opml(outlines)) == outlines

    def test_folders_are_looked_into_and_only_web_addresses_taken(self) -> None:
        opml = b"""<opml><body><outline text='News'><outline text='A' xmlUrl='https://a.example/f'/>
        <outline text='again' xmlUrl='https://a.example/f'/></outline><outline xmlURL='https://b.example/'/>
        <outline xmlUrl='file:///etc/passwd'/></body></opml>"""
        assert read_opml(opml) == (Outline("https://a.example/f", "A"), Outline("https://b.example/", ""))

    def test_entities_are_left_alone(self) -> None:
        opml = b"<!DOCTYPE o [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml><outline text='&x;' xmlUrl='https://a.example/'/></opml>"
        assert "root" not in read_opml(opml)[0].title

    @pytest.mark.parametrize("content", [b"", b"<opml/>", b"not xml", b"\0" * 9, b"<a>" * 5000])
    def test_what_names_no_feed_is_rejected(self, content: bytes) -> None:
        with pytest.raises(RejectedDocument):
            read_opml(content)


class TestLetters:
    def letter(self, **headers: str) -> EmailMessage:
        letter = EmailMessage()
        given = {"Subject": "The week in Brannock", "From": "Harbour Post <news@post.example>"}
        for name, value in {
            **given,
            "Date": "Tue, 04 Jul 2023 08:00:00 +0200",
            "Message-ID": "<1@post>",
            **headers,
        }.items():
            letter[name] = value
        letter.set_content(WORDS * 3)
        return letter

    def read(self, shelf, folder: Path, content: bytes, name: str = "a.eml") -> Report:
        (folder / name).write_bytes(content)
        return ingest([Upload(folder / name, name)], shelf)

    def test_a_newsletter_is_an_article_by_its_sender(self, shelf, tmp_path: Path) -> None:
        self.read(shelf, tmp_path, self.letter().as_bytes())
        article = only(shelf)
        assert (article.title, article.outlet) == ("The week in Brannock", "Harbour Post")
        assert article.published_at == datetime(2023, 7, 4, 6, tzinfo=UTC)
        assert article.text.startswith("The council voted")

    def test_the_same_letter_under_another_name_is_the_same(self, shelf, tmp_path: Path) -> None:
        self.read(shelf, tmp_path, self.letter().as_bytes())
        assert outcomes(self.read(shelf, tmp_path, self.letter().as_bytes(), "b.eml")) == ["unchanged"]

    def test_the_html_part_is_read_like_a_page(self, shelf, tmp_path: Path) -> None:
        letter = self.letter()
        letter.set_content("See this in a browser.")
        letter.add_alternative(page("x", WORDS * 5).decode(), subtype="html")
        self.read(shelf, tmp_path, letter.as_bytes())
        assert "harbour plan" in only(shelf).text and "<p>" not in only(shelf).text

    def test_a_date_that_is_none_is_unknown(self, shelf, tmp_path: Path) -> None:
        self.read(shelf, tmp_path, self.letter().as_bytes().replace(b"Tue, 04 Jul 2023 08:00:00 +0200", b"yesterday"))
        assert only(shelf).published_at is None

    @pytest.mark.parametrize(
        "content", [b"just words", b"\xff\x00" * 99, b"From: a\n\nshort", b"Subject: =?x?q?=ff?=\n\n"]
    )
    def test_what_is_no_letter_or_has_no_text_is_rejected(self, shelf, tmp_path: Path, content: bytes) -> None:
        assert outcomes(self.read(shelf, tmp_path, content)) == ["rejected"]


def pdf(*lines: str, title: str = "") -> bytes:
    """A small PDF of one page, written by hand: text in Helvetica, one line under the other."""
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 10 Tf 14 TL 40 780 Td {shown} ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Title ({title}) /CreationDate (D:20200101000000Z) >>",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer << /Size {size} /Root 1 0 R /Info {size - 1} 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode()


LINES = ["Ferry sails again", *(f"Line {n} says that the council voted on the harbour plan." for n in range(8))]


class TestPdf:
    def test_its_text_is_read_and_its_date_stays_unknown(self, shelf, tmp_path: Path) -> None:
        (tmp_path / "a.pdf").write_bytes(pdf(*LINES, title="Ferry sails again"))
        assert outcomes(ingest([tmp_path / "a.pdf"], shelf)) == ["added"]
        article = only(shelf)
        assert article.title == "Ferry sails again" and article.published_at is None
        assert "Line 7 says that the council voted" in article.text

    @pytest.mark.parametrize("title", ["", "Microsoft Word - final.docx", "untitled"])
    def test_without_a_title_of_its_own_its_first_line_is_one(self, shelf, tmp_path: Path, title: str) -> None:
        (tmp_path / "a.pdf").write_bytes(pdf(*LINES, title=title))
        ingest([tmp_path / "a.pdf"], shelf)
        assert only(shelf).title.startswith("Ferry sails again")

    @pytest.mark.parametrize(
        "content", [b"%PDF-1.4 broken", b"%PDF-", pdf("Too short")], ids=["broken", "bare", "short"]
    )
    def test_one_that_cannot_be_read_is_rejected(self, shelf, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.pdf").write_bytes(content)
        assert outcomes(ingest([tmp_path / "a.pdf"], shelf)) == ["rejected"]

    def test_one_from_an_address_is_known_by_its_bytes(self, site, shelf) -> None:
        site.pages["/report"] = pdf(*LINES)
        assert outcomes(taken(site, shelf, "/report")) == ["added"] and only(shelf).url == f"{site.url}/report"

    def test_printed_lines_become_paragraphs(self) -> None:
        assert (
            flowing("The har-\nbour plan\nis new.\nThey voted.\n\nIt passed")
            == "The harbour plan is new.\nThey voted.\nIt passed"
        )


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = datetime(2024, 1, 1, tzinfo=UTC)
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


class TestPoliteness:
    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def web(self, clock: Clock) -> Web:
        return Web(allow_private=True, delay=2.0, now=clock, sleep=clock.sleep)

    def test_there_is_a_pause_between_requests_to_a_host(self, site, other_site, web: Web, clock: Clock) -> None:
        for served in (site, other_site):
            served.pages["/a"] = b"a"
        for address in (site, other_site, site):
            web.get(f"{address.url}/a", by_hand=True)
        assert clock.slept == [2.0]

    def test_a_longer_pause_that_robots_txt_asks_for_is_kept(self, site, web: Web, clock: Clock) -> None:
        site.pages |= {"/robots.txt": b"User-agent: *\nCrawl-delay: 7", "/a": b"a"}
        web.get(f"{site.url}/a")
        web.get(f"{site.url}/a")
        assert clock.slept == [2.0, 7.0] and site.asked == ["/robots.txt", "/a", "/a"]

    def test_what_robots_txt_closes_is_not_asked_for(self, site, web: Web) -> None:
        site.pages |= {"/robots.txt": b"User-agent: *\nDisallow: /private", "/private/a": b"a", "/a": b"a"}
        with pytest.raises(AddressRefused, match=r"robots\.txt"):
            web.get(f"{site.url}/private/a")
        site.redirect("/r", "/private/a")
        with pytest.raises(AddressRefused, match=r"robots\.txt"):
            web.get(f"{site.url}/r")
        assert web.get(f"{site.url}/a").content == b"a" and "/private/a" not in site.asked
        assert web.get(f"{site.url}/private/a", by_hand=True).content == b"a"

    def test_the_site_can_close_everything_to_dateline_by_name(self, site, web: Web) -> None:
        site.pages |= {"/robots.txt": b"User-agent: dateline\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a": b"a"}
        with pytest.raises(AddressRefused):
            web.get(f"{site.url}/a")

    @pytest.mark.parametrize(
        ("rules", "path", "open_"),
        [
            ("Disallow: /*.pdf$", "/a.pdf", False),
            ("Disallow: /*.pdf$", "/a.pdf?page=2", True),
            ("Disallow: /*/print/", "/news/print/a", False),
            ("Disallow: /*?*session=", "/a?x=1&session=2", False),
            ("Disallow: /a$", "/ab", True),
            ("Disallow: /news\nAllow: /news/today", "/news/today/a", True),
            ("Allow: /news/today\nDisallow: /news", "/news/today/a", True),
            ("Allow: /n\nDisallow: /news", "/news", False),
            ("Disallow: /a\nAllow: /a", "/a", True),
            ("Disallow: /caf%C3%A9", "/café", False),
            ("Disallow: " + "/*a" * 100_000, "/" + "a" * 1000, True),
        ],
    )
    def test_wildcards_are_known_and_the_longest_rule_counts(
        self, site, web: Web, rules: str, path: str, open_: bool
    ) -> None:
        site.pages["/robots.txt"] = f"\ufeffUser-agent: *\n{rules}".encode()
        with pytest.raises(PageGone if open_ else AddressRefused):
            web.get(site.url + path)

    def test_of_an_endless_robots_txt_the_beginning_counts(self, site, web: Web) -> None:
        endless = "".join(f"Disallow: /{number}\n" for number in range(300_000))
        site.pages |= {"/robots.txt": f"User-agent: *\n{endless}Disallow: /last".encode(), "/last": b"a"}
        assert web.get(f"{site.url}/last").content == b"a"
        with pytest.raises(AddressRefused):
            web.get(f"{site.url}/1")

    def test_a_setting_leaves_robots_txt_aside(self, site, clock: Clock) -> None:
        site.pages |= {"/robots.txt": b"User-agent: *\nDisallow: /", "/a": b"a"}
        web = Web(allow_private=True, robots=False, now=clock, sleep=clock.sleep)
        assert web.get(f"{site.url}/a").content == b"a" and site.asked == ["/a"]

    def test_a_short_retry_after_is_waited_for(self, site, web: Web, clock: Clock) -> None:
        site.answer("/a", (b"", 429, {"Retry-After": "9"}), (b"a", 200, {}))
        assert web.get(f"{site.url}/a", by_hand=True).content == b"a" and clock.slept == [9.0]

    def test_a_long_retry_after_closes_the_host(self, site, web: Web, clock: Clock) -> None:
        site.answer("/a", (b"", 503, {"Retry-After": "3600"}))
        site.pages["/b"] = b"b"
        for path in ("/a", "/b"):
            with pytest.raises(ToldToWait) as told:
                web.get(site.url + path, by_hand=True)
            assert told.value.seconds == 3600
        assert site.asked == ["/a"]
        clock.sleep(3600)
        assert web.get(f"{site.url}/b", by_hand=True).content == b"b"

    def test_a_retry_after_that_is_a_date_counts_from_the_servers_own_clock(self, site, web: Web) -> None:
        def respond(request) -> None:
            request.send_response_only(429)
            for name, value in [("Date", "Mon, 01 Jan 2024 10:00:00 GMT"), ("Content-Length", "0")]:
                request.send_header(name, value)
            request.send_header("Retry-After", "Mon, 01 Jan 2024 11:00:00 GMT")
            request.end_headers()

        site.pages["/a"] = respond
        with pytest.raises(ToldToWait) as told:
            web.get(f"{site.url}/a", by_hand=True)
        assert told.value.seconds == 3600

    def test_a_host_that_never_answers_is_asked_three_times(self, site, web: Web) -> None:
        def hang_up(request) -> None:
            request.connection.close()

        site.pages["/a"] = hang_up
        for _ in range(5):
            with pytest.raises(NotReached):
                web.get(f"{site.url}/a", by_hand=True)
        assert site.asked == ["/a"] * 3
