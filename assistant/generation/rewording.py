"""A follow-up reworded by the chat model, for models that do it better than the words carried over do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.generation import prompts
from assistant.generation.streaming import pieces
from assistant.query.follow_ups import carried_over
from assistant.text.sanitizing import carries_address, words_only
from assistant.text.tokens import key_stems
from assistant.types import Turn
from vectorstore.errors import ModelUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_TURNS = 3
_WORDS_OF_ANSWER = 60
_LONGEST = 300
# Seconds of silence: until the question is reworded nothing is found, and nothing on the page.
_PATIENCE = 4.0


def reworded(model: BaseChatModel, question: str, turns: Sequence[Turn]) -> str:
    """The question with what it points at put into it; itself when it stands alone, or when the model fails it.

    The model fails it with nothing, with more than a question, with an address, and with one that shares no word with
    the conversation.
    """
    if not carried_over(question, turns):
        return question
    asked = "\n".join(f"Reader: {turn.question}" for turn in turns[-_TURNS:])
    told = " ".join(turns[-1].answer.split()[:_WORDS_OF_ANSWER])
    wish = prompts.REWORD.format(conversation=f"{asked}\nAnswer: {told}", question=question)
    try:
        said = "".join(pieces(model, [("system", prompts.REWORDING), ("human", wish)], _PATIENCE, stop=["\n"]))
    except ModelUnavailable:  # the words carried over do without it
        return question
    if len(said) > _LONGEST:
        return question
    said = words_only(said).strip().strip("\"“”'").strip()
    new, known = (key_stems(text) for text in (said, f"{question} {asked} {told}"))
    return said if new & known and not carries_address(said) else question
