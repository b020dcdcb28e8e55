"""Which outlet a question asks for: "According to CNN, ...", "What does Reuters say about ...?"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_TELLS = r"(?:say|tell|report|writ|wrote|said|told|mention|describ|cover|publish|call|stat|quot|differ|disagree)\w*"
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
    anchor left?" asks for none. Longer names first, so that "The Sunday Times" is not "The Times"; given back in the
    question's order."""
    asked = question.casefold()
    named = {each: _name(each) for each in sorted(filter(None, known), key=len, reverse=True) if _bare(each) in asked}
    if not named:
        return Asked((), question)  # a library can know thousands of outlets
    one = rf"(?:{'|'.join(named.values())})"
    several = rf"(?:both )?{one}(?:(?:,|,? and|,? or|,? as well as) {one})*"
    rest, spoken = question, ""
    for phrase in _PHRASES:
        pattern = phrase.replace("{name}", several)
        spoken += "".join(f"{match.group()} " for match in re.finditer(pattern, rest))
        rest = re.sub(pattern, " ", rest)
    found = []
    for outlet, name in named.items():
        spoken, times = re.subn(name, "", spoken)
        found += [outlet] * bool(times)
    found.sort(key=lambda outlet: asked.index(_bare(outlet)))
    return Asked(tuple(found), " ".join(rest.split()).lstrip(", ") if found else question)


def _bare(outlet: str) -> str:
    return re.sub(r"^The (?=.)", "", outlet).casefold()


def _name(outlet: str) -> str:
    bare = re.sub(r"^The (?=.)", "", outlet)
    return rf"(?<!\w)(?:[Tt]he )?(?:{re.escape(bare)}|{re.escape(bare.upper())})(?!\w)"
