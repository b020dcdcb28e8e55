"""One page from the web, safely: limits on size, time and redirects, and no way into private networks."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version

import httpcore
import httpx

from ingest.addresses import CheckedBackend, Permitted, is_public
from ingest.documents import LARGEST_DOCUMENT
from vectorstore.errors import FetchFailed

SECONDS = 20.0
REDIRECTS = 5
_REDIRECTING = {301, 302, 303, 307, 308}
_CLOSED_TO_PROGRAMS = {401, 402, 403, 429, 451}
_GONE = {404, 410}


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answered. `url` is where the redirects ended, `content_type` is without parameters."""

    url: str
    content: bytes
    content_type: str
    charset: str = ""


def fetch(url: str, *, allow_private: bool = False) -> Page:
    """The page at an http or https address. Raises FetchFailed with one clear line.

    At most 10 MB after decompression, 20 seconds in all (the system's own limit on looking a name up comes on top) and
    5 redirects. Addresses of this machine and of private networks are refused unless `allow_private`.
    """
    return fetch_permitted(url, (lambda _: True) if allow_private else is_public)


def fetch_permitted(url: str, permitted: Permitted, seconds: float = SECONDS) -> Page:
    """As `fetch`, connecting only to the IP addresses that `permitted` says yes to."""
    deadline = time.monotonic() + seconds

    def remaining() -> float:
        left = deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    try:
        with httpcore.ConnectionPool(_tls(), network_backend=CheckedBackend(permitted, remaining)) as pool:
            return _follow(_parse(url), pool)
    except httpcore.TimeoutException as error:
        raise FetchFailed(f"took longer than {seconds:g} seconds; try again later") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchFailed(f"could not be read ({error}); check the address and try again") from error


def _follow(url: httpx.URL, pool: httpcore.ConnectionPool) -> Page:
    for _ in range(REDIRECTS + 1):
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        with pool.stream("GET", target, headers=_headers()) as response:
            headers = httpx.Headers(response.headers)
            if response.status in _REDIRECTING and "location" in headers:
                url = _parse(headers["location"], base=url)
                continue
            if response.status != HTTPStatus.OK:
                raise FetchFailed(_refusal(response.status))
            content = _read(response.iter_stream(), headers.get("content-encoding", "identity").lower())
            content_type, charset = _content_type(headers)
            return Page(str(url.copy_with(fragment=None)), content, content_type, charset)
    raise FetchFailed(f"redirects more than {REDIRECTS} times; give the address where it ends")


def _parse(url: str, base: httpx.URL | None = None) -> httpx.URL:
    try:
        parsed = base.join(url) if base else httpx.URL(url)
    except httpx.InvalidURL as error:
        raise FetchFailed(f"is not a valid address ({error}); check it") from error
    if parsed.scheme not in ("http", "https"):
        raise FetchFailed(f"refused: only http and https addresses are read, not {parsed.scheme or 'this'}")
    if not parsed.host:
        raise FetchFailed("is not a valid address (no host); check it")
    if parsed.userinfo:
        raise FetchFailed("refused: the address holds a user name; give it without")
    return parsed


def _read(chunks: Iterable[bytes], encoding: str) -> bytes:
    """The body, unpacked piece by piece: a small answer may unpack to more than memory holds."""
    if encoding not in ("identity", "gzip"):
        raise FetchFailed(f"is compressed as {encoding}, which was not asked for; paste its text instead")
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


def _content_type(headers: httpx.Headers) -> tuple[str, str]:
    essence, _, parameters = headers.get("content-type", "").partition(";")
    _, _, charset = parameters.lower().partition("charset=")
    return essence.strip().lower(), charset.split(";")[0].strip(" \"'")


def _refusal(status: int) -> str:
    try:
        answer = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        answer = str(status)
    if status in _GONE:
        return f"there is no such page ({answer}); check the address"
    if status in _CLOSED_TO_PROGRAMS:
        return f"the site does not let a program read it ({answer}); open it in a browser and paste its text"
    return f"the site answered {answer}; try again later"


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
        "Accept": "text/html,application/xhtml+xml,text/plain;q=0.9,text/markdown;q=0.9",
        "Accept-Encoding": "gzip",
    }
