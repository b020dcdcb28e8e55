"""What sites do before they show a page: cookies, redirects that stand in pages and in addresses, ways of packing."""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote

import brotli
import pytest
import zstandard

from ingest.documents import Format
from ingest.formats.sandbox import Bounded
from ingest.formats.sniffing import kind_of_page
from ingest.pipeline import ingest
from ingest.web.fetch import FetchedPage, fetch, fetch_permitted
from ingest.web.paging import whole_story
from ingest.web.politeness import Web
from ingest.web.redirects import kept_by_google, named_target, refreshed_to
from ingest.web.responses import unpacked
from vectorstore.errors import FetchFailed, RejectedDocument

STORY = "The mill on the Elster was sold to a bakers' cooperative on Friday, which wants to grind rye there by spring. "
PAGE = f"<html lang=en><title>Old mill sold</title><article><h1>Old mill sold</h1><p>{STORY * 4}</p></article>".encode()
HTML = {"Content-Type": "text/html; charset=utf-8"}


def raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


def in_two(pack: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return lambda content: pack(content[:500]) + pack(content[500:])


class TestCookies:
    def cookie_wall(self, site, path: str, cookie: str = "seen=1", then: str = "") -> None:
        """Sends on to `then`, or to itself, whoever does not bring the cookie."""

        def respond(request: BaseHTTPRequestHandler) -> None:
            known = cookie.partition(";")[0] in request.headers.get("Cookie", "")
            request.send_response(200 if known else 302)
            for name, value in HTML.items() if known else {"Set-Cookie": cookie, "Location": then or path}.items():
                request.send_header(name, value)
            request.send_header("Content-Length", str(len(PAGE) if known else 0))
            request.end_headers()
            request.wfile.write(PAGE if known else b"")

        site.pages[path] = respond

    @pytest.mark.parametrize("cookie", ["seen=1", "gdpr=no; Path=/", "s=a-b_c; HttpOnly; SameSite=Lax; Max-Age=60"])
    def test_a_cookie_is_shown_to_the_site_that_gave_it(self, site, cookie: str) -> None:
        self.cookie_wall(site, "/a", cookie)
        assert fetch(site.url + "/a", allow_private=True).content == PAGE

    def test_a_cookie_is_shown_to_no_other_host_and_in_no_other_read(self, site, other_site) -> None:
        other_site.pages["/b"] = PAGE
        self.cookie_wall(site, "/a", then=other_site.url + "/b")
        assert fetch(site.url + "/a", allow_private=True).url == other_site.url + "/b"
        assert "Cookie" not in other_site.headers[0]
        fetch(site.url + "/a", allow_private=True)
        assert [headers.get("Cookie") for headers in site.headers] == [None, None]

    def test_a_cookie_that_never_helps_ends_like_any_circle(self, site) -> None:
        site.answer("/a", (b"", 302, {"Set-Cookie": "seen=1", "Location": "/a"}))
        with pytest.raises(FetchFailed, match="more than 5 times"):
            fetch(site.url + "/a", allow_private=True)


class TestPagesThatSendOn:
    @pytest.mark.parametrize(
        "stub",
        [
            b'<html><head><meta http-equiv="refresh" content="0;url=/real"></head><body>Redirecting</body></html>',
            b"<meta http-equiv=Refresh content=\"0; URL='/real'\">",
            b"<script>go()</script><noscript><META http-equiv='refresh' content='0;URL=/real'></noscript>",
            b'<meta content=" 5 , /real" http-equiv=refresh><p>You will be sent on in five seconds.',
            b"<base href='/x/'><meta http-equiv=refresh content='1;url=../real'>",
            b"<meta http-equiv=refresh content='30;url=real'><p>A word from our sponsor.",
        ],
        ids=["plain", "quoted", "without scripts", "no url=", "base", "slow but empty"],
    )
    def test_an_empty_page_that_sends_on_is_followed(self, site, stub: bytes) -> None:
        site.pages |= {"/a": stub, "/real": PAGE}
        page = fetch(site.url + "/a", allow_private=True)
        assert (page.url, page.content, page.moved_to) == (site.url + "/real", PAGE, "")

    def test_a_header_that_sends_on_is_followed(self, site) -> None:
        site.pages["/real"] = PAGE
        assert (
            fetch(site.answer("/a", (b"", 200, HTML | {"Refresh": "0; url=/real"})), allow_private=True).content == PAGE
        )

    @pytest.mark.parametrize(
        "head",
        [
            "<meta http-equiv=refresh content=600>",
            "<meta http-equiv=refresh content='900;url=/front'>",
            "<noscript><meta http-equiv=refresh content='0;url=/noscript'></noscript>",
            "<!-- <meta http-equiv='refresh' content='0;url=/old'> -->",
            '<script>x = \'<meta http-equiv="refresh" content="0;url=/js">\'</script>',
            "<meta http-equiv=refresh content='0;url=javascript:go()'>",
            "<meta http-equiv=refresh content='0'>",
            "<meta http-equiv=refresh content='soon'>",
        ],
    )
    def test_a_story_is_read_where_it_stands(self, site, head: str) -> None:
        site.pages["/a"] = PAGE.replace(b"<article>", f"{head}<article>".encode())
        assert fetch(site.url + "/a", allow_private=True).url == site.url + "/a"

    def test_pages_that_send_on_are_counted_with_redirects(self, site) -> None:
        for n in range(9):
            site.pages[f"/{n}"] = f"<meta http-equiv=refresh content='0;url=/{n + 1}'>".encode()
        with pytest.raises(FetchFailed, match="more than 5 times"):
            fetch(site.url + "/0", allow_private=True)
        assert len(site.asked) == 6

    def test_a_page_may_not_send_on_to_a_private_address(self, site, other_site) -> None:
        site.pages["/a"] = f"<meta http-equiv=refresh content='0;url={other_site.url}/b'>".encode()
        with pytest.raises(FetchFailed, match="127.0.0.2 is a private address"):
            fetch_permitted(site.url + "/a", lambda address: address == "127.0.0.1")
        assert other_site.asked == []

    def test_a_page_that_sends_to_itself_is_asked_again_only_with_a_new_cookie(self, site) -> None:
        stub = b"<meta http-equiv=refresh content=0><p>One moment"
        url = site.answer("/a", (stub, 200, HTML | {"Set-Cookie": "ok=1"}), (PAGE, 200, HTML))
        assert fetch(url, allow_private=True).content == PAGE
        site.pages["/b"] = stub
        assert fetch(site.url + "/b", allow_private=True).content == stub
        assert site.asked == ["/a", "/a", "/b"]

    def test_an_article_behind_such_a_page_is_taken(self, site, shelf) -> None:
        site.pages |= {"/a": b"<meta http-equiv=refresh content='0;url=/mill'>", "/mill": PAGE}
        assert ingest([site.url + "/a"], shelf, web=Web(allow_private=True, delay=0)).added == 1
        assert shelf.articles[0].url == site.url + "/mill"

    def test_what_is_no_page_sends_nowhere(self) -> None:
        assert refreshed_to(b"http-equiv=refresh", "text/plain") is None
        assert refreshed_to(b"<meta http-equiv=refresh \xff\xfe\0<", "text/html") is None


def as_google_news(url: str) -> str:
    held = b"\x08\x13\x22" + bytes([len(url)]) + url.encode() + b"\xd2\x01\x00"
    return "https://news.google.com/rss/articles/" + base64.urlsafe_b64encode(held).decode().rstrip("=") + "?oc=5"


class TestAddressesThatNameTheirTarget:
    @pytest.mark.parametrize(
        ("url", "target"),
        [
            (as_google_news("https://elster.example/mill"), "https://elster.example/mill"),
            ("https://news.google.com/rss/articles/CBMiXkFVX3lxTE1abc?oc=5", ""),
            ("https://news.google.com/rss/articles/%%%", ""),
            ("https://news.google.com/topics/CAAqJggKIiBDQkFTRWdvSUwyMHZNRFZxYUdjU0FtVnVHZ0pWVXlnQVAB", ""),
            (
                "https://www.google.com/url?rct=j&sa=t&url=https://elster.example/mill%3Fa%3D1&ct=ga",
                "https://elster.example/mill?a=1",
            ),
            ("https://www.google.co.uk/url?q=https://elster.example/", "https://elster.example/"),
            ("https://www.google.com/search?q=https://elster.example/", ""),
            (
                "https://consent.elster.example/m?continue=https://elster.example/mill&gl=DE",
                "https://elster.example/mill",
            ),
            (
                "https://www.elster.example/consent/?continue=https%3A%2F%2Felster.example%2Fmill",
                "https://elster.example/mill",
            ),
            ("https://consent.elster.example/m?continue=javascript:go()", ""),
            ("https://consent.elster.example/m?continue=/mill", ""),
            ("https://elster.example/consent-law-passes?continue=https://evil.example/", ""),
            ("https://elster.example/mill?url=https://evil.example/", ""),
            ("https://google.com.evil.example/url?q=https://elster.example/", ""),
            ("https://[::1/url?q=https://elster.example/", ""),
        ],
    )
    def test_a_target_is_known_from_the_address_alone(self, url: str, target: str) -> None:
        assert named_target(url) == target

    def test_a_redirect_to_a_request_for_consent_goes_on_to_what_it_names(self, site, other_site) -> None:
        site.pages["/mill"] = PAGE
        site.redirect("/link", f"{other_site.url}/consent?continue={quote(site.url + '/mill')}")
        assert fetch(site.url + "/link", allow_private=True).content == PAGE
        assert other_site.asked == []

    def test_who_is_sent_back_for_consent_all_the_time_gets_its_page_in_the_end(self, site) -> None:
        wall = b"<html><h1>May we?</h1><p>Say yes."
        consent = f"/consent?continue={quote(site.url + '/mill')}"
        site.redirect("/mill", consent)
        site.pages[consent] = wall
        assert fetch(site.url + "/mill", allow_private=True).content == wall
        assert site.asked == ["/mill", consent]

    @pytest.mark.parametrize("path", ["rss/articles/CBMiX", "articles/CBMiX", "read/CBMiX"])
    @pytest.mark.parametrize("end", ["https://news.google.com/x", "https://consent.google.com/m", "https://google.de/"])
    def test_what_ends_at_a_page_of_google_is_no_article(self, path: str, end: str) -> None:
        assert kept_by_google(f"https://news.google.com/{path}?oc=5", end)

    @pytest.mark.parametrize(
        ("asked", "ended"),
        [
            ("https://news.google.com/rss/articles/CBMiX", "https://elster.example/mill"),
            ("https://news.google.com/rss?hl=en", "https://news.google.com/rss?hl=en"),
            ("https://news.google.com/rss/articles/CBMiX", "https://google.com.evil.example/"),
            ("https://blog.google.com/articles/1", "https://blog.google.com/articles/1"),
        ],
    )
    def test_feeds_and_what_leads_on_are_none_of_these(self, asked: str, ended: str) -> None:
        assert not kept_by_google(asked, ended)

    def test_who_gives_an_address_of_google_news_is_told_what_to_do(self, site, monkeypatch) -> None:
        site.pages["/rss/articles/CBMiX"] = PAGE
        asked = site.url.replace("127.0.0.1", "news.google.com") + "/rss/articles/CBMiX"
        with pytest.raises(FetchFailed, match="Add to Dateline"):
            fetch_permitted(asked, None, resolve=lambda host, port: ["127.0.0.1"])

    def test_a_private_target_is_refused(self, site) -> None:
        named = f"{site.url}/consent?continue=http://127.0.0.2:9/secret"
        with pytest.raises(FetchFailed, match="127.0.0.2 is a private address"):
            fetch_permitted(named, lambda address: address == "127.0.0.1")


PACKINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "two members": ("gzip", in_two(gzip.compress)),
    "padding behind": ("GZIP", lambda content: gzip.compress(content) + b"\0" * 20),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without header": ("deflate", raw_deflate),
    "brotli": ("br", brotli.compress),
    "zstd": ("zstd", zstandard.compress),
    "two frames": ("zstd", in_two(zstandard.compress)),
    "twice": ("gzip, br", lambda content: brotli.compress(gzip.compress(content))),
    "none": ("none", bytes),
    "empty": ("", bytes),
    "a charset": ("utf-8", bytes),
    "identity": ("identity", bytes),
}


class TestBodies:
    @pytest.mark.parametrize(("encoding", "pack"), PACKINGS.values(), ids=PACKINGS)
    def test_a_packed_page_is_read_whole(self, site, encoding: str, pack: Callable[[bytes], bytes]) -> None:
        url = site.answer("/a", (pack(PAGE), 200, HTML | {"Content-Encoding": encoding}))
        assert fetch(url, allow_private=True).content == PAGE

    @pytest.mark.parametrize(("encoding", "pack"), PACKINGS.values(), ids=PACKINGS)
    def test_it_does_not_matter_in_what_pieces_it_comes(self, encoding: str, pack: Callable[[bytes], bytes]) -> None:
        packed = pack(PAGE * 300)
        assert unpacked([packed], encoding) == PAGE * 300
        assert unpacked((packed[at : at + 1] for at in range(len(packed))), encoding) == PAGE * 300

    @pytest.mark.parametrize("name", ["gzip", "deflate", "deflate without header", "brotli", "zstd"])
    def test_what_was_cut_short_is_told(self, name: str) -> None:
        encoding, pack = PACKINGS[name]
        with pytest.raises(FetchFailed, match="cut short"):
            unpacked([pack(PAGE * 50)[:-4]], encoding)

    @pytest.mark.parametrize("name", ["two members", "two frames"])
    def test_a_last_part_that_was_cut_short_is_told(self, name: str) -> None:
        encoding, pack = PACKINGS[name]
        with pytest.raises(FetchFailed, match="cut short"):
            unpacked([pack(PAGE)[:-4]], encoding)

    @pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
    def test_what_is_packed_otherwise_than_it_says_is_told(self, encoding: str) -> None:
        with pytest.raises(FetchFailed, match="compressed in a way"):
            unpacked([b"These are plain words."], encoding)

    @pytest.mark.parametrize(
        ("encoding", "pack"),
        [
            ("gzip", gzip.compress),
            ("deflate", zlib.compress),
            ("br", lambda content: brotli.compress(content, quality=1)),
            ("zstd", zstandard.compress),
            ("br, gzip", lambda content: gzip.compress(brotli.compress(content, quality=1))),
        ],
    )
    def test_a_bomb_is_not_unpacked(self, encoding: str, pack: Callable[[bytes], bytes]) -> None:
        bomb, taken = pack(b"\0" * (64 << 20)), 0

        def pieces():
            nonlocal taken
            for at in range(0, len(bomb), 100):
                taken += 100
                yield bomb[at : at + 100]

        with pytest.raises(FetchFailed, match="larger than 10 MB"):
            unpacked(pieces(), encoding)
        assert taken < len(bomb)

    def test_a_body_that_was_packed_over_and_over_is_refused(self) -> None:
        with pytest.raises(FetchFailed, match="compressed in a way"):
            unpacked([b""], ", ".join(["gzip"] * 6))


class TestAnswers:
    def test_a_page_that_a_proxy_has_changed_is_a_page(self, site) -> None:
        assert fetch(site.answer("/a", (PAGE, 203, HTML)), allow_private=True).content == PAGE

    @pytest.mark.parametrize("wrapping", ["<div>{}</div>", "<section>{}</section>", "<article>{}</article>", "{}"])
    def test_a_part_of_a_page_is_read_like_a_page(self, site, shelf, wrapping: str) -> None:
        part = wrapping.format(f"<article><h2>Old mill sold</h2><p>{STORY * 4}</p></article>")
        url = site.answer("/a", (part.encode(), 200, HTML))
        assert ingest([url], shelf, web=Web(allow_private=True, delay=0)).added == 1
        assert shelf.articles[0].text.count("mill on the Elster") == 4

    @pytest.mark.parametrize(
        ("content_type", "content"),
        [
            ("application/feed+json", b'{"items": []}'),
            ("application/json", b'{"version": "https://jsonfeed.org/version/1.1", "items": []}'),
            (
                "application/json",
                b'\xef\xbb\xbf {"title": "x", "items": [], "version": "https://jsonfeed.org/version/1"}',
            ),
            ("text/plain", b'{"version":"https:\\/\\/jsonfeed.org\\/version\\/1","items":[]}'),
        ],
    )
    def test_a_json_feed_is_a_feed(self, content_type: str, content: bytes) -> None:
        assert kind_of_page("https://elster.example/feed", content_type, content) is Format.FEED

    def test_other_json_is_no_feed(self) -> None:
        with pytest.raises(RejectedDocument, match="application/json"):
            kind_of_page("https://elster.example/api", "application/json", b'{"version": "2", "items": []}')


class TestWhatWasMadeToKeepItBusy:
    """In the server's own process: a regular expression there stops every reader's page until it ends."""

    @pytest.mark.parametrize("page", [b"<meta http-equiv=%sx>", b'<meta http-equiv="%sx>', b"<meta http-equiv%s=x>"])
    def test_a_page_that_nearly_sends_on_is_read_at_once(self, page: bytes) -> None:
        assert Bounded(3)(refreshed_to, page % (b" " * 60_000), "text/html") is None

    @pytest.mark.parametrize("page", [b"<link rel=%sx>", b'<link rel="%sx>', b"<link rel%s=x>"])
    def test_a_page_that_nearly_has_a_next_one_is_read_at_once(self, page: bytes) -> None:
        whole = FetchedPage("https://mill.example/a", page % (b" " * 1_000_000), "text/html")
        assert Bounded(3)(whole_story, whole, fetch) == (whole,)

    @pytest.mark.parametrize("layers", [1, 2, 4])
    def test_what_holds_nothing_over_and_over_is_not_unpacked_to_its_end(self, layers: int) -> None:
        body = gzip.compress(b"") * 600_000
        for _ in range(layers - 1):
            body = gzip.compress(body) * (200 if len(body) > 50_000 else 20_000)
        with pytest.raises(RejectedDocument, match="larger than 10 MB"):
            Bounded(6)(unpacked, [gzip.compress(body)], ", ".join(["gzip"] * (layers + 1)))

    def test_members_that_hold_nothing_are_read_at_once_however_many_come_together(self) -> None:
        assert Bounded(5)(unpacked, [gzip.compress(b"") * 400_000], "gzip") == b""
