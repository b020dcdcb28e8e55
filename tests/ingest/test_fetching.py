from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler

import httpx
import pytest

from ingest.documents import Document, Format, Rejection
from ingest.formats.sniffing import kind_of_page
from ingest.sources import read
from ingest.web.addresses import is_public
from ingest.web.fetch import fetch, fetch_permitted
from ingest.web.politeness import Web
from ingest.web.responses import Validators, validators_of
from vectorstore.errors import FetchFailed, RejectedDocument

MEGABYTE = 1024 * 1024


def answer(site, path: str, body: bytes, status: int = 200, **headers: str) -> str:
    def respond(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    site.pages[path] = respond
    return site.url + path


class TestWhatIsRead:
    def test_a_page_comes_with_its_address_and_type(self, site) -> None:
        url = answer(site, "/a?b=c", b"<p>caf\xe9", Content_Type='text/HTML; charset="ISO-8859-1"')
        page = fetch(url + "#part", allow_private=True)
        assert (page.url, page.content, page.content_type) == (url, b"<p>caf\xe9", "text/html")
        assert page.charset == "iso-8859-1"

    def test_it_says_who_it_is(self, site) -> None:
        fetch(answer(site, "/a", b"x"), allow_private=True)
        assert site.headers[0]["User-Agent"].startswith("Dateline/")
        assert site.headers[0]["Host"] == f"127.0.0.1:{site.port}"

    def test_redirects_are_followed_and_the_last_address_counts(self, site) -> None:
        url = answer(site, "/e", b"end")
        for path, to in [("/d", "/e#x"), ("/c", url.replace("/e", "/d")), ("/b", "c"), ("/a", "/b")]:
            site.redirect(path, to, 301)
        assert fetch(site.url + "/a", allow_private=True).url == url

    def test_a_packed_page_is_unpacked(self, site) -> None:
        url = answer(site, "/a", gzip.compress(b"They voted."), Content_Encoding="gzip")
        assert fetch(url, allow_private=True).content == b"They voted."

    def test_proxies_of_the_environment_are_not_used(self, site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        assert fetch(answer(site, "/a", b"x"), allow_private=True).content == b"x"

    @pytest.mark.parametrize(
        ("last_modified", "date", "kept"),
        [
            ("Mon, 02 Nov 2026 10:00:00 GMT", "Mon, 02 Nov 2026 10:00:01 GMT", True),
            ("Mon, 02 Nov 2026 10:00:00 GMT", "Mon, 02 Nov 2026 10:00:00 GMT", False),
            ("Mon, 02 Nov 2026 10:00:00 GMT", "Mon, 02 Nov 2026 11:00:00 +0100", False),
            ("Mon, 02 Nov 2026 10:05:00 GMT", "Mon, 02 Nov 2026 10:00:00 GMT", False),
            ("Mon, 02 Nov 2026 10:00:00 GMT", None, True),
            ("the other day", "Mon, 02 Nov 2026 10:00:00 GMT", True),
            ("", "Mon, 02 Nov 2026 10:00:00 GMT", True),
        ],
    )
    def test_a_page_changed_in_the_second_of_its_answer_is_not_known_by_that_second(
        self, last_modified: str, date: str | None, kept: bool
    ) -> None:
        headers = {"ETag": '"a"', "Last-Modified": last_modified} | ({"Date": date} if date else {})
        assert validators_of(httpx.Headers(headers)) == Validators('"a"', last_modified if kept else "")


class TestWhatFails:
    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            (404, "no such page (404 Not Found); check the address"),
            (410, "no such page (410 Gone)"),
            (403, "open it in a browser and paste its text"),
            (429, "open it in a browser"),
            (503, "answered 503 Service Unavailable; try again later"),
            (204, "answered 204"),
            (304, "answered 304"),
            (799, "answered 799"),
        ],
    )
    def test_an_answer_without_a_page_says_what_to_do(self, site, status: int, reason: str) -> None:
        with pytest.raises(FetchFailed) as failure:
            fetch(answer(site, "/a", b"", status), allow_private=True)
        assert reason in str(failure.value)

    def test_more_than_10_mb_is_not_read(self, site) -> None:
        sent = []

        def endless(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.end_headers()
            for _ in range(200):
                request.wfile.write(b"x" * MEGABYTE)
                sent.append(1)

        site.pages["/a"] = endless
        with pytest.raises(FetchFailed, match="larger than 10 MB"):
            fetch(site.url + "/a", allow_private=True)
        assert len(sent) < 100

    def test_a_packed_bomb_is_not_unpacked(self, site) -> None:
        packer = zlib.compressobj(9, wbits=31)
        bomb = b"".join(packer.compress(b"\0" * MEGABYTE) for _ in range(100)) + packer.flush()
        url = answer(site, "/a", bomb, Content_Encoding="gzip")
        with pytest.raises(FetchFailed, match="larger than 10 MB"):
            fetch(url, allow_private=True)

    @pytest.mark.parametrize(
        ("body", "encoding", "reason"),
        [
            (b"not gzip", "gzip", "compressed in a way"),
            (gzip.compress(b"x" * 1000, mtime=0)[:-9], "gzip", "cut short"),
            (b"These are plain words.", "br", "compressed in a way"),
        ],
    )
    def test_a_damaged_body_is_told(self, site, body: bytes, encoding: str, reason: str) -> None:
        with pytest.raises(FetchFailed, match=reason):
            fetch(answer(site, "/a", body, Content_Encoding=encoding), allow_private=True)

    def test_a_body_that_ends_early_is_told(self, site) -> None:
        with pytest.raises(FetchFailed, match="the server broke off the connection"):
            fetch(answer(site, "/a", b"short", Content_Length="500", Connection="close"), allow_private=True)

    @pytest.mark.parametrize("part", ["headers", "body"])
    def test_dripping_bytes_do_not_outlive_the_limit(self, site, part: str) -> None:
        hung_up = threading.Event()

        def drip(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            if part == "body":
                request.end_headers()
            try:
                for number in range(1000):
                    request.wfile.write(b"X-%d: y\r\n" % number)
                    time.sleep(0.02)
            except OSError:
                hung_up.set()

        site.pages["/a"] = drip
        with pytest.raises(FetchFailed, match="took longer than 0.3 seconds"):
            fetch_permitted(site.url + "/a", lambda _: True, seconds=0.3)
        assert hung_up.wait(10)

    def test_redirects_in_a_circle_end(self, site) -> None:
        site.redirect("/a", "/a")
        with pytest.raises(FetchFailed, match="more than 5 times"):
            fetch(site.url + "/a", allow_private=True)
        assert len(site.asked) == 6

    def test_a_host_that_nobody_knows_is_told(self) -> None:
        with pytest.raises(FetchFailed, match="host nowhere.invalid cannot be found"):
            fetch("https://nowhere.invalid/a")

    def test_a_port_that_nobody_listens_on_is_told(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with pytest.raises(
            FetchFailed, match="^the server refused the connection; check the address, or try again later$"
        ):
            fetch(f"http://127.0.0.1:{port}/", allow_private=True)

    def test_a_host_without_a_proper_certificate_is_not_believed(self, site) -> None:
        with pytest.raises(FetchFailed, match="no secure connection"):
            fetch(site.url.replace("http:", "https:"), allow_private=True)


class TestWhatIsRefused:
    def test_another_address_of_a_redirect_is_refused(self, site, other_site) -> None:
        site.redirect("/a", other_site.url + "/secret")
        with pytest.raises(FetchFailed, match="127.0.0.2"):
            fetch_permitted(site.url + "/a", lambda address: address == "127.0.0.1")
        assert other_site.asked == []

    @pytest.mark.parametrize(
        "location",
        ["file:///etc/passwd", "ftp://example.com/", "gopher://127.0.0.1/", "http://u:p@a.example/"],
    )
    def test_a_redirect_to_something_else_is_refused(self, site, location: str) -> None:
        site.redirect("/a", location)
        with pytest.raises(FetchFailed, match="refused|not a valid address"):
            fetch(site.url + "/a", allow_private=True)

    @pytest.mark.parametrize(
        "url",
        ["ftp://example.com/a", "file:///etc/passwd", "javascript://x", "http://", "http://user@example.com/"]
        + ["http://[::1/", "http://exa mple.com/", "http://example.com:99999/", "http://\udc80/", "https://a\x00b/"],
    )
    def test_other_addresses_are_refused(self, url: str) -> None:
        with pytest.raises(FetchFailed, match="refused|not a valid address|cannot be found"):
            fetch(url, allow_private=True)

    @pytest.mark.parametrize(
        "address",
        ["10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1"]
        + ["255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fc00::1", "fe80::1", "fe80::1%lo", "ff02::1"]
        + ["fec0::1", "2001:db8::1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::808:808"]
        + ["2002:a00:1::", "2001:0:7f00:1::", "2001:0:808:808::f5ff:fffe", "::ffff:8.8.8.8"],
    )
    def test_addresses_that_are_not_public(self, address: str) -> None:
        assert not is_public(address)

    @pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
    def test_addresses_that_are_public(self, address: str) -> None:
        assert is_public(address)


class TestWhatAPageIs:
    def test_comments_that_never_come_to_the_page_end(self) -> None:
        assert kind_of_page("https://a.example/", "text/plain", b"<!---->" * 5000) is Format.TEXT

    @pytest.mark.parametrize(
        ("url", "content_type", "content", "kind"),
        [
            ("https://a.example/", "text/html", b"<p>x", Format.HTML),
            ("https://a.example/", "application/xhtml+xml", b"<?xml version='1.0'?><html>", Format.HTML),
            ("https://a.example/", "text/plain", b"Words", Format.TEXT),
            ("https://a.example/a.md", "text/plain", b"# Words", Format.MARKDOWN),
            ("https://a.example/", "text/markdown", b"# Words", Format.MARKDOWN),
            ("https://a.example/", "", b"Words", Format.TEXT),
            ("https://a.example/", "application/octet-stream", b"\n<!-- x --><!DOCTYPE html><p>", Format.HTML),
            ("https://a.example/", "text/plain", b"\xef\xbb\xbf<HTML lang=en>", Format.HTML),
            (
                "https://a.example/",
                "text/html",
                b"<?xml version='1.0'?><!-- x --><rss version='2.0'>",
                Format.FEED,
            ),
            ("https://a.example/", "text/xml", b"<a:feed xmlns:a='http://www.w3.org/2005/Atom'>", Format.FEED),
            ("https://a.example/", "text/xml", "<?xml version='1.0'?><feed>".encode("utf-16"), Format.FEED),
            ("https://a.example/", "text/xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><rdf:RDF xmlns='x'>", Format.FEED),
            ("https://a.example/", "text/xml", b"<urlset>", Format.SITEMAP),
            ("https://a.example/", "text/xml", b"<sitemapindex/>", Format.SITEMAP),
            ("https://a.example/", "", b"<opml version='1'>", Format.OPML),
            ("https://a.example/", "text/html", b"%PDF-1.7", Format.PDF),
        ],
    )
    def test_bytes_come_before_what_the_server_says(
        self, url: str, content_type: str, content: bytes, kind: Format
    ) -> None:
        assert kind_of_page(url, content_type, content) is kind

    @pytest.mark.parametrize("content_type", ["image/png", "application/json"])
    def test_other_types_are_rejected_by_name(self, content_type: str) -> None:
        with pytest.raises(RejectedDocument, match=content_type):
            kind_of_page("https://a.example/", content_type, b"<x>")

    def test_a_page_becomes_a_document(self, site) -> None:
        url = answer(site, "/a", b"<p>x", Content_Type="text/html; charset=utf-8")
        site.redirect("/r", "/a")
        document = Document(site.url + "/r", url, Format.HTML, b"<p>x", url, "utf-8")
        assert list(read(site.url + "/r", Web(allow_private=True, delay=0))) == [document]

    def test_an_address_that_fails_is_a_rejection(self, site) -> None:
        (rejection,) = read(site.url + "/a", Web())
        assert isinstance(rejection, Rejection) and rejection.name == site.url + "/a"
        assert "127.0.0.1 is a private address" in rejection.reason and site.asked == []
