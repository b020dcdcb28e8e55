"""One page from the web, safely: limits on size, time and redirects, and no way into private networks."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version

import httpcore
import httpx

from ingest.documents import LARGEST_DOCUMENT
from ingest.web.addresses import CheckedBackend, Permitted, Resolve, is_public, resolve
from ingest.web.headers import NEVER_SEEN, Validators, charset_of, refusal, type_of, validators_of
from vectorstore.errors import AddressRefused, FetchFailed, NotReached

SECONDS = 20.0
REDIRECTS = 5
_REDIRECTING = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}

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
    `gate` takes come on top) and 5 redirects. Addresses of this machine and of private networks are refused unless
    `allow_private`.
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
        with httpcore.ConnectionPool(_tls(), network_backend=backend) as pool:
            return _follow(_parse(url), pool, known, lambda each: deadline.stopped_by(gate(each)))
    except httpcore.TimeoutException as error:
        raise NotReached(f"took longer than {seconds:g} seconds; try again later") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise NotReached(f"could not be read ({error}); check the address and try again") from error


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


def _follow(url: httpx.URL, pool: httpcore.ConnectionPool, known: Validators, gate: Gate) -> FetchedPage:
    moved_to, for_good = "", True
    for _ in range(REDIRECTS + 1):
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        with gate(str(url)), pool.stream("GET", target, headers=_asking(known)) as response:
            headers = httpx.Headers(response.headers)
            if response.status in _REDIRECTING and "location" in headers:
                url = _parse(headers["location"], base=url)
                for_good = for_good and response.status in _PERMANENT
                moved_to = str(url) if for_good else moved_to
                continue
            return _page(url.copy_with(fragment=None), response, headers, moved_to, known != NEVER_SEEN)
    raise FetchFailed(f"redirects more than {REDIRECTS} times; give the address where it ends")


def _page(
    url: httpx.URL, response: httpcore.Response, headers: httpx.Headers, moved_to: str, asked: bool
) -> FetchedPage:
    unchanged = response.status == HTTPStatus.NOT_MODIFIED and asked
    if response.status != HTTPStatus.OK and not unchanged:
        raise refusal(response.status, headers)
    encoding = headers.get("content-encoding", "identity").lower()
    content = b"" if unchanged else unpacked(response.iter_stream(), encoding)
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


def unpacked(chunks: Iterable[bytes], encoding: str) -> bytes:
    """The body, unpacked piece by piece: a small answer may unpack to more than memory holds. Raises FetchFailed."""
    if encoding not in ("identity", "gzip"):
        raise FetchFailed(f"is compressed as {ascii(encoding[:80])}, which was not asked for; paste its text instead")
    unpacker = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    content = bytearray()
    for chunk in chunks:
        try:
            content += unpacker.decompress(chunk, LARGEST_DOCUMENT + 1) if unpacker else chunk
        except zlib.error as error:
            raise FetchFailed("is compressed in a way that cannot be read; paste its text instead") from error
        if len(content) > LARGEST_DOCUMENT:
            raise FetchFailed("is larger than 10 MB, which no article is; give the address of one article")
    if unpacker and not unpacker.eof:
        raise FetchFailed("was cut short on its way; try again later")
    return bytes(content)


def _asking(known: Validators) -> dict[bytes | str, bytes | str]:
    """The headers of a request, conditional where the page is known."""
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
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
        "Accept": "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,"
        "text/plain;q=0.9,text/markdown;q=0.9,application/xml;q=0.9,application/pdf;q=0.8,*/*;q=0.5",
        "Accept-Encoding": "gzip",
    }
