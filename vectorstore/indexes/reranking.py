"""Models of sentence-transformers that read two texts together (CrossEncoder): how well one fits the other, and whether
it entails it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from vectorstore.errors import WeightsMissing

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_READS_PAIRS = ("ForSequenceClassification", "ForCausalLM")


class _ReadsPairs:
    """A cross-encoder on the CPU, loaded when first used; `model` is a folder or a Hugging Face name."""

    setting: ClassVar[str]
    what: ClassVar[str]
    without: ClassVar[str]

    def __init__(self, model: str) -> None:
        self._source = model
        self._loading = threading.Lock()
        self._model: CrossEncoder | None = None

    def _loaded(self) -> CrossEncoder:
        with self._loading:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> CrossEncoder:
        from sentence_transformers import CrossEncoder
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        folder = Path(self._source).expanduser()
        try:
            model = CrossEncoder(
                str(folder) if folder.is_dir() else self._source, device="cpu", local_files_only=folder.is_dir()
            )
        except (OSError, ValueError) as error:
            raise self._unusable(f"could not be loaded ({str(error).partition(chr(10))[0]})") from error
        # Another kind of model gets a head of random numbers, and with it random scores.
        made_as = (model.config.architectures or [""])[0]
        if not made_as.endswith(_READS_PAIRS) or not self._fits(model):
            raise self._unusable(f"is no {self.what}")
        return model

    def _fits(self, model: CrossEncoder) -> bool:
        raise NotImplementedError

    def _unusable(self, reason: str) -> WeightsMissing:
        return WeightsMissing(
            f"The model {self._source!r} {reason}. Set {self.setting} to the name or the folder of a "
            f"sentence-transformers CrossEncoder, or leave it out {self.without}."
        )


class Reranker(_ReadsPairs):
    """How well texts fit a question."""

    setting, what, without = "DATELINE_RERANKER", "cross-encoder with one score", "to search without one"

    def _fits(self, model: CrossEncoder) -> bool:
        return int(model.num_labels) == 1

    def __call__(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score for each text, from 0 to 1, higher for one that fits better. Raises WeightsMissing."""
        if not texts:
            return []
        from torch.nn import Sigmoid  # some models would give bare logits, which no factor can be laid on

        pairs = [(question, text) for text in texts]
        scores = self._loaded().predict(pairs, activation_fn=Sigmoid(), show_progress_bar=False)
        return [float(score) for score in scores]


class Entailer(_ReadsPairs):
    """Whether premises entail a hypothesis, by a model trained for natural language inference."""

    setting, what = "DATELINE_VERIFIER", "cross-encoder with a label for entailment"
    without = "to have the chat model judge"

    def _fits(self, model: CrossEncoder) -> bool:
        return self._label(model) is not None

    def _label(self, model: CrossEncoder) -> int | None:
        """Which of its outputs is that of entailment, by the names that the model gives them."""
        named = model.config.id2label or {}
        return next((at for at, name in named.items() if name.lower() == "entailment"), None)

    def __call__(self, premises: Sequence[str], hypothesis: str) -> list[float]:
        """The probability that each premise entails the hypothesis, 0 to 1. Raises WeightsMissing."""
        if not premises:
            return []
        from torch.nn import Softmax

        model = self._loaded()
        pairs = [(premise, hypothesis) for premise in premises]
        scores = model.predict(pairs, activation_fn=Softmax(dim=-1), show_progress_bar=False)
        return [float(each[self._label(model)]) for each in scores]
