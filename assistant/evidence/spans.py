"""Sentences of hits as evidence: what is read and quoted of a passage, and the citation of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from assistant.evidence.injection_filter import DOUBTFUL, reporting
from assistant.evidence.statements import statements
from assistant.text.sanitizing import without_marks
from assistant.types import Citation, Sentence, Support
from vectorstore.models import Hit, Passage


class Span(NamedTuple):
    """A sentence of a hit, with the one that it leans on: the number of its source from 1, its start and end in the
    article's text, and where the sentence itself begins, None for at the start."""

    number: int
    hit: Hit
    start: int
    end: int
    own: int | None = None

    @property
    def text(self) -> str:
        return self.hit.article.text[self.start : self.end]

    @property
    def itself(self) -> str:
        """Without the sentence that it leans on."""
        return self.hit.article.text[self._own : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether words of the article stand in both."""
        return self.hit.article.id == other.hit.article.id and self.start < other.end and other.start < self.end

    def inside(self, other: Span) -> bool:
        """Whether the sentence itself stands in the other one."""
        return self.overlaps(other) and self._own >= other.start and self.end <= other.end

    @property
    def _own(self) -> int:
        return self.start if self.own is None else self.own

    @property
    def day(self) -> date | None:
        return self.hit.article.day


def core(hit: Hit) -> Passage:
    """What is read of a hit and quoted from it: of two neighbours the better one."""
    return hit.better or hit.passage


@lru_cache(maxsize=256)
def reported(hit: Hit) -> tuple[tuple[int, int], ...]:
    """Offsets into the core's text of the sentences that report something: of a hit, these alone are read by a model
    and quoted."""
    return reporting(core(hit).text)


@lru_cache(maxsize=256)
def bearing(hit: Hit) -> tuple[tuple[int, int], ...]:
    """Those of `reported` that may bear something out: none with as many signs of an order as few reports have."""
    return reporting(core(hit).text, DOUBTFUL)


def cite(number: int, hit: Hit, start: int, end: int) -> Citation:
    """A citation of the article's text from `start` to `end`."""
    return Citation(number, hit.article, hit.passage, hit.article.text[start:end], start, end, hit.copies)


def quotation(citation: Citation, label: str = "") -> Sentence:
    """The words of a citation as a sentence of an answer."""
    return Sentence(without_marks(citation.quote), (citation.number,), Support.QUOTED, label=label)


def spans_of(hits: Sequence[Hit]) -> list[Span]:
    """Every sentence that states something, once, with the one that it leans on."""
    found: dict[str, Span] = {}
    for number, hit in enumerate(hits, start=1):
        passage = core(hit)
        for start, end, own in statements(passage.text, reported(hit)):
            span = Span(number, hit, passage.start + start, passage.start + end, passage.start + own)
            found.setdefault(span.itself, span)
    return [*found.values()]
