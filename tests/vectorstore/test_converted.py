"""The default embedding model is kept as OpenVINO runs it, and tells nobody that it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vectorstore.indexes.embedding import SentenceEmbedder

TEXTS = [
    *(
        "",
        " ",
        "x",
        "word " * 3000,
        "👩‍👧 é \x00",
        "今日は晴れ。",
        "The ferry sank off Norvale on Monday.",
        "Straßenbahn",
    ),
    *(f"Rates rose to {n} percent. " * (n % 40) for n in range(70)),
]
HEAVY = ("torch", "transformers", "sentence_transformers")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cache = tmp_path_factory.mktemp("cache") / "dateline"
    SentenceEmbedder(cache=cache).query("Converted and kept.")
    return cache


def kept(cache: Path) -> Path:
    [folder] = (cache / "embedder").iterdir()
    return folder


def said(code: str, **environment: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_what_is_kept_computes_what_the_model_itself_does(cache: Path, embedder: SentenceEmbedder) -> None:
    again = SentenceEmbedder(cache=cache)
    expected, found = embedder.passages(TEXTS), again.passages(TEXTS)
    assert again._model is None
    assert (found.shape, found.dtype) == (expected.shape, np.float32)
    assert (expected * found).sum(axis=1).min() > 0.99995
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    query = "Did the ferry sink?"
    assert again.query(query) @ embedder.query(query) > 0.99995
    assert again.query(query).shape == (384,)
    assert len(again.passages([])) == 0


def test_nothing_heavy_is_imported_for_it(cache: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from vectorstore.indexes.embedding import SentenceEmbedder as Embedder;"
        f"Embedder(cache=Path({str(cache)!r})).query('Did the ferry sink?');"
        f"print([each for each in {HEAVY!r} if each in sys.modules])"
    )
    assert said(code) == "[]"


@pytest.mark.parametrize(
    ("file", "damage"), [("model.xml", b""), ("model.bin", b"<damaged>"), ("expected.npy", b"<damaged>")]
)
def test_what_is_damaged_is_converted_anew(
    cache: Path, tmp_path: Path, embedder: SentenceEmbedder, file: str, damage: bytes
) -> None:
    folder = tmp_path / "embedder" / kept(cache).name
    folder.mkdir(parents=True)
    for each in kept(cache).iterdir():
        (folder / each.name).write_bytes(damage if each.name == file else each.read_bytes())
    query = "Did the ferry sink?"
    assert SentenceEmbedder(cache=tmp_path).query(query) @ embedder.query(query) > 0.999
    whole = SentenceEmbedder(cache=tmp_path)
    whole.query(query)
    assert whole._model is None


def test_what_computes_something_else_is_converted_anew(
    cache: Path, tmp_path: Path, embedder: SentenceEmbedder
) -> None:
    folder = tmp_path / "embedder" / kept(cache).name
    folder.mkdir(parents=True)
    for each in kept(cache).iterdir():
        (folder / each.name).write_bytes(each.read_bytes())
    weights = bytearray((folder / "model.bin").read_bytes())
    weights[40_000_000:80_000_000] = bytes(40_000_000)
    (folder / "model.bin").write_bytes(weights)
    query = "Did the ferry sink?"
    assert SentenceEmbedder(cache=tmp_path).query(query) @ embedder.query(query) > 0.999


def test_copies_of_earlier_versions_go_when_a_new_one_is_kept(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "embedder" / "earlier").mkdir(parents=True)
    (tmp_path / "embedder" / "earlier" / "model.bin").write_bytes(b"x" * 100)
    SentenceEmbedder(cache=tmp_path).query("Did the ferry sink?")
    assert [each.name for each in (tmp_path / "embedder").iterdir()] == [kept(cache).name]


def test_where_nothing_can_be_kept_it_is_computed_all_the_same(tmp_path: Path, embedder: SentenceEmbedder) -> None:
    (tmp_path / "embedder").write_text("a file")
    query = "Did the ferry sink?"
    assert SentenceEmbedder(cache=tmp_path).query(query) @ embedder.query(query) > 0.999
    assert (tmp_path / "embedder").read_text() == "a file"


def test_another_model_is_not_taken_for_the_default(cache: Path, tmp_path: Path) -> None:
    assert SentenceEmbedder(str(tmp_path), cache)._kept is None


@pytest.mark.parametrize("module", ["vectorstore.indexes.embedding", "assistant.generation.engine"])
def test_openvino_reports_to_nobody(module: str, tmp_path: Path) -> None:
    """It would write an identifier into the reader's folder and send events to its maker's server."""
    use = {
        "vectorstore.indexes.embedding": "module.SentenceEmbedder().query('Did the ferry sink?')",
        "assistant.generation.engine": "import openvino_genai",
    }[module]
    code = f"import importlib, sys; module = importlib.import_module({module!r}); {use}"
    assert said(f"{code}; print(sys.modules['openvino_telemetry'])", HOME=str(tmp_path)) == "None"
    assert not (tmp_path / "intel").exists()
