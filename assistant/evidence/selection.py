"""The sentences of ranked passages that can stand for an answer, weighed and chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from assistant.evidence.injection_filter import order
from assistant.evidence.spans import Span, cite, corrects, quotation, retracted, spans_of
from assistant.evidence.stated_values import StatedValue, change, readings
from assistant.query.answer_type import asks_what_happened, echoes, gives_reason, offers, wanted
from assistant.text.facts import FactKind
from assistant.text.names import names
from assistant.text.words import key_stems, key_words, stems_of, words_of
from assistant.types import Citation, Sentence
from vectorstore.indexes.embedding import Embedder
from vectorstore.models import Hit

_LOOKED_INTO = 5
_QUOTES = 3
# Only the most promising are embedded: more changed nothing on 185 questions, at 15 ms a sentence.
_EMBEDDED = 16
# Beside a cosine of the sentence and its passage's standing, both up to 1. With 0.5 eight of 182 quiz questions less
# are told rightly (136 for 144), and two of 297 ordinary ones more.
_WORDS = 0.3
# A word of the headline is what all of the article is about and tells its sentences hardly apart: what it counts beside
# another word, and which part of that a sentence has without it.
_OF_TOPIC, _IN_HEADLINE = 0.3, 0.8
_KIND = 0.2
_REASON = 0.4
# Of what happened, how an article opens whose headline names what is asked about.
_OPENS = 0.5
# What they are worth beside that in a language that the embedder does not know.
_WORDS_ALONE, _NOT_UNDERSTOOD = 0.6, 0.7
_ECHO = 0.5
# Characters before the first sentence: "NORVALE, 30 May 2026 (Reuters) - ".
_DATELINE = 60
_ALIKE = 0.5
_SAME_SOURCE = 0.2
# A sentence with the one before it has more words of the question by its length alone.
_LEANING = 0.1
# What a correction is worth more than what it corrects.
_CORRECTS = 0.1
# For a sign that it is an order to a program, and for each further one.
_DOUBTFUL = 0.4
# A further quotation is worth at least this share of the best one, and near to the question (cosine): on the tuning
# half and on 185 questions of news neither kept any out that was needed.
_FLOOR, _NEAR = 0.55, 0.2

Floats = npt.NDArray[np.float32]
# Of the words of a sentence that were told before, the share from which on it tells nothing new.
_TOLD = 0.8


class Evidence(NamedTuple):
    """Sentences, what each is worth to the question (0 to about 2.5), its cosine to it, and its vector (a row each)."""

    spans: tuple[Span, ...]
    worths: Floats
    cosines: Floats
    vectors: Floats
    question: str = ""

    def only(self, kept: Sequence[bool]) -> Evidence:
        """Those sentences for which `kept` is true."""
        spans = tuple(span for span, keep in zip(self.spans, kept, strict=True) if keep)
        rows = np.array(kept, bool)
        return Evidence(spans, self.worths[rows], self.cosines[rows], self.vectors[rows], self.question)

    def beyond(self, told: str) -> Evidence:
        """Without the sentences that hold nearly nothing but words that the reader has had."""
        had = key_stems(told)
        said = [key_stems(span.text) for span in self.spans]
        return self.only([len(words & had) < _TOLD * len(words) for words in said]) if had else self


class Quoted(NamedTuple):
    """An answer made of quotations, and what each is worth to the question."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    worths: tuple[float, ...]


def weigh(
    question: str,
    hits: Sequence[Hit],
    embedder: Embedder,
    looked_into: int = _LOOKED_INTO,
    telling: Mapping[str, float] | None = None,
) -> Evidence:
    """The sentences of the first hits that promise most, with what each is worth to the question.

    A sentence counts for its meaning, the question's words in it, the rank of its passage (a sentence alone often lacks
    the name that its neighbours have) and whether it holds what is asked for: a number, a name, a reason. Of a figure
    or a plan that changes the newest is worth most, also that of a later hit, and what it was before is left out.
    `telling` says what the stems of the question count where the embedder does not know its language: there they count
    before the meaning.
    """
    stated = readings(question, hits)
    changed = change(stated)
    read = spans_of(hits[:looked_into])
    if changed:
        read = [span for span in read if not any(_states(span, old) for old in changed.void)]
        if not any(_states(span, changed.newest) for span in read):
            read += [span for span in spans_of(hits) if _states(span, changed.newest)]
    happened = asks_what_happened(question)
    if happened:
        read += [span for span in spans_of(hits) if span.number > looked_into and _opens(span, question)]
    if not read:
        return Evidence((), np.empty(0, np.float32), np.empty(0, np.float32), np.empty((0, 0), np.float32), question)
    spans, promised = _standing(read, [_promise(question, span, hits[0].score) for span in read])
    if happened:
        promised += [_OPENS * _opens(span, question) for span in spans]
    if telling:
        promised += [_WORDS_ALONE * _weighed_share(telling, span.text) for span in spans]
    leads = np.array([changed is not None and _states(span, changed.newest) for span in spans])
    likely = [int(i) for i in np.argsort(-(promised + leads), kind="stable")[:_EMBEDDED]]
    vectors = embedder.passages([_meant(question, spans[i]) for i in likely])
    cosines = vectors @ embedder.query(question)
    worths = promised[likely] + (_NOT_UNDERSTOOD if telling else 1.0) * cosines
    worths[leads[likely]] += max(0.0, worths.max() - worths[leads[likely]].max(initial=0.0)) if leads.any() else 0.0
    return Evidence(tuple(spans[i] for i in likely), worths, cosines, vectors, question)


def led_by(evidence: Evidence, several: Sequence[Evidence]) -> Evidence:
    """The evidence with the best sentence of each of several others before the rest, each worth as much as the best."""
    firsts = {each.spans[best]: (each, best) for each in several if each.spans for best in [int(each.worths.argmax())]}
    if not firsts:
        return evidence
    led = [each.only([at == best for at in range(len(each.spans))]) for each, best in firsts.values()]
    rest = evidence.only([span not in firsts for span in evidence.spans])
    top = np.full(len(led), max([*evidence.worths, *(each.worths[0] for each in led)]), np.float32)
    rows = [*led, rest] if rest.spans else led
    return Evidence(
        (*firsts, *rest.spans),
        np.concatenate([top, rest.worths]),
        np.concatenate([each.cosines for each in rows]),
        np.concatenate([each.vectors for each in rows]),
        evidence.question,
    )


def quote(evidence: Evidence) -> Quoted:
    """The sentences that come nearest to an answer, at most three, best first; further ones only where they are worth
    nearly as much.

    One counts for less when it says what one taken before it says (maximal marginal relevance, Carbonell and Goldstein
    1998) or is of the same source. One that leans on a sentence taken before is quoted with it. None is of an article
    about somebody or something else than what the best one's article and the question name.
    """
    chosen: list[tuple[Span, float]] = []
    adds = (evidence.worths >= _FLOOR * max(evidence.worths, default=0.0)) & (evidence.cosines >= _NEAR)
    scores = np.where(adds | (evidence.worths == max(evidence.worths, default=0.0)), evidence.worths, -np.inf)
    while len(chosen) < _QUOTES and scores.max(initial=-np.inf) > -np.inf:
        best = int(np.argmax(scores))
        worth, span = float(evidence.worths[best]), evidence.spans[best]
        if chosen and _of_another(evidence.question, chosen[0][0].hit, span.hit):
            scores[best] = -np.inf
            continue
        chosen = _with(chosen, span, worth)
        scores = scores - np.maximum(0.0, evidence.vectors @ evidence.vectors[best] - _ALIKE)
        scores = scores - _SAME_SOURCE * np.array([other.number == span.number for other in evidence.spans])
        scores[[any(other.inside(taken) for taken, _ in chosen) for other in evidence.spans]] = -np.inf
    citations = tuple(cite(span.number, span.hit, span.start, span.end) for span, _ in chosen)
    return Quoted(tuple(map(quotation, citations)), citations, tuple(worth for _, worth in chosen))


def _of_another(question: str, best: Hit, further: Hit) -> bool:
    """Whether the article of a further passage knows none of the names that the question and the best passage have, and
    nothing else of the question that the best one's article does not know: of the bridge in Denby, not in Harlow."""
    if best.article.id == further.article.id:
        return False
    asked = set(key_words(question))
    named = asked & {word for name in names(best.passage.text, best.article.text) for word in words_of(name.text)}
    first, other = (asked.intersection(words_of(f"{hit.article.title} {hit.article.text}")) for hit in (best, further))
    return bool(named) and named.isdisjoint(other) and other <= first


def _with(chosen: Sequence[tuple[Span, float]], span: Span, worth: float) -> list[tuple[Span, float]]:
    """With the span at the end, or made one with the first that it shares words with."""
    beside = (at for at, (taken, _) in enumerate(chosen) if taken.number == span.number and taken.overlaps(span))
    at = next(beside, len(chosen))
    if at == len(chosen):
        return [*chosen, (span, worth)]
    taken = chosen[at][0]
    both = taken._replace(start=min(taken.start, span.start), end=max(taken.end, span.end))
    return [*chosen[:at], (both, chosen[at][1]), *chosen[at + 1 :]]


def _standing(spans: Sequence[Span], promised: Sequence[float]) -> tuple[list[Span], Floats]:
    """Without those that a correction among them takes back, in whose place it stands."""
    worths = np.array(promised, np.float32)
    corrections = [at for at, span in enumerate(spans) if corrects(span.itself, span.hit.article)]
    stands = np.ones(len(spans), bool)
    for by in corrections:
        back = [at for at, span in enumerate(spans) if at not in corrections and _taken_back(span, spans[by])]
        worths[by] = max([worths[by], *(worths[back] + _CORRECTS)])
        stands[back] = False
    return [span for span, keep in zip(spans, stands, strict=True) if keep], worths[stands]


def _taken_back(span: Span, by: Span) -> bool:
    """Whether it tells the figure that the correction takes back, or is of the report that it withdraws."""
    return retracted(span.text, span.hit.article, by.itself, by.hit.article)


def _states(span: Span, reading: StatedValue) -> bool:
    return span.hit.article.id == reading.hit.article.id and span.start <= reading.start and reading.end <= span.end


def _meant(question: str, span: Span) -> str:
    """What of a span is embedded: "It is 1,350 metres long" means nothing alone, and yet holds the figure asked for."""
    of_a_figure = wanted(question) in (FactKind.NUMBER, FactKind.DATE) and offers(span.itself, question, span.day)
    return span.text if of_a_figure else span.itself


def _opens(span: Span, question: str) -> bool:
    """Whether an article on what is asked about opens with it, but for a place and an outlet."""
    return span.start < _DATELINE and bool(key_stems(question) & stems_of(span.hit.article.title))


def _promise(question: str, span: Span, best: float) -> float:
    standing = span.score / best
    headline = span.hit.article.title
    worth = promise(question, span.itself, span.day, standing, headline)
    if span.itself != span.text:
        told_by_itself = offers(span.itself, question, span.day) or not offers(span.text, question, span.day)
        joint = promise(question, span.text, span.day, standing, headline) - (0.0 if told_by_itself else _KIND)
        worth = max(worth, joint - _LEANING)
    return worth - _DOUBTFUL * max(0.0, order(span.itself) - 1)


def promise(question: str, sentence: str, published: date | None, standing: float, headline: str = "") -> float:
    """What a sentence is worth before its meaning is known; `standing` is its passage's score beside the best one's,
    and `headline` that of its article, where it is set beside others of the same."""
    share = _share(question, sentence, headline)
    told = -_ECHO if echoes(sentence, question) else _WORDS * share
    return standing + told + _KIND * offers(sentence, question, published) + _REASON * gives_reason(sentence, question)


def _share(question: str, sentence: str, headline: str) -> float:
    """Of the words of the question."""
    asked, said, topic = (key_stems(text) for text in (question, sentence, headline))
    counts = {word: _OF_TOPIC if word in topic else 1.0 for word in asked}
    has = sum(counts[word] * (word in said or _IN_HEADLINE * (word in topic)) for word in asked)
    return has / sum(counts.values()) if asked else 0.0


def _weighed_share(telling: Mapping[str, float], sentence: str) -> float:
    said = stems_of(sentence)
    return sum(rare for known, rare in telling.items() if known in said) / (sum(telling.values()) or 1.0)


def answered(question: str, quoted: Quoted) -> bool:
    """Whether a quotation says all that the question says, and something of the kind that it asks for."""
    return any(_answers(each, question) for each in quoted.citations)


def _answers(quotation: Citation, question: str) -> bool:
    said = quotation.quote
    if not holds_all(said, question) or echoes(said, question):
        return False
    return wanted(question) is None or offers(said, question, quotation.article.day)


def holds_all(sentence: str, question: str) -> bool:
    """Whether every word of the question that means something stands in the sentence; one alone says too little."""
    asked, said = (key_stems(text) for text in (question, sentence))
    return len(asked) > 1 and asked <= said
