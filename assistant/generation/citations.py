"""What a model wrote, as sentences and the numbers of the sources that they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from vectorstore.sentences import sentence_spans

# "[1]", "[1, 2]", "[1][2]", and the forms that models fall into: "(1)" is left alone, it may be the text's own.
_MARK = re.compile(r"\s*\[\s*(?:passages?\s*)?(\d{1,2}(?:\s*(?:,|;|and|&)\s*\d{1,2})*)\s*\]", re.I)
# What stood between two marks: "5.9 [1], [2]."
_BETWEEN_MARKS = re.compile(r"(?:\s*[,;])+(?=[.!?]*$)")
_FIGURE = re.compile(r"\d\.$")
# What a sentence may go on with, for those who tell a stop by what follows it.
_NEXT = "Next"
_HALF_MARK = re.compile(r"\s*\[[^\]]{0,20}$")


class Written(NamedTuple):
    """A sentence without its marks, and the numbers that stood in it or behind it, in order, each once."""

    text: str
    numbers: tuple[int, ...]


def read_marks(text: str, sources: int) -> list[Written]:
    """Split what a model wrote into sentences. Numbers that point at no source (1 to `sources`) are dropped."""
    plain, marks = _without_marks(text)
    spans = sentence_spans(plain)
    found: list[Written] = []
    for index, (start, end) in enumerate(spans):
        # A mark behind the full stop belongs to the sentence before it.
        until = spans[index + 1][0] if index + 1 < len(spans) else len(plain)
        after = start if index else -1
        numbers = [n for at, ns in marks for n in ns if after < at <= until and 1 <= n <= sources]
        found.append(Written(_BETWEEN_MARKS.sub("", plain[start:end]), tuple(dict.fromkeys(numbers))))
    return found


def split_unfinished(text: str) -> tuple[str, str]:
    """What is surely finished of a growing text, and the rest, which may still gain words or a mark."""
    plain_ends = [end for _, end in sentence_spans(text)]
    if len(plain_ends) < 2:
        return "", text
    finished = plain_ends[-2]
    mark = _MARK.match(text, finished)
    while mark:  # a mark behind the full stop opens the next sentence's span
        finished = mark.end()
        mark = _MARK.match(text, finished)
    return text[:finished], text[finished:].lstrip()


def whole_sentences(text: str) -> str:
    """Those of a text that broke off. The last one counts when its stop cannot be a decimal point or an
    abbreviation's."""
    ends_in_a_figure = _FIGURE.search(text) is not None
    return split_unfinished(text if ends_in_a_figure else f"{text} {_NEXT}")[0]


def shown_while_writing(text: str) -> str:
    """An unfinished sentence without marks, nor the beginning of one."""
    return _HALF_MARK.sub("", _without_marks(text)[0]).strip()


def _without_marks(text: str) -> tuple[str, list[tuple[int, Sequence[int]]]]:
    plain, at = "", 0
    marks: list[tuple[int, Sequence[int]]] = []
    for match in _MARK.finditer(text):
        plain += text[at : match.start()]
        marks.append((len(plain), [int(number) for number in re.findall(r"\d+", match[1])]))
        at = match.end()
    return plain + text[at:], marks
