"""A reader's settings for answers, as their browser keeps them. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from assistant.generation.providers import QUOTE
from assistant.types import AS_SET, FEWEST, MOST, Manner, Recency

_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Settings:
    """`model` is "" for the one that the server has set. With `quote` it is kept, and not asked."""

    model: str = AS_SET.model
    quote: bool = False
    sources: int = AS_SET.sources
    recency: Recency = AS_SET.recency

    @property
    def manner(self) -> Manner:
        return Manner(self.sources, self.recency, QUOTE if self.quote else self.model)

    def to_keep(self) -> dict[str, Any]:
        return asdict(self)


def kept_settings(brought: object) -> Settings:
    """What the browser brings, each setting that is none being as it is at first."""
    held = brought if isinstance(brought, dict) else {}
    model, quote, sources, recency = (held.get(name) for name in ("model", "quote", "sources", "recency"))
    return Settings(
        model if isinstance(model, str) and len(model) <= _LONGEST_NAME else AS_SET.model,
        quote is True,
        sources if type(sources) is int and FEWEST <= sources <= MOST else AS_SET.sources,
        Recency(recency) if isinstance(recency, str) and recency in list(Recency) else AS_SET.recency,
    )
