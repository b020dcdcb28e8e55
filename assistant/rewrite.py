"""A follow-up and the turns before it, as one question that can be searched for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.models import Turn
from assistant.words import key_words, names_and_numbers, words_of

_OPENING = re.compile(r"^(and|but|so|or|also|then|why|how come|(what|how) about|(what|who|where) else)\b", re.I)
_POINTING = frozenset(
    "it its they them their theirs he him his she her hers that this those these there one ones".split()
)
_FEW_WORDS = 2


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


def _leans(question: str) -> bool:
    """Whether it points back: it has hardly a word of its own, or opens or points as follow-ups do."""
    own = len(key_words(question))
    if own < _FEW_WORDS:
        return True
    points = bool(_POINTING & set(words_of(question))) and not names_and_numbers(question)
    return own <= _FEW_WORDS + 1 and (points or _OPENING.match(question.strip()) is not None)
