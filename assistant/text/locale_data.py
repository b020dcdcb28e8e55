"""What dates.toml and amounts.toml say of a language, and texts in the plain form in which their patterns are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

# Devanagari's vowel signs and Arabic's short vowels belong to a word, and are no letters to `re`.
WORD = r"\w\u0900-\u0963\u064b-\u0652"
HAN = "[〇零一二兩三四五六七八九十百千万萬亿億兆]"
_FOLDED = ("LATIN", "CYRILLIC", "ARABIC")
_ALIKE = dict(zip("ıłىیکہةھ'‘٫٬，．％٪￥＄\u00a0\u202f\u2009两", "ilييكههه’’.,,.%%¥$   兩", strict=True))


class _Plain(dict[int, str]):
    """Each character as one other: digits of all scripts as 0 to 9, letters in lower case and without accents."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if letter.isdecimal():
            self[code] = str(unicodedata.decimal(letter))
        else:
            script = unicodedata.name(letter, "").split(" ")[0]
            bare = unicodedata.normalize("NFD", letter)[0] if script in _FOLDED else letter
            lower = bare.lower() if len(bare.lower()) == 1 else bare
            self[code] = _ALIKE.get(lower, lower)
        return self[code]


_PLAIN = _Plain()


def plain(text: str) -> str:
    """The text as patterns are written, every character in its place."""
    return text.translate(_PLAIN)


def base(language: str) -> str:
    """ "de-AT" to "de"; nothing for English, whose grammar stands in the code."""
    code = re.split(r"[-_]", language.lower())[0]
    return "" if code == "en" else code


@lru_cache(maxsize=64)
def block(file: str, language: str) -> Mapping[str, Any]:
    """What the file says of a language, in plain form, if anything. Only its own block is parsed."""
    import tomllib

    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    found = re.search(rf"^\[{re.escape(language)}\]\n(.*?)(?=^\[\w+\]$|\Z)", text, re.MULTILINE | re.DOTALL)
    return tomllib.loads(_as_written(found[1])) if found else {}


def _as_written(values: str) -> str:
    """The text between quotation marks in plain form, keys and marks as they are."""
    return re.sub(r"'([^'\n]*)'", lambda match: f"'{plain(match[1]).replace('़', '़?')}'", values)


def listed(values: str) -> list[str]:
    """The items of a line, commas between them."""
    return [item.strip() for item in values.split(",")]


def han_number(numerals: str) -> float:
    """Chinese numerals: 一百二十万 to 1,200,000, and one after the other as a year is read: 二〇二六."""
    values = [unicodedata.numeric(each) for each in numerals]
    if all(value < 10 for value in values):
        return float("".join(f"{value:g}" for value in values) or 0)
    total, section, digit = 0.0, 0.0, 0.0
    for value in values:
        if value < 10:
            digit = value
        elif value < 10_000:
            section += (digit or 1) * value
            digit = 0
        else:
            total += ((section + digit) or 1) * value
            section = digit = 0
    return total + section + digit


def number_words(language: str, below: int = 1000) -> Iterator[tuple[int, str]]:
    """The words of a language's numbers with their values, tens and hundreds among them."""
    said = block("amounts.toml", language)
    first = said.get("first_ten", 20)
    for key, start, step in (("ones", 0, 1), ("tens", first, 10), ("hundreds", 100, 100)):
        for index, forms in enumerate(listed(said[key]) if key in said else ()):
            if forms != "-" and start + index * step < below:
                yield start + index * step, forms


def decimal_comma(language: str) -> bool:
    """Whether a language writes 2,5 for two and a half; not so where CLDR does not know the language."""
    from babel.core import UnknownLocaleError
    from babel.numbers import get_decimal_symbol

    try:
        return get_decimal_symbol(language) == ","
    except (UnknownLocaleError, ValueError):
        return False
