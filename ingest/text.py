"""How the text of an article is tidied, once, before anything counts its characters."""

from __future__ import annotations

import re
import unicodedata

from vectorstore.hidden import without_hidden
from vectorstore.sentences import sentence_spans

_LINE_ENDS = re.compile(r"[\r\x0b\x0c\x85\u2028\u2029]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")
# About what a word and the space after it take in German: what has fewer spaces is no prose.
_CHARACTERS_A_WORD = 8
# Scripts without spaces between words: Thai, Lao, Burmese, Khmer; Chinese and Japanese with their punctuation.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3001-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f\U00020000-\U0003ffff"
)
_UNSPACED = re.compile(f"[{UNSPACED}]+")
_HAN_A_WORD, _SOUTH_EAST_A_WORD = 2, 5  # characters, vowel signs included
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


def words_in(text: str) -> int:
    """Words between spaces, and those that the characters amount to in scripts that write none."""
    runs = [] if text.isascii() else _UNSPACED.findall(text)
    if not runs:
        return len(text.split())
    han = sum(len(run) for run in runs if run[0] >= "\u3000")
    south_east = sum(map(len, runs)) - han
    between = len(_UNSPACED.sub(" ", text).split())
    return between + -(-han // _HAN_A_WORD) + -(-south_east // _SOUTH_EAST_A_WORD)


def word_count(text: str) -> int:
    """How much text it is, in words: a string of letters and figures without a space counts by its length."""
    return max(words_in(text), len(text) // _CHARACTERS_A_WORD)


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
