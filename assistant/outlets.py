"""Which outlet a question asks for: "According to CNN, ...", "What does Reuters say about ...?"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_TELLS = r"(?:say|tell|report|writ|wrote|said|told|mention|describ|cover|publish|call|stat|quot)\w*"
# Each stands for a phrase in which {name} is whom the question wants to hear.
_PHRASES = (
    r"\b(?i:(?:according|as told) to|(?:as )?(?:reported|published|written|covered) (?:by|in|on)|per|via)(?i: the)? "
    r"{name}(?:['’]s(?: \w+)?)?",
    rf"{{name}}(?:['’]s)? (?:also |really |first )?{_TELLS}(?: (?:about|on|that))?",
    r"\b(?i:from|in|on)(?i: the)? {name}(?=\s*[,?.!]|$)",
)


class Asked(NamedTuple):
    """The outlets that a question asks for, as the library writes them, and the question without those phrases."""

    outlets: tuple[str, ...]
    rest: str


def read_outlets(question: str, known: Iterable[str]) -> Asked:
    """Only outlets that the library knows count, and only where the question asks for what they tell: "Which CNN
    anchor left?" asks for none. Longer names first, so that "The Sunday Times" is not "The Times"."""
    found, rest, asked = [], question, question.casefold()
    for outlet in sorted(filter(None, known), key=len, reverse=True):
        bare = re.sub(r"^The (?=.)", "", outlet)
        if bare.casefold() not in asked:
            continue  # a library can know thousands of outlets, and each would cost three patterns
        name = rf"(?<!\w)(?:The )?(?:{re.escape(bare)}|{re.escape(bare.upper())})(?!\w)"
        for phrase in _PHRASES:
            shorter = re.sub(phrase.replace("{name}", name), " ", rest)
            if shorter != rest:
                found.append(outlet)
                rest = " ".join(shorter.split()).lstrip(", ")
    return Asked(tuple(dict.fromkeys(found)), rest)
