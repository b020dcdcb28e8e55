"""Judging by odds: how probable a model holds it that the answer to a question about some material is Yes.

A small model judges badly in words and well by the probability of its first word (Kadavath et al. 2022, "Language
Models (Mostly) Know What They Know").
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from assistant.generation.providers import failure
from vectorstore.errors import ModelUnavailable

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

logger = logging.getLogger(__name__)

Messages = Sequence[tuple[str, str]]


@runtime_checkable
class Judge(Protocol):
    """What can say how probable a Yes is."""

    def odds(self, material: Messages, questions: Sequence[str], left: Event | None = None) -> list[float]:
        """For each question the probability of Yes, 0 to 1.

        `material` are messages as LangChain takes them; each question is put at the end of the last of them, and ends
        by asking for Yes or No. Whoever has `left` is told .5 at once. Raises ModelUnavailable.
        """


def judge_of(model: BaseChatModel | None) -> Judge | None:
    """The judge that a chat model can be; None without a model, and for one that tells no probabilities."""
    if model is None or isinstance(model, Judge):
        return model
    return AskedForOneWord(model) if "logprobs" in type(model).model_fields else None


class AskedForOneWord:
    """A chat model behind an address: by its log-probabilities where its server gives them, else by what it says, which
    is then 1 or 0."""

    def __init__(self, model: BaseChatModel) -> None:
        self._model = model

    def odds(self, material: Messages, questions: Sequence[str], left: Event | None = None) -> list[float]:
        """See Judge. The questions are asked side by side."""
        *before, (role, shared) = material
        asked: list[Any] = [[*before, (role, f"{shared}{question}")] for question in questions]
        one_word = self._model.bind(max_tokens=1, logprobs=True, top_logprobs=5)
        try:
            return [_yes(said) for said in one_word.batch(asked)]
        except Exception as error:  # every provider raises its own classes, and not every server knows of odds
            told = failure(error, self._model)
            logger.warning("The chat model gives no odds: %s", told.detail)
            raise ModelUnavailable(told.line) from None


def _yes(said: Any) -> float:
    tokens = (said.response_metadata.get("logprobs") or {}).get("content") or []
    weights = {"yes": 0.0, "no": 0.0}
    for each in tokens[0].get("top_logprobs", ()) if tokens else ():
        if (word := each["token"].strip().lower()) in weights:
            weights[word] += math.exp(each["logprob"])
    if total := sum(weights.values()):
        return weights["yes"] / total
    first = said.text.strip().lower()
    return 1.0 if first.startswith("yes") else 0.0 if first.startswith("no") else 0.5
