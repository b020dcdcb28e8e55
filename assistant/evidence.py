"""Ranked passages to the little that the model should read, and to the sentences that can stand for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from assistant.models import Citation, Sentence, Support
from assistant.orders import reporting
from assistant.wanted import offers
from assistant.wordforms import stem
from assistant.words import key_words
from vectorstore.embedding import Embedder
from vectorstore.models import Hit, Passage

# On 50 questions two whole passages held the answer as often as four did, at half the time to read them.
READ_BY_THE_MODEL = 2
_QUOTED_FROM = 5
_QUOTES = 3
_LEAST_WORDS = 6
# Only the most promising are embedded: more changed nothing on 185 questions, at 15 ms a sentence.
_EMBEDDED = 16
# Beside a cosine of the sentence and its passage's standing, both up to 1.
_WORDS = 0.3
_KIND = 0.2
_ALIKE = 0.5
_SAME_SOURCE = 0.2


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


def quote(question: str, hits: Sequence[Hit], embedder: Embedder) -> Quoted:
    """The sentences that come nearest to an answer, at most three, best first.

    A sentence counts for its meaning, the question's words in it, the rank of its passage (a sentence alone often lacks
    the name that its neighbours have) and whether it holds what is asked for, a number or a name; less when it says
    what one taken before it says (maximal marginal relevance, Carbonell and Goldstein 1998) or is of the same source.
    """
    spans = _spans(hits[:_QUOTED_FROM])
    texts = [hit.article.text[start:end] for _, hit, start, end in spans]
    standings = [hit.score / hits[0].score for _, hit, *_ in spans]
    days = [hit.article.published_at and hit.article.published_at.date() for _, hit, *_ in spans]
    promised = np.array([promise(question, *each) for each in zip(texts, days, standings, strict=True)])
    likely = [int(i) for i in np.argsort(-promised)[:_EMBEDDED]]
    if not likely:
        return Quoted((), ())
    vectors = embedder.passages([texts[i] for i in likely])
    scores = promised[likely] + vectors @ embedder.query(question)
    citations = []
    for _ in range(min(_QUOTES, len(likely))):
        best = int(np.argmax(scores))
        number, hit, start, end = spans[likely[best]]
        citations.append(cite(number, hit, start, end))
        scores = scores - np.maximum(0.0, vectors @ vectors[best] - _ALIKE)
        scores = scores - _SAME_SOURCE * np.array([spans[each][0] == number for each in likely])
        scores[best] = -np.inf
    return Quoted(tuple(Sentence(c.quote, (c.number,), Support.QUOTED) for c in citations), tuple(citations))


def promise(question: str, sentence: str, published: date | None, standing: float) -> float:
    """What a sentence is worth before its meaning is known; `standing` is its passage's score beside the best one's."""
    asked, said = ({stem(word) for word in key_words(text)} for text in (question, sentence))
    share = len(asked & said) / len(asked) if asked else 0.0
    return standing + _WORDS * share + _KIND * offers(sentence, question, published)


def _spans(hits: Sequence[Hit]) -> list[tuple[int, Hit, int, int]]:
    """Every sentence that reports something, once: (number of its source, hit, start and end in the article's text)."""
    found = []
    seen = set()
    for number, hit in enumerate(hits, start=1):
        passage = core(hit)
        for start, end in reporting(passage.text):
            text = passage.text[start:end]
            if text not in seen and len(text.split()) >= _LEAST_WORDS:
                seen.add(text)
                found.append((number, hit, passage.start + start, passage.start + end))
    return found
