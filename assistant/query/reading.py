"""A question as the search reads it: what to look for, when, and in which outlets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from assistant.query.follow_ups import carried_over, standalone
from assistant.query.forms import Form, as_written, days, other_forms, sought
from assistant.query.search_filters import read_outlets
from assistant.text.time_window import Strength, Timing, read_timing
from assistant.text.words import key_words, quoted_phrases, words_of
from assistant.types import Recency, Turn, Window
from vectorstore.indexes.vocabulary import Vocabulary
from vectorstore.models import Scope

# What earlier questions weigh beside this one: their words in BM25, their meaning in the vector.
_CARRIED_WORDS = 0.3
_CARRIED_MEANING = 0.5


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
        return f"Searched for {' and '.join(f'“{word}”' for word in self.corrected)}." if self.corrected else ""

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
