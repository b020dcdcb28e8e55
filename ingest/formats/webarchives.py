"""Pages that were saved with what they need (.mhtml), and whole crawls (.warc). All of it runs in the sandbox."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from ingest.documents import LARGEST_DOCUMENT
from ingest.identity import web_address
from vectorstore.errors import RejectedDocument

_LONGEST_HEADER = 64 * 1024
_PAGE_TYPE = re.compile(rb"^content-type:\s*(?:text/html|application/xhtml)", re.IGNORECASE | re.MULTILINE)
# Of a crawl, as much as one call of the sandbox hands over: pages, their bytes, seconds of the processor.
_PAGES_AT_ONCE, _BYTES_AT_ONCE, _SECONDS_AT_ONCE = 32, 8 * 1024 * 1024, 3.0
_CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page with the address that it was saved from, "" where nothing says it."""

    url: str
    content: bytes
    charset: str


def page_of_mhtml(content: bytes) -> SavedPage:
    """The page in a file that a browser saved "as a single file"; its pictures are passed over unread."""
    head, _, body = content[: _LONGEST_HEADER * 2].replace(b"\r\n", b"\n").partition(b"\n\n")
    about = message_from_bytes(head + b"\n\n", policy=policy.default)
    boundary = about.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        return _saved(message_from_bytes(content, policy=policy.default), about)
    parts = content.split(b"--" + boundary.encode("ascii", "replace"))[1:]
    pages = [part for part in parts if _PAGE_TYPE.search(part[:2000])]
    if not pages:
        raise RejectedDocument("holds no page; save it anew")
    return _saved(message_from_bytes(pages[0].lstrip(b"\r\n"), policy=policy.default), about)


def _saved(part: object, about: object) -> SavedPage:
    assert isinstance(part, EmailMessage) and isinstance(about, EmailMessage)
    page = part.get_payload(decode=True)
    places = about["Snapshot-Content-Location"], part["Content-Location"], about["Content-Location"]
    url = next(filter(None, (web_address(str(place or "")) for place in places)), "")
    return SavedPage(url, page if isinstance(page, bytes) else b"", part.get_content_charset(""))


@dataclass(frozen=True, slots=True)
class Stretch:
    """The pages in a stretch of a crawl, and where the next one begins; None at its end."""

    pages: list[SavedPage]
    next: int | None


def pages_of_warc(path: str, start: int) -> Stretch:
    """The pages that a crawl has from byte `start` on, as many as one call may take: answers and stored pages that are
    HTML and were found. Raises RejectedDocument."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    pages: list[SavedPage] = []
    begun, held = time.process_time(), 0
    try:
        with Path(path).open("rb") as stream:
            stream.seek(start)
            records = ArchiveIterator(stream)
            for record in records:
                full = len(pages) >= _PAGES_AT_ONCE or held > _BYTES_AT_ONCE
                full = full or time.process_time() - begun > _SECONDS_AT_ONCE
                if full and (reached := records.get_record_offset()) > start:  # however long the first one takes
                    return Stretch(pages, reached)
                if page := _page_in(record):
                    pages.append(page)
                    held += len(page.content)
    except (ArchiveLoadFailed, EOFError, ValueError) as error:
        if not pages:
            raise RejectedDocument(f"is no WARC that can be read ({error})") from error
    return Stretch(pages, None)


def _page_in(record: object) -> SavedPage | None:
    kind, headers, answer = record.rec_type, record.rec_headers, record.http_headers  # type: ignore[attr-defined]
    about = answer if kind == "response" else headers if kind == "resource" else None
    if about is None or (kind == "response" and answer.get_statuscode() != "200"):
        return None
    content_type = str(about.get_header("Content-Type") or "").lower()
    url = web_address(headers.get_header("WARC-Target-URI") or "")
    if not url or not content_type.startswith(("text/html", "application/xhtml")):
        return None
    content = record.content_stream().read(LARGEST_DOCUMENT + 1)  # type: ignore[attr-defined]
    charset = _CHARSET.search(content_type)
    return SavedPage(url, content, charset[1] if charset else "") if len(content) <= LARGEST_DOCUMENT else None
