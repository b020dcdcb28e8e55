"""What the model reads of the sources: whole passages without orders, best first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from assistant.evidence.selection import Evidence, promise
from assistant.evidence.spans import Span, core, reported
from vectorstore.models import Hit, heading

READ_BY_THE_MODEL = 3
"""Sources, at most."""
_WORDS = 180


class Excerpt(NamedTuple):
    """Sentences of one source, in their order; `number` is the source's, from 1."""

    number: int
    hit: Hit
    text: str


def context(hits: Sequence[Hit], question: str, budget: int, size: Callable[[str], int] = len) -> tuple[Excerpt, ...]:
    """Whole passages, best first, headings counted, as far as the budget goes; of the one that does not fit whole the
    sentences that promise most. `size` measures a text: in characters, or whatever the budget is in."""
    read: list[Excerpt] = []
    for number, hit in enumerate(hits, start=1):
        room = budget - size(heading(hit.article))
        sentences = _sentences(hit)
        whole = " ".join(sentences)
        if whole and size(whole) <= room:
            budget = room - size(whole)
            read.append(Excerpt(number, hit, whole))
            continue
        if cut := _most_promising(sentences, question, hit, room, size, keep=not read):
            read.append(Excerpt(number, hit, cut))
        if whole:
            break
    return tuple(read)


def _sentences(hit: Hit) -> list[str]:
    return [core(hit).text[start:end] for start, end in reported(hit)]


def _most_promising(
    sentences: Sequence[str], question: str, hit: Hit, room: int, size: Callable[[str], int], keep: bool
) -> str:
    """Those that fit, in their order; with `keep` at least one."""
    day = hit.article.published_at and hit.article.published_at.date()
    ranked = sorted(range(len(sentences)), key=lambda at: -promise(question, sentences[at], day, 0.0))
    chosen: list[int] = []
    for at in ranked:
        if size(sentences[at]) <= room or (keep and not chosen):
            chosen.append(at)
            room -= size(sentences[at])
    return " ".join(sentences[at] for at in sorted(chosen))


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
        same = [other for other in chosen if other.number == span.number]
        if span.number > READ_BY_THE_MODEL or any(span.overlaps(other) for other in same):
            continue
        words = len(span.text.split()) + (0 if same else len(heading(span.hit.article).split()))
        if words <= room or not chosen:
            chosen.append(span)
            room -= words
    return chosen
