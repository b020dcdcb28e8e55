"""What the model reads of the sources: whole passages without orders, best first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from assistant.evidence.injection_filter import reporting
from assistant.evidence.selection import promise
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
    """Sentences of one source, in their order; `number` is the source's, from 1."""

    number: int
    hit: Hit
    text: str


def context(hits: Sequence[Hit], question: str, room: Room) -> tuple[Excerpt, ...]:
    """Whole passages, best first, headings counted, as far as there is room; of the one that does not fit whole the
    sentences that promise most."""
    read: list[Excerpt] = []
    left = room.tokens * _LETTERS_A_TOKEN
    for number, hit in enumerate(hits[: room.passages], start=1):
        left -= len(heading(hit.article))
        sentences = _sentences(hit)
        whole = " ".join(sentences)
        if whole and len(whole) <= left:
            left -= len(whole)
            read.append(Excerpt(number, hit, whole))
            continue
        if cut := _most_promising(sentences, question, hit, left, keep=not read):
            read.append(Excerpt(number, hit, cut))
        if whole:
            break
    return tuple(read)


def _sentences(hit: Hit) -> list[str]:
    """Of two passages shown as one those of the better: what a judge's odds mean was found on single passages, and of
    longer ones a small model says No to more."""
    read = hit.parts[0][0] if hit.parts else hit.passage
    return [read.text[start:end] for start, end in reporting(read.text)]


def _most_promising(sentences: Sequence[str], question: str, hit: Hit, room: int, keep: bool) -> str:
    """Those that fit, in their order; with `keep` at least one."""
    article = hit.article
    worths = [promise(question, sentence, article.day, 0.0, article.title) for sentence in sentences]
    ranked = sorted(range(len(sentences)), key=lambda at: -worths[at])
    chosen: list[int] = []
    for at in ranked:
        if len(sentences[at]) <= room or (keep and not chosen):
            chosen.append(at)
            room -= len(sentences[at])
    return " ".join(sentences[at] for at in sorted(chosen))
