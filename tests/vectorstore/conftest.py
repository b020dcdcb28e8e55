from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from stacks import WordEmbedder, story

from vectorstore.indexes.embedding import SentenceEmbedder
from vectorstore.library import Library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    with Library(folder, WordEmbedder()) as library:
        yield library


@pytest.fixture(scope="session")
def embedder() -> SentenceEmbedder:
    """The real one; it loads when a test first asks it for a vector."""
    return SentenceEmbedder()


@pytest.fixture(scope="session")
def _large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large") / "library"
    with Library(folder, WordEmbedder()) as library:
        library.put(
            [
                story(f"n{number}", *(f"Report {number} on subject {number * 26 + part}." for part in range(26)))
                for number in range(40)
            ]
        )
    return folder


@pytest.fixture
def large(_large: Path, folder: Path) -> Path:
    """A closed library of 1,040 passages, more than Chroma keeps in its log before it writes its segment files."""
    return Path(shutil.copytree(_large, folder))
