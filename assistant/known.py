"""What a passage and the heading above it tell a reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from assistant.facts import Fact, Kind, agrees, facts
from assistant.moments import Moment, borne_out
from assistant.orders import reporting
from assistant.quantities import Quantity
from assistant.wordforms import folded, plain_letters, same_name
from vectorstore.models import Hit

_WORDS = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}|\w+(?:['’]\w+)?")
# "World Health Organization", "Department of Justice": what an acronym may stand for.
_LONG_NAME = re.compile(r"[A-Z]\w+(?:[ -](?:(?:of|and|the|for|on|in|to) )*[A-Z]\w+)+")


@dataclass(frozen=True)
class Known:
    """A passage with its headline, outlet and byline; `published` is the day of its article, UTC."""

    text: str
    heading: str
    article: str
    published: date | None

    @classmethod
    def of(cls, hit: Hit, text: str) -> Known:
        """Of what is read of a hit."""
        article = hit.article
        title = " ".join(article.title[start:end] for start, end in reporting(article.title))
        heading = "\n".join((title, article.outlet, *article.authors))
        return cls(text, heading, article.text, article.day)

    def holds(self, fact: Fact) -> bool:
        """Whether it is told; of words that are neither names nor figures nobody asks one by one."""
        if isinstance(fact.value, Quantity):
            return fact.text.lower() == "one" or self._told(fact)
        if isinstance(fact.value, Moment):
            return self._told(fact) or self._by_the_article(fact.value)
        return fact.kind is Kind.WORD or self._named(fact)

    def quotes(self, words: str) -> bool:
        """Whether these words stand in the passage or its heading one after another."""
        return _running(words) in _running(f"{self.text}\n{self.heading}")

    @cached_property
    def heading_facts(self) -> tuple[Fact, ...]:
        return facts(self.heading, self.published)

    @cached_property
    def _facts(self) -> tuple[Fact, ...]:
        return (*facts(self.text, self.published), *self.heading_facts)

    @cached_property
    def _words(self) -> frozenset[str]:
        written = (folded(word) for word in _WORDS.findall(f"{self.text}\n{self.heading}"))
        return frozenset(written) | {fact.key for fact in self._facts if fact.kind is Kind.NAME}

    def _told(self, fact: Fact) -> bool:
        return any(agrees(fact, each, self.published) for each in self._facts)

    def _by_the_article(self, moment: Moment) -> bool:
        """The day of the article dates what it tells, unless that names a moment as fine itself."""
        if self.published is None or any(
            f.value.grain == moment.grain for f in self._facts if isinstance(f.value, Moment)
        ):
            return False
        day = self.published
        return borne_out(moment, Moment("", 0, 0, day.year, day.month, day.day, day.weekday(), frozenset({day})), day)

    def _named(self, fact: Fact) -> bool:
        if fact.key in self._words or any(same_name(fact.key, word) for word in self._words):
            return True
        return fact.key in self._initials or self._given_name(fact)

    @cached_property
    def _initials(self) -> frozenset[str]:
        return frozenset(_initials(name) for name in _LONG_NAME.findall(f"{self.text}\n{self.heading}"))

    def _given_name(self, fact: Fact) -> bool:
        """The name that the article elsewhere puts before or behind one of the passage: its "Joe" to this "Biden"."""
        for match in re.finditer(rf"(?:(\w+) )?\b{re.escape(fact.text)}\b(?: (\w+))?", self.article):
            if any(near and near[:1].isupper() and folded(near) in self._words for near in match.groups()):
                return True
        return False


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.split(r"[ -]", name) if word[:1].isupper()).lower()


def _running(text: str) -> str:
    return " " + " ".join(folded(word) for word in _WORDS.findall(plain_letters(text))) + " "
