"""A conversation as the page keeps it: exchanges that grow, and what the next question hears of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.models import Answer, Stage, Turn
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


def begun(conversation: Conversation, question: str) -> Conversation:
    """With a new exchange at its end, to which nothing has been said yet."""
    return (*conversation, Exchange(len(conversation) + 1, question))


def growing(conversation: Conversation, answers: Iterable[Answer]) -> Iterator[Conversation]:
    """The conversation as its last exchange is answered. Answers that end before they are done were stopped."""
    *earlier, exchange = conversation
    try:
        for answer in answers:
            exchange = replace(exchange, answer=answer)
            yield (*earlier, exchange)
    except Exception as error:
        yield (*earlier, replace(exchange, problem=told(error)))
    else:
        if not exchange.over:
            yield (*earlier, replace(exchange, stopped=True))


def told(error: Exception) -> str:
    """The one line that a reader gets for an error. Whatever is no DatelineError is ours, and goes to the log."""
    if isinstance(error, DatelineError):
        return str(error)
    log.error("The page met an unexpected error", exc_info=error)
    return "Something went wrong inside Dateline. The log of the server says what."
