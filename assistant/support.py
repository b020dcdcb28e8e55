"""Is this sentence borne out by that passage, by which of its words, and if not, why not?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from assistant.evidence import core, reported
from assistant.facts import NOT, TITLES, Fact, Kind, agrees, facts
from assistant.known import Known
from assistant.models import Support
from assistant.opposites import opposed
from assistant.overclaims import overclaims
from assistant.polarity import conflict
from assistant.roles import swapped
from assistant.wordforms import folded, plain_letters
from vectorstore.models import Hit

# With fewer of its words than these in a stretch of the passage and the heading, or half of that in the stretch alone,
# a sentence says something else.
_ENOUGH_WORDS = 0.6
_LONGEST_SLOT = 6
# A claim is a sentence; nobody writes one of a thousand words, and comparing it would take seconds.
_LONGEST = 3000
_QUOTATION = re.compile(r'"([^"]+)"')
_LETTER = re.compile(r"\S")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Ground(NamedTuple):
    """What a hit does for a sentence. `start` and `end` are offsets into the article's text, `share` is that of the
    sentence's words in that stretch, 0 to 1, and `doubt` says in a few words what an unsupported sentence fails by."""

    support: Support
    start: int
    end: int
    share: float
    doubt: str = ""


@lru_cache(maxsize=256)  # an answer that grows is judged again with every word
def ground(sentence: str, hit: Hit) -> Ground:
    """The stretch of the hit that bears the sentence out best, and how far it does. What a model was not shown of it,
    an order to a program for example, bears nothing out.

    `quoted` when the sentence stands in the passage, letter case and the shape of quotation marks aside;
    `supported` when the passage or its heading holds its numbers, dates, names and quotations and most of its other
    words, and the two agree in what they negate, which way it goes and who did what to whom.
    """
    at, spans = core(hit).start, reported(hit)
    passage = _only(core(hit).text, spans)
    verbatim = _find(sentence, passage)
    if verbatim is not None:
        return Ground(Support.QUOTED, at + verbatim[0], at + verbatim[1], 1.0)
    wanted = _INVISIBLE.sub("", sentence)[:_LONGEST]
    known = Known.of(hit, passage)
    said = facts(wanted, known.published)
    start, end, share = _nearest_stretch(said, passage, spans, known.published)
    doubt = _doubt(wanted, said, passage, passage[start:end], share, known)
    support = Support.UNSUPPORTED if doubt else Support.SUPPORTED
    return Ground(support, at + start, at + end, share, doubt)


def _only(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with a stop in the place of every letter outside of the spans: offsets stay, and nothing joins what is
    on the two sides."""
    kept, at = "", 0
    for start, end in (*spans, (len(text), len(text))):
        kept += _LETTER.sub(".", text[at:start]) + text[start:end]
        at = end
    return kept


def _doubt(sentence: str, said: Sequence[Fact], passage: str, stretch: str, share: float, known: Known) -> str:
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
    held = facts(stretch, known.published)
    told = [any(agrees(fact, each, known.published) for each in (*held, *known.heading_facts)) for fact in said]
    enough = max(1.0, min(_ENOUGH_WORDS * len(said), len(said) - 1))  # "The sum was $19 million": one may be another's
    if share < _ENOUGH_WORDS / 2 or sum(told) < enough:
        return "its words are not those of the passage"
    return (
        next(_other_slots(said, held, known.published), "")
        or conflict(sentence, stretch)
        or swapped(sentence, stretch, said, held)
        or overclaims(sentence, stretch, passage)
    )


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
    if fact.kind is other.kind is Kind.WORD:
        return opposed(fact.key, other.key)
    return len(slot) == 1 or not any(agrees(other, each, published) for each in said)


def _of_a_kind(fact: Fact, other: Fact) -> bool:
    """Whether one may stand for the other: a name for "the President" too."""
    titled = fact.kind is Kind.NAME and other.text[:1].isupper() and folded(other.text) in TITLES
    return fact.kind is other.kind or titled


def _find(sentence: str, text: str) -> tuple[int, int] | None:
    """Where the sentence stands in the text as whole words; a few words alone are no quotation."""
    wanted = plain_letters(sentence).strip().strip("\"'.").strip().lower()
    if len(wanted.split()) < 4:
        return None
    match = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", plain_letters(text).lower())
    return match.span() if match else None


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
