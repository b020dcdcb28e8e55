"""How a reader wants to be answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FEWEST, MOST = 3, 8
"""Sources that a reader can ask for."""


class Recency(StrEnum):
    """How much newer articles come before older ones."""

    OFF = "off"
    NORMAL = "normal"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Manner:
    """`sources` are those that an answer may rest on; a list, which has an entry for each, has its own number. `model`
    is "" for the one that is set, `quote` for none, else a name that assistant.chat_models offers."""

    sources: int = 5
    recency: Recency = Recency.NORMAL
    model: str = ""


AS_SET = Manner()
