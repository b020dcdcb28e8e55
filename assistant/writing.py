"""What the chat model is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import prompts
from assistant.excerpts import Excerpt
from assistant.models import Answer
from assistant.orders import reporting
from assistant.words import asks_yes_or_no
from vectorstore.models import heading

# A citation mark of the article's own would be taken for ours.
_DELIMITER = re.compile(r"\[\s*(\d+)\s*\]")


def messages(answer: Answer, read: Sequence[Excerpt], earlier: str) -> list[tuple[str, str]]:
    """A chat as LangChain takes it: what never changes, one worked example with it, then what is asked."""
    passages = [
        prompts.PASSAGE.format(
            number=each.number, heading=_as_data(heading(each.hit.article)), text=_as_data(each.text)
        )
        for each in read
    ]
    user = prompts.QUESTION.format(
        passages="\n\n".join(passages),
        earlier=prompts.EARLIER.format(topic=earlier) if earlier else "",
        question=answer.question,
        task=prompts.YES_NO if asks_yes_or_no(answer.question) else "",
    )
    return [*beginning(), ("human", user)]


def beginning() -> list[tuple[str, str]]:
    """What every prompt begins with."""
    asked, answered = prompts.EXAMPLE
    return [("system", prompts.SYSTEM), ("human", asked), ("ai", answered)]


def _as_data(text: str) -> str:
    """What an article says, in one line and without what sets passages apart: only a prompt's own lines begin with
    a number in brackets. Its headline too gives no orders."""
    said = " ".join(text[start:end] for start, end in reporting(text))
    return _DELIMITER.sub(r"(\1)", " ".join(said.split()))
