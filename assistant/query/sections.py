"""The sections of a newspaper, sport, business and the like: which a reader asks for, and what belongs to one.

sections.toml holds the names and some headlines of each. An article belongs to the section whose headlines, taken
together, it is nearest to in meaning (nearest centroid; Rocchio 1971), where it is near at all. The embedder has to
know the article's language for that: the default one knows English. docs/evaluation.md tells how well it goes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vectorstore.indexes.embedding import Embedder
from vectorstore.models import Matrix

# Chosen on one half of some 2,500 articles of news, see tests/benchmarks/sections.py.
_LEAST = 0.2
_BETWEEN = re.compile(r"(?:\s*(?:[,&、]|(?<!\w)(?:and|or|und|oder|y|e|et|ou)(?!\w)))+")
_PAGES = re.compile(r" (?:sections?|pages?|desk|coverage)$")
_ARTICLES = frozenset("the el la los las le les l o os a as der die das il i lo gli".split())


class _Section(NamedTuple):
    names: frozenset[str]
    headlines: tuple[str, ...]


def sections_of(subject: str) -> frozenset[str]:
    """The sections that a subject names, "sport" and "the business and the health pages" alike; none where it names
    anything beside them."""
    named = {_named(" ".join(each.split())) for each in _BETWEEN.split(subject.casefold().strip(" ?.!¿¡؟。？"))}
    return frozenset() if "" in named else frozenset(named)


def _named(text: str) -> str:
    text = _PAGES.sub("", text.replace("l'", "l "))
    first, _, rest = text.partition(" ")
    bare = rest if first in _ARTICLES else text
    return next((name for name, each in _sections().items() if bare in each.names), "")


def belonging(vectors: Matrix, wanted: Collection[str], embedder: Embedder) -> npt.NDArray[np.bool_]:
    """Whether each article belongs to one of the wanted, by the vectors of how they open: shape (articles,). One that
    is near to none, or waits for its vector, belongs to none."""
    if not vectors.size:
        return np.zeros(len(vectors), bool)
    likeness: Matrix = vectors @ _centres(embedder).T
    nearest: npt.NDArray[np.int_] = likeness.argmax(axis=1)
    of_these = np.isin(nearest, [at for at, name in enumerate(_sections()) if name in wanted])
    belongs: npt.NDArray[np.bool_] = of_these & (likeness.max(axis=1) >= _LEAST)
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
