"""Bytes to text."""

from __future__ import annotations

import codecs
import re

from vectorstore.errors import RejectedDocument

_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A stray one is forgiven; text that is full of them is none.
_FEW = 2
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# Python knows codecs that no page is written in, some of them slow enough to hang on a hostile one (punycode).
_OF_THE_WEB = re.compile(r"utf-?(8|16|32)|iso-?(8859|2022)|windows-|cp\d|koi8|gb|big5|euc|shift|sjis|tis|mac")
# Long enough to tell languages apart, short enough to take milliseconds.
_SAMPLE = 64 * 1024
BINARY = "is not text but binary data; give an article as text, Markdown, HTML, JSON, JSONL or CSV"


def decode(content: bytes, declared: str = "") -> str:
    """The text that the bytes are, without a byte order mark.

    The bytes are believed before `declared`, the encoding that a header or a page claims. Raises RejectedDocument
    for binary data.
    """
    encoding = marked_encoding(content)
    if encoding is None and b"\0" in content:
        raise RejectedDocument(BINARY)
    for candidate in (encoding, "utf-8", _as_browsers_read(declared)):
        text = _attempt(content, candidate)
        if text is not None:
            break
    else:
        text = content.decode(_guess(content), errors="replace")
    if len(_CONTROLS.findall(text)) > _FEW + len(text) // 100:
        raise RejectedDocument(BINARY)
    return text


def marked_encoding(content: bytes) -> str | None:
    """The encoding that a byte order mark states."""
    return next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)


def _attempt(content: bytes, encoding: str | None) -> str | None:
    try:
        return content.decode(encoding) if encoding else None
    except (UnicodeError, LookupError):
        return None


def _as_browsers_read(declared: str) -> str:
    """Pages that say Latin-1 mean its superset windows-1252, which has the curly quotation marks."""
    name = declared.strip().strip("\"'").lower()
    if name in {"iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"}:
        return "cp1252"
    return name if _OF_THE_WEB.match(name) else ""


def _guess(content: bytes) -> str:
    from charset_normalizer import from_bytes

    # Around the first byte that is not ASCII: a sample without one would say nothing.
    first = next(re.finditer(rb"[\x80-\xff]", content)).start()
    matches = from_bytes(content[max(0, first - _SAMPLE // 4) :][:_SAMPLE], cp_exclusion=["utf_16", "utf_32"])
    best = matches.best()
    if best is None:
        raise RejectedDocument(BINARY)
    # With few accented letters its best guess is often an exotic twin of the usual one.
    western = any("cp1252" in (match.encoding, *match.could_be_from_charset) for match in matches)
    return "cp1252" if western else best.encoding
