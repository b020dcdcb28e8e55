"""A question as the search reads it: what to look for, when, and in which outlets.

Looked for are other forms too in which articles may write it: WHO and World Health Organization, 250 and two hundred
and fifty, semi-final and semifinal.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from assistant.query.follow_ups import carried_over, standalone
from assistant.query.search_filters import read_outlets
from assistant.text.quantities import ORDINALS, WORDS, in_words, quantities
from assistant.text.text_dates import moments
from assistant.text.texts import tr
from assistant.text.time_window import Strength, Timing, read_timing
from assistant.text.words import STOP_WORDS, key_words, plain, quoted_phrases, stem, words_of
from assistant.types import Recency, Turn, Window
from vectorstore.indexes.keywords import Vocabulary
from vectorstore.models import Scope

_WORD = re.compile(r"[^\W_]+(?:[.&'’-][^\W_]+)*")
_MOST_WORDS = 6
_LEAST_OF_A_HALF = 3
# "Line 4", "line four", "the fourth line", "the 4th line".
_NUMBERED = re.compile(
    rf"\b(?P<thing>[a-z]{{3,}}) (?P<number>\d{{1,2}}|{'|'.join(WORDS)})\b"
    r"(?![.,:%-]?\d|%|-\w| (?!is\b|was\b|has\b)\w+s\b)"
    rf"|(?<![\w-])(?P<rank>{'|'.join(ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th)) (?P<counted>[a-z]{{3,}})\b",
    re.I,
)
# "Us", "pm" and "ai" in lower case may be words; "ceo" is typed for CEO.
_AS_A_WORD = 2
_MOST_LEARNT = 2
# Passages with a form from which on it finds enough by itself.
_FEW = 20
_YEARS = range(1900, 2101)
# What earlier questions weigh beside this one: their words in BM25, their meaning in the vector.
_CARRIED_WORDS = 0.3
_CARRIED_MEANING = 0.5


class Form(NamedTuple):
    """A stretch of a question, and other ways to write it."""

    said: str
    others: tuple[str, ...]


def other_forms(question: str, known: Vocabulary) -> list[Form]:
    """The stretches of the question that the library may hold in another form."""
    found: dict[str, dict[str, str]] = {}
    for said, others in (
        *_names(question, known),
        *_ranks(question),
        *_numbers(question),
        *_compounds(question, known),
    ):
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
            typed = said.upper() if said.islower() and len(said) > _AS_A_WORD else said
            common = _common().get(typed) or _common().get(said.lower()) or ()
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


def _ranks(question: str) -> Iterator[Form]:
    """ "Line 4" is the fourth line, and the other way round."""
    for match in _NUMBERED.finditer(question):
        thing, number = match["thing"] or match["counted"], match["number"] or match["rank"]
        value = ORDINALS.get(number.lower()) or WORDS.get(number.lower()) or int(re.sub(r"\D", "", number) or 0)
        if thing.lower() not in STOP_WORDS and 0 < value <= len(ORDINALS):
            rank = next(word for word, each in ORDINALS.items() if each == value)
            ways = [f"{rank} {thing}", f"{thing} {value}", *(f"{thing} {word}" for word in in_words(value))]
            yield Form(match.group(), tuple(each for each in ways if each.lower() != match.group().lower()))


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


@dataclass(frozen=True, slots=True)
class Reading:
    """`texts` and `words` carry their weights, 1 for those of the question itself. `phrases` are those that it quotes,
    in plain form, and stand among the words too. `forms` are those in which articles may write what it says, `sought`
    those of them to search for. `corrected` are its words that were spelled otherwise. `standalone` is what sentences
    are compared with, and what a model reads."""

    standalone: str
    timing: Timing
    outlets: tuple[str, ...]
    texts: Mapping[str, float]
    words: Mapping[str, float]
    phrases: tuple[str, ...] = ()
    recency: Recency = Recency.NORMAL
    forms: tuple[Form, ...] = ()
    sought: tuple[tuple[str, ...], ...] = ()
    corrected: tuple[str, ...] = ()

    def within(self, scope: Scope, as_of: datetime) -> Reading:
        """The same question, with the scope's days, if it has any, in place of those that it names.

        A scope that ends after `as_of` has no end; one that has no start either sets the question's days aside.
        """
        if not (scope.since or scope.until):
            return self
        last = scope.until.date() if scope.until and scope.until <= as_of else None
        window = Window(scope.since.date() if scope.since else None, last)
        known = window.first or window.last
        timing = Timing(Strength.NAMED if known else Strength.MILD, self.timing.rest, window if known else None)
        return replace(self, timing=timing)

    def as_written_in(self, found: Sequence[str]) -> Reading:
        """The same question in the forms of what was found: "250" where that has "two hundred and fifty"."""
        timing = replace(self.timing, rest=as_written(self.timing.rest, self.forms, found))
        return replace(self, standalone=as_written(self.standalone, self.forms, found), timing=timing)

    def since(self, day: date, rest: str) -> Reading:
        """The same question of the days since that one."""
        return replace(self, timing=Timing(Strength.NAMED, rest, Window(day)))

    @property
    def notice(self) -> str:
        """What to tell the reader of words that were corrected."""
        words = tr(" and ").join(tr("“{word}”", word=word) for word in self.corrected)
        return tr("Searched for {words}.", words=words) if words else ""

    @property
    def window(self) -> Window | None:
        """The days that the question names."""
        return self.timing.window


def read(
    question: str,
    turns: Sequence[Turn],
    today: date,
    outlets: Iterable[str] = (),
    known: Vocabulary | None = None,
) -> Reading:
    """The question as asked on `today` (UTC) of a library that holds these outlets and knows these words."""
    asked = read_outlets(question, outlets)
    timing = read_timing(asked.rest, today)
    earlier = carried_over(question, turns)
    phrases = tuple(quoted_phrases(question))
    words = dict.fromkeys([*(key_words(asked.rest) or words_of(asked.rest)), *phrases], 1.0)
    for turn in earlier:
        for word in key_words(turn.question):
            words.setdefault(word, _CARRIED_WORDS * turn.weight)
    whole = standalone(question, turns)
    forms = tuple(other_forms(whole, known)) if known else ()
    texts = {turn.question: _CARRIED_MEANING * turn.weight for turn in earlier} | {question: 1.0}
    further = sought(forms, known) if known else []
    further += [] if timing.window else days(asked.rest)
    return Reading(whole, timing, asked.outlets, texts, words, phrases, forms=forms, sought=tuple(further))
