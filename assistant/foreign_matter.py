"""Sentences of an article that are no sentences of its text: markup, code, another's marks, what is disguised, and
another script. Pure."""

from __future__ import annotations

import re
import unicodedata

# Elements and comments, pictures and links, marks of sources, tables, headings, fences, formulas and objects.
_MARKUP = re.compile(
    r"</?[a-z][\w-]*(?:[\s/][^<>]*)?>|<[a-z]+[/\s][^<>]*$|<!|<[\w ]*\|"
    r"|&(?:lt|gt|#\d{2,6}|#x[0-9a-f]{2,6});|!\[|\]\s?[(\[]|\[\^|\[x?\s?\]\s\w"
    r"|(?:\[\d{1,3}\]\s*){3}|[【〔〖]|[.!?,]\s?[¹²³⁴-⁹]"
    r"|^\s*(?:\||#{1,6}\s\S|`{3}|[*-] \[)|\\(?:href|text|url|begin)\{|\{\s*\"\w+\"\s*:",
    re.I,
)
# A list of sources, which no sentence is.
_SOURCES = re.compile(
    r"^\W*(?:(?:cited |further |all )?(?:sources?|references|passages|citations|bibliography|credit line)|quellen?"
    r"|références|fuentes|fonti|bronnen|источники)\W*(?::|$)",
    re.I,
)
# Words of two alphabets, letters set apart, digits for letters, and what was encoded.
_DISGUISED = re.compile(
    r"[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z]|(?:(?<!\S)\w[ ._-]{1,4}){6,}|(?:\b\w-){4,}"
    r"|(?:\b(?=\w*[a-z]\d+[a-z]|\w*\d[a-z]+\d)\w+\b.*?){3}"
    r"|\b(?=[A-Za-z+/]{0,99}\d)(?=[a-z0-9+/]{0,99}[A-Z])[A-Za-z0-9+/]{28,}|\b(?:[0-9a-f]{2}\s?){8,}\b"
    r"|\b(?:[01]{8}\s?){4,}|(?:\\[ux][0-9a-f]{2,4}|%[0-9a-fA-F]{2}|&#\w+;){4,}|\b(?:base64|rot13)\b"
    r"|(?:[.-]{1,5} ){5,}",
)
_OTHER_SCRIPT = 0.5


def strange(sentence: str) -> bool:
    """Whether it is made of more than words: a reader of the article never saw it so."""
    return any(rule.search(sentence) for rule in (_MARKUP, _SOURCES, _DISGUISED))


def strange_script(sentence: str, text: str) -> bool:
    """Whether it is in another script than the text that it stands in."""
    return abs(_latin(sentence) - _latin(text)) > _OTHER_SCRIPT


def _latin(text: str) -> float:
    """The share of Latin letters among all; 1 where there are none."""
    if text.isascii():
        return 1.0
    letters = [letter for letter in text if letter.isalpha()]
    latin = sum(letter.isascii() or unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return latin / len(letters) if letters else 1.0
