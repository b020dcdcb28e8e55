"""Whether the passages found answer the question: by what retrieval says of them and, where there is one, by a judge.

A small model judges absence badly in words and well by the odds of its Yes (assistant.generation.odds). Retrieval knows
what the judge does not: of which days the articles are, and how near the passages come.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from math import log
from typing import NamedTuple

from assistant.evidence import Evidence
from assistant.query.answer_type import words_asked_about
from assistant.query.reading import Reading
from assistant.retrieval.ranking import recency
from assistant.retrieval.search import Found
from assistant.text.labels import day
from assistant.text.texts import tr_plural
from assistant.text.time_window import Strength
from assistant.text.words import ENGLISH, stem, stems_of
from assistant.types import Window
from vectorstore.languages import language_of, resolved, share_at_large
from vectorstore.models import Hit, titled

_NEWEST_OF = 3
# Days beside a window in which news of it still appears.
_BESIDE = timedelta(days=3)
_OF_THE_PRESENT = re.compile(r"\b(?:is|are|has|have|will|does|do)\b", re.I)
_HANGUL = re.compile("[\uac00-\ud7a3]")
# How models say that the passages do not hold the answer, whatever they were told to write.
_SAYS_NOT_FOUND = re.compile(
    r"(passages?|articles?|text|sources?|information|context)\b[^.]{0,60}\b"
    r"(do(es)? not|don['’]t|doesn['’]t|did not|cannot|can['’]t)\b[^.]{0,30}\b"
    r"(contain|mention|provide|say|state|specify|include|give|answer|indicate|discuss|cover|address)"
    r"|\b(no|not enough|insufficient) (information|mention|answer|evidence)\b"
    r"|\bis not (mentioned|specified|provided|stated|given)\b"
    r"|\b(cannot|can['’]t|unable to) (be )?(answer|determine|find|say)",
    re.I,
)


class Verdict(StrEnum):
    """What may be told: an answer, the closest that there is, or that there is none."""

    ANSWERED = "answered"
    CLOSEST = "closest"
    REFUSED = "refused"


class Signals(NamedTuple):
    """What retrieval says for and against an answer in what was found.

    `similarity` is the cosine of the nearest passage. `told` is, of the best sentence, the share of the question's
    words in it and its headline, rare words counting for more, plus its cosine. `outside` is 1 when the question names
    days and nothing found is of them; `stale` how old the newest of the first is, 0 to 0.45, when the question is about
    the present.
    """

    similarity: float
    told: float
    outside: float
    stale: float


NOTHING_FOUND = Signals(0.0, 0.0, 1.0, 0.0)

# Where words alone decide: what stands for the similarity, and what the share of words counts. With them the closest is
# shown from a share of .525 on, and an answer told from .70, which part best on the tuning half of
# tests/benchmarks/sets/languages.
_NOT_UNDERSTOOD, _SHARE_ALONE = 0.5625, 1.5
# What a word of the language tells beside a name, which all articles of a town may share.
_NO_NAME = 2.0

# Two logistic regressions', fitted and drawn by tests/benchmarks/refusals.py on quiz and ordinary questions together,
# with a judge's log odds beside the signals and without.
_JUDGED, _WEIGHTS_JUDGED, _BIAS_JUDGED = 1.5, Signals(similarity=2.7, told=3.2, outside=-2.4, stale=-5.1), -6.4
_WEIGHTS, _BIAS = Signals(similarity=4.8, told=4.7, outside=-2.6, stale=-5.3), -7.4
# Log odds from which on a question is answered, and the closest is shown. Those with a judge were drawn with the
# built-in model itself, whose odds are lower than those that the weights were fitted with.
_ANSWERED_JUDGED, _CLOSEST_JUDGED = -0.75, -1.5
_ANSWERED, _CLOSEST = 0.25, -1.0
_HOPELESS = -4.0
# Of a question and passages in two languages the judge's odds alone tell: an answer from .74 on, and the closest from
# .63, which part best on the questions across languages of that half and as many that their articles do not answer.
OF_TWO_LANGUAGES = Signals(similarity=_NOT_UNDERSTOOD, told=0.8, outside=0.0, stale=0.0)
_SURE = 0.999


def verdict(signals: Signals, judged: float | None = None) -> Verdict:
    """What may be told; `judged` is the probability that the passages state the answer, by a judge that read them."""
    score = confidence(signals, judged)
    answered, closest = (_ANSWERED, _CLOSEST) if judged is None else (_ANSWERED_JUDGED, _CLOSEST_JUDGED)
    return Verdict.ANSWERED if score >= answered else Verdict.CLOSEST if score >= closest else Verdict.REFUSED


def at_least(found: Verdict, least: Verdict) -> Verdict:
    """The one of the two that tells more."""
    return min(found, least, key=[*Verdict].index)


def confidence(signals: Signals, judged: float | None = None) -> float:
    """The log odds that the passages hold an answer, about -10 to 10."""
    weights, bias = (_WEIGHTS, _BIAS) if judged is None else (_WEIGHTS_JUDGED, _BIAS_JUDGED)
    score = bias + sum(weight * signal for weight, signal in zip(weights, signals, strict=True))
    return score if judged is None else score + _JUDGED * log_odds(judged)


def hopeless(signals: Signals) -> bool:
    """Whether no judge needs to be asked: what was found has nothing to do with the question."""
    return confidence(signals) < _HOPELESS


def log_odds(probability: float) -> float:
    """Of a probability, at most that of one in a thousand off: no model is surer than that."""
    bounded = min(max(probability, 1 - _SURE), _SURE)
    return log(bounded / (1 - bounded))


def words_asked(reading: Reading) -> list[str]:
    """The words of the question that an answer would have to do with."""
    asked = words_asked_about(reading.standalone)
    if not reading.timing.rest:
        return asked
    # What is left without its times may have lost the word that shows another one only to ask: "Was kosten ..."
    return [word for word in words_asked_about(reading.timing.rest) if word in asked]


def signals(
    reading: Reading,
    found: Found,
    evidence: Evidence,
    rarity: Mapping[str, float],
    today: datetime,
    understood: bool = True,
) -> Signals:
    """What was found, weighed. `evidence` is of the hits found, for the question as read, and `rarity` tells what each
    of its words counts; see `words_asked`. Where the embedder does not understand the question's language, which makes
    all texts in it alike, the words alone decide."""
    if not found.hits:
        return NOTHING_FOUND
    window = reading.window
    return Signals(
        found.similarity if understood else _NOT_UNDERSTOOD,
        _told(rarity, evidence) if understood else _told_in_words(rarity, evidence, language_of(reading.standalone)),
        float(window is not None and not any(_within(window, hit) for hit in found.hits)),
        _stale(reading, found.hits[:_NEWEST_OF], today),
    )


def says_not_found(text: str) -> bool:
    """Whether a model's answer says that the passages do not hold it."""
    return _SAYS_NOT_FOUND.search(text) is not None


def in_another_language(text: str, question: str) -> bool:
    """Whether a model's answer is not in the language of its question, where that is another one than English."""
    asked = language_of(question)
    return asked not in ENGLISH and resolved(asked, text) != asked


def all_ahead(dated: int, undated: int, today: datetime) -> str:
    """What to know where all articles that have a date were published after the reader's today; "" where none has."""
    if not dated:
        return ""
    if undated:
        return tr_plural(
            "The one article with a date is dated after {day}. Is this computer's clock right?",
            "All {n} articles with a date are dated after {day}. Is this computer's clock right?",
            dated,
            day=day(today),
        )
    return tr_plural(
        "The one article is dated after {day}. Is this computer's clock right?",
        "All {n} articles are dated after {day}. Is this computer's clock right?",
        dated,
        day=day(today),
    )


def _told(rarity: Mapping[str, float], evidence: Evidence) -> float:
    told = (
        _share(rarity, f"{titled(span.hit.article)} {span.text}") + float(cosine)
        for span, cosine in zip(evidence.spans, evidence.cosines, strict=True)
    )
    return max(told, default=0.0)


def _told_in_words(rarity: Mapping[str, float], evidence: Evidence, language: str) -> float:
    """The share of the words by the best sentence with its headline and by its whole article alike: what the article
    has no word for it does not answer, however well its places fit."""
    telling = {word: rare * (_NO_NAME if share_at_large(word, language) else 1.0) for word, rare in rarity.items()}
    texts = {span.hit.article.id: f"{titled(span.hit.article)} {span.hit.article.text}" for span in evidence.spans}
    by_article = {key: _share(telling, text) for key, text in texts.items()}
    by_sentence = ((_share(telling, f"{titled(span.hit.article)} {span.text}"), span) for span in evidence.spans)
    return _SHARE_ALONE * max(((told + by_article[span.hit.article.id]) / 2 for told, span in by_sentence), default=0.0)


def _share(rarity: Mapping[str, float], text: str) -> float:
    """The share of the words that stand in the text, each counting as much as it is rare."""
    said, language = stems_of(text), language_of(text)
    known = {word: stem(word, language) in said for word in rarity}
    words = [word for word in rarity if known[word] or not _across_words(word, [*rarity], known)]
    return sum(rarity[word] for word in words if known[word]) / (sum(rarity[word] for word in words) or 1.0)


def _across_words(pair: str, words: Sequence[str], known: Mapping[str, bool]) -> bool:
    """Whether a pair of characters of a script in pairs is no word, but the end of one known and the beginning of
    another, or in Korean its ending."""
    if len(pair) != 2 or pair.isascii():
        return False
    at = words.index(pair)
    before, behind = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
    begins, goes_on = before[-1:] == pair[0] and known[before], behind[:1] == pair[1]
    return begins and (known[behind] if goes_on else bool(_HANGUL.match(pair)))


def _within(window: Window, hit: Hit) -> bool:
    """Whether it was published in the window or close to it; an unknown date may be."""
    published = hit.article.published_at
    if published is None:
        return True
    return (window.opens is None or published >= window.opens - _BESIDE) and (
        window.closes is None or published <= window.closes + _BESIDE
    )


def _stale(reading: Reading, hits: Sequence[Hit], today: datetime) -> float:
    of_now = reading.timing.strength is Strength.PRESENT or _OF_THE_PRESENT.search(reading.standalone)
    if reading.window or not of_now:
        return 0.0
    dates = [hit.article.published_at for hit in hits if hit.article.published_at]
    return 1 - recency(max(dates), today) if dates else 0.0
