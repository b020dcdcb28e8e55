"""The sections of a newspaper, sport, business and the like: which a reader asks for, and what belongs to one.

sections.toml holds the names and some headlines of each. An article belongs to the section whose headlines, taken
together, it is nearest to in meaning (nearest centroid; Rocchio 1971), where it is near at all. The embedder has to
know the article's language for that: the default one knows English. docs/evaluation.md tells how well it goes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vectorstore.indexes.embedding import Embedder
from vectorstore.models import Matrix

# Chosen on one half of some 2,500 articles of news, see tests/benchmarks/sections.py.
_LEAST = 0.2
_ARTICLES = frozenset("the el la los las le les l o os a as der die das il i lo gli".split())


class _Section(NamedTuple):
    names: frozenset[str]
    headlines: tuple[str, ...]


def section_of(subject: str) -> str:
    """The section that a subject names and nothing beside it but an article, "" where it names none."""
    words = subject.casefold().strip(" ?.!¿¡؟。？").replace("l'", "l ").split()
    named = " ".join(words[1:] if words and words[0] in _ARTICLES else words)
    return next((name for name, each in _sections().items() if named in each.names), "")


def belonging(vectors: Matrix, section: str, embedder: Embedder) -> npt.NDArray[np.bool_]:
    """Whether each article belongs to a section, by the vectors of how they open: shape (articles,). One that is
    near to none, or waits for its vector, belongs to none."""
    if not vectors.size:
        return np.zeros(len(vectors), bool)
    likeness: Matrix = vectors @ _centres(embedder).T
    nearest: npt.NDArray[np.int_] = likeness.argmax(axis=1)
    belongs: npt.NDArray[np.bool_] = (nearest == [*_sections()].index(section)) & (likeness.max(axis=1) >= _LEAST)
    return belongs


@lru_cache(maxsize=1)
def _sections() -> Mapping[str, _Section]:
    data = tomllib.loads((files(__package__) / "sections.toml").read_text(encoding="utf-8"))
    return {name: _Section(frozenset(each["names"]), tuple(each["headlines"])) for name, each in data.items()}


@lru_cache(maxsize=2)
def _centres(embedder: Embedder) -> Matrix:
    """Of each section: shape (sections, dimensions), each row of length 1."""
    centres = np.stack([embedder.passages(each.headlines).mean(axis=0) for each in _sections().values()])
    found: Matrix = centres / np.linalg.norm(centres, axis=1, keepdims=True)
    return found
