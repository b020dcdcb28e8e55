"""Whether passages entail sentences that say it in other words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event
from typing import NamedTuple


class Claim(NamedTuple):
    """A sentence, and the sentences of its sources that come nearest to saying it; `joined` is one that puts together
    what several of one source say."""

    sentence: str
    nearest: str
    joined: bool = False


Entails = Callable[[Sequence[Claim], Event | None], list[bool]]
"""For each claim whether its sources entail it, at once when nobody waits any longer. Raises DatelineError."""
Entailment = Callable[[Sequence[str], str], list[float]]
"""The probability, 0 to 1, that each of some premises entails a hypothesis; see Entailer in vectorstore/indexes/."""

_ENTAILED = 0.5


def by_model(entailment: Entailment, premises: Sequence[str]) -> Entails:
    """By a model that was trained for inference; each premise is read by itself."""

    def entails(claims: Sequence[Claim], left: Event | None = None) -> list[bool]:
        return [max(entailment(premises, each.sentence), default=0.0) >= _ENTAILED for each in claims]

    return entails
