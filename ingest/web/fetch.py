"""One page from the web, safely: limits on size, time and redirects, and no way into private networks."""

from __future__ import annotations

import errno
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version

import httpcore
import httpx

from ingest.web.addresses import CheckedBackend, Permitted, Resolve, is_public, resolve
from ingest.web.redirects import kept_by_google, named_target, refreshed_to
from ingest.web.responses import NEVER_SEEN, Validators, charset_of, refusal, type_of, unpacked, validators_of
from vectorstore.errors import AddressRefused, FetchFailed, NotReached
from vectorstore.observing.work import stage

SECONDS = 20.0
REDIRECTS = 5
_OF_GOOGLE_NEWS = (
    "is an address of Google News that only a browser is led on from; open it in a browser, and there use the bookmark "
    '"Add to Dateline", or give the address where it ends'
)
_BROKE_OFF = "the server broke off the connection; try again later"
_FAILURES: tuple[tuple[type[BaseException], str], ...] = (
    (ConnectionRefusedError, "the server refused the connection; check the address, or try again later"),
    (ssl.SSLError, "no secure connection to the server could be made; check the address, or try again later"),
    (ConnectionError, _BROKE_OFF),
    (httpcore.RemoteProtocolError, _BROKE_OFF),
)
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL}
_REDIRECTING = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
# 203 is the page as a proxy on the way has changed it.
_WITH_PAGE = {HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION}

# Entered with the address before each request, the ones that redirects ask for included, and left after its answer.
Gate = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What an address answered. `url` is where the redirects ended, `content_type` is without parameters.

    `moved_to` is the address to use from now on, "" for the same. An `unchanged` page has no content: it is the one
    that the validators came with.
    """

    url: str
    content: bytes
    content_type: str
    charset: str = ""
    validators: Validators = NEVER_SEEN
    moved_to: str = ""
    unchanged: bool = False


def fetch(
    url: str,
    *,
    allow_private: bool = False,
    seconds: float = SECONDS,
    known: Validators = NEVER_SEEN,
    gate: Gate = lambda _: nullcontext(),
) -> FetchedPage:
    """The page at an http or https address. Raises FetchFailed with one clear line.

    At most 10 MB after decompression, `seconds` in all (the system's own limit on looking a name up and the time that
    `gate` takes come on top) and 5 redirects, by a header or by the page itself. Cookies are kept until it has ended.
    Addresses of this machine and of private networks are refused unless `allow_private`.
    """
    return fetch_permitted(url, None if allow_private else is_public, seconds, known, gate)


def fetch_permitted(
    url: str,
    permitted: Permitted | None,
    seconds: float = SECONDS,
    known: Validators = NEVER_SEEN,
    gate: Gate = lambda _: nullcontext(),
    resolve: Resolve = resolve,
) -> FetchedPage:
    """As `fetch`, connecting only to those of the IP addresses that `resolve` finds which `permitted`, if any, says yes
    to."""
    deadline = _Deadline(seconds)
    backend = CheckedBackend(permitted, deadline.remaining, resolve)
    try:
        with stage("fetch"), httpcore.ConnectionPool(_tls(), network_backend=backend) as pool:
            return _Read(pool, known, lambda each: deadline.stopped_by(gate(each))).follow(_parse(url))
    except httpcore.TimeoutException as error:
        raise NotReached(f"took longer than {seconds:g} seconds; try again later") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise NotReached(_in_words(error)) from error


def _in_words(error: BaseException) -> str:
    """What failed, by the first cause that tells, in words and without a system's numbers."""
    cause: BaseException | None = error
    while cause is not None:
        told = next((line for kind, line in _FAILURES if isinstance(cause, kind)), "")
        if told or getattr(cause, "errno", None) in _UNREACHABLE:
            return told or "the server cannot be reached; check the address and the connection to the internet"
        cause = cause.__cause__ or cause.__context__
    return "could not be read; check the address, or try again later"


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds; raises when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    @contextmanager
    def stopped_by(self, wait: AbstractContextManager[None]) -> Iterator[None]:
        """Enters `wait` without counting how long that takes."""
        with ExitStack() as stack:
            begun = time.monotonic()
            stack.enter_context(wait)
            self._end += time.monotonic() - begun
            yield


class _Read:
    """One read of an address: where it has been led to, and the cookies that it was given on the way."""

    def __init__(self, pool: httpcore.ConnectionPool, known: Validators, gate: Gate) -> None:
        self._pool, self._known, self._gate = pool, known, gate
        self._cookies = httpx.Cookies()
        self._asked: set[tuple[str, str]] = set()
        self._moved_to, self._for_good = "", True

    def follow(self, url: httpx.URL) -> FetchedPage:
        """The page at the end of its redirects, those that stand in pages and in addresses among them."""
        asked = [str(url)]
        url = self._directly(url)
        for _ in range(REDIRECTS + 1):
            found = self._ask(url)
            if isinstance(found, FetchedPage):
                if any(kept_by_google(each, found.url) for each in (*asked, found.url)):
                    raise FetchFailed(_OF_GOOGLE_NEWS)
                return found
            asked.append(str(found))
            url = found
        raise FetchFailed(f"redirects more than {REDIRECTS} times; give the address where it ends")

    def _ask(self, url: httpx.URL) -> FetchedPage | httpx.URL:
        """The page, or where to go on."""
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        cookies = self._noted(url)
        with self._gate(str(url)), self._pool.stream("GET", target, headers=_asking(self._known, cookies)) as response:
            headers = httpx.Headers(response.headers)
            self._keep_cookies(url, headers)
            if response.status in _REDIRECTING and "location" in headers:
                return self._redirected(_parse(headers["location"], base=url), response.status in _PERMANENT)
            page = _page(url.copy_with(fragment=None), response, headers, self._moved_to, self._known != NEVER_SEEN)
        return self._refreshed(url, headers.get("refresh", ""), page) or page

    def _redirected(self, url: httpx.URL, permanent: bool) -> httpx.URL:
        self._for_good = self._for_good and permanent
        self._moved_to = str(url) if self._for_good else self._moved_to
        return self._directly(url)

    def _refreshed(self, url: httpx.URL, header: str, page: FetchedPage) -> httpx.URL | None:
        """Where the page sends who reads it, unless that is where it was asked for just so before."""
        named = refreshed_to(page.content, page.content_type, header)
        if named is None:
            return None
        try:
            target = _parse(named, base=url)
        except AddressRefused:
            return None
        return None if self._has_asked(target) else self._redirected(target, permanent=False)

    def _directly(self, url: httpx.URL) -> httpx.URL:
        """The address that this one names as its target, where asking it would bring something new."""
        try:
            target = _parse(named_target(str(url)) or str(url))
        except AddressRefused:
            return url
        if target == url or self._has_asked(target):
            return url
        self._for_good = False
        return target

    def _keep_cookies(self, url: httpx.URL, headers: httpx.Headers) -> None:
        given = [("set-cookie", each) for each in headers.get_list("set-cookie")]
        self._cookies.extract_cookies(httpx.Response(200, headers=given, request=httpx.Request("GET", url)))

    def _cookies_for(self, url: httpx.URL) -> str:
        request = httpx.Request("GET", url)
        self._cookies.set_cookie_header(request)
        return str(request.headers.get("cookie", ""))

    def _noted(self, url: httpx.URL) -> str:
        cookies = self._cookies_for(url)
        self._asked.add((_spelt(url), cookies))
        return cookies

    def _has_asked(self, url: httpx.URL) -> bool:
        return (_spelt(url), self._cookies_for(url)) in self._asked


def _spelt(url: httpx.URL) -> str:
    return str(url.copy_with(fragment=None))


def _page(
    url: httpx.URL, response: httpcore.Response, headers: httpx.Headers, moved_to: str, asked: bool
) -> FetchedPage:
    unchanged = response.status == HTTPStatus.NOT_MODIFIED and asked
    if response.status not in _WITH_PAGE and not unchanged:
        raise refusal(response.status, headers)
    content = b"" if unchanged else unpacked(response.iter_stream(), headers.get("content-encoding", ""))
    return FetchedPage(
        str(url), content, type_of(headers), charset_of(headers), validators_of(headers), moved_to, unchanged
    )


def _parse(url: str, base: httpx.URL | None = None) -> httpx.URL:
    try:
        parsed = base.join(url) if base else httpx.URL(url)
    except httpx.InvalidURL as error:
        raise AddressRefused(f"is not a valid address ({error}); check it") from error
    if parsed.scheme not in ("http", "https"):
        raise AddressRefused(f"refused: only http and https addresses are read, not {parsed.scheme or 'this'}")
    if not parsed.host:
        raise AddressRefused("is not a valid address (no host); check it")
    if parsed.userinfo:
        raise AddressRefused("refused: the address holds a user name; give it without")
    return parsed


def _asking(known: Validators, cookies: str) -> dict[bytes | str, bytes | str]:
    """The headers of a request, conditional where the page is known."""
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified, "Cookie": cookies}
    # Sent as it came, as bytes: a server may have put anything there that is no line end.
    return {**_headers(), **{name: value.encode("latin-1", "ignore") for name, value in conditions.items() if value}}


@lru_cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


@lru_cache
def _headers() -> Mapping[bytes | str, bytes | str]:
    try:
        number = version("dateline")
    except PackageNotFoundError:
        number = "0"
    return {
        "User-Agent": f"Dateline/{number} (+reading news articles for its user)",
        "Accept": "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/feed+json,"
        "text/plain;q=0.9,text/markdown;q=0.9,application/xml;q=0.9,application/pdf;q=0.8,*/*;q=0.5",
        "Accept-Encoding": "gzip, deflate, br, zstd",
    }
