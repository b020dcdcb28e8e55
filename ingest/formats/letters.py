"""A newsletter, saved as an e-mail, to the fields of its article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import Header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

from ingest.datelines import stated_day
from ingest.dates import parse_date
from ingest.formats.decoding import decode
from ingest.formats.letter_text import Forwarded, Line, forwarded_in, lines_of_html, lines_of_plain, note_before, story
from ingest.identity import file_id
from ingest.text import one_line, word_count
from vectorstore.errors import RejectedDocument

_FEWEST_WORDS = 25
_LONGEST_HEADER = 64 * 1024
_MOST_PARTS = 200
_HEADER_END = re.compile(rb"\r?\n\r?\n")
# Words that are not ASCII, which a header may not hold as they are and many do.
_RAW_WORD = r"[^\s<>\"(),:;@]*[^\x00-\x7f][^\s<>\"(),:;@]*"
_RAW_WORDS = re.compile(rf"{_RAW_WORD}(?:[ \t]+{_RAW_WORD})*")
_CHARSET = re.compile(rb"charset\s*=\s*\"?([\w-]+)", re.IGNORECASE)
_FORWARD_MARK = re.compile(r"^(?:(?:fwd?|fw|wg|tr|rv|vs|vb|vl|i|enc|doorst|forw|转发|轉寄)\s*[:：]\s*)+", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:mailto:)?[^@\s]+@([\w.-]+)(?:\s+via\s.*)?", re.IGNORECASE)
# What Outlook writes for an address in a line of text.
_MAILTO = re.compile(r"\[mailto:([^\]]*)\]", re.IGNORECASE)


def read_letter(content: bytes) -> dict[str, object]:
    """Subject, sender, the time of sending and the text. Raises RejectedDocument where there is no letter or no text.

    The Date header is the publisher's own. Of a letter that was forwarded, as an attachment or in the text, it is all
    that of the one who wrote it. Known by its Message-ID and sender, under whatever file name.
    """
    _refuse_bombs(content)
    letter = message_from_bytes(_with_encoded_header(content), policy=default)
    if not isinstance(letter, EmailMessage) or not any(letter[name] for name in ("From", "Subject", "Date")):
        raise RejectedDocument("is not an e-mail: it has neither From nor Subject nor Date")
    found = [_fields(letter), *(_fields(each, letter) for each in _attached(letter))]
    fields = max(found, key=lambda each: word_count(str(each["text"])))
    words = word_count(str(fields["text"]))
    if words < _FEWEST_WORDS:
        raise RejectedDocument(f"only {words} words of text were found in this e-mail")
    return fields


def _fields(letter: EmailMessage, *around: EmailMessage) -> dict[str, object]:
    lines = _lines(letter)
    fields: dict[str, object] = {
        "id": _known_by(letter, *around),
        "title": _header(letter, "Subject"),
        "outlet": _sender(letter),
        "published_at": _sent(letter),
        "language": _header(letter, "Content-Language"),
        "text": story(lines),
    }
    forwarded = forwarded_in(lines)
    below = story(forwarded.lines) if forwarded else ""
    if forwarded and word_count(below) >= max(_FEWEST_WORDS, note_before(lines, forwarded)):
        fields |= {**_stated_above(forwarded), "text": below}
        fields["title"] = fields["title"] or _FORWARD_MARK.sub("", _header(letter, "Subject"))
    return fields


def _known_by(letter: EmailMessage, *around: EmailMessage) -> str | None:
    """A Message-ID is whatever its sender writes: that of another's letter, or the name of a file, makes it neither."""
    message_id, senders = _header(letter, "Message-ID"), [_address(each) for each in (letter, *around)]
    return file_id("\n".join([f"Message-ID: {message_id}", *senders])) if message_id else None


def _stated_above(forwarded: Forwarded) -> dict[str, object]:
    """The day alone: the hour is in the zone of whoever forwarded it."""
    name, address = parseaddr(_MAILTO.sub(r"<\1>", forwarded.sender))
    sent = parse_date(forwarded.date) or stated_day(forwarded.date)
    return {
        "title": _FORWARD_MARK.sub("", forwarded.subject),
        "outlet": _outlet(name, address.rpartition("@")[2]),
        "published_at": sent and datetime(sent.year, sent.month, sent.day, tzinfo=UTC),
        "language": "",
    }


def _lines(letter: EmailMessage) -> list[Line]:
    """Of the HTML, which is what its writer saw, unless that holds less than the plain text."""
    marked, plain = lines_of_html(_part(letter, "html")), lines_of_plain(_part(letter, "plain"))
    return max(plain, marked, key=_words_of) if _words_of(marked) < _FEWEST_WORDS else marked


def _words_of(lines: list[Line]) -> int:
    return word_count(story(lines))


def _attached(letter: EmailMessage) -> Iterator[EmailMessage]:
    """The letters that were forwarded as attachments."""
    for part in letter.walk():
        held = part.get_payload() if part.get_content_type() == "message/rfc822" else None
        if isinstance(held, list) and held and isinstance(held[0], EmailMessage):
            yield held[0]


def _refuse_bombs(content: bytes) -> None:
    """The standard library's parser takes minutes over a header or a nesting that no letter has."""
    header = _HEADER_END.split(content[: _LONGEST_HEADER * 2], maxsplit=1)[0]
    if len(header) > _LONGEST_HEADER:
        raise RejectedDocument("is not an e-mail: its header is longer than 64 KB")
    if content.lower().count(b"\ncontent-type:") > _MOST_PARTS:
        raise RejectedDocument(f"has more than {_MOST_PARTS} parts, which no newsletter has")


def _with_encoded_header(content: bytes) -> bytes:
    """Words that a header holds in no encoding of e-mail, in the one that it is meant to have."""
    end = match.start() if (match := _HEADER_END.search(content)) else len(content)
    head = content[:end]
    if head.isascii():
        return content
    charset = _CHARSET.search(head)
    lines = decode(head, charset[1].decode() if charset else "").split("\n")
    encoded = (
        line if line.isascii() else _RAW_WORDS.sub(lambda raw: Header(raw[0], "utf-8").encode(), line) for line in lines
    )
    return "\n".join(encoded).encode("utf-8", "replace") + content[end:]


def _part(letter: EmailMessage, kind: str) -> str:
    """The text of a part, however wrongly it names its encoding."""
    part = letter.get_body((kind,))
    raw = part.get_payload(decode=True) if part is not None else None
    try:
        return decode(raw, part.get_content_charset("") if part is not None else "") if isinstance(raw, bytes) else ""
    except (RejectedDocument, LookupError, ValueError, AttributeError):  # what is no text, whatever its header says
        return ""


def _header(letter: EmailMessage, name: str) -> str:
    try:
        return one_line(str(letter[name] or ""))
    except (ValueError, IndexError, AttributeError):  # what the header parser falls over
        return ""


def _sender(letter: EmailMessage) -> str:
    try:
        sender = letter["From"].addresses[0]
        return _outlet(sender.display_name, sender.domain)
    except (ValueError, IndexError, AttributeError):
        return ""


def _outlet(name: str, host: str) -> str:
    """The name that a sender gives itself without quotation marks, else the host of its address, or of an address that
    it has for a name."""
    named = one_line(name).strip(" '\"“”‘’<>")
    if (address := _ADDRESS.fullmatch(named)) and "@" in named:
        named, host = "", address[1]
    return named or host.strip(" <>").lower().removeprefix("www.")


def _address(letter: EmailMessage) -> str:
    try:
        return str(letter["From"].addresses[0].addr_spec).lower()
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
