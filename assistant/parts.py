"""Questions that ask for several things at once, cut into what has to be searched for one by one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import TypeVar

from assistant.words import key_words

Found = TypeVar("Found")

_MOST = 3
_AND = r"\s+(?:and|with|to|or|versus|vs\.?)\s+"
# "Compare Meta and OpenAI on open models": what follows the second is meant of both.
_END = r"(?P<rest>\s+(?:on|in|about|over|for|since|during|when)\b.*?)?[?.!,;]*$"
_TWO = (
    rf"^(?P<asked>)how (?:do|does|did) (?P<one>.+?) compared? (?:to|with) (?P<other>.+?){_END}",
    rf"^(?P<asked>.*?)\b(?:compared?|comparison (?:of|between)|differences? between|both)\s+(?P<one>.+?){_AND}"
    rf"(?P<other>.+?){_END}",
    rf"^(?P<asked>.*\b(?:came|happened|began|was|were) (?:first|earlier|later|last)[,:]?)\s+(?P<one>.+?)\s+or\s+"
    rf"(?P<other>.+?){_END}",
    rf"^(?P<asked>.*\b(?:bigger|larger|higher|more|older|longer|worse|better)[,:])\s+(?P<one>.+?)\s+or\s+"
    rf"(?P<other>.+?){_END}",
)


def parts(question: str) -> list[str]:
    """The parts of a comparison or of several questions in a row, at most three; the question alone when it is one."""
    asked = [part.strip() for part in re.split(r"(?<=\?)\s+", question) if key_words(part)]
    if len(asked) > 1:
        # The second question often leans on what the first one names.
        return [asked[0], *(f"{asked[0]} {part}" for part in asked[1:_MOST])]
    for pattern in _TWO:
        match = re.search(pattern, question, re.I)
        if match and all(key_words(match[name]) for name in ("one", "other")):
            common = [" ".join(key_words(match["asked"])), (match["rest"] or "").strip()]
            return [" ".join(filter(None, [match[name], *common])) for name in ("one", "other")]
    return [question]


def interleaved(lists: Sequence[Sequence[Found]]) -> Iterator[Found]:
    """The first of each, then the second of each, and so on."""
    return (item for item in chain.from_iterable(zip_longest(*lists)) if item is not None)
