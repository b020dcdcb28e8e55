"""Whether a sentence says more than its passage: a first place for a fifth one, a deed for a hope. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.wordforms import in_the_past, plain_letters, stem

_PLACE = r"second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:nd|rd|th)"
_ONE_OF = r"(?:one|two|three|four|five|\d+|some|many|several) of \w+(?:'s)?|among \w+"
_RANKED = re.compile(
    rf"\b(?:(?P<place>{_ONE_OF}|{_PLACE})[- ])?(?P<degree>(?:most|least) \w+|[a-z]{{2,}}est|best|worst)\b", re.I
)
_NO_DEGREES = frozenset(
    "arrest breast chest conquest contest crest digest east forest guest harvest honest interest invest manifest "
    "modest nest northwest priest protest quest request rest southeast southwest suggest tempest test west".split()
)
_HOPED = re.compile(
    r"\b(?:(?:on (?:track|course)(?: \w+)?|expect(?:ed|s)?|likely|hop(?:es?|ed|ing)|aim(?:s|ed|ing)?"
    r"|plan(?:s|ned|ning)?|want(?:s|ed)?|tr(?:y|ies|ied|ying)|threaten(?:s|ed|ing)?|rumou?red|propos(?:es?|ed|ing)"
    r"|seek(?:s|ing)?|sought) to|could|may|might) (?:(?:soon|also|eventually|still|yet|be|have) )*(?P<deed>\w+)",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]+")


def overclaims(sentence: str, stretch: str, passage: str) -> str:
    """By what the sentence says more than the stretch of the passage, as "the passage says ..."; empty when it
    does not."""
    return next(_placed_first(sentence, stretch), "") or next(_done(sentence, stretch, passage), "")


def _placed_first(sentence: str, stretch: str) -> Iterator[str]:
    """Superlatives without the place that the stretch gives each time: "the fifth most likely" is not the most."""
    bare = {degree for degree, place, _ in _superlatives(sentence) if not place}
    told = list(_superlatives(stretch))
    backed = {degree for degree, place, _ in told if not place}
    for degree, place, text in told:
        if place and degree in bare and degree not in backed:
            yield f"the passage says “{text}”"


def _superlatives(text: str) -> Iterator[tuple[str, str, str]]:
    """Degree, place ("" for the first) and wording of each."""
    for match in _RANKED.finditer(plain_letters(text)):
        degree, *of = match["degree"].lower().split()
        if degree not in _NO_DEGREES:
            yield " ".join((degree, *map(stem, of))), (match["place"] or "").lower(), match.group()


def _done(sentence: str, stretch: str, passage: str) -> Iterator[str]:
    """Deeds that the sentence tells as done, and the passage nowhere but as hoped for or possible."""
    if _HOPED.search(sentence):
        return
    done = {stem(word) for word in _WORD.findall(sentence) if in_the_past(word)}
    for hoped in _HOPED.finditer(stretch):
        deed = stem(hoped["deed"])
        if deed in done and not any(in_the_past(word) for word in _WORD.findall(passage) if stem(word) == deed):
            yield f"the passage says “{' '.join(hoped.group().split())}”"
