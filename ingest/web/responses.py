"""What an answer says in its status and headers, and its body, which is unpacked piece by piece: a small one may unpack
to more than memory holds."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from ingest.documents import LARGEST_DOCUMENT
from vectorstore.errors import FetchFailed, PageGone, ToldToWait

_CLOSED_TO_PROGRAMS = {401, 402, 403, 451}
_GONE = {404, 410}
_DAY = 24 * 60 * 60.0


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask it later whether a page has changed."""

    etag: str = ""
    last_modified: str = ""


NEVER_SEEN = Validators()


def type_of(headers: httpx.Headers) -> str:
    """The content type without its parameters, "" where none is stated."""
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower()


def charset_of(headers: httpx.Headers) -> str:
    """The encoding that the content type states, or ""."""
    _, _, charset = str(headers.get("content-type", "")).lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'")


def validators_of(headers: httpx.Headers) -> Validators:
    """Without a Last-Modified of the second in which the answer was sent: what changes once more within that second
    keeps it, and would be taken for unchanged from then on (RFC 9110, section 8.8.2.2)."""
    last_modified = headers.get("last-modified", "")
    changed, sent = _date(last_modified), _date(headers.get("date", ""))
    return Validators(headers.get("etag", ""), "" if changed and sent and changed >= sent else last_modified)


def refusal(status: int, headers: httpx.Headers) -> FetchFailed:
    try:
        answer = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        answer = str(status)
    if status in _GONE:
        return PageGone(f"there is no such page ({answer}); check the address")
    reason = f"the site answered {answer}; try again later"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return ToldToWait(reason, wait_of(headers))
    closed = f"the site does not let a program read it ({answer}); open it in a browser and paste its text"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ToldToWait(closed, wait_of(headers))
    if status in _CLOSED_TO_PROGRAMS:
        return FetchFailed(closed)
    return FetchFailed(reason)


def wait_of(headers: httpx.Headers) -> float | None:
    """Retry-After in seconds, a day at most; a date is measured by the server's own clock where it shows one."""
    stated = headers.get("retry-after", "").strip()
    if stated.isdecimal() and len(stated) < 10:
        return min(float(stated), _DAY)
    until, begun = _date(stated), _date(headers.get("date", "")) or datetime.now(UTC)
    return None if until is None else min(max(0.0, (until - begun).total_seconds()), _DAY)


def _date(header: str) -> datetime | None:
    try:
        stated = parsedate_to_datetime(header)
    except ValueError:
        return None
    return stated.replace(tzinfo=UTC) if stated.tzinfo is None else stated


_GZIP = b"\x1f\x8b"
_PIECE = 1 << 16
# Bytes of gzip that are unpacked at once: after each member, of which they may hold hundreds, zlib copies the rest.
_SHARE = 1 << 13
# Bytes of zstd that are unpacked at once: four of them can stand for 128 KB.
_SLICE = 256
# What browsers can be made to keep in memory of zstd (RFC 8878, section 3.1.1.1.2).
_LARGEST_WINDOW = 1 << 23
_MOST_CODINGS = 5
_DAMAGED = "is compressed in a way that cannot be read; paste its text instead"
_CUT = "was cut short on its way; try again later"

Pieces = Iterator[bytes]


def unpacked(chunks: Iterable[bytes], encoding: str = "") -> bytes:
    """The content that the body stands for, 10 MB at most. Raises FetchFailed.

    `encoding` is a Content-Encoding: several are undone from the last to the first, and what is no name of one ("none",
    "utf-8") says nothing, as for browsers.
    """
    named = [name.strip().lower() for name in encoding.split(",")]
    codings = [_CODINGS[name] for name in named if name in _CODINGS]
    if len(codings) > _MOST_CODINGS:
        raise FetchFailed(_DAMAGED)
    pieces = _within_reason(chunks)
    for coding in reversed(codings):
        pieces = _within_reason(coding(pieces))
    return b"".join(pieces)


def _within_reason(pieces: Iterable[bytes]) -> Pieces:
    """What each coding takes and gives: members that hold nothing, packed over and over, stand for terabytes."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LARGEST_DOCUMENT:
            raise FetchFailed("is larger than 10 MB, which no article is; give the address of one article")
        yield piece


def _gzip(chunks: Pieces) -> Pieces:
    """All members, one after the other; what follows them and is none is left, as gzip itself does."""
    return _members(_sliced(chunks, _SHARE), lambda: zlib.decompressobj(wbits=31), zlib.error, _GZIP[:1])


def _deflate(chunks: Pieces) -> Pieces:
    """With the header that belongs to it, or without, as some servers send it."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) > 1:
            break
    wrapped = len(head) > 1 and head[0] & 0x0F == 8 and int.from_bytes(head[:2]) % 31 == 0
    bits = zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS
    return _members(_after(head, chunks), lambda: zlib.decompressobj(wbits=bits), zlib.error)


def _zstd(chunks: Pieces) -> Pieces:
    import zstandard

    unpacker = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
    sliced = _sliced(chunks, _SLICE)
    # Frames begin with this or, where they are to be skipped, with 0x50 to 0x5f.
    return _members(sliced, unpacker.decompressobj, zstandard.ZstdError, b"\x28", *(bytes([n]) for n in range(80, 96)))


def _sliced(chunks: Pieces, size: int) -> Pieces:
    return (chunk[at : at + size] for chunk in chunks for at in range(0, len(chunk), size))


def _members(chunks: Pieces, begin: Callable[[], Any], fault: type[Exception], *starts: bytes) -> Pieces:
    """The content of each member or frame; a further one begins with one of `starts`."""
    unpacker = begin()
    for chunk in chunks:
        while chunk:
            if unpacker.eof:
                if not chunk.startswith(starts):
                    return
                unpacker = begin()
            try:
                yield _step(unpacker, chunk)
            except fault as error:
                raise FetchFailed(_DAMAGED) from error
            chunk = unpacker.unconsumed_tail or unpacker.unused_data
    yield unpacker.flush() or b""  # it may have taken all, and still hold some hundred bytes back
    if not unpacker.eof:
        raise FetchFailed(_CUT)


def _step(unpacker: Any, chunk: bytes) -> bytes:
    """zstandard's knows no limit, and is given small slices instead."""
    limits = (_PIECE,) if hasattr(unpacker, "copy") else ()
    piece: bytes = unpacker.decompress(chunk, *limits)
    return piece


def _brotli(chunks: Pieces) -> Pieces:
    import brotli

    unpacker = brotli.Decompressor()
    for chunk in chunks:
        try:
            # It may hold back more than the limit lets out, though it would take further input.
            while (piece := unpacker.process(chunk, output_buffer_limit=_PIECE)) or not unpacker.can_accept_more_data():
                chunk = b""
                yield piece
        except brotli.error as error:
            raise FetchFailed(_DAMAGED) from error
        if unpacker.is_finished():
            return
    if not unpacker.is_finished():
        raise FetchFailed(_CUT)


def _after(head: bytes, chunks: Pieces) -> Pieces:
    yield head
    yield from chunks


_CODINGS: dict[str, Callable[[Pieces], Pieces]] = {
    **dict.fromkeys(("gzip", "x-gzip"), _gzip),
    **{"deflate": _deflate, "br": _brotli, "zstd": _zstd},
}
