"""One answer being written, in a thread of its own: Stop is heard while the model reads, not after its next word."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from queue import SimpleQueue
from threading import Event, Thread

from assistant.models import Answer, Turn
from assistant.ui.desk import Desk
from vectorstore.models import EVERYTHING, Scope


class Run:
    """Begun once, stopped at any time. Gradio's own cancelling is not used: what it had already sent arrives late
    and overwrites what was shown on Stop."""

    def __init__(self, desk: Desk, question: str, turns: Sequence[Turn], scope: Scope = EVERYTHING) -> None:
        self._desk = desk
        self._question = question
        self._turns = turns
        self._scope = scope
        self._news: SimpleQueue[Answer | Exception | None] = SimpleQueue()
        self._stopped = Event()
        self.begun = False
        self.over = False

    def stop(self) -> None:
        """No more snapshots; the model stops at the next one it would have made."""
        self._stopped.set()
        self._news.put(None)

    def answers(self) -> Generator[Answer]:
        """The snapshots, until they end or `stop` is called. Raises what the desk raised."""
        self.begun = True
        Thread(target=self._read, name="answering", daemon=True).start()
        try:
            while (news := self._news.get()) is not None:
                if isinstance(news, Exception):
                    raise news
                yield news
        finally:
            self.stop()

    def _read(self) -> None:
        try:
            with closing(snapshots(self._desk, self._question, self._turns, self._scope)) as stream:
                for answer in stream:
                    if self._stopped.is_set():
                        break
                    self._news.put(answer)
        except Exception as error:
            self._news.put(error)
        finally:
            self._news.put(None)


def snapshots(desk: Desk, question: str, turns: Sequence[Turn], scope: Scope = EVERYTHING) -> Generator[Answer]:
    """The desk's stream as a generator: closing it closes the stream, and so ends the model's work."""
    yield from desk.stream(question, turns, scope=scope)
