"""What becomes of a question, told to whoever watches; see vectorstore.observing."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from enum import StrEnum

from assistant.types import Answer, Stage
from vectorstore.observing.work import begin, each_within


class Ending(StrEnum):
    """How a question ended; `STOPPED` where whoever asked wanted no more, `FAILED` where an error is the answer."""

    ANSWERED = "answered"
    CLOSEST = "closest"
    REFUSED = "refused"
    STOPPED = "stopped"
    FAILED = "failed"


def ending(last: Answer | None) -> Ending:
    """By the last snapshot that was taken."""
    if last is None or last.stage is not Stage.DONE:
        return Ending.STOPPED
    if last.refused:
        return Ending.REFUSED
    return Ending.CLOSEST if last.closest else Ending.ANSWERED


def observed(question: str, answers: Generator[Answer]) -> Iterator[Answer]:
    """The same answers. `sources` and `first_words` are the seconds until there was something to look at, and to
    read."""
    work, last = begin("answer", question=question), None
    try:
        with closing(each_within(work, answers)) as growing:
            for last in growing:
                if "sources" not in work.facts:
                    work.note(sources=work.so_far())
                if last.sentences and "first_words" not in work.facts:
                    work.note(first_words=work.so_far())
                yield last
    except Exception as error:
        work.end(error, outcome=Ending.FAILED)
        raise
    finally:
        work.end(outcome=ending(last))
