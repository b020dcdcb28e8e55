"""What a model has written so far, judged: sentences with their support, and citations of exact words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from assistant.citations import Written, read_marks, shown_while_writing, split_unfinished
from assistant.evidence import cite
from assistant.models import Citation, Sentence, Support
from assistant.safe import carries_address, words_only
from assistant.support import Ground, ground
from assistant.timely import untimely
from assistant.wanted import echoes
from vectorstore.models import Hit
from vectorstore.sentences import sentence_spans

_FAR_BETTER = 0.15
_MOST_SENTENCES = 4
_A_SENTENCE = 4
_ORDER = [Support.UNSUPPORTED, Support.SUPPORTED, Support.QUOTED]


class Draft(NamedTuple):
    """`writing` is the sentence that is not finished. Of what a model adds to a `full` one nothing would be shown."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    writing: str = ""
    full: bool = False


class Asked(NamedTuple):
    """What an answer is judged by: the question, and the reader's today, UTC."""

    question: str
    today: date


def judge(text: str, sources: Sequence[Hit], asked: Asked, finished: bool) -> Draft:
    """Read a model's text against the sources it was shown, numbered from 1 in their order.

    A sentence is left out that says again what one before it or the question said, and one with an address.
    """
    complete, rest = (words_only(text), "") if finished else split_unfinished(words_only(text))
    sentences: list[Sentence] = []
    citations: dict[tuple[int, int, int], Citation] = {}
    for written in read_marks(complete, len(sources))[:_MOST_SENTENCES]:
        again = any(written.text == sentence.text for sentence in sentences)
        if again or carries_address(written.text) or (finished and echoes(written.text, asked.question)):
            continue
        sentence, cited = _judged(written, sources, asked)
        sentences.append(sentence)
        citations |= {(c.number, c.start, c.end): c for c in cited}
    ordered = sorted(citations.values(), key=lambda c: (c.number, c.start))
    writing = "" if carries_address(rest) else shown_while_writing(rest)
    # Counted as the model wrote them: one that says the same over and over has said enough.
    full = len(sentence_spans(text)) > _MOST_SENTENCES
    return Draft(tuple(sentences), tuple(ordered), writing, full)


def _judged(written: Written, sources: Sequence[Hit], asked: Asked) -> tuple[Sentence, list[Citation]]:
    """The marks that hold are kept, unless another source bears the sentence out far better; where no mark holds, a
    source that does takes its place."""
    grounds = {number: _ground(written.text, hit, asked) for number, hit in enumerate(sources, start=1)}
    holding = {number: g for number, g in grounds.items() if g.support is not Support.UNSUPPORTED}
    kept = [number for number in written.numbers if number in holding]
    best = max(holding, key=lambda number: holding[number].share, default=None)
    if best and all(holding[number].share < holding[best].share - _FAR_BETTER for number in kept):
        kept = [best]
    numbers = tuple(kept) or written.numbers
    support = max((grounds[number].support for number in numbers), key=_ORDER.index, default=Support.UNSUPPORTED)
    cited = [cite(number, sources[number - 1], grounds[number].start, grounds[number].end) for number in numbers]
    return Sentence(written.text, numbers, support, _doubt(support, list(grounds.values()))), cited


def _ground(sentence: str, hit: Hit, asked: Asked) -> Ground:
    found = ground(sentence, hit)
    if found.support is not Support.SUPPORTED:
        return found
    if doubt := untimely(sentence, hit, asked.today):
        return found._replace(support=Support.UNSUPPORTED, doubt=doubt)
    if len(sentence.split()) < _A_SENTENCE:  # a bare name stands in many places: cited is the one that is asked about
        about = ground(f"{asked.question} {sentence}", hit)
        if sentence.strip(" .").lower() in hit.article.text[about.start : about.end].lower():
            return found._replace(start=about.start, end=about.end)
    return found


def _doubt(support: Support, grounds: Sequence[Ground]) -> str:
    """What the passage that comes nearest to the sentence lacks of it."""
    if support is not Support.UNSUPPORTED:
        return ""
    return max(grounds, key=lambda each: each.share).doubt if grounds else "it cites no source"
