"""Bytes to text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

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
# What pages mean by the names that they declare: each is read as its superset, as browsers do.
_MEANT = {
    **dict.fromkeys(["iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii", "windows-1252"], "cp1252"),
    **dict.fromkeys(["gb2312", "gb_2312-80", "gbk"], "gb18030"),
    **dict.fromkeys(["shift_jis", "shift-jis", "sjis"], "cp932"),
    **{"euc-kr": "cp949", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874"},
}
_WESTERN = {"cp1252", "iso-8859-15", "cp850", "mac-roman", "macintosh"}
# Of the letters in words that have any accent: in the languages of the west, about one in four.
_MOST_ACCENTED, _FEWEST_LETTERS = 0.6, 20
# A broken character among so many sound ones is an accident in UTF-8, and no sign of another encoding.
_SOUND_TO_BROKEN = 20
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
    text = next(reading for reading in _readings(content, encoding or "utf-8", declared) if reading is not None)
    if len(_CONTROLS.findall(text)) > _FEW + len(text) // 100:
        raise RejectedDocument(BINARY)
    return text


def marked_encoding(content: bytes) -> str | None:
    """The encoding that a byte order mark states."""
    return next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)


def _readings(content: bytes, first: str, declared: str) -> Iterator[str | None]:
    yield _attempt(content, first)
    yield _mended_utf8(content)
    yield _as_declared(content, declared)
    yield content.decode(_guess(content), errors="replace")


def _attempt(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _mended_utf8(content: bytes) -> str | None:
    """The text as UTF-8 with what is broken replaced, if little of it is: a page cut off, or one pasted character."""
    text = content.decode("utf-8", errors="replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text if beyond_ascii > _SOUND_TO_BROKEN * text.count("\ufffd") else None


def _as_declared(content: bytes, declared: str) -> str | None:
    """The text in the encoding that is claimed, unless that cannot be: most wrong claims are of a western one."""
    name = declared.strip().strip("\"'").lower()
    encoding = _MEANT.get(name, name)
    text = _attempt(content, encoding) if _OF_THE_WEB.match(encoding) else None
    if text is None or encoding not in _WESTERN:
        return text
    return None if _is_garbled(text) else text


def _is_garbled(text: str) -> bool:
    """Whether nearly all letters are accented where any are, as when Cyrillic or Chinese is read as western."""
    accent = re.search(r"[^\x00-\x7f]", text)
    sample = text[max(0, accent.start() - 100) :][:_SAMPLE] if accent else ""
    letters = "".join(filter(str.isalpha, "".join(word for word in re.findall(r"\w+", sample) if not word.isascii())))
    enough = len(letters) >= _FEWEST_LETTERS
    return enough and sum(letter > "\x7f" for letter in letters) > _MOST_ACCENTED * len(letters)


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
