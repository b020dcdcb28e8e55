"""The conversations of a library, as the page and the command line read and write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from secrets import token_hex
from threading import Lock
from typing import Any

from assistant.conversations.serialization import FindArticle, as_kept, as_shown
from assistant.types import Answer, Conversation, Exchange, Thumb
from vectorstore.accounts import person
from vectorstore.errors import ConversationNotFound, ConversationNotKept
from vectorstore.storage.conversations import ConversationEntry, Conversations, Growth, RemovedConversation

Ledger = dict[int, Exchange]
# A level of evidence that assistant.evaluation.dataset knows nothing of: the row is kept and never scored.
_NOT_GOLD = "none"


@dataclass(frozen=True, slots=True)
class Growing:
    """An answer that is being written: its steps so far, and how many questions wait `ahead` of it, None for its
    turn."""

    exchange: Exchange
    steps: int
    ahead: int | None


class Notebook:
    """Threads may share one. It holds the conversations of whoever asks now.

    A conversation that cannot be written goes on in memory, and `problem` says why; it is "" as long as all is kept.
    """

    def __init__(self, conversations: Conversations, find: FindArticle) -> None:
        self._conversations = conversations
        self._find = find
        self._unkept: dict[tuple[str, str], Ledger] = {}
        self._lock = Lock()
        self._writer = token_hex(8)
        self.problem = ""

    @property
    def shared(self) -> bool:
        """Whether other servers answer in the same conversations: they are to be told how far an answer is."""
        return self._conversations.shared

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
            if _own(id) in self._unkept:
                return tuple(self._unkept[_own(id)].values())
        kept = self._conversations.exchanges(id)
        if not kept:
            self.entry(id)
        return tuple(as_shown(each, self._find) for each in kept)

    def ask(self, id: str, exchange: Exchange) -> None:
        """Keep a question, in place of the one that has its number and of those after it; the conversation begins with
        it if there is none.

        Until more is known it is one that was stopped: so it stays when the process ends in the middle. Raises
        AnsweredElsewhere while another server writes an answer in it.
        """
        begun = replace(exchange, stopped=True)
        with self._lock:
            if _own(id) not in self._unkept:
                try:
                    self._conversations.ask(id, as_kept(begun), datetime.now(UTC), self._writer)
                    self.problem = ""
                    return
                except ConversationNotKept as error:
                    self._go_on_in_memory(id, error)
            before = {number: each for number, each in self._unkept[_own(id)].items() if number < exchange.number}
            self._unkept[_own(id)] = {**before, exchange.number: begun}

    def copy(self, id: str, other: str, title: str) -> None:
        """All of it once more under another id, with a title of its own."""
        with self._lock:
            if _own(id) not in self._unkept:
                try:
                    return self._conversations.copy(id, other, title)
                except ConversationNotKept as error:
                    self._go_on_in_memory(id, error)
            self._unkept[_own(other)] = dict(self._unkept[_own(id)])

    def finish(self, id: str, exchange: Exchange) -> None:
        """What came of a question; nothing when the conversation was removed in the meantime."""
        with self._lock:
            if _own(id) not in self._unkept:
                try:
                    return self._conversations.finish(id, as_kept(exchange), self._writer)
                except ConversationNotKept as error:
                    self._go_on_in_memory(id, error)
            self._unkept[_own(id)][exchange.number] = exchange

    def tell(self, growing: Mapping[str, Growing]) -> set[str]:
        """How far the answers are that this server writes, by conversation; those that a reader has stopped at another
        server come back. An answer that is None has not grown."""
        told = {
            id: Growth(each.exchange.number, each.steps, each.ahead, as_kept(each.exchange).answer)
            for id, each in growing.items()
        }
        return self._conversations.tell(self._writer, told)

    def growing(self, id: str) -> Growing | None:
        """The answer that another server is writing in this conversation."""
        growth = self._conversations.growth(id)
        if growth is None:
            return None
        for kept in self._conversations.exchanges(id):
            if kept.number == growth.number and kept.stopped:
                written = replace(kept, stopped=False, answer=growth.answer)
                return Growing(as_shown(written, self._find), growth.steps, growth.ahead)
        return None

    def halt(self, id: str) -> None:
        """Whichever server is writing in it is to stop."""
        self._conversations.halt(id)

    def _go_on_in_memory(self, id: str, error: ConversationNotKept) -> None:
        self.problem = str(error)
        kept = (as_shown(each, self._find) for each in self._conversations.exchanges(id))
        self._unkept[_own(id)] = {each.number: each for each in kept}

    def rate(self, id: str, number: int, thumb: Thumb | None, reason: str = "") -> None:
        """A thumb for an answer, or none any more."""
        with self._lock:
            if _own(id) in self._unkept:
                rated = self._unkept[_own(id)][number]
                self._unkept[_own(id)][number] = replace(rated, thumb=thumb, reason=reason)
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
        """See the function of that name."""
        return feedback((entry.id, self.read(entry.id)) for entry in self.entries())


def _own(id: str) -> tuple[str, str]:
    """A conversation of whoever asks now."""
    return person(), id


def feedback(conversations: Iterable[tuple[str, Conversation]]) -> Iterator[dict[str, Any]]:
    """A row for each answer that has a thumb, with its question, evidence and answer; `conversations` come with ids.

    A thumb up makes the articles cited those that hold the answer, and a refusal one that was right. A thumb down is
    kept with its reason, and measures nothing: it does not tell where the answer stands.
    """
    for id, conversation in conversations:
        for exchange in conversation:
            if exchange.thumb and exchange.answer:
                yield _row(id, conversation, exchange, exchange.answer)


def _row(id: str, conversation: Conversation, exchange: Exchange, answer: Answer) -> dict[str, Any]:
    return {
        "id": f"{id}-{exchange.number}",
        "question": exchange.question,
        "asked_at": answer.as_of.isoformat(),
        "history": [
            {"user": each.question, "assistant": each.answer.text}
            for each in conversation[: exchange.number - 1]
            if each.answer and each.answer.text
        ],
        **_gold(exchange, answer),
        "thumb": exchange.thumb,
        "reason": exchange.reason,
        "answer": answer.text,
        "evidence": [
            {"article_id": each.article.id, "version": each.article.version, "quote": each.quote}
            for each in answer.citations
        ],
    }


def _gold(exchange: Exchange, answer: Answer) -> dict[str, Any]:
    cited = list(dict.fromkeys(each.article.id for each in answer.citations))
    if exchange.thumb is Thumb.UP and answer.refused:
        return {"answerable": False}
    if exchange.thumb is Thumb.UP and cited:
        return {"evidence_article_ids": cited}
    return {"evidence_level": _NOT_GOLD}
