"""What the next question hears of a conversation, and what a reader hears of an error."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import gradio as gr

from assistant.text.texts import tr, tr_later, tr_line
from assistant.types import Exchange, Turn
from assistant.ui.security import described
from vectorstore.errors import DatelineError

log = logging.getLogger(__name__)

FAILED = tr_later("Something went wrong inside Dateline. The log of the server says what.")


def turns(conversation: Sequence[Exchange]) -> tuple[Turn, ...]:
    """What a follow-up may refer to: every exchange in which something was said."""
    return tuple(Turn(each.question, each.answer.text) for each in conversation if each.answer and each.answer.text)


def told(error: Exception) -> str:
    """The one line that a reader gets for an error. Whatever is no DatelineError is ours, and goes to the log."""
    if isinstance(error, DatelineError):
        return tr_line(str(error))
    log.error("The page met an unexpected error: %s", described(error))
    return tr(FAILED)


def said(line: str) -> gr.Error:
    """For what stands nowhere on the page: Gradio shows it for a while."""
    return gr.Error(line, title=tr("Error"), print_exception=False)


@contextmanager
def telling() -> Iterator[None]:
    """A DatelineError within is said."""
    try:
        yield
    except DatelineError as error:
        raise said(told(error)) from error
