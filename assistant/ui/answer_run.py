"""One answer being written, in a thread of its own: Stop is heard while the model reads, not after its next word, and a
reader who leaves or comes in the middle misses nothing, at another server either."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from contextvars import copy_context
from dataclasses import replace
from threading import Condition, Lock, Thread
from time import monotonic, sleep
from typing import Any

from assistant.conversations.notebook import Growing, Notebook
from assistant.types import AS_SET, Answer, Exchange, Manner, Turn
from assistant.ui.conversation import told
from assistant.ui.desk import Desk
from assistant.ui.places import Turn as Place
from vectorstore.errors import DatelineError
from vectorstore.models import EVERYTHING, Scope
from vectorstore.observing.work import stage

_TICK = 0.2
"""Seconds after which one who waits for a turn is asked whether it is still wanted."""


class AnswerRun:
    """Searches at once, goes on when it is its turn, and can be stopped at any time; while others are `ahead`, it says
    how many. `finish` hears of the exchange as it is in the end, whose problem is the line that tells of `error`.
    Gradio's own cancelling is not used: what it had already sent arrives late and overwrites what was shown on Stop."""

    def __init__(
        self,
        desk: Desk,
        exchange: Exchange,
        turns: Sequence[Turn],
        scope: Scope = EVERYTHING,
        finish: Callable[[Exchange], None] = lambda exchange: None,
        manner: Manner = AS_SET,
        place: Place | None = None,
    ) -> None:
        """`place` is its place in the desk's line, which it takes itself where none is given: TooBusy."""
        self._desk, self._finish = desk, finish
        self._place = place or desk.line.join()
        self.ahead: int | None = None
        self._asked = turns, scope, manner
        self._changed = Condition()
        self.exchange = exchange
        self.steps = 0
        self.error: Exception | None = None
        # In its reader's language to the end, whoever else asks meanwhile.
        self._thread = Thread(target=copy_context().run, args=(self._write,), name="answering", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Nothing more is taken in; the model stops at the next snapshot that it would have made."""
        self._becomes(stopped=True)

    def wait(self, seconds: float) -> None:
        """Until the model has ended too."""
        self._thread.join(seconds)

    def watch(self) -> Iterator[Exchange]:
        """The exchange as it is, then each time it has grown, and last as it stays. Any number may watch."""
        seen = None
        while seen is None or not seen.over:
            with self._changed:
                self._changed.wait_for(lambda last=seen: self.exchange is not last)  # type: ignore[misc]
                seen = self.exchange
            yield seen

    def wait_beyond(self, steps: int, seconds: float) -> None:
        """Until it has grown beyond so many steps, or is over."""
        with self._changed:
            self._changed.wait_for(lambda: self.steps != steps or self.exchange.over, seconds)

    def _write(self) -> None:
        try:
            with closing(snapshots(self._desk, self.exchange.question, *self._asked)) as stream:
                for answer in stream:
                    if answer is not self.exchange.answer:
                        self._becomes(answer=answer)
                    self._await_turn()
                    if self.exchange.over:
                        break
        except Exception as error:
            self.error = error
            self._becomes(problem=told(error))
        finally:
            self._place.leave()
        self._becomes(stopped=True)  # a stream that ends before its answer is done; else it is over already

    def _await_turn(self) -> None:
        """Until it is, or nobody wants the answer any more: what was found is shown meanwhile."""
        if self.exchange.over or self._place.come(0):
            return
        with stage("wait"):
            while not (self._place.come(_TICK) or self.exchange.over):
                self._wait_behind(self._place.ahead)
        self._wait_behind(None)

    def _wait_behind(self, ahead: int | None) -> None:
        with self._changed:
            if ahead != self.ahead:
                self.ahead = ahead
                self.steps += 1
                self._changed.notify_all()

    def _becomes(self, **changed: Any) -> None:
        """Nothing once it is over. It is kept before anybody hears of it."""
        with self._changed:
            if self.exchange.over:
                return
            grown = replace(self.exchange, **changed)
            if grown.over:
                self._keep(grown)
            self.exchange = grown
            self.steps += 1
            self._changed.notify_all()

    def _keep(self, exchange: Exchange) -> None:
        try:
            self._finish(exchange)
        except Exception as error:
            told(error)


def snapshots(
    desk: Desk, question: str, turns: Sequence[Turn], scope: Scope = EVERYTHING, manner: Manner = AS_SET
) -> Generator[Answer]:
    """The desk's stream as a generator: closing it closes the stream, and so ends the model's work."""
    yield from desk.stream(question, turns, scope=scope, manner=manner)


_BEAT = 0.7
"""Seconds after which it is told, or asked, how far an answer is."""


class AnswerElsewhere:
    """An answer that another server writes, with the face of an AnswerRun."""

    def __init__(self, notebook: Notebook, id: str, growing: Growing) -> None:
        self._notebook, self._id = notebook, id
        self.exchange, self.steps, self.ahead = growing.exchange, growing.steps, growing.ahead

    def wait_beyond(self, steps: int, seconds: float) -> None:
        """Until it has grown beyond so many steps, is over, or its server has not been heard of for a while."""
        due = monotonic() + seconds
        while monotonic() < due:
            growing = self._notebook.growing(self._id)
            if growing is None or growing.steps != steps:
                return
            sleep(_BEAT)

    def stop(self) -> None:
        """Its server hears of it when it tells next."""
        self._notebook.halt(self._id)


class Telling:
    """Tells other servers how far the answers are that this one writes, as long as there are any; those that are not
    wanted any more are stopped."""

    def __init__(self, notebook: Callable[[], Notebook], running: Callable[[], Mapping[str, AnswerRun]]) -> None:
        self._notebook, self._running = notebook, running
        self._told: dict[str, Answer | None] = {}
        self._beginning = Lock()
        self._more = False
        self._thread: Thread | None = None

    def begin(self) -> None:
        with self._beginning:
            self._more = True
            if self._thread is None:
                self._thread = Thread(target=self._tell, name="telling", daemon=True)
                self._thread.start()

    def _tell(self) -> None:
        while True:
            with self._beginning:
                self._more = False
            runs = self._running()
            with self._beginning:
                if not (runs or self._more):
                    self._thread = None
                    self._told = {}
                    return
            try:
                self._tell_of(runs)
            except DatelineError as error:  # they are heard of again when the database is
                told(error)
            sleep(_BEAT)

    def _tell_of(self, runs: Mapping[str, AnswerRun]) -> None:
        growing, told = {}, {}
        for id, run in runs.items():
            steps, exchange = run.steps, run.exchange  # in this order: what grows meanwhile is told once more
            told[id] = exchange.answer
            if exchange.answer is self._told.get(id):
                exchange = replace(exchange, answer=None)
            growing[id] = Growing(exchange, steps, run.ahead)
        for id in self._notebook().tell(growing):
            runs[id].stop()
        self._told = told
