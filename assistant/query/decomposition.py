"""Questions that ask for several things at once, or since an event, cut into what is searched for one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, zip_longest
from typing import NamedTuple, TypeVar

from assistant.text.text_dates import moments
from assistant.text.words import key_stems, key_words, stems_of
from vectorstore.models import Hit
from vectorstore.sentences import sentence_spans

Found = TypeVar("Found")

_QUESTIONS = re.compile(r"(?<=\?)\s+|,?\s+and\s+(?=(?:who|what|when|where|why|how (?:many|much|long))\b)", re.I)

_MOST = 3
_AND = r"\s+(?:and|with|to|or|versus|vs\.?)\s+"
# "Compare Meta and OpenAI on open models": what follows the second is meant of both.
_END = r"(?P<rest>\s+(?:on|in|about|over|for|since|during|when)\b.*?)?[?.!,;]*$"
_TWO = (
    rf"^(?P<asked>)how (?:do|does|did) (?P<one>.+?) compared? (?:to|with) (?P<other>.+?){_END}",
    rf"^(?P<asked>.*?)\b(?:compared?|comparison (?:of|between)|differences? between|both)\s+(?P<one>.+?){_AND}"
    rf"(?P<other>.+?){_END}",
    rf"^(?P<asked>)(?P<one>.+?) (?:versus|vs\.?) (?P<other>.+?){_END}",
    rf"^(?P<asked>.*\b(?:bigger|larger|higher|more|older|longer|worse|better|cheaper|stronger)[,:])\s+(?P<one>.+?)"
    rf"\s+or\s+(?P<other>.+?){_END}",
)
# What is put in order: each part is an event.
_EVENTS = (
    r"^(?P<asked>)(?:which|wich|what|who) .*\b(?:first|earlier|sooner|later|last)\b[^,:]*?[,:]?\s+(?P<one>.+?)\s+or\s+"
    r"(?P<other>.+?)(?P<rest>)[?.!,;]*$",
    r"^(?P<asked>)(?:did|was|were|had|has|have)\s+(?P<one>.+?)\s+(?:before or after|after or before|before|after)\s+"
    r"(?P<other>.+?)(?P<rest>)(?: or (?:afterwards|only later|later|not))?[?.!,;]*$",
)
# "The second and third quarter of Halden Motors": what follows the last is meant of both.
_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|last|\d+(?:st|nd|rd|th)?|q[1-4]|"
    r"[jfmasond][a-z]{2,8}(?<=ry|ch|il|ay|ne|ly|st|er))"
)
_SHORTENED = re.compile(rf"^(?:the )?{_ORDINAL}$", re.I)
_SHARED = re.compile(rf"^(?:the )?{_ORDINAL} (?P<shared>.+)$", re.I)
# "The explosion at the mine or its closure": its is the mine's.
_ITS = re.compile(r"\b(?:its|their|his|her)\b", re.I)
_PLACE = re.compile(r"\b(?:at|of|in|on) (?P<what>.+)$", re.I)
_SINCE = re.compile(r"\bsince (?P<event>(?:the|his|her|its|their) [^,?.!;]{3,60}?)(?= *[,?.!;]| *$)", re.I)


def parts(question: str) -> list[str]:
    """The parts of a comparison or of several questions in a row, at most three; the question alone when it is one."""
    asked = questions(question)
    if len(asked) > 1:
        # The second question often leans on what the first one names.
        return [asked[0], *(f"{asked[0]} {part}" for part in asked[1:])]
    for pattern in (*_EVENTS, *_TWO):
        match = re.search(pattern, question, re.I)
        if match and all(key_words(match[name]) for name in ("one", "other")):
            common = [" ".join(key_words(match["asked"])), (match["rest"] or "").strip()]
            return [" ".join(filter(None, [name, *common])) for name in _named(match["one"], match["other"])]
    return [question]


def questions(text: str) -> list[str]:
    """Those that stand in a row, at most three."""
    return [part.strip() for part in _QUESTIONS.split(text) if key_words(part)][:_MOST]


def _named(one: str, other: str) -> tuple[str, str]:
    """The two with what each leaves to the other."""
    if _SHORTENED.match(one) and (shared := _SHARED.match(other)):
        return f"{one} {shared['shared']}", other
    if _ITS.search(other) and (place := _PLACE.search(one)):
        return one, f"{_ITS.sub('the', other)} of {place['what']}"
    return one, other


def interleaved(lists: Sequence[Sequence[Found]]) -> Iterator[Found]:
    """The first of each, then the second of each, and so on."""
    return (item for item in chain.from_iterable(zip_longest(*lists)) if item is not None)


class Since(NamedTuple):
    """The event since which is asked, and the question without it."""

    event: str
    rest: str


def since(question: str) -> Since | None:
    """None when the question names no event to count from."""
    match = _SINCE.search(question)
    if not match or not key_words(match["event"]):
        return None
    return Since(match["event"], f"{question[: match.start()].rstrip()}{question[match.end() :]}".strip())


def day_of(event: str, hits: Sequence[Hit]) -> date | None:
    """The day of an event that the first of the hits tells of: the one it names in a sentence about it, else its own.
    None when it does not tell of it."""
    wanted = key_stems(event)
    if not hits:
        return None
    passage, published = hits[0].passage, hits[0].article.day
    if published is None or not wanted <= stems_of(f"{hits[0].article.title} {passage.text}"):
        return None
    for start, end in sentence_spans(passage.text, hits[0].article.language):
        sentence = passage.text[start:end]
        if wanted <= stems_of(sentence):
            named = [moment.days for moment in moments(sentence, published) if len(moment.days) == 1]
            if past := [day for days in named for day in days if day <= published]:
                return past[0]
    return published
