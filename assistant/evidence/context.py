"""What the model reads of the sources: the sentences that are worth most to the question, told source by source.

A small model reads slowly and is drawn to whatever number it sees: a sentence that does not matter costs twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from assistant.evidence.selection import Evidence
from assistant.evidence.spans import Span
from vectorstore.models import Hit, heading

READ_BY_THE_MODEL = 3
"""Sources, at most."""
_WORDS = 180


class Excerpt(NamedTuple):
    """Sentences of one source, in their order; `number` is the source's, from 1."""

    number: int
    hit: Hit
    text: str


def excerpts(evidence: Evidence) -> tuple[Excerpt, ...]:
    """At most about 180 words of the first three sources, their headings counted; at least the best sentence."""
    chosen = sorted(_chosen(evidence), key=lambda span: (span.number, span.start))
    return tuple(
        Excerpt(number, spans[0].hit, " ".join(span.text for span in spans))
        for number, spans in ((number, list(group)) for number, group in groupby(chosen, lambda span: span.number))
    )


def _chosen(evidence: Evidence) -> Sequence[Span]:
    chosen: list[Span] = []
    room = _WORDS
    for at in np.argsort(-evidence.worths, kind="stable"):
        span = evidence.spans[int(at)]
        if span.number > READ_BY_THE_MODEL:
            continue
        known = any(span.number == other.number for other in chosen)
        words = len(span.text.split()) + (0 if known else len(heading(span.hit.article).split()))
        if words <= room or not chosen:
            chosen.append(span)
            room -= words
    return chosen
