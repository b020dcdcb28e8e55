"""How the bytes of a file or a page are written: which format it is, and in which encoding its text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice

from ingest.documents import Format
from vectorstore.errors import RejectedDocument

BY_SUFFIX = {
    **{".txt": Format.TEXT, ".md": Format.MARKDOWN, ".html": Format.HTML, ".htm": Format.HTML},
    **{".pdf": Format.PDF, ".eml": Format.LETTER},
    **{".xml": Format.FEED, ".rss": Format.FEED, ".atom": Format.FEED, ".rdf": Format.FEED, ".opml": Format.OPML},
}
_BY_CONTENT_TYPE = {
    "text/html": Format.HTML,
    "application/xhtml+xml": Format.HTML,
    "text/markdown": Format.MARKDOWN,
    "text/x-markdown": Format.MARKDOWN,
    "text/plain": Format.TEXT,
    "message/rfc822": Format.LETTER,
    "application/rss+xml": Format.FEED,
    "application/atom+xml": Format.FEED,
    "application/feed+json": Format.FEED,
    "": Format.TEXT,
}
_BY_ROOT = {
    **dict.fromkeys((b"rss", b"feed", b"rdf", b"channel"), Format.FEED),
    **dict.fromkeys((b"urlset", b"sitemapindex"), Format.SITEMAP),
    b"opml": Format.OPML,
}
_JSON_FEED = re.compile(rb"\"version\"\s*:\s*\"https?:\\?/\\?/jsonfeed\.org\\?/version\\?/")
_HEAD = 16 * 1024
_PROLOGUE = re.compile(rb"<!--(?:(?!-->).)*-->|<\?[^>]*>|<!(?:[^<>\[]|\[[^\]]*\])*>", re.S)
_ROOT = re.compile(rb"(?:\xef\xbb\xbf|\xfe\xff|\xff\xfe)?\s*<(?:[\w.-]+:)?(\w+)[\s/>]")
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)


def kind_of_bytes(content: bytes) -> Format | None:
    """By the first bytes alone; None where they don't tell."""
    if b"%PDF-" in content[:1024]:
        return Format.PDF
    head = content[:_HEAD].replace(b"\0", b"")  # so that UTF-16 reads like ASCII
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):  # whose names come in any order
        return Format.FEED if _JSON_FEED.search(content) else None
    if _HTML.match(head[:4096]):
        return Format.HTML
    root = _ROOT.match(_PROLOGUE.sub(b"", head)) if b"<" in head[:100] else None
    return _BY_ROOT.get(root[1].lower()) if root else None


def kind_of_page(url: str, content_type: str, content: bytes) -> Format:
    """By its first bytes, and only then by what the server says. Raises RejectedDocument for what is no page."""
    if told := kind_of_bytes(content):
        return told
    kind = _BY_CONTENT_TYPE.get(content_type)
    if kind is None:
        raise RejectedDocument(
            f"is {ascii(content_type[:80])}, not a page of text; give the address of the article itself"
        )
    # Sites that serve raw files call Markdown plain text.
    return Format.MARKDOWN if kind is Format.TEXT and url.lower().endswith(".md") else kind


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
_CONTROL_BYTES = re.compile(_CONTROLS.pattern.encode())
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
# The beginning of a character of UTF-8 whose end was cut off, which no text of another encoding has.
_CUT_SHORT = re.compile(rb"(?:[\xe1-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2})(?![\x80-\xbf])")
# The letters of Turkish whose bytes western encodings read as Icelandic ones, and those that Icelandic has with them.
# Turkish has one of the former in twelve letters, and next to none of the latter.
_AS_TURKISH, _AS_ICELANDIC = re.compile("[ýþðÝÞÐ]"), re.compile("[áéíóúæÁÉÍÓÚÆ]")
_FEWEST_TURKISH = 0.02
# Two encodings of Russian, each of which reads the capitals of the other as small letters.
_TWINS = {"cp1251": "koi8-r", "windows-1251": "koi8-r", "koi8-r": "cp1251", "koi8-u": "cp1251"}
_WORD, _FEWEST_WORDS = re.compile(r"[^\W\d_]{2,}"), 5
_TURNED, _UPRIGHT = re.compile(r"\b[а-яё][А-ЯЁ]{2}"), re.compile(r"\b[А-Яа-яё][а-яё]{2}")
# Long enough to tell languages apart, short enough to take milliseconds.
_SAMPLE = 64 * 1024
BINARY = "is not text but binary data; give an article as text, Markdown, HTML, JSON, JSONL or CSV"


def decode(content: bytes, declared: str = "") -> str:
    """The text that the bytes are, without a byte order mark.

    The bytes are believed before `declared`, the encoding that a header or a page claims. Single NULs are left out, as
    browsers do. Raises RejectedDocument for binary data.
    """
    encoding = marked_encoding(content)
    if encoding is None and is_binary(content):
        raise RejectedDocument(BINARY)
    text = next(reading for reading in _readings(content, encoding or "utf-8", declared) if reading is not None)
    if len(_CONTROLS.findall(text)) > _FEW + len(text) // 100:
        raise RejectedDocument(BINARY)
    return text.replace("\0", "")


def is_binary(content: bytes) -> bool:
    """Whether it holds more NULs and controls than an accident brings."""
    allowed = _FEW + len(content) // 100
    return next(islice(_CONTROL_BYTES.finditer(content), allowed, None), None) is not None


def marked_encoding(content: bytes) -> str | None:
    """The encoding that a byte order mark states."""
    return next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)


def _readings(content: bytes, first: str, declared: str) -> Iterator[str | None]:
    yield _attempt(content, first)
    yield _mended_utf8(content)
    encoding = _declared(content, declared) or _guess(content)
    yield _of_its_language(content, encoding)


def _attempt(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _mended_utf8(content: bytes) -> str | None:
    """The text as UTF-8 with what is broken replaced, if as much of it is sound: a character cut off, a stray byte."""
    text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - broken
    return text if sound + len(_CUT_SHORT.findall(content)) >= broken else None


def _declared(content: bytes, declared: str) -> str:
    """The encoding that is claimed, "" where that cannot be: most wrong claims are of a western one."""
    name = declared.strip().strip("\"'").lower()
    encoding = _MEANT.get(name, name)
    text = _attempt(content, encoding) if _OF_THE_WEB.match(encoding) else None
    return "" if text is None or (encoding in _WESTERN and _is_garbled(text)) else encoding


def _of_its_language(content: bytes, encoding: str) -> str:
    """The text in that encoding, or in the one that is often taken for it where the letters say so."""
    text = content.decode(encoding, errors="replace")
    twin = _TWINS.get(encoding)
    if twin and len(_TURNED.findall(text)) > len(_UPRIGHT.findall(text)):
        return content.decode(twin, errors="replace")
    return content.decode("cp1254", errors="replace") if encoding in _WESTERN and _is_turkish(text) else text


def _is_turkish(text: str) -> bool:
    turkish = len(_AS_TURKISH.findall(text))
    return turkish > _FEWEST_TURKISH * len(text) and turkish > 4 * len(_AS_ICELANDIC.findall(text))


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
    sample = content[max(0, first - _SAMPLE // 4) :][:_SAMPLE]
    if _is_koi8(sample):
        return "koi8-r"
    matches = from_bytes(sample, cp_exclusion=["utf_16", "utf_32"])
    best = matches.best()
    if best is None:
        raise RejectedDocument(BINARY)
    # With few accented letters its best guess is often an exotic twin of the usual one.
    western = any("cp1252" in (match.encoding, *match.could_be_from_charset) for match in matches)
    return "cp1252" if western else best.encoding


def _is_koi8(sample: bytes) -> bool:
    """Whether nearly all words come out in small letters: what other encodings write there does so nowhere."""
    words = [word for word in _WORD.findall(sample.decode("koi8-r")) if not word.isascii()]
    small = sum(re.fullmatch("[А-Яа-яё][а-яё]+", word) is not None for word in words)
    return len(words) >= _FEWEST_WORDS and small >= 0.9 * len(words)
