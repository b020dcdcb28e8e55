"""Days that a question names by what happened then: "since the election"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from assistant.text.text_dates import moments
from assistant.text.tokens import key_stems, key_words, stems_of
from vectorstore.models import Hit
from vectorstore.sentences import sentence_spans

_SINCE = re.compile(r"\bsince (?P<event>(?:the|his|her|its|their) [^,?.!;]{3,60}?)(?= *[,?.!;]| *$)", re.I)


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
    for start, end in sentence_spans(passage.text):
        sentence = passage.text[start:end]
        if wanted <= stems_of(sentence):
            named = [moment.days for moment in moments(sentence, published) if len(moment.days) == 1]
            if past := [day for days in named for day in days if day <= published]:
                return past[0]
    return published
