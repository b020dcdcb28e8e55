"""A newsletter, saved as an e-mail, to the fields of its article."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from ingest.formats.fragments import plain_text
from ingest.identity import file_id
from ingest.text import one_line, word_count
from vectorstore.errors import RejectedDocument

_FEWEST_WORDS = 25
_LONGEST_HEADER = 64 * 1024
_MOST_PARTS = 200
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_BETWEEN = re.compile(r"\n[ \t]*\n")


def read_letter(content: bytes) -> dict[str, object]:
    """Subject, sender, the time of sending and the text. Raises RejectedDocument where there is no letter or no text.

    The Date header is the publisher's own. The HTML part is read like a page; many are laid out in tables that hide the
    text from a reader made for pages, and then the longer part is taken as it is. Known by its Message-ID, under
    whatever file name.
    """
    _refuse_bombs(content)
    letter = message_from_bytes(content, policy=default)
    if not isinstance(letter, EmailMessage) or not any(letter[name] for name in ("From", "Subject", "Date")):
        raise RejectedDocument("is not an e-mail: it has neither From nor Subject nor Date")
    markup = _part(letter, "html")
    text = _read_as_page(markup) or max(_paragraphs(_part(letter, "plain")), plain_text(markup), key=word_count)
    if word_count(text) < _FEWEST_WORDS:
        raise RejectedDocument(f"only {word_count(text)} words of text were found in this e-mail")
    message_id = _header(letter, "Message-ID")
    return {
        "id": file_id(message_id) if message_id else None,
        "title": _header(letter, "Subject"),
        "outlet": _sender(letter),
        "published_at": _sent(letter),
        "language": _header(letter, "Content-Language"),
        "text": text,
    }


def _refuse_bombs(content: bytes) -> None:
    """The standard library's parser takes minutes over a header or a nesting that no letter has."""
    header = _HEADER_END.split(content[: _LONGEST_HEADER * 2], maxsplit=1)[0]
    if len(header) > _LONGEST_HEADER:
        raise RejectedDocument("is not an e-mail: its header is longer than 64 KB")
    if content.lower().count(b"\ncontent-type:") > _MOST_PARTS:
        raise RejectedDocument(f"has more than {_MOST_PARTS} parts, which no newsletter has")


def _read_as_page(markup: str) -> str:
    from ingest import extract_article

    try:
        return extract_article(markup.encode(), "").text if markup else ""
    except RejectedDocument:
        return ""


def _paragraphs(text: str) -> str:
    """Without the line ends that mail programs put after 72 characters."""
    return "\n".join(filter(None, map(one_line, _BETWEEN.split(text.replace("\r\n", "\n")))))


def _part(letter: EmailMessage, kind: str) -> str:
    """The text of a part, however wrongly it names its encoding."""
    part = letter.get_body((kind,))
    if part is None:
        return ""
    try:
        held = part.get_content()
    except (LookupError, ValueError, KeyError):
        raw = part.get_payload(decode=True)
        held = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
    return held if isinstance(held, str) else ""


def _header(letter: EmailMessage, name: str) -> str:
    try:
        return one_line(str(letter[name] or ""))
    except (ValueError, IndexError, AttributeError):  # what the header parser falls over
        return ""


def _sender(letter: EmailMessage) -> str:
    """The name that the sender gives itself, else the host of its address."""
    try:
        sender = letter["From"].addresses[0]
        return one_line(sender.display_name or sender.domain)
    except (ValueError, IndexError, AttributeError):
        return ""


def _sent(letter: EmailMessage) -> datetime | None:
    try:
        sent: datetime | None = letter["Date"].datetime
    except (ValueError, IndexError, AttributeError, TypeError):
        return None
    if sent is None:
        return None
    # "-0000" says that the time is UTC and the sender's zone unknown.
    return sent.replace(tzinfo=UTC) if sent.tzinfo is None else sent.astimezone(UTC)
