"""Sentences of an article that give orders to a program instead of reporting something. Pure.

They are neither read by the model nor quoted; a reader sees them in the article. Rules, not a model; see
assistant.order_forms. A report that repeats such an order word for word is left out with them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence, Set

from assistant.foreign_matter import Tongue, strange
from assistant.order_forms import BARE_IMPERATIVE, GOES_ON, IMPERATIVE, ORDER, REPORTED, TALK_OF_ANSWERS, TO_SOMEBODY
from assistant.safe import carries_link
from assistant.wordforms import stem
from assistant.words import key_words
from vectorstore.sentences import sentence_spans

_SPEECH = re.compile(r"^\W*[\"“]|[\"”]\W*$|[,?!.][\"”] ")


def reporting(text: str, headline: str = "") -> list[tuple[int, int]]:
    """Offsets of the sentences that report, in order: those without an order to a program and without an address.

    An order has nothing to do with the news around it. So a sentence without any word of the others or the headline is
    held to be one on weaker signs, or when it stands behind one.
    """
    spans = sentence_spans(text)
    sentences = [unicodedata.normalize("NFKC", text[start:end]) for start, end in spans]
    spoken = [_spoken(sentence, text[:start]) for sentence, (start, _) in zip(sentences, spans, strict=True)]
    tongue = Tongue(text)
    orders = [
        strange(sentence) or tongue.foreign(sentence) or _gives_order(sentence, speech)
        for sentence, speech in zip(sentences, spoken, strict=True)
    ]
    surroundings = _Surroundings(sentences, orders, headline)
    kept, ordered = [], False
    for number, (sentence, span) in enumerate(zip(sentences, spans, strict=True)):
        ordered = orders[number] or (ordered and GOES_ON.search(sentence) is not None)
        doubtful = (number > 0 and orders[number - 1]) or _hints(number, sentences, spoken)
        apart = not ordered and doubtful and surroundings.share_nothing_with(number)
        if not (ordered or apart or carries_link(sentence)):
            kept.append(span)
    return kept


def _gives_order(sentence: str, spoken: bool) -> bool:
    return ORDER.search(sentence) is not None or (not spoken and BARE_IMPERATIVE.search(sentence) is not None)


def _hints(number: int, sentences: Sequence[str], spoken: Sequence[bool]) -> bool:
    """Whether there is a weak sign of an order: talk of answers, an imperative, or that alone it speaks to somebody."""
    sentence = sentences[number]
    if spoken[number]:
        return False
    if IMPERATIVE.search(sentence) or (TALK_OF_ANSWERS.search(sentence) and not REPORTED.search(sentence)):
        return True
    told = zip(sentences, spoken, strict=True)
    return [each for each, speech in told if not speech and TO_SOMEBODY.search(each)] == [sentence]


def _spoken(sentence: str, before: str) -> bool:
    """Whether somebody is quoted with it; `before` is the text up to it."""
    paragraph = before[before.rfind("\n") + 1 :]
    still_open = paragraph.count("“") > paragraph.count("”") or paragraph.count('"') % 2 == 1
    return still_open or _SPEECH.search(sentence) is not None


class _Surroundings:
    """The words of the sentences that give no order, and of the headline; they are looked for when first needed."""

    def __init__(self, sentences: Sequence[str], orders: Sequence[bool], headline: str) -> None:
        self._sentences = sentences
        self._orders = orders
        self._headline = headline
        self._stems: list[Set[str]] = []

    def share_nothing_with(self, number: int) -> bool:
        self._stems = self._stems or [_stems(each) for each in (*self._sentences, self._headline)]
        *sentences, headline = self._stems
        told = zip(sentences, self._orders, strict=True)
        others = [stems for n, (stems, order) in enumerate(told) if n != number and not order] + [headline]
        return any(others) and not any(sentences[number] & each for each in others)


def _stems(text: str) -> Set[str]:
    return {stem(word) for word in key_words(text)}
