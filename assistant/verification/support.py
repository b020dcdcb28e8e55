"""Is this sentence borne out by that passage, by which of its words, and if not, why not?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from typing import NamedTuple

from assistant.evidence import bearing
from assistant.evidence.injection_filter import reporting
from assistant.text.facts import NOT, ORDER_WORDS, TITLES, Fact, FactKind, agrees, facts
from assistant.text.names import swapped
from assistant.text.quantities import Quantity
from assistant.text.text_dates import Moment, borne_out
from assistant.text.words import folded, plain_letters, same_name
from assistant.types import Support
from assistant.verification.attribution import misquoted, overstated, severed
from assistant.verification.negation import conflict, denies
from vectorstore.languages import RUNS_ON, count_of_words
from vectorstore.models import Hit

# With fewer of its words than these in a stretch of the passage a sentence says something else, in whatever words.
_ENOUGH_WORDS = 0.3
_LONGEST_SLOT = 6
# A claim is a sentence; nobody writes one of a thousand words, and comparing it would take seconds.
_LONGEST = 3000
_QUOTATION = re.compile(r'"([^"]+)"')
_LETTER = re.compile(r"\S")
# Of a script without spaces any character may begin a word.
_BEGINS, _ENDS = rf"(?:(?<!\w)|(?=[{RUNS_ON}]))", rf"(?:(?!\w)|(?<=[{RUNS_ON}]))"
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WORDS = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}|\w+(?:['’]\w+)?")
# "World Health Organization", "Department of Justice": what an acronym may stand for.
_LONG_NAME = re.compile(r"[A-Z]\w+(?:[ -](?:(?:of|and|the|for|on|in|to) )*[A-Z]\w+)+")


class Ground(NamedTuple):
    """What a hit does for a sentence. `start` and `end` are offsets into the article's text, `share` is that of the
    sentence's words in that stretch, 0 to 1, and `doubt` says in a few words what an unsupported sentence fails by.
    One that is `reworded` fails by nothing but ordinary words, or a "not", that are not there: others may say the
    same."""

    support: Support
    start: int
    end: int
    share: float
    doubt: str = ""
    reworded: bool = False


@lru_cache(maxsize=256)  # an answer that grows is judged again with every word
def ground(sentence: str, hit: Hit) -> Ground:
    """The stretch of the hit that bears the sentence out best, and how far it does. What a model was not shown of it,
    an order to a program for example, bears nothing out.

    `quoted` when the sentence stands in the passage, letter case and the shape of quotation marks aside, and is not
    torn from the words that say whose it is;
    `supported` when the passage or its heading holds its numbers, dates, names and quotations and the stretch every
    other word, and the two agree in what they negate, who did what to whom, and whose words it is.
    """
    at, spans = hit.passage.start, bearing(hit)
    passage = _only(hit.passage.text, spans)
    cut = ""
    for verbatim in _find(sentence, passage):
        cut = severed(passage, *verbatim, spans)
        if not cut:
            return Ground(Support.QUOTED, at + verbatim[0], at + verbatim[1], 1.0)
    wanted = _INVISIBLE.sub("", sentence)[:_LONGEST]
    known = Known.of(hit, passage)
    said = facts(wanted, known.published)
    start, end, share = _nearest_stretch(said, passage, spans, known.published)
    doubt = cut or _doubt(wanted, said, passage[start:end], share, known)
    doubt = doubt or overstated(wanted, passage, spans, known.published, hit.article.title)
    doubt = doubt or misquoted(wanted, passage, spans)
    otherwise = "" if doubt else _otherwise(wanted, said, passage[start:end], known)
    support = Support.UNSUPPORTED if doubt or otherwise else Support.SUPPORTED
    return Ground(support, at + start, at + end, share, doubt or otherwise, reworded=bool(otherwise))


def restated(sentence: str, sources: Sequence[tuple[str, date | None]]) -> str:
    """The sentence with its numbers and dates as the first of the sources that states them writes them; `sources` are
    stretches with the days of their articles, UTC. That both are the same is known by rule, and a small model takes
    "2,350" and "two thousand three hundred and fifty" for two things."""
    written: dict[tuple[int, int], str] = {}
    for stretch, published in sources:
        held = facts(stretch, published)
        for fact in facts(sentence, published):
            same = [each.text for each in held if _is_same(fact, each, published)]
            if same and (fact.start, fact.end) not in written:
                alike = fact.text.lower() in map(str.lower, same)
                written[fact.start, fact.end] = fact.text if alike else same[0]
    for (start, end), text in sorted(written.items(), reverse=True):
        stop = "." * sentence[start:end].endswith(".")  # that of a sentence may be read as a date's
        sentence = f"{sentence[:start]}{text.rstrip('.')}{stop}{sentence[end:]}"
    return sentence


def _is_same(fact: Fact, other: Fact, published: date | None) -> bool:
    """Whether one may stand in the other's place: the number itself, the moment as fine."""
    if isinstance(fact.value, Quantity) and isinstance(other.value, Quantity):
        same = (fact.value.value, fact.value.unit) == (other.value.value, other.value.unit)
        return same and not (fact.value.otherwise or other.value.otherwise) and fact.value.value > 1
    if not (isinstance(fact.value, Moment) and isinstance(other.value, Moment)):
        return False
    of_a_day = fact.value.grain == other.value.grain or bool(fact.value.days and other.value.days)
    return of_a_day and agrees(fact, other, published)


def _only(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with a stop in the place of every letter outside of the spans: offsets stay, and nothing joins what is
    on the two sides."""
    kept, at = "", 0
    for start, end in (*spans, (len(text), len(text))):
        kept += _LETTER.sub(".", text[at:start]) + text[start:end]
        at = end
    return kept


def _doubt(sentence: str, said: Sequence[Fact], stretch: str, share: float, known: Known) -> str:
    """The first thing that the sentence fails by; empty when it holds."""
    if not said:
        return "it states nothing that could be checked"
    if len(sentence) >= _LONGEST:
        return "it is too long for one claim"
    for fact in said:
        if not known.holds(fact):
            return f"the {fact.kind} {fact.text} is not in the passage"
    for quotation in _QUOTATION.findall(plain_letters(sentence)):
        if not known.quotes(quotation):
            return f"the passage does not say “{quotation.strip()}”"
    if share < _ENOUGH_WORDS:
        return "its words are not those of the passage"
    held = facts(stretch, known.published)
    return (
        next(_other_slots(said, held, known.published), "")
        or ("" if denies(sentence) else conflict(sentence, stretch))
        or swapped(sentence, stretch, said, held)
    )


def _otherwise(sentence: str, said: Sequence[Fact], stretch: str, known: Known) -> str:
    """What the sentence does not say as the stretch does, and may yet mean: "do not fall under the limits" of what is
    exempt, or an ordinary word that is not there."""
    if denied := conflict(sentence, stretch):
        return denied
    unheard = next(_unheard(said, stretch, known), "")
    return f"“{unheard}” is not in the passage" if unheard else ""


def _unheard(said: Sequence[Fact], stretch: str, known: Known) -> Iterator[str]:
    """The ordinary words that stand neither in the stretch nor in the heading, in any form."""
    held = (*facts(stretch, known.published), *known.heading_facts)
    for fact in said:
        told_by_polarity = fact.key == NOT or fact.text.lower() in ORDER_WORDS
        if (
            fact.kind is FactKind.WORD
            and not told_by_polarity
            and not any(agrees(fact, e, known.published) for e in held)
        ):
            yield fact.text


def _other_slots(said: Sequence[Fact], held: Sequence[Fact], published: date | None) -> Iterator[str]:
    """Where both run alike, the places at which one fact stands for another of its kind."""
    matcher = SequenceMatcher(None, [fact.key for fact in said], [fact.key for fact in held], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if [fact.key for fact in (*said[a:b], *held[c:d])] == [NOT]:
            yield "the passage says “not”" if tag == "insert" else "the passage does not say “not”"
        if tag == "replace" and max(b - a, d - c) <= _LONGEST_SLOT:
            beside = [*zip(said[a:b], held[c:d], strict=False), *zip(said[a:b][::-1], held[c:d][::-1], strict=False)]
            for fact, other in beside:
                if _stands_for(fact, other, said, held[c:d], published):
                    yield f"the passage has {other.text}, not {fact.text}"


def _stands_for(fact: Fact, other: Fact, said: Sequence[Fact], slot: Sequence[Fact], published: date | None) -> bool:
    """Whether the sentence puts `fact` where the passage has `other`. Names that it mentions elsewhere may have moved,
    but not out of a place that has room for one alone."""
    if not _of_a_kind(fact, other) or any(agrees(fact, each, published) for each in slot):
        return False
    if fact.kind is other.kind is FactKind.WORD:
        return {fact.text.lower(), other.text.lower()} == ORDER_WORDS
    return len(slot) == 1 or not any(agrees(other, each, published) for each in said)


def _of_a_kind(fact: Fact, other: Fact) -> bool:
    """Whether one may stand for the other: a name for "the President" too."""
    titled = fact.kind is FactKind.NAME and other.text[:1].isupper() and folded(other.text) in TITLES
    return fact.kind is other.kind or titled


def _find(sentence: str, text: str) -> Iterator[tuple[int, int]]:
    """Where the sentence stands in the text as whole words; a few words alone are no quotation."""
    wanted = plain_letters(sentence).strip().strip("\"'.。「」").strip().lower()
    if count_of_words(wanted) >= 4:
        for match in re.finditer(rf"{_BEGINS}{re.escape(wanted)}{_ENDS}", plain_letters(text).lower()):
            yield match.span()


def _nearest_stretch(
    said: Sequence[Fact], text: str, spans: Sequence[tuple[int, int]], published: date | None
) -> tuple[int, int, float]:
    """One of the sentences `spans` of the text or two in a row: offsets, and the share of what is said that is in them.

    A question bears nothing out by itself: the sentence beside it has to say what it leaves open."""
    asks = [text[start:end].rstrip(" \"'”’)").endswith("?") for start, end in spans]
    held = [facts(text[start:end], published) for start, end in spans]
    found = [{at for at, fact in enumerate(said) if any(agrees(fact, each, published) for each in own)} for own in held]
    best, best_fit = (0, len(text), 0.0), 0.0
    for first in range(len(spans)):
        for last in range(first, min(first + 2, len(spans))):
            if text[spans[first][1] : spans[last][0]].strip():
                continue  # another sentence is between the two
            both = found[first] | found[last]
            if not both - set().union(*(found[at] for at in (first, last) if asks[at])):
                continue
            length = len(held[first]) + (len(held[last]) if last > first else 0)
            share = len(both) / len(said) if said else 0.0
            # A second sentence has to earn its place, and of equals the one that says little else is meant.
            fit = share - 0.15 * (last - first) + 0.1 * min(1.0, len(both) / length if length else 0.0)
            if fit > best_fit:
                best, best_fit = (spans[first][0], spans[last][1], share), fit
    return best


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
        return fact.kind is FactKind.WORD or self._named(fact)

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
        return frozenset(written) | {fact.key for fact in self._facts if fact.kind is FactKind.NAME}

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
