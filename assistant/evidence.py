"""Ranked passages to the little that the model should read, and to the sentences that can stand for an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from assistant.models import Citation, Sentence, Support
from vectorstore.models import Hit, Passage
from vectorstore.sentences import sentence_spans

# On 50 questions two whole passages held the answer as often as four did, at half the time to read them.
READ_BY_THE_MODEL = 2
_QUOTED_FROM = 5
_QUOTES = 3
_LEAST_WORDS = 6

Closeness = Callable[[str, Sequence[str]], Sequence[float]]


class Quoted(NamedTuple):
    """An answer made of quotations."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]


def core(hit: Hit) -> Passage:
    """What is read of a hit and quoted from it: of two neighbours the better one."""
    return hit.better or hit.passage


def cite(number: int, hit: Hit, start: int, end: int) -> Citation:
    """A citation of the article's text from `start` to `end`."""
    return Citation(number, hit.article, hit.passage, hit.article.text[start:end], start, end, hit.copies)


def quote(question: str, hits: Sequence[Hit], closeness: Closeness) -> Quoted:
    """The sentences of the best passages that come nearest to the question, at most three, best first.

    `closeness(question, texts)` gives the cosine of each text to the question. A passage's rank counts too, since a
    sentence alone often lacks the name that its neighbours have.
    """
    spans = _spans(hits[:_QUOTED_FROM])
    if not spans:
        return Quoted((), ())
    texts = [hit.article.text[start:end] for _, hit, start, end in spans]
    near = np.asarray(closeness(question, texts)) + np.array([0.5 * hit.score / hits[0].score for _, hit, *_ in spans])
    best = [spans[i] for i in np.argsort(-near)[:_QUOTES]]
    citations = tuple(cite(number, hit, start, end) for number, hit, start, end in best)
    return Quoted(tuple(Sentence(c.quote, (c.number,), Support.QUOTED) for c in citations), citations)


def _spans(hits: Sequence[Hit]) -> list[tuple[int, Hit, int, int]]:
    """Every sentence once: (number of its source, hit, start and end in the article's text)."""
    found = []
    seen = set()
    for number, hit in enumerate(hits, start=1):
        passage = core(hit)
        for start, end in sentence_spans(passage.text):
            text = passage.text[start:end]
            if text not in seen and len(text.split()) >= _LEAST_WORDS:
                seen.add(text)
                found.append((number, hit, passage.start + start, passage.start + end))
    return found
