"""A conversation as the page keeps it: exchanges that grow, and what the next question hears of them."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from assistant.models import Answer, Stage, Turn
from assistant.ui.desk import Desk
from vectorstore.errors import DatelineError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it; `number` counts from 1 and makes the ids on the page unique."""

    number: int
    question: str
    answer: Answer | None = None
    problem: str = ""
    stopped: bool = False

    @property
    def over(self) -> bool:
        """Nothing more will come."""
        finished = self.answer is not None and self.answer.stage is Stage.DONE
        return finished or self.stopped or bool(self.problem)


Conversation = tuple[Exchange, ...]


def turns(conversation: Sequence[Exchange]) -> tuple[Turn, ...]:
    """What a follow-up may refer to: every exchange in which something was said."""
    return tuple(Turn(each.question, each.answer.text) for each in conversation if each.answer and each.answer.text)


def ask(desk: Desk, conversation: Conversation, question: str) -> Iterator[Conversation]:
    """The conversation with the new exchange growing at its end. Closing this stops the model."""
    exchange = Exchange(len(conversation) + 1, question)
    yield (*conversation, exchange)
    try:
        with closing(snapshots(desk, question, turns(conversation))) as growing:
            for answer in growing:
                exchange = replace(exchange, answer=answer)
                yield (*conversation, exchange)
    except Exception as error:
        yield (*conversation, replace(exchange, problem=told(error)))


def snapshots(desk: Desk, question: str, turns: Sequence[Turn]) -> Generator[Answer]:
    """The desk's stream, closed with this one: a model must not go on writing for a reader who pressed Stop."""
    yield from desk.stream(question, turns)


def stop(conversation: Conversation) -> Conversation:
    """What was written stays; the last exchange is over."""
    if not conversation or conversation[-1].over:
        return conversation
    return (*conversation[:-1], replace(conversation[-1], stopped=True))


def told(error: Exception) -> str:
    """The one line that a reader gets for an error. Whatever is no DatelineError is ours, and goes to the log."""
    if isinstance(error, DatelineError):
        return str(error)
    log.error("The page met an unexpected error", exc_info=error)
    return "Something went wrong inside Dateline. The log of the server says what."
