"""A text as the things that it states: amounts, moments, names, and the other words that carry it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from assistant.text.quantities import Quantity, quantities
from assistant.text.text_dates import Moment, borne_out, moments
from assistant.text.words import ENGLISH, STOP_WORDS, folded, same_name, stem
from vectorstore.languages import WORD, language_of, stop_words, words_in

_ALIASES = {
    "united states of america": "us", "united states": "us", "united kingdom": "uk", "great britain": "uk",
    "european union": "eu", "united nations": "un",
}  # fmt: skip
# The key of every word that negates the next one; no stem is like it.
NOT = "<not>"
_NEGATIONS = frozenset("not no never cannot".split())
_NEGATIONS_OF = {
    language: frozenset(words.split())
    for language, words in {
        "ar": "لا لم لن ليس ليست", "de": "nicht kein keine keinen keinem keiner keines nie niemals",
        "es": "no nunca jamás ningún ninguna ninguno", "fr": "pas jamais aucun aucune", "hi": "नहीं न",
        "it": "non mai nessun nessuna nessuno", "nl": "niet geen nooit", "pl": "nie nigdy żaden żadna żadne",
        "pt": "não nunca jamais nenhum nenhuma", "ru": "не нет никогда", "sv": "inte aldrig ingen inget inga",
        "tr": "değil yok asla", "ur": "نہیں نہ",
    }.items()
}  # fmt: skip
# Says little, and yet two claims differ by it.
ORDER_WORDS = frozenset({"before", "after"})
_WORD = re.compile(
    r"\b(?:United States(?: of America)?|United Kingdom|Great Britain|European Union|United Nations)\b"
    r"|(?<!\w)(?:[^\W\d_]\.){2,}|\w+(?:['’]\w+)?"
)
# Written with a capital before a name, and as often left out or put in.
TITLES = frozenset(
    """
    president vice prime minister senator sen representative rep governor gov mayor king queen prince princess pope
    judge justice chief ceo chairman chairwoman secretary general gen colonel col captain dr mr mrs ms miss sir lord
    professor prof st saint director
    """.split()
)
# Nouns that open a sentence without an article. Other nouns do so in the plural only, which ends in an s.
_OPENERS = frozenset(
    """
    people police inflation unemployment men women children authorities prosecutors congress parliament work data news
    health evidence research climate traffic travel business music water fire gas oil food nobody everyone someone
    anyone according meanwhile however although while since despite instead earlier later early late former until
    whether once thanks because half many several few much both either neither nearly almost about around more less most
    another every each two three four five six seven eight nine ten eleven twelve dozens hundreds thousands millions
    part fans staff media weather across against along among amid around behind beneath beside besides beyond except
    inside outside throughout till toward towards under underneath unlike upon via within without
    """.split()
)
_COMMON_ENDING = re.compile(r"(?:[^sui]s|ing|ed|ly|ment|tion|ity|ness|ism|ship|ies|ers)$")
_LIKE_A_START = re.compile(r"(?:^|[.!?:;…\n]|[-–—]\s|[\"“‘(\[·|])\s*[\"“‘'(]*$")


class FactKind(StrEnum):
    """What a fact is; the value reads in a sentence."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    WORD = "word"


class Fact(NamedTuple):
    """One thing stated, where it stands, and a key that is equal for most ways to write it."""

    kind: FactKind
    text: str
    start: int
    end: int
    key: str
    value: Quantity | Moment | None = None


@lru_cache(maxsize=1024)
def facts(text: str, published: date | None) -> tuple[Fact, ...]:
    """What a text states, in order. Function words state nothing here: what they do is polarity's matter."""
    language = language_of(text)
    found = [Fact(FactKind.DATE, m.text, m.start, m.end, m.text.lower(), m) for m in moments(text, published, language)]
    blanked = _blanked(text, found)
    for q in quantities(blanked, language):
        found.append(Fact(FactKind.NUMBER, text[q.start : q.end].strip(), q.start, q.end, f"{q.value:g}{q.unit}", q))
    blanked = _blanked(blanked, found)
    found += _words(blanked) if language in ENGLISH else _foreign_words(blanked, language)
    return tuple(sorted(found, key=lambda fact: fact.start))


def _blanked(text: str, found: Sequence[Fact]) -> str:
    for fact in found:
        text = text[: fact.start] + " " * (fact.end - fact.start) + text[fact.end :]
    return text


def _words(text: str) -> Iterator[Fact]:
    for match in _WORD.finditer(text):
        word = match.group()
        form = _ALIASES.get(word.lower(), folded(word))
        if form in _NEGATIONS or form.endswith("n't"):
            yield Fact(FactKind.WORD, word, match.start(), match.end(), NOT)
        elif not form or (form in STOP_WORDS - ORDER_WORDS and not _part_of_a_name(text, match)):
            continue
        elif _is_name(text, match):
            yield Fact(FactKind.NAME, word, match.start(), match.end(), form)
        else:
            yield Fact(FactKind.WORD, word, match.start(), match.end(), stem(word))


def _foreign_words(text: str, language: str) -> Iterator[Fact]:
    """The words of a text in another language than English. Nouns of German have capitals too, so names are words."""
    negations = _NEGATIONS_OF.get(language, frozenset())
    small = stop_words(language)
    for match in WORD.finditer(text):
        for word in words_in(match.group(), language):
            if word in negations:
                yield Fact(FactKind.WORD, word, match.start(), match.end(), NOT)
            elif word not in small:
                yield Fact(FactKind.WORD, word, match.start(), match.end(), stem(word, language))


def _part_of_a_name(text: str, match: re.Match[str]) -> bool:
    """Whether a word that else says little belongs to a name: US, New York."""
    word = match.group()
    if word.isupper() and len(word) > 1 or word.lower() in _ALIASES:
        return True
    return word.istitle() and re.match(r" [A-Z]", text[match.end() :][:2]) is not None and not _starts(text, match)


def _starts(text: str, match: re.Match[str]) -> bool:
    return bool(_LIKE_A_START.search(text[max(0, match.start() - 8) : match.start()]))


def _is_name(text: str, match: re.Match[str]) -> bool:
    word = match.group()
    if not any(letter.isupper() for letter in word) or folded(word) in TITLES:
        return False
    if not _starts(text, match) or any(letter.isupper() for letter in word[1:]):
        return True
    if folded(word) in _OPENERS:
        return False
    following = text[match.end() : match.end() + 2]
    followed_by_name = following[:1] in (" ", "-") and following[1:2].isupper()
    return followed_by_name or not _COMMON_ENDING.search(folded(word))


def agrees(wanted: Fact, known: Fact, published: date | None) -> bool:
    """Whether the known fact says what the wanted one does."""
    if isinstance(wanted.value, Quantity):
        return isinstance(known.value, Quantity) and wanted.value.agrees(known.value)
    if isinstance(wanted.value, Moment):
        return isinstance(known.value, Moment) and borne_out(wanted.value, known.value, published)
    if known.value is not None:
        return False
    if FactKind.NAME in (wanted.kind, known.kind) and same_name(wanted.key, known.key):
        return True
    return FactKind.WORD in (wanted.kind, known.kind) and _stem(wanted) == _stem(known)


def _stem(fact: Fact) -> str:
    return stem(fact.text) if fact.kind is FactKind.NAME else fact.key
