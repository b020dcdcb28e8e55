"""A real sentence-transformers model that costs nothing: a random vector for each syllable of the invented names."""

from __future__ import annotations

from pathlib import Path
from string import digits

from _newsroom import SYLLABLES

_OTHER_WORDS = 0.05


def save_tiny_model(folder: Path, seed: int) -> None:
    """Models of two seeds give different vectors for the same text, of 32 numbers each.

    The vectors add up to nothing and all other words count for little: so texts lie apart, as those of news do.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    pieces = [*SYLLABLES, *digits]
    words = ["[UNK]", *pieces, *(f"##{piece}" for piece in pieces)]
    tokenizer = Tokenizer(models.WordPiece({word: at for at, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    torch.manual_seed(seed)
    weights = torch.randn(len(words), 32)
    weights -= weights.mean(dim=0)
    weights[0] = _OTHER_WORDS * torch.randn(32)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights.numpy())], device="cpu")
    model.save(str(folder))
