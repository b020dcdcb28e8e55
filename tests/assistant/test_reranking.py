"""A real cross-encoder, small and with random weights: its order means nothing, and must be followed all the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from newsroom import WordEmbedder, article

from assistant.answering.assistant import Assistant
from ingest.splitting import split
from vectorstore.errors import WeightsMissing
from vectorstore.indexes.embedding import DEFAULT_MODEL, SentenceEmbedder
from vectorstore.indexes.reranking import Reranker
from vectorstore.library import Library
from vectorstore.models import heading

QUESTION = "What did the harbour master say of the dues?"
AS_OF = date(2022, 7, 10)
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SAID = ["rise", "fall", "stay", "double", "vanish", "return"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("cross-encoder")
    words = [*SPECIAL, "dues", "harbour", *SAID]
    torch.manual_seed(5)
    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = BertConfig(vocab_size=32, num_labels=1, max_position_embeddings=256, initializer_range=1.0, **size)
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(vocab={word: number for number, word in enumerate(words)}).save_pretrained(folder)
    return folder


@pytest.fixture
def harbour(library: Library) -> Library:
    """Six articles of one day that differ in a word."""
    said = [article(word, f"The harbour master said that the dues {word} in the {word} year.") for word in SAID]
    library.put([(each, split(each)) for each in said])
    return library


def test_the_hits_follow_the_scores_of_the_cross_encoder(harbour: Library, folder: Path) -> None:
    rerank = Reranker(str(folder))
    hits = Assistant(harbour, None, rerank=rerank).search(QUESTION, as_of=AS_OF)
    own = dict(
        zip(
            [hit.article.id for hit in hits],
            rerank(QUESTION, [f"{heading(hit.article)}\n{hit.passage.text}" for hit in hits]),
            strict=True,
        )
    )
    order = [hit.article.id for hit in hits if hit.article.id in SAID]
    assert sorted(order) == sorted(SAID) and len({own[id] for id in SAID}) == len(SAID)
    assert order == sorted(SAID, key=own.__getitem__, reverse=True)
    without = [hit.article.id for hit in Assistant(harbour, None).search(QUESTION, as_of=AS_OF)]
    assert order != [id for id in without if id in SAID]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_time_counts_beside_the_score_and_nothing_from_outside_the_day_comes_in(library: Library) -> None:
    asked: list[str] = []

    def all_alike(question: str, texts: Sequence[str]) -> list[float]:
        asked.append(question)
        return [0.5] * len(texts)

    assistant = Assistant(library, None, rerank=all_alike)
    question = "To what did the central bank raise its key rate?"
    assert [hit.article.id for hit in assistant.search(question, as_of=AS_OF)][0] == "rates"
    assert assistant.search(question, as_of=AS_OF)[0].score == pytest.approx(0.5 * 0.92, abs=0.03)
    assert [hit.article.id for hit in assistant.search(question, as_of=date(2016, 1, 1))] == ["old-rates"]
    assert asked[0] == question


def test_a_question_of_which_nothing_is_found_is_no_fault(tmp_path: Path, folder: Path) -> None:
    with Library(tmp_path / "empty", WordEmbedder()) as empty:
        assert Assistant(empty, None, rerank=Reranker(str(folder))).search(QUESTION) == []


def test_an_overlong_passage_is_scored_like_any_other(folder: Path) -> None:
    assert all(0 <= score <= 1 for score in Reranker(str(folder))(QUESTION, ["dues " * 5000, "", "\x00"]))


def test_a_name_or_a_folder_without_a_model_is_told_with_what_to_do(tmp_path: Path) -> None:
    for name in ("nobody/no-such-model", str(tmp_path)):
        with pytest.raises(WeightsMissing, match=r"could not be loaded.*DATELINE_RERANKER"):
            Reranker(name)(QUESTION, ["Dues rise."])


def test_a_model_of_another_kind_is_refused_and_not_given_a_random_head(tmp_path: Path) -> None:
    SentenceEmbedder(DEFAULT_MODEL).loaded().save(str(tmp_path))
    with pytest.raises(WeightsMissing, match="is no cross-encoder"):
        Reranker(str(tmp_path))(QUESTION, ["Dues rise."])
