"""What a chat model says, as it arrives: with bounds, and never taken for finished when it is not."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.generation.providers import ENDLESS, PATIENCE, failure
from vectorstore.errors import ModelUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

logger = logging.getLogger(__name__)
T = TypeVar("T")
Shown = TypeVar("Shown")

# Twice what an answer has at most: 512 tokens of four characters.
_MOST_CHARACTERS = 4096
_MOST_CHUNKS = 1024
# How often whoever waits may leave, and how long a model that is left gets to stop.
_TICK = 0.2
# Each provider has its own name for it: finish_reason, stop_reason, stopReason, done_reason.
_END_MARK = re.compile(r"(?:finish|stop|done)_?reason", re.I)
_CUT_SHORT = re.compile(r"length|max|filter|safety", re.I)


def pieces(
    model: BaseChatModel, messages: list[tuple[str, str]], patience: float = PATIENCE, **options: Any
) -> Generator[str]:
    """What the model says; empty pieces while it is waited for. Closing the generator ends the work in the model.

    A model that is `in_process` is waited for as long as it takes: it may have to be loaded, or to wait its turn.
    Raises ModelUnavailable, with a line for readers, when the model fails, is silent for longer, says nothing, or does
    not end as it should; the log gets the detail.
    """
    begun = False
    try:
        with closing(_Feed(model, messages, options)) as feed:
            for piece in _finished(_awaited(feed, math.inf if getattr(model, "in_process", False) else patience)):
                begun = begun or bool(piece)
                yield piece
    except Exception as error:  # every provider raises its own classes
        told = failure(error, model, begun)
        logger.warning("The chat model failed: %s", told.detail)
        raise ModelUnavailable(told.line) from None  # a traceback would show what the provider wrote


def awaited(work: Callable[[Event], T]) -> Generator[None, None, T]:
    """What `work` returns, done on a thread of its own: None is yielded now and then until then. Closing the generator
    sets the event that it was given, to say that nobody waits any longer."""
    left, outcome = Event(), SimpleQueue[T | Exception]()

    def run() -> None:
        try:
            outcome.put(work(left))
        except Exception as error:
            outcome.put(error)

    Thread(target=copy_context().run, args=(run,), name="judging", daemon=True).start()
    try:
        while True:
            with suppress(Empty):
                came = outcome.get(timeout=_TICK)
                break
            yield
    finally:
        left.set()
    if isinstance(came, Exception):
        raise came
    return came


def meanwhile(shown: Shown, work: Callable[[Event], T]) -> Generator[Shown, None, T]:
    """What the work comes to; the same again and again until then: whoever watches may want no more."""
    with closing(awaited(work)) as working:
        while True:
            try:
                next(working)
            except StopIteration as done:
                result: T = done.value
                return result
            yield shown


def _finished(chunks: Iterator[AIMessageChunk | None]) -> Iterator[str]:
    """The text of the chunks, which have to end with their end mark, and within bounds."""
    room, count, said, reason = _MOST_CHARACTERS, 0, False, ""
    for chunk in chunks:
        if chunk is None:
            yield ""
            continue
        text = _whole_characters(chunk.text[:room])
        room, count, said = room - len(text), count + 1, said or bool(text.strip())
        reason = reason or _end_mark(chunk)
        yield text
        if not room or count == _MOST_CHUNKS:
            raise ModelUnavailable(ENDLESS)
    if not said:
        raise ModelUnavailable("The chat model said nothing.")
    if not reason or _CUT_SHORT.search(reason):
        raise ModelUnavailable("The chat model stopped in mid-sentence.")


def _whole_characters(text: str) -> str:
    """JSON can hold half of one, which nothing can be written to."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _end_mark(chunk: AIMessageChunk) -> str:
    marks = (value for name, value in chunk.response_metadata.items() if value and _END_MARK.fullmatch(name))
    return str(next(marks, ""))


def _awaited(feed: _Feed, patience: float) -> Iterator[AIMessageChunk | None]:
    """Each chunk as it comes, and None now and then while none does."""
    until = monotonic() + patience
    while not feed.over:
        chunk = feed.come(min(_TICK, patience))
        if chunk is None or not _says_something(chunk):
            if monotonic() > until and not feed.over:
                raise TimeoutError
            yield chunk
        else:
            yield chunk
            until = monotonic() + patience


def _says_something(chunk: AIMessageChunk) -> bool:
    """Empty chunks are no sign of life, since a server can send them for ever; those with a model's thoughts are."""
    content = chunk.content
    return bool(content.strip() if isinstance(content, str) else content) or bool(chunk.additional_kwargs)


class _Feed:
    """A model's chunks, read on a thread of its own, so that nobody has to wait for one any longer than they like. One
    is asked for at a time: a model never gets ahead of whoever listens."""

    def __init__(self, model: BaseChatModel, messages: list[tuple[str, str]], options: dict[str, Any]) -> None:
        self._wanted: SimpleQueue[bool] = SimpleQueue()
        self._arrived: SimpleQueue[AIMessageChunk | Exception | None] = SimpleQueue()
        self._asked = self.over = False
        self._thread = Thread(target=self._read, args=(model, messages, options), name="chat-model", daemon=True)
        self._thread.start()

    def come(self, seconds: float) -> AIMessageChunk | None:
        """The next chunk, or None when there is none yet or no more."""
        if not self._asked:
            self._wanted.put(True)
            self._asked = True
        try:
            came = self._arrived.get(timeout=seconds)
        except Empty:
            return None
        self._asked = False
        if isinstance(came, Exception):
            raise came
        self.over = came is None
        return came

    def close(self) -> None:
        """A model that says something now and then stops at once. One that hangs is left to its own timeout."""
        self._wanted.put(False)
        self._thread.join(_TICK)

    def _read(self, model: BaseChatModel, messages: list[tuple[str, str]], options: dict[str, Any]) -> None:
        try:
            stream: Any = model.stream(messages, **options)
            with closing(stream):
                while self._wanted.get():
                    self._arrived.put(next(stream, None))
        except Exception as error:
            self._arrived.put(error)
