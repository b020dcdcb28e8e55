"""A quotation together with whose words it is: widened to the speaker, or with the speaker as its label. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.verification.frames import Frame, frames, quotations
from vectorstore.sentences import sentence_spans

# Of a longer one the reader would lose the answer: the speaker then stands before it as a label.
_LONGEST = 500
_PRONOUN = re.compile(r"[\"“”'‘’\s]*(?:he|she|they|it|er|sie|elle|ella|él|il|ele|ela)$", re.I)
_NAME = re.compile(r"(?<!^)\b[A-Z][\w'’-]+")


class Attributed(NamedTuple):
    """`start` to `end` is what is to be quoted of the article's text; `speaker` whose words it is where that still
    stands outside, and "" where it stands in it or nobody speaks."""

    start: int
    end: int
    speaker: str = ""


def with_speaker(text: str, start: int, end: int) -> Attributed:
    """The stretch of an article's text widened to whole sentences and to the one that says who speaks.

    That is looked for where the same quotation reaches, and for "she said" in the sentence before.
    """
    spans = sentence_spans(text)
    touched = [n for n, (first, last) in enumerate(spans) if first < end and start < last]
    if not touched:
        return Attributed(start, end)
    first, last = touched[0], touched[-1]
    tagged = _tagged(text, spans, first, last)
    if tagged is None:
        return Attributed(spans[first][0], spans[last][1])
    number, frame = tagged
    opens = _quotation_over(text, spans[touched[0]][0], spans[touched[-1]][1])
    first = min(first, number, _numbers(spans, *opens)[0] if opens else first)
    speaker = frame.speaker
    if _PRONOUN.match(speaker):
        speaker = _named_before(text, spans[:first])
        first -= bool(first and _NAME.search(text, *spans[first - 1]))
    wide = Attributed(spans[first][0], spans[max(last, number)][1])
    if wide.end - wide.start <= _LONGEST:
        return wide
    return Attributed(spans[touched[0]][0], spans[touched[-1]][1], speaker)


def _tagged(text: str, spans: Sequence[tuple[int, int]], first: int, last: int) -> tuple[int, Frame] | None:
    """The nearest sentence that says whose words these are, and how; None when nobody's."""
    reach = _quotation_over(text, spans[first][0], spans[last][1])
    near = range(first, last + 1)
    if reach:
        start, end = reach
        near = range(*_numbers(spans, start, end))
    for number in sorted(near, key=lambda n: max(first - n, n - last, 0)):
        sentence = text[spans[number][0] : spans[number][1]]
        speech = [frame for frame in frames(sentence) if frame.kind.is_speech and frame.speaker]
        if speech:
            return number, speech[0]
    return None


def _quotation_over(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The quotation in which the stretch begins or ends, where it reaches over several sentences."""
    within = [(a, b) for a, b in quotations(text) if a - 1 <= end and start <= b]
    return (within[0][0], within[-1][1]) if within else None


def _numbers(spans: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """The sentences that a quotation touches, and the one behind it where that begins with its tag."""
    touched = [n for n, (first, last) in enumerate(spans) if first <= end + 1 and start - 1 < last]
    return touched[0], touched[-1] + 1


def _named_before(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The last speaker with a name before, for "she"."""
    for first, last in reversed(spans):
        for frame in frames(text[first:last]):
            if frame.kind.is_speech and frame.speaker and not _PRONOUN.match(frame.speaker):
                return frame.speaker
    return ""
