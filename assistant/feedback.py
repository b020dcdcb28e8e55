"""What readers thought of answers, as a question file that `dateline evaluate` reads. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from assistant.models import Answer, Conversation, Exchange, Thumb

# A level of evidence that assistant.questions knows nothing of: the row is kept and never scored.
_NOT_GOLD = "none"


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
