"""A model's files: the publisher's own, verified, and as OpenVINO runs them, kept on disk: so an embedding model
computes after a second, without sentence-transformers and torch, whose import takes six and more."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from queue import LifoQueue
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from vectorstore.errors import WeightsAltered
from vectorstore.models import Matrix
from vectorstore.storage.private import make_folder

_CHUNK = 1 << 20


def packaged_file(package: str, inside: str) -> Path | None:
    """The file `inside` of an installed package, or None; the package's own code does not run."""
    try:
        path = Path(str(distribution(package).locate_file(inside)))
    except PackageNotFoundError:
        return None
    return path if path.exists() else None


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def verify(path: Path, expected: str) -> None:
    """Raise WeightsAltered unless the file has this SHA-256."""
    if sha256(path) != expected:
        raise WeightsAltered(
            f"The model file {path} is not the one its publisher released (its SHA-256 differs). "
            "Reinstall the package it came with, or choose another model in the settings."
        )


logger = logging.getLogger(__name__)

INPUTS = ("input_ids", "attention_mask")
SAMPLE = ("A sentence as news articles have them.", "Zwei Worte und noch einige mehr, damit es länger wird.")
LEAST_AGREEMENT = 0.999
"""Cosine of what OpenVINO and torch make of each text of the sample."""
# Texts of another length, or another number of them, need kernels of their own, which OpenVINO makes in 10 ms: 600 KB
# for each such shape, of which it would keep a thousand and more. See app.py for those that oneDNN keeps.
_KERNELS_KEPT = 64
# While what one has computed is copied, the other computes.
_AT_ONCE = 2
_BATCH = 32
Ids = npt.NDArray[np.int64]

_MODEL, _EXPECTED = "model.xml", "expected.npy"


def openvino() -> ModuleType:
    """The library, told to keep to itself: without this it reports to its maker's server that it was imported and what
    it converted, and ends three seconds later where that cannot be reached."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    return import_module("openvino")


class Compiled:
    """A graph from token ids to the hidden states of the last layer, shape (texts, tokens, dimensions)."""

    def __init__(self, graph: Any) -> None:
        ov = openvino()
        # OpenVINO gives the thread that makes a core a signal stack, and unmaps it with the core, whichever thread that
        # is in: the next signal (Ctrl-C) to reach the thread that made it then ends the process. So none of ours does.
        with ThreadPoolExecutor(1) as passing:
            bounds = {"CPU_RUNTIME_CACHE_CAPACITY": _KERNELS_KEPT}
            self._model = passing.submit(lambda: ov.Core().compile_model(graph, "CPU", bounds)).result()
        # A request computes one batch at a time, and keeps room for the largest that it has seen: one for each of a
        # server's many threads would take hundreds of megabytes, and one batch takes all processors as it is.
        self._requests: LifoQueue[Any] = LifoQueue()
        for _ in range(_AT_ONCE):
            self._requests.put(self._model.create_infer_request())

    def __call__(self, ids: Ids, mask: Ids) -> Matrix:
        """Both of shape (texts, tokens); `mask` is 1 for each token of a text and 0 behind its end."""
        request = self._requests.get()
        try:
            return np.array(request.infer(dict(zip(INPUTS, (ids, mask), strict=True)))[0])
        finally:
            self._requests.put(request)


class Converted:
    """Vectors by mean pooling (Reimers and Gurevych 2019, "Sentence-BERT") over a compiled graph. `tokenizer` cuts at
    the model's limit and does not pad."""

    def __init__(self, hidden: Compiled, tokenizer: Any, padding: int = 0) -> None:
        self._hidden, self._tokenizer, self._padding = hidden, tokenizer, padding

    def vectors(self, texts: Sequence[str]) -> Matrix:
        """Shape (len(texts), dimensions), not of length 1 yet. Texts of like length are computed together."""
        read = self._tokenizer.encode_batch(list(texts))
        in_order = sorted(range(len(read)), key=lambda at: -len(read[at].ids))
        found: list[Matrix] = []
        for first in range(0, len(in_order), _BATCH):
            found += self._pooled([read[at].ids for at in in_order[first : first + _BATCH]])
        rows = np.array(found, np.float32)
        rows[in_order] = rows.copy()
        return rows

    def _pooled(self, batch: Sequence[Sequence[int]]) -> list[Matrix]:
        longest = max(map(len, batch))
        ids = np.full((len(batch), longest), self._padding, np.int64)
        mask = np.zeros_like(ids)
        for row, each in enumerate(batch):
            ids[row, : len(each)], mask[row, : len(each)] = each, 1
        seen = mask[:, :, None].astype(np.float32)
        return list((self._hidden(ids, mask) * seen).sum(axis=1) / seen.sum(axis=1))


def agreement(expected: Matrix, found: Matrix) -> float:
    """The least cosine of rows of two matrices."""
    lengths = np.linalg.norm(expected, axis=1) * np.linalg.norm(found, axis=1)
    return float(((expected * found).sum(axis=1) / lengths).min())


def read_kept(folder: Path, tokenizer: Any) -> Converted | None:
    """The model that `keep` wrote into the folder; None where there is none that still computes what it did."""
    if not (folder / _MODEL).exists():
        return None
    try:
        converted = Converted(Compiled(str(folder / _MODEL)), tokenizer)
        if agreement(np.load(folder / _EXPECTED), converted.vectors(SAMPLE)) >= LEAST_AGREEMENT:
            return converted
        logger.warning("The embedding model in %s is not what was written there; it is converted anew", folder)
    except Exception as error:  # whatever a damaged file leads to
        logger.warning("The embedding model in %s cannot be read (%s); it is converted anew", folder, error)
    return None


def keep(folder: Path, graph: Any, expected: Matrix) -> None:
    """Write a model and what torch makes of the sample, in place of others beside it. Where that cannot be, nothing is
    written: it is converted anew next time."""
    try:
        make_folder(folder.parent)
        with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as scratch:
            made = Path(scratch) / folder.name
            made.mkdir()
            openvino().save_model(graph, made / _MODEL, compress_to_fp16=False)
            np.save(made / _EXPECTED, expected)
            for older in folder.parent.iterdir():
                if older != Path(scratch):
                    shutil.rmtree(older, ignore_errors=True)
            os.rename(made, folder)
    except (OSError, RuntimeError) as error:
        logger.info("The converted embedding model cannot be kept in %s: %s", folder, error)
