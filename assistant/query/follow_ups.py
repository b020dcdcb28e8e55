"""A follow-up and the turns before it, as one question that can be searched for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.query.intent import Intents
from assistant.text.words import key_stems, key_words, names_and_numbers, words_of
from assistant.types import Intent, Request, Turn

_OPENING = re.compile(r"^(and|but|so|or|also|then|no|why|how come|(what|how) about|(what|who|where) else)\b", re.I)
POINTING = frozenset(
    "it its they them their theirs he him his she her hers that this those these there one ones".split()
)
_FEW_WORDS = 2
# How far back a follow-up reaches, and how much less each turn counts than the one after it.
_TURNS = 3
_FADING = 0.5
_RELATED = 0.5


class Earlier(NamedTuple):
    """An earlier question that this one leans on; `weight` is 1 for the last turn of a question that needs it."""

    question: str
    weight: float


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """The question with the earlier question that it leans on put before it; itself when it stands alone."""
    subject = topic(question, turns)
    return f"{subject} {question}" if subject else question


def topic(question: str, turns: Sequence[Turn]) -> str:
    """The last earlier question that stands alone, when this one does not; else nothing."""
    if not leans(question):
        return ""
    earlier = [turn.question for turn in turns if turn.question.strip()]
    return next((q for q in reversed(earlier) if not leans(q)), earlier[0] if earlier else "")


def carried_over(question: str, turns: Sequence[Turn]) -> list[Earlier]:
    """The last earlier questions, newest first, with what they weigh in the search for this one.

    All of it when the question points back, half when it stands alone but shares a word with the conversation, and
    nothing when the topic has changed: a question that needs no history must not be harmed by it.
    """
    weight = 1.0 if leans(question) else _RELATED if _shares_words(question, turns) else 0.0
    asked = [turn.question for turn in reversed(turns) if turn.question.strip()][:_TURNS]
    return [Earlier(earlier, weight * _FADING**back) for back, earlier in enumerate(asked) if weight]


class Sought(NamedTuple):
    """What is looked for, after which turns; where that was answered already, `again`, with which words."""

    question: str
    turns: Sequence[Turn]
    told: str = ""
    again: bool = False


def following(question: str, request: Request, turns: Sequence[Turn], intents: Intents) -> Sought:
    """The question itself, or the one that "tell me more" and "are you sure?" go on with."""
    goes_on = request.intent is Intent.FOLLOW_UP and request.detail
    before = spoken_of(turns, intents) if goes_on else None
    if before is None:
        return Sought(question, turns)
    told = " ".join(turn.answer for turn in turns) if request.detail == "more" else ""
    return Sought(before[0].question, before[1], told, again=True)


def spoken_of(turns: Sequence[Turn], intents: Intents) -> tuple[Turn, Sequence[Turn]] | None:
    """The last turn that asked something of the articles, and those before it."""
    for at in range(len(turns) - 1, -1, -1):
        understood = intents.of(turns[at].question)
        goes_on = understood.intent is Intent.FOLLOW_UP and understood.detail
        if turns[at].question.strip() and understood.about_articles and not goes_on:
            return turns[at], turns[:at]
    return None


def _shares_words(question: str, turns: Sequence[Turn]) -> bool:
    said = {stem for turn in turns[-_TURNS:] for stem in key_stems(turn.question)}
    return not said.isdisjoint(key_stems(question))


def leans(question: str) -> bool:
    """Whether it points back: it has hardly a word of its own, or opens or points as follow-ups do."""
    own = len(key_words(question))
    if own < _FEW_WORDS:
        return True
    points = bool(POINTING & set(words_of(question))) and not names_and_numbers(question)
    return own <= _FEW_WORDS + 1 and (points or _OPENING.match(question.strip()) is not None)
