"""Answers of several kinds as lines of plain text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile
from typing import NamedTuple

from assistant.answering.provenance import resting
from assistant.text.labels import day, listed
from assistant.text.texts import tr, tr_later
from assistant.types import Answer, AnswerKind, Citation, Sentence, Support
from vectorstore.models import Article

CLOSEST = tr_later("Your articles do not say it directly. Closest:")
"""What stands before quotations that are the closest to an answer."""


def laid_out(answer: Answer, said: Sequence[str]) -> str:
    """The sentences as `said`, each as its program writes it, in the manner of the answer's kind: an entry a line."""
    if answer.kind in (AnswerKind.FACT, AnswerKind.SUMMARY):
        opened = tr(CLOSEST) if answer.closest else ""
        return "\n\n".join(filter(None, [opened, *(text for _, text in paragraphs(answer, said))]))
    opening = openers(answer)
    return "\n\n".join(filter(None, [" ".join(said[:opening]), _entries(answer, said, opening)]))


def openers(answer: Answer) -> int:
    """How many sentences of Dateline's own stand before the first entry of a list."""
    return len([*takewhile(lambda each: each.support is Support.OWN and not each.label, answer.sentences)])


def _entries(answer: Answer, said: Sequence[str], opening: int) -> str:
    told = [*zip(answer.sentences, said, strict=True)][opening:]
    if answer.kind is AnswerKind.COMPARISON:
        parts = groupby(told, key=lambda pair: pair[0].label)
        return "\n".join(f"{label}: {' '.join(text for _, text in pairs)}" for label, pairs in parts)
    return "\n".join(f"{origin(sentence, answer)}: {text}" for sentence, text in told)


def paragraphs(answer: Answer, said: Sequence[str]) -> Iterator[tuple[Sentence | None, str]]:
    """Running text, and apart from it each quotation that an answer to a question of fact gives, with its sentence."""
    apart = answer.kind is AnswerKind.FACT and not answer.refused
    running: list[str] = []
    for sentence, text in zip(answer.sentences, said, strict=True):
        if not (apart and sentence.support is Support.QUOTED):
            running.append(text)
            continue
        if running:
            yield None, " ".join(running)
            running = []
        yield sentence, text
    if running:
        yield None, " ".join(running)


class Below(NamedTuple):
    """A sentence that stands below what a model writes, as it is drawn: "" for a quotation that the answer does not
    say. Of such a one `used` tells whether the answer rests on its words."""

    sentence: Sentence
    said: str
    used: bool = True


def standing(answer: Answer, said: Sequence[str]) -> tuple[list[tuple[Sentence, str]], list[Below]]:
    """What a model has written, and what stands below it: the quotations in the places that they have had from the
    first, whatever became of them, then what came to them."""
    from assistant.evidence import quotation  # with numpy, which a command beside a server does without

    pairs = list(zip(answer.sentences, said, strict=True))
    own = (Support.QUOTED, Support.OWN)
    written = max((at for at, (each, _) in enumerate(pairs, start=1) if each.support not in own), default=0)
    told = [next((pair for pair in pairs if _says(pair[0], each, answer)), None) for each in answer.quoted]
    rest, below = pairs[written:], list[Below]()
    for quoted, pair in zip(answer.quoted, told, strict=True):
        if pair in rest:
            below += [Below(*each) for each in rest[: rest.index(pair)] if each not in told]
            rest = rest[rest.index(pair) + 1 :]
        used = any(_overlap(quoted, each) for each in answer.citations)
        below.append(Below(*pair) if pair else Below(quotation(quoted), "", used))
    below += [Below(*each) for each in rest if each not in told]
    return [pair for pair in pairs[:written] if pair not in told], below


def _says(sentence: Sentence, quoted: Citation, answer: Answer) -> bool:
    if sentence.support is not Support.QUOTED or quoted.number not in sentence.citations:
        return False
    rests_on = resting(sentence, quoted.number, answer.citations)
    return rests_on is not None and _overlap(rests_on, quoted)


def _overlap(one: Citation, other: Citation) -> bool:
    return one.number == other.number and one.start < other.end and other.start < one.end


def origin(sentence: Sentence, answer: Answer) -> str:
    """`3 July 2022, CNN`: the day of what is told, or failing that of its article, and who tells it."""
    article = source(sentence, answer)
    published = day(article.published_at) if article else ""
    return listed([*filter(None, (sentence.label or published, article.outlet if article else ""))])


def source(sentence: Sentence, answer: Answer) -> Article | None:
    """The article that a sentence is quoted from."""
    return answer.sources[sentence.citations[0] - 1].article if sentence.citations else None
