"""The conversations of a library, as the page and the command line read and write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from assistant.feedback import feedback
from assistant.keeping import FindArticle, as_kept, as_shown
from assistant.models import Conversation, Exchange, Thumb
from vectorstore.conversations import ConversationEntry, Conversations, RemovedConversation
from vectorstore.errors import ConversationNotFound, ConversationNotKept

Ledger = dict[int, Exchange]


class Notebook:
    """Threads may share one.

    A conversation that cannot be written goes on in memory, and `problem` says why; it is "" as long as all is kept.
    """

    def __init__(self, conversations: Conversations, find: FindArticle) -> None:
        self._conversations = conversations
        self._find = find
        self._unkept: dict[str, Ledger] = {}
        self._lock = Lock()
        self.problem = ""

    def entries(self, search: str = "") -> Sequence[ConversationEntry]:
        """Those in which every word of `search` stands, in a title, a question or an answer; the last changed first."""
        return self._conversations.entries(search)

    def entry(self, id: str) -> ConversationEntry:
        """Raises ConversationNotFound."""
        entry = self._conversations.find(id)
        if entry is None:
            raise ConversationNotFound(f"There is no conversation {id!r}; `dateline conversations list` shows them.")
        return entry

    def read(self, id: str) -> Conversation:
        """Its exchanges in their order. Raises ConversationNotFound."""
        with self._lock:
            if id in self._unkept:
                return tuple(self._unkept[id].values())
        kept = self._conversations.exchanges(id)
        if not kept:
            self.entry(id)
        return tuple(as_shown(each, self._find) for each in kept)

    def ask(self, id: str, exchange: Exchange) -> None:
        """Keep a question, in place of the one that has its number; the conversation begins with it if there is none.

        Until more is known it is one that was stopped: so it stays when the process ends in the middle.
        """
        begun = replace(exchange, stopped=True)
        with self._lock:
            if id not in self._unkept:
                try:
                    self._conversations.ask(id, as_kept(begun), datetime.now(UTC))
                    self.problem = ""
                    return
                except ConversationNotKept as error:
                    self._go_on_in_memory(id, error)
            self._unkept[id][exchange.number] = begun

    def finish(self, id: str, exchange: Exchange) -> None:
        """What came of a question; nothing when the conversation was removed in the meantime."""
        with self._lock:
            if id not in self._unkept:
                try:
                    return self._conversations.finish(id, as_kept(exchange))
                except ConversationNotKept as error:
                    self._go_on_in_memory(id, error)
            self._unkept[id][exchange.number] = exchange

    def _go_on_in_memory(self, id: str, error: ConversationNotKept) -> None:
        self.problem = str(error)
        kept = (as_shown(each, self._find) for each in self._conversations.exchanges(id))
        self._unkept[id] = {each.number: each for each in kept}

    def rate(self, id: str, number: int, thumb: Thumb | None, reason: str = "") -> None:
        """A thumb for an answer, or none any more."""
        with self._lock:
            if id in self._unkept:
                rated = self._unkept[id][number]
                self._unkept[id][number] = replace(rated, thumb=thumb, reason=reason)
            else:
                self._conversations.rate(id, number, thumb or "", reason)

    def rename(self, id: str, title: str) -> None:
        """With "" it is called after its first question again."""
        self._conversations.rename(id, " ".join(title.split()))

    def remove(self, id: str) -> RemovedConversation:
        """What `restore` takes to put it back. Raises ConversationNotFound."""
        removed = self._conversations.remove(id)
        if removed is None:
            raise ConversationNotFound("That conversation was removed already.")
        return removed

    def restore(self, removed: RemovedConversation) -> None:
        """Put it back as it was."""
        self._conversations.restore(removed)

    def feedback(self) -> Iterator[dict[str, Any]]:
        """See assistant.feedback."""
        return feedback((entry.id, self.read(entry.id)) for entry in self.entries())
