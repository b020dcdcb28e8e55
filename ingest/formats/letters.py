"""A newsletter, saved as an e-mail, to the fields of its article: layout tables as paragraphs, without what surrounds a
newsletter, and a forwarded letter told from the one that it came in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import Header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path

from lxml import etree, html
from lxml.html import HtmlElement

from ingest.dates import parse_date, stated_day
from ingest.formats.markup import UNSEEN, without_nulls
from ingest.formats.sniffing import decode
from ingest.identity import file_id
from ingest.text import one_line, word_count
from vectorstore.errors import RejectedDocument
from vectorstore.languages import count_of_words

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


_BLOCKS = set(
    "p div li ul ol dl dt dd table tbody thead tfoot tr td th caption blockquote pre section article header footer "
    "main center h1 h2 h3 h4 h5 h6 hr br".split()
)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_BETWEEN = re.compile(r"\n[ \t]*\n")
_QUOTED = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)
_LINK = re.compile(r"https?://\S+|\bwww\.\S+|\[[^\]\n]{0,300}\]|<https?://[^>\s]*>")
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔][\"'”’»)\]]*$")
# Of the characters of a line: what is linked so far is a link, with dots or bars beside it.
_MOSTLY = 0.8
_A_FEW_WORDS = 3
# Longer cells hold paragraphs, and are no cells of a table of figures.
_CELL_WORDS = 6
# How far from an end of the letter its furniture may stand, in lines.
_MARGIN = 15
_LABEL = re.compile(r"[>\s]*\*?([^\W\d][\w \-]{0,18}?)\s*\*?\s*[:：]\s*\*?\s*(.*)")
_FEWEST_LABELS, _MOST_LABELS = 3, 8


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text; `linked` are the characters of it that are links, `links` how many these are."""

    text: str
    linked: int = 0
    links: int = 0

    @property
    def is_link(self) -> bool:
        return self.links > 0 and self.linked >= _MOSTLY * len(re.sub(r"[\W_]+", "", self.text))


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What stands over a letter that was forwarded, as written there, and the lines below."""

    sender: str
    date: str
    subject: str
    lines: Sequence[Line]


@lru_cache
def _words() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("letters.toml").read_text(encoding="utf-8"))


def lines_of_html(markup: str) -> list[Line]:
    """Each paragraph, heading and cell in a line of its own; the short cells of a row of figures in one."""
    try:
        tree = html.document_fromstring(without_nulls(markup)) if markup.strip() else None
    except (etree.LxmlError, ValueError):
        return []
    if tree is None:
        return []
    etree.strip_elements(tree, *UNSEEN, "title", etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in [each for each in tree.iter() if _HIDDEN.search(each.get("style") or "")]:
        if element.getparent() is not None:
            element.drop_tree()
    return [line for line in _rows(tree) if line.text]


def lines_of_plain(text: str) -> list[Line]:
    """Paragraphs, without the line ends that mail programs put after 72 characters, or before what they quote.

    Addresses count as links."""
    lines = []
    for paragraph in _BETWEEN.split(_QUOTED.sub("", text.replace("\r\n", "\n"))):
        rows = list(filter(None, map(one_line, paragraph.split("\n"))))
        whole = rows if any(map(_label_of, rows)) or all(len(row) < 40 for row in rows) else [" ".join(rows)]
        lines += [_plain_line(row) for row in whole]
    return lines


def _plain_line(row: str) -> Line:
    addresses = _LINK.findall(row)
    words = one_line(_LINK.sub("", row))
    linked = len(words) if addresses and count_of_words(words) <= _A_FEW_WORDS else 0
    return Line(row, linked, len(addresses) if linked or not words else 0)


def _rows(tree: HtmlElement) -> Iterator[Line]:
    """Ends a line at each block, but for the short cells of a row, which share one."""
    held: list[tuple[str, bool]] = []
    links = 0
    for text, linked, ends in _pieces(tree):
        if ends:
            yield _line(held, links)
            held, links = [], 0
        held.append((text, linked))
        links += linked and bool(text.strip())
    yield _line(held, links)


def _pieces(tree: HtmlElement) -> Iterator[tuple[str, bool, bool]]:
    """Text in its order: whether it is of a link, and whether a line ends before it."""
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        within = element if event == "start" else element.getparent()
        linked = within is not None and (within.tag == "a" or next(within.iterancestors("a"), None) is not None)
        text = (element.text if event == "start" else element.tail) or ""
        ends = element.tag in _BLOCKS and not (element.tag in ("td", "th") and _shares_a_line(element))
        yield (text if ends else f" {text}" if element.tag in ("td", "th") else text), linked, ends


def _shares_a_line(cell: HtmlElement) -> bool:
    """Whether it is a short cell of a row that has several, all of them short."""
    row = cell.getparent()
    cells = [each for each in row if each.tag in ("td", "th")] if row is not None else []
    return len(cells) > 1 and all(_is_short(each) for each in cells)


def _is_short(cell: HtmlElement) -> bool:
    if any(each.tag in ("table", "p", "div", "li", "h1", "h2", "h3") for each in cell.iterdescendants()):
        return False
    return count_of_words(cell.text_content()) <= _CELL_WORDS


def _line(held: Sequence[tuple[str, bool]], links: int) -> Line:
    """The pieces as a line, without the "read more" that follows a sentence."""
    last = max((n for n, (text, _) in enumerate(held) if text.strip()), default=-1)
    held = held[: last + 1]
    if len(held) > 1 and held[-1][1] and count_of_words(held[-1][0]) <= _A_FEW_WORDS:
        before = one_line("".join(text for text, _ in held[:-1]))
        held = held[:-1] if _SENTENCE_END.search(before) else held
    linked = sum(len(re.sub(r"[\W_]+", "", text)) for text, is_link in held if is_link)
    return Line(one_line("".join(text for text, _ in held)), linked, links)


def story(lines: Sequence[Line]) -> str:
    """The lines that are read: without links to press, and without what opens and ends a newsletter."""
    lines = _without_end(lines)
    kept = []
    for at, line in enumerate(lines):
        near_an_end = min(at, len(lines) - 1 - at) < _MARGIN
        if not (_is_button(line) or (near_an_end and _says(line, "elsewhere"))):
            kept.append(line.text)
    return "\n".join(kept)


def _without_end(lines: Sequence[Line]) -> Sequence[Line]:
    """Up to the line near the end that says how to get no more letters, and the scraps before it."""
    ends = [at for at, line in enumerate(lines) if len(lines) - at <= _MARGIN and _says(line, "unsubscribe")]
    if not ends:
        return lines
    end = ends[0]
    while end and (lines[end - 1].is_link or not _SENTENCE_END.search(lines[end - 1].text)):
        end -= 1
    return lines[:end]


def _says(line: Line, what: str) -> bool:
    """Whether one of the words stands in a line that links somewhere, or is about as short as a link."""
    text = line.text.casefold()
    short = line.links > 0 or count_of_words(text) <= 2 * _A_FEW_WORDS
    return short and any(word in text for word in _words()[what])


def _is_button(line: Line) -> bool:
    """A link of a few words, or several links side by side: something to press. A headline is longer."""
    if not line.is_link or _SENTENCE_END.search(line.text):
        return False
    return line.links > 1 or count_of_words(line.text) <= _A_FEW_WORDS


def forwarded_in(lines: Sequence[Line]) -> Forwarded | None:
    """The letter that was forwarded in this one, where the lines over it say whose it is."""
    for start in range(len(lines)):
        given: dict[str, str] = {}
        end = start
        while end < len(lines) and end - start < _MOST_LABELS and (found := _label_of(lines[end].text)):
            given.setdefault(*found)
            end += 1
        if end - start >= _FEWEST_LABELS and given.get("from") and {"date", "subject"} & given.keys():
            return Forwarded(given["from"], given.get("date", ""), given.get("subject", ""), lines[end:])
    return None


def note_before(lines: Sequence[Line], forwarded: Forwarded) -> int:
    """How many words stand before the forwarded letter."""
    before = lines[: len(lines) - len(forwarded.lines)]
    return sum(count_of_words(line.text) for line in before)


def _label_of(row: str) -> tuple[str, str] | None:
    match = _LABEL.match(row)
    name = match[1].casefold().strip() if match else ""
    kind = next((kind for kind, names in _words()["forwarded"].items() if name in names), "") if match else ""
    return (kind, match[2].strip(" *")) if match and kind else None
