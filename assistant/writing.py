"""What the chat model is asked, and the pieces in which it answers."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from assistant import prompts
from assistant.evidence import core
from assistant.models import Answer
from assistant.words import asks_yes_or_no
from vectorstore.models import Hit, heading

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


def messages(answer: Answer, sources: Sequence[Hit], earlier: str) -> list[tuple[str, str]]:
    passages = [
        prompts.PASSAGE.format(number=number, heading=heading(hit.article), text=core(hit).text)
        for number, hit in enumerate(sources, start=1)
    ]
    user = prompts.QUESTION.format(
        passages="\n\n".join(passages),
        earlier=prompts.EARLIER.format(topic=earlier) if earlier else "",
        question=answer.question,
        task=prompts.YES_NO if asks_yes_or_no(answer.question) else prompts.FACT,
    )
    return [("system", prompts.SYSTEM), ("human", user)]


def pieces(model: BaseChatModel, messages: list[tuple[str, str]]) -> Generator[str]:
    stream: Any = model.stream(messages)
    with closing(stream):
        for chunk in stream:
            if chunk.text:
                yield chunk.text
