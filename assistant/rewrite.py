"""A follow-up and the turns before it, as one question that can be searched for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.models import Turn
from assistant.words import key_words, names_and_numbers, words_of

_OPENING = re.compile(r"^(and|but|so|or|also|then|no|why|how come|(what|how) about|(what|who|where) else)\b", re.I)
_POINTING = frozenset(
    "it its they them their theirs he him his she her hers that this those these there one ones".split()
)
_FEW_WORDS = 2
# How far back a follow-up reaches, and how much less each turn counts than the one after it.
_TURNS = 3
_FADING = 0.5
_RELATED = 0.5
_STEM = 5


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
    if not _leans(question):
        return ""
    earlier = [turn.question for turn in turns if turn.question.strip()]
    return next((q for q in reversed(earlier) if not _leans(q)), earlier[0] if earlier else "")


def carried_over(question: str, turns: Sequence[Turn]) -> list[Earlier]:
    """The last earlier questions, newest first, with what they weigh in the search for this one.

    All of it when the question points back, half when it stands alone but shares a word with the conversation, and
    nothing when the topic has changed: a question that needs no history must not be harmed by it.
    """
    weight = 1.0 if _leans(question) else _RELATED if _shares_words(question, turns) else 0.0
    asked = [turn.question for turn in reversed(turns) if turn.question.strip()][:_TURNS]
    return [Earlier(earlier, weight * _FADING**back) for back, earlier in enumerate(asked) if weight]


def _shares_words(question: str, turns: Sequence[Turn]) -> bool:
    said = {word[:_STEM] for turn in turns[-_TURNS:] for word in key_words(turn.question)}
    return any(word[:_STEM] in said for word in key_words(question))


def _leans(question: str) -> bool:
    """Whether it points back: it has hardly a word of its own, or opens or points as follow-ups do."""
    own = len(key_words(question))
    if own < _FEW_WORDS:
        return True
    points = bool(_POINTING & set(words_of(question))) and not names_and_numbers(question)
    return own <= _FEW_WORDS + 1 and (points or _OPENING.match(question.strip()) is not None)
