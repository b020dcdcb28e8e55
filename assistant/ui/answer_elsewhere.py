"""Answers that are followed at another server than the one that writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Lock, Thread
from time import monotonic, sleep

from assistant.conversations.notebook import Growing, Notebook
from assistant.types import Answer
from assistant.ui.answer_run import AnswerRun
from assistant.ui.conversation import told
from vectorstore.errors import DatelineError

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
