"""How the text of an article is tidied, once, before anything counts its characters."""

from __future__ import annotations

import re
import unicodedata

from vectorstore.characters import without_hidden
from vectorstore.languages import count_of_words
from vectorstore.sentences import sentence_spans

_LINE_ENDS = re.compile(r"[\r\x0b\x0c\x85\u2028\u2029]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")
# About what a word and the space after it take in German: what has fewer spaces is no prose.
_CHARACTERS_A_WORD = 8
_STOPS = tuple(".。।۔։።။")
_HEADLINE = 90
_HEADING_LINE = 120
_OPENING = 2000


def tidy(text: str) -> str:
    """Composed (NFC), lines ended by \\n, nothing unseen but \\n and \\t, at most one blank line in a row."""
    text = without_hidden(_LINE_ENDS.sub("\n", text.replace("\r\n", "\n")))
    text = _SURROGATES.sub("\ufffd", text)  # JSON can hold half a character, which nothing can store
    return _BLANK_LINES.sub("\n\n", unicodedata.normalize("NFC", text)).strip()


def one_line(text: str) -> str:
    """Tidied, with every run of white space made one space."""
    return squeezed(tidy(text))


def squeezed(text: str) -> str:
    """The words alone: two texts that differ in white space only are the same so."""
    return " ".join(text.split())


def alike(text: str) -> str:
    """Letters and figures alone: two texts that differ in marks and capitals only are the same so."""
    return "".join(filter(str.isalnum, text.casefold()))


def word_count(text: str) -> int:
    """How much text it is, in words: a string of letters and figures without a space counts by its length."""
    return max(count_of_words(text), len(text) // _CHARACTERS_A_WORD)


def headline_of(text: str, language: str = "") -> str:
    """A headline for tidied text that has none: its first line if that is a heading, else its first sentence."""
    line, _, body = text.partition("\n")
    if body.strip() and len(line) <= _HEADING_LINE and not line.rstrip().endswith(_STOPS):
        return one_line(line)
    start, end = next(iter(sentence_spans(text[:_OPENING], language)), (0, 0))
    return shorten(one_line(text[start:end]))


def shorten(sentence: str, limit: int = _HEADLINE) -> str:
    """The sentence, or its first words and an ellipsis, in at most `limit` characters."""
    if len(sentence) <= limit:
        return sentence
    head = sentence[:limit]
    words, space, _ = head.rpartition(" ")
    return (words if space else head[:-1]).rstrip(" ,;:.–—-") + "…"
