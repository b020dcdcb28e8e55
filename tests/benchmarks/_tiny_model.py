"""A real sentence-transformers model that costs nothing: a random vector for each pair of letters, 32 numbers long."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from string import ascii_lowercase, digits


def save_tiny_model(folder: Path, seed: int) -> None:
    """Models of two seeds give different vectors for the same text."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    letters = ascii_lowercase + digits
    pieces = [*letters, *("".join(pair) for pair in product(letters, repeat=2))]
    words = ["[UNK]", *pieces, *(f"##{piece}" for piece in pieces)]
    tokenizer = Tokenizer(models.WordPiece({word: at for at, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    torch.manual_seed(seed)
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=32)], device="cpu").save(str(folder))
