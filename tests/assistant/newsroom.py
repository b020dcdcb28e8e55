"""Articles, a deterministic embedder, and a chat model that says what a test wrote for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from ingest.splitting import split
from vectorstore.indexes.embedding import Unlimited
from vectorstore.models import Article, Hit, Matrix

NOW = datetime(2022, 7, 10, tzinfo=UTC)


class WordEmbedder(Unlimited):
    """Texts that share words are near each other, which is all that these tests need of meaning."""

    name = "words"

    def passages(self, texts: Sequence[str]) -> Matrix:
        return np.stack([self.query(text) for text in texts]) if texts else np.empty((0, 0), dtype=np.float32)

    def query(self, text: str) -> Matrix:
        vector = np.full(1024, 1e-3, dtype=np.float32)
        for word in text.lower().replace(".", " ").replace("?", " ").split():
            vector[int.from_bytes(hashlib.sha256(word.encode()).digest()[:2]) % 1024] += 1
        return vector / np.linalg.norm(vector)


class ScriptedChat(BaseChatModel):
    """Says `words` one by one; remembers what it was asked and how much of it was taken; can fail on the way."""

    words: list[str]
    fails_after: int | None = None
    _asked: list[str] = PrivateAttr(default_factory=list)
    _taken: list[str] = PrivateAttr(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def asked(self) -> list[str]:
        return self._asked

    @property
    def taken(self) -> list[str]:
        return self._taken

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        self._asked.append("\n".join(message.text for message in messages))
        for number, word in enumerate(self.words):
            if number == self.fails_after:
                raise ConnectionError("the model's server went away")
            self._taken.append(word)
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))
        yield ChatGenerationChunk(message=AIMessageChunk(content="", response_metadata={"finish_reason": "stop"}))

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        text = "".join(chunk.text for chunk in self._stream(messages))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])


def says(text: str, fails_after: int | None = None) -> ScriptedChat:
    """A model that says this text, a word at a time."""
    return ScriptedChat(words=[f"{word} " for word in text.split()], fails_after=fails_after)


def article(id: str, text: str, published: str | None = "2022-07-01", title: str = "", outlet: str = "Post") -> Article:
    day = datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None
    return Article(id, text, title=title or id, outlet=outlet, published_at=day, ingested_at=NOW)


def hit_of(text: str, published: str | None = "2022-07-01", title: str = "Headline") -> Hit:
    of = article("a", text, published, title)
    return Hit(split(of)[0], of, 1.0)


RATES = article(
    "rates",
    "The central bank raised its key rate to 2.5 percent on Thursday. Governor Ann Lowe said inflation was too high. "
    "Two members of the board voted against the rise.",
    title="Central bank raises rate",
)
OLD_RATES = article(
    "old-rates",
    "The central bank raised its key rate to 1.0 percent on Tuesday. Governor Ann Lowe said prices would calm down.",
    "2015-02-01",
    title="Central bank raises rate for the first time",
)
FERRY = article(
    "ferry",
    "A ferry ran aground near Skerry harbour on Monday. Rescuers brought 41 passengers to land. Nobody was killed.",
    title="Ferry runs aground",
)
