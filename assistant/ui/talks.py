"""The conversations as every browser sees them: what is kept, and the answers that are being written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from threading import Lock

from assistant.types import AS_SET, Conversation, Exchange, Manner
from assistant.ui.conversation import turns
from assistant.ui.desk import Desk
from assistant.ui.run import Run
from vectorstore.errors import ConversationNotFound
from vectorstore.models import EVERYTHING, Scope


@dataclass
class View:
    """What one page shows now: an answer that grows in a conversation it has left is no longer drawn."""

    id: str | None = None  # not known yet, or no longer: the server was started anew under an open page
    search: str | None = None  # of the conversations; of two events, the one sent first may be the last to arrive
    turn: int | None = None  # how often the reader has turned to another conversation, as the page counts


class Talks:
    """A page knows the id of what it shows and nothing else. So a reload, a second browser and a server that was
    started anew all show the same."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._runs: dict[str, Run] = {}
        self._asking = Lock()

    def read(self, id: str) -> Conversation:
        """Its exchanges as they stand now; none when there is no such conversation, or not yet."""
        run = self.running(id)
        try:
            kept = self._desk.notebook.read(id)
        except ConversationNotFound:
            return ()
        return tuple(run.exchange if run and each.number == run.exchange.number else each for each in kept)

    def running(self, id: str) -> Run | None:
        """The answer that is being written in this conversation."""
        run = self._runs.get(id)
        return None if run is None or run.exchange.over else run

    def ask(
        self, id: str, question: str, scope: Scope = EVERYTHING, again: bool = False, manner: Manner = AS_SET
    ) -> bool:
        """Ask in this conversation, or again in place of its last question. False while one is being answered."""
        with self._asking:
            if self.running(id):
                return False
            earlier = self.read(id)[:-1] if again else self.read(id)
            exchange = Exchange(len(earlier) + 1, question)
            notebook = self._desk.notebook
            notebook.ask(id, exchange)
            self._runs = {known: run for known, run in self._runs.items() if not run.exchange.over}
            finish = partial(notebook.finish, id)
            self._runs[id] = Run(self._desk, exchange, turns(earlier), scope, finish, manner)
        return True
