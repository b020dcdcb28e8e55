"""Whether passages entail sentences, by what a chat model makes of the passages that it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

from assistant.evidence.context import Excerpt
from assistant.generation.odds import Judge
from assistant.verification.entailment import Entails
from assistant.writing import borne_out, material

# On the tuning half of tests/benchmarks/sets the least odds by which four in five false sentences are told.
_CONFIRMED = 0.8


def by_judge(judge: Judge, read: Sequence[Excerpt]) -> Entails:
    """By the odds that it says Yes."""
    passages = material(read)

    def entails(sentences: Sequence[str], left: Event | None = None) -> list[bool]:
        asked = [borne_out(sentence) for sentence in sentences]
        return [odds >= _CONFIRMED for odds in judge.odds(passages, asked, left)]

    return entails
