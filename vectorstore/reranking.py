"""How well texts fit a question, with a sentence-transformers CrossEncoder that reads both together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vectorstore.errors import WeightsMissing

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_READS_PAIRS = ("ForSequenceClassification", "ForCausalLM")


class Reranker:
    """A cross-encoder on the CPU, loaded when first used; `model` is a folder or a Hugging Face name."""

    def __init__(self, model: str) -> None:
        self._source = model
        self._loading = threading.Lock()
        self._model: CrossEncoder | None = None

    def __call__(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score for each text, from 0 to 1, higher for one that fits better. Raises WeightsMissing."""
        if not texts:
            return []
        from torch.nn import Sigmoid  # some models would give bare logits, which no factor can be laid on

        pairs = [(question, text) for text in texts]
        scores = self._loaded().predict(pairs, activation_fn=Sigmoid(), show_progress_bar=False)
        return [float(score) for score in scores]

    def _loaded(self) -> CrossEncoder:
        with self._loading:
            if self._model is None:
                self._model = _load(self._source)
            return self._model


def _load(source: str) -> CrossEncoder:
    from sentence_transformers import CrossEncoder
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    folder = Path(source).expanduser()
    try:
        model = CrossEncoder(str(folder) if folder.is_dir() else source, device="cpu", local_files_only=folder.is_dir())
    except (OSError, ValueError) as error:
        raise _unusable(source, f"could not be loaded ({str(error).partition(chr(10))[0]})") from error
    # Another kind of model gets a head of random numbers, and with it a random order.
    made_as = (model.config.architectures or [""])[0]
    if not made_as.endswith(_READS_PAIRS) or model.num_labels != 1:
        raise _unusable(source, "is no cross-encoder with one score")
    return model


def _unusable(source: str, reason: str) -> WeightsMissing:
    return WeightsMissing(
        f"The re-ranking model {source!r} {reason}. Set DATELINE_RERANKER to the name or the folder of a "
        "sentence-transformers CrossEncoder, or leave it out to search without one."
    )
