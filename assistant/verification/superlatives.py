"""Whether a sentence makes a first place of a fifth one: "the largest" of "the second-largest". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.wordforms import plain_letters, stem

_PLACE = r"second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:nd|rd|th)"
_ONE_OF = r"(?:one|two|three|four|five|\d+|some|many|several) of \w+(?:'s)?|among \w+"
_RANKED = re.compile(
    rf"\b(?:(?P<place>{_ONE_OF}|{_PLACE})[- ])?(?P<degree>(?:most|least) \w+|[a-z]{{2,}}est|best|worst)\b", re.I
)
_NO_DEGREES = frozenset(
    "arrest breast chest conquest contest crest digest east forest guest harvest honest interest invest manifest "
    "modest nest northwest priest protest quest request rest southeast southwest suggest tempest test west".split()
)


def placed_first(sentence: str, stretch: str) -> str:
    """The place that the stretch gives each time to what the sentence calls the most, as "the passage says ...";
    empty when there is none: "the fifth most likely" is not the most."""
    bare = {degree for degree, place, _ in _superlatives(sentence) if not place}
    told = list(_superlatives(stretch))
    backed = {degree for degree, place, _ in told if not place}
    for degree, place, text in told:
        if place and degree in bare and degree not in backed:
            return f"the passage says “{text}”"
    return ""


def _superlatives(text: str) -> Iterator[tuple[str, str, str]]:
    """Degree, place ("" for the first) and wording of each."""
    for match in _RANKED.finditer(plain_letters(text)):
        degree, *of = match["degree"].lower().split()
        if degree not in _NO_DEGREES:
            yield " ".join((degree, *map(stem, of))), (match["place"] or "").lower(), match.group()
