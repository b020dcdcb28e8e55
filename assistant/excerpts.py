"""What the model reads of the sources: their passages, whole as far as there is room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from assistant.evidence import core, reported
from vectorstore.models import Hit, heading

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# English news has four and a half letters a token.
_LETTERS_A_TOKEN = 4


class Room(NamedTuple):
    """How much a model reads: passages, and tokens of them together with their headings."""

    passages: int
    tokens: int


BUILT_IN = Room(4, 1000)
"""A small model reads slowly, and is drawn to whatever it sees."""
OTHERS = Room(12, 4000)


def room_of(model: BaseChatModel | None, tokens: int = 0) -> Room:
    """How much a model reads; `tokens` is what was set, 0 for nothing."""
    usual = BUILT_IN if model is None or getattr(model, "in_process", False) else OTHERS
    return usual._replace(tokens=tokens) if tokens else usual


class Excerpt(NamedTuple):
    """What is read of one source; `number` is the source's, from 1."""

    number: int
    hit: Hit
    text: str


def excerpts(sources: Sequence[Hit], room: Room) -> tuple[Excerpt, ...]:
    """The passages of the first sources, best first, each cut at the end of a sentence where the room ends; of the best
    one at least a sentence."""
    left = room.tokens * _LETTERS_A_TOKEN
    found: list[Excerpt] = []
    for number, hit in enumerate(sources[: room.passages], start=1):
        left -= len(heading(hit.article))
        text = _fitting(hit, left, least=0 if found else 1)
        if not text:
            break
        found.append(Excerpt(number, hit, text))
        left -= len(text)
    return tuple(found)


def _fitting(hit: Hit, letters: int, least: int) -> str:
    sentences = [core(hit).text[start:end] for start, end in reported(hit)]
    told = ""
    for count, sentence in enumerate(sentences):
        if len(told) + len(sentence) > letters and count >= least:
            break
        told = f"{told} {sentence}".strip()
    return told
