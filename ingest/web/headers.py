"""What the status and the headers of an answer say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

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
