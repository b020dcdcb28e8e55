"""Other forms in which articles may write what a question says: WHO and World Health Organization, 250 and two hundred
and fifty, semi-final and semifinal."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from assistant.text.quantities import in_words, quantities
from assistant.text.text_dates import moments
from assistant.text.words import STOP_WORDS, plain, stem
from vectorstore.indexes.vocabulary import Vocabulary

_WORD = re.compile(r"[^\W_]+(?:[.&'’-][^\W_]+)*")
_MOST_WORDS = 6
_LEAST_OF_A_HALF = 3
_MOST_LEARNT = 2
# Passages with a form from which on it finds enough by itself.
_FEW = 20
_YEARS = range(1900, 2101)


class Form(NamedTuple):
    """A stretch of a question, and other ways to write it."""

    said: str
    others: tuple[str, ...]


def other_forms(question: str, known: Vocabulary) -> list[Form]:
    """The stretches of the question that the library may hold in another form."""
    found: dict[str, dict[str, str]] = {}
    for said, others in (*_names(question, known), *_numbers(question), *_compounds(question, known)):
        for other in others:
            found.setdefault(said, {}).setdefault(plain(other), other)
    return [Form(said, tuple(others.values())) for said, others in found.items()]


def days(question: str) -> list[tuple[str, ...]]:
    """The days that the question names, each as a text about it may write it."""
    found: list[tuple[str, ...]] = []
    for moment in moments(question, None):
        if moment.day and moment.month:
            month = month_name[moment.month]
            found.append((f"{moment.day} {month}", f"{month} {moment.day}"))
    return found


def sought(forms: Sequence[Form], known: Vocabulary) -> list[tuple[str, ...]]:
    """What to search for beside the question's own words: other forms of what the library hardly holds in those. One
    that is written as a word that says nothing, such as WHO, would find that."""
    found = []
    for form in forms:
        if (own := known.frequency(form.said)) < _FEW:
            others = (other for other in form.others if other.lower() not in STOP_WORDS)
            found.append(tuple(other for other in others if known.frequency(other) > own))
    return [others for others in found if others]


def as_written(text: str, forms: Sequence[Form], found: Sequence[str]) -> str:
    """The text in the forms of what was found, where that has another than the text and never the text's own."""
    held = [f" {plain(each)} " for each in found]
    for form in forms:
        if any(f" {plain(form.said)} " in each for each in held):
            continue
        other = next((other for each in held for other in form.others if f" {plain(other)} " in each), None)
        if other and stem(other) != stem(form.said):
            text = _replaced(text, form.said, other)
    return text


def _replaced(text: str, said: str, other: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(said)}(?!\w)", lambda _: other, text)


def _names(question: str, known: Vocabulary) -> Iterator[Form]:
    """Short forms and long ones."""
    words = [*_WORD.finditer(question)]
    for at, word in enumerate(words):
        if not _may_begin(word.group(), question):
            continue
        learnt = known.abbreviations(word.group())
        for last in words[at : at + _MOST_WORDS]:
            said = question[word.start() : last.end()]
            common = _common().get(said) or _common().get(said.lower()) or ()
            others = [other for form, other in learnt if form == said.casefold()]
            yield Form(said, (*common, *others[:_MOST_LEARNT]))


def _may_begin(word: str, question: str) -> bool:
    """Whether a name may begin so: WHO, but not who, nor a word shouted with all the others."""
    if len(word) == 1 or word[0].isdigit():
        return False
    return word.lower() not in STOP_WORDS or (word.isupper() and not question.isupper())


@cache
def _common() -> dict[str, tuple[str, ...]]:
    """Short forms as they are written, and long ones in lower case, with the others of their line."""
    lines = (files("assistant.query") / "short_forms.txt").read_text(encoding="utf-8").splitlines()
    groups: dict[str, tuple[str, ...]] = {}
    for line in lines:
        short, _, long = line.partition(": ")
        if long and not line.startswith("#"):
            group = (short, *long.split(", "))
            groups[short] = group[1:]
            for form in group[1:]:
                groups.setdefault(form.lower(), tuple(other for other in group if other != form))
    return groups


def _numbers(question: str) -> Iterator[Form]:
    for quantity in quantities(question):
        value = int(quantity.value)
        counted = not quantity.unit and value == quantity.value and 1 < value not in _YEARS
        if counted and "." not in quantity.text and question[quantity.start - 1 : quantity.start] != "-":
            yield Form(quantity.text, tuple(form for form in _ways(value) if form != quantity.text.lower()))


def _ways(value: int) -> Iterator[str]:
    yield str(value)
    if value > 999:
        yield f"{value:,}"
    yield from in_words(value)


def _compounds(question: str, known: Vocabulary) -> Iterator[Form]:
    """One word or two, with a hyphen or without, as the library writes it."""
    words = [*_WORD.finditer(question)]
    for word in words:
        said = word.group()
        if "-" in said:
            joined = said.replace("-", "")
            yield Form(said, (joined,) if known.frequency(joined) else ())
        elif said.isalpha() and said.lower() not in STOP_WORDS and not known.frequency(said):
            cuts = range(_LEAST_OF_A_HALF, len(said) - _LEAST_OF_A_HALF + 1)
            halves = (f"{said[:cut]}-{said[cut:]}" for cut in cuts)
            yield Form(said, tuple(each for each in halves if known.frequency(each)))
    for one, other in pairwise(words):
        pair = (one.group(), other.group())
        if question[one.end() : other.start()] == " " and all(_may_be_half(each) for each in pair):
            yield Form(" ".join(pair), ("".join(pair),) if known.frequency("".join(pair)) else ())


def _may_be_half(word: str) -> bool:
    return word.isalpha() and len(word) >= _LEAST_OF_A_HALF and word.lower() not in STOP_WORDS
