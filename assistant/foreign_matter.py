"""Sentences of an article that are no sentences of its text: markup, code, another's marks, what is disguised, and
another language. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

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
_WORD = re.compile(r"[^\W\d_]+")
_LITTLE_WORDS = {
    "en": "the of and to a in is was that for on with at by from as it be are this an or his her has have will not"
    " he she they"
    " we i you do no what who if can all would there their but about more when out up so said which one your"
    " my its had",
    "de": "der die das und ist ein eine zu den mit von für auf dem des sich nicht im wird auch er es wurde auf deutsch",
    "fr": "le la les et est un une des du que qui dans pour par sur au ce cet cette il elle sont avec toujours en",
    "es": "el la los las y es un una de del que en por para con se su este esta al lo son siempre sobre",
    "it": "il la le e di che un una per con non del della è sono nel gli alla questo questa si sempre",
    "pt": "o a os as e de do da que em um uma por para com não no na é se este esta são sempre",
    "nl": "de het een en van is dat op te voor met niet zijn aan er om bij ook deze dit altijd",
}
_LANGUAGES = {name: frozenset(words.split()) for name, words in _LITTLE_WORDS.items()}
_LANGUAGES |= {f"{name} backwards": frozenset(word[::-1] for word in words) for name, words in _LANGUAGES.items()}
# Little words that are so in several languages tell nothing.
_SHARED = frozenset("a in is an as on".split())
_FEW_WORDS, _SURE = 4, 3
_OTHER_SCRIPT = 0.5


def strange(sentence: str) -> bool:
    """Whether it is made of more than words: a reader of the article never saw it so."""
    return any(rule.search(sentence) for rule in (_MARKUP, _SOURCES, _DISGUISED))


class Tongue:
    """The script and the language of a text, as far as its little words tell; one written backwards is another."""

    def __init__(self, text: str) -> None:
        words = Counter(_words(text))
        counts = {name: sum(words[word] for word in little) for name, little in _LANGUAGES.items()}
        language = max(counts, key=lambda name: counts[name])
        self._known = _LANGUAGES[language] if counts[language] >= _SURE else frozenset()
        self._latin = _latin(text)

    def foreign(self, sentence: str) -> bool:
        """Whether a sentence of the text is in another script or language than the others."""
        if abs(_latin(sentence) - self._latin) > _OTHER_SCRIPT:
            return True
        words = _words(sentence)
        if len(words) < _FEW_WORDS or not self._known or not self._known.isdisjoint(set(words) - _SHARED):
            return False
        return any(sum(word in little - self._known for word in words) > 1 for little in _LANGUAGES.values())


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _latin(text: str) -> float:
    """The share of Latin letters among all; 1 where there are none."""
    if text.isascii():
        return 1.0
    letters = [letter for letter in text if letter.isalpha()]
    latin = sum(letter.isascii() or unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return latin / len(letters) if letters else 1.0
