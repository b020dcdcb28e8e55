"""Ranked passages to the little that the model should read, and to the sentences that can stand for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assistant.models import Citation, Sentence, Support
from assistant.orders import reporting
from assistant.safe import without_marks
from assistant.wanted import echoes, offers, wanted
from assistant.wordforms import stem
from assistant.words import key_words
from vectorstore.embedding import Embedder
from vectorstore.models import Hit, Passage

_LOOKED_INTO = 5
_QUOTES = 3
_LEAST_WORDS = 6
# Only the most promising are embedded: more changed nothing on 185 questions, at 15 ms a sentence.
_EMBEDDED = 16
# Beside a cosine of the sentence and its passage's standing, both up to 1.
_WORDS = 0.3
_KIND = 0.2
_ECHO = 0.5
_ALIKE = 0.5
_SAME_SOURCE = 0.2

Floats = npt.NDArray[np.float32]


class Span(NamedTuple):
    """A sentence of a hit: the number of its source from 1, its start and end in the article's text."""

    number: int
    hit: Hit
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.hit.article.text[self.start : self.end]

    @property
    def day(self) -> date | None:
        return self.hit.article.published_at and self.hit.article.published_at.date()


class Evidence(NamedTuple):
    """Sentences, what each is worth to the question (0 to about 2.5), its cosine to it, and its vector (a row each)."""

    spans: tuple[Span, ...]
    worths: Floats
    cosines: Floats
    vectors: Floats


class Quoted(NamedTuple):
    """An answer made of quotations, and what each is worth to the question."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    worths: tuple[float, ...]


def core(hit: Hit) -> Passage:
    """What is read of a hit and quoted from it: of two neighbours the better one."""
    return hit.better or hit.passage


@lru_cache(maxsize=256)
def reported(hit: Hit) -> tuple[tuple[int, int], ...]:
    """Offsets into the core's text of the sentences that report something: of a hit, these alone are read by a model,
    quoted, and bear anything out."""
    return tuple(reporting(core(hit).text, hit.article.title))


def cite(number: int, hit: Hit, start: int, end: int) -> Citation:
    """A citation of the article's text from `start` to `end`."""
    return Citation(number, hit.article, hit.passage, hit.article.text[start:end], start, end, hit.copies)


def quotation(citation: Citation, label: str = "") -> Sentence:
    """The words of a citation as a sentence of an answer."""
    return Sentence(without_marks(citation.quote), (citation.number,), Support.QUOTED, label=label)


def weigh(question: str, hits: Sequence[Hit], embedder: Embedder, looked_into: int = _LOOKED_INTO) -> Evidence:
    """The sentences of the first hits that promise most, with what each is worth to the question.

    A sentence counts for its meaning, the question's words in it, the rank of its passage (a sentence alone often lacks
    the name that its neighbours have) and whether it holds what is asked for, a number or a name.
    """
    spans = spans_of(hits[:looked_into], question)
    if not spans:
        return Evidence((), *(np.empty(shape, np.float32) for shape in (0, 0, (0, 0))))
    promised = np.array([promise(question, span.text, span.day, span.hit.score / hits[0].score) for span in spans])
    likely = [int(i) for i in np.argsort(-promised)[:_EMBEDDED]]
    vectors = embedder.passages([spans[i].text for i in likely])
    cosines = vectors @ embedder.query(question)
    return Evidence(tuple(spans[i] for i in likely), promised[likely] + cosines, cosines, vectors)


def quote(evidence: Evidence) -> Quoted:
    """The sentences that come nearest to an answer, at most three, best first.

    One counts for less when it says what one taken before it says (maximal marginal relevance, Carbonell and Goldstein
    1998) or is of the same source.
    """
    scores, citations, worths = evidence.worths, [], []
    for _ in range(min(_QUOTES, len(scores))):
        best = int(np.argmax(scores))
        chosen = evidence.spans[best]
        citations.append(cite(chosen.number, chosen.hit, chosen.start, chosen.end))
        worths.append(float(evidence.worths[best]))
        scores = scores - np.maximum(0.0, evidence.vectors @ evidence.vectors[best] - _ALIKE)
        scores = scores - _SAME_SOURCE * np.array([span.number == chosen.number for span in evidence.spans])
        scores[best] = -np.inf
    return Quoted(tuple(map(quotation, citations)), tuple(citations), tuple(worths))


def promise(question: str, sentence: str, published: date | None, standing: float) -> float:
    """What a sentence is worth before its meaning is known; `standing` is its passage's score beside the best one's."""
    asked, said = ({stem(word) for word in key_words(text)} for text in (question, sentence))
    share = len(asked & said) / len(asked) if asked else 0.0
    told = -_ECHO if echoes(sentence, question) else _WORDS * share
    return standing + told + _KIND * offers(sentence, question, published)


def answered(question: str, quoted: Quoted) -> bool:
    """Whether a quotation says all that the question says, and something of the kind that it asks for."""
    return any(_answers(each, question) for each in quoted.citations)


def _answers(quotation: Citation, question: str) -> bool:
    said, published = quotation.quote, quotation.article.published_at
    if not holds_all(said, question) or echoes(said, question):
        return False
    return wanted(question) is None or offers(said, question, published and published.date())


def holds_all(sentence: str, question: str) -> bool:
    """Whether every word of the question that means something stands in the sentence; one alone says too little."""
    asked, said = ({stem(word) for word in key_words(text)} for text in (question, sentence))
    return len(asked) > 1 and asked <= said


def spans_of(hits: Sequence[Hit], question: str = "") -> list[Span]:
    """Every sentence that reports something, once; a short one only when it holds all that the question says."""
    found = []
    seen = set()
    for number, hit in enumerate(hits, start=1):
        passage = core(hit)
        for start, end in reported(hit):
            text = passage.text[start:end]
            if text not in seen and (len(text.split()) >= _LEAST_WORDS or holds_all(text, question)):
                seen.add(text)
                found.append(Span(number, hit, passage.start + start, passage.start + end))
    return found
